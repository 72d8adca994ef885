"""What is sent about things that look alike: which they are, what they become, and why."""

from typing import Any

from django import forms

from assets.columns import BY_KEY, PLACED, SPELLED
from assets.forms.fields import Line, Reason
from assets.forms.steps import DIGITS

ASKED = {column.key: column for column in (*SPELLED, *PLACED)}
TEXTS = 200  # spellings of one thing


def texts_of(data: Any) -> list[str]:
    """The spellings that were sent, each once; none holds NUL, which no database takes for text."""
    return [text for text in dict.fromkeys(data.getlist("text")) if "\0" not in text][:TEXTS]


class ApartForm(forms.Form):
    """Assets that are different things, and why."""

    assets = forms.RegexField(rf"\A\d{{1,{DIGITS}}}(,\d{{1,{DIGITS}}})+\Z")
    reason = Reason(rows=2, label="別のものと分かる理由")

    def keys(self) -> list[int]:
        """The keys that were sent."""
        return [int(key) for key in self.cleaned_data["assets"].split(",")]


class SpellingForm(forms.Form):
    """Texts of a column, or a word within them, and what they are to become."""

    column = forms.ChoiceField(choices=[(key, column.label) for key, column in ASKED.items()])
    word = Line(200, required=False)
    target = Line(200, label="そろえる書き方", error_messages={"required": "そろえる書き方を入力してください。"})
    use_required_attribute = False

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.texts = texts_of(data)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.texts and not cleaned.get("word"):
            raise forms.ValidationError("そろえる書き方が選ばれていません。一覧を開き直してください。")
        key, target = cleaned.get("column"), cleaned.get("target", "")
        if key and len(target) > BY_KEY[key].max_length:
            self.add_error("target", f"{BY_KEY[key].max_length:,}文字までです。短くしてください。")
        return cleaned


class KeepForm(forms.Form):
    """Spellings that stay different, and why."""

    column = forms.ChoiceField(choices=[(column.key, column.label) for column in SPELLED])
    reason = Reason(rows=2, label="書き方を残す理由")
