"""Forms of evidence: the files with what they prove, and the reason for taking one off."""

from typing import Any

from django import forms
from django.conf import settings

from assets.choices import Evidence
from assets.forms.fields import Reason
from registry.files.kinds import ENDINGS, IN_WORDS
from registry.organization.vocabulary import word
from registry.web.fields import FilesField, QuickSelect

NOTE_LIMIT = 200  # characters


class AttachForm(forms.Form):
    """Several files of one kind, with one explanation."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label="種類",
        choices=[("", "選んでください"), *Evidence.choices],
        widget=QuickSelect,
        error_messages={"required": "何の証拠かを選んでください。"},
    )
    uploads = FilesField(
        label="ファイル",
        accept=",".join(ENDINGS),
        error_messages={"required": "添付するファイルを選んでください。"},
    )
    note = Reason(rows=2, limit=NOTE_LIMIT, label="説明", required=False, help_text="あとで読む人のために。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.FILE_MEGABYTES
        self.fields["uploads"].help_text = f"{IN_WORDS}。一つ{most}MBまで。いくつも一度に選べます。"

    def clean_uploads(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["uploads"]
        if len(files) > (most := settings.FILES_PER_ASSET):
            raise forms.ValidationError(f"一件の{word('asset')}に添付できるのは{most}個までです。選び直してください。")
        return files


class RemoveForm(forms.Form):
    use_required_attribute = False
    reason = Reason(rows=3, label="取り外す理由", error_messages={"required": "取り外す理由を入力してください。"})
