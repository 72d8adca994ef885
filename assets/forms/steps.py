"""The notes that go with a step, and the choice of many."""

from typing import Any, ClassVar

from django import forms

from assets.forms.fields import Reason
from assets.states import STEPS, Step

DIGITS = 18  # of a key: what every database can hold


class NoteForm(forms.Form):
    """A reason or comment; whether it is needed depends on the step."""

    note = Reason(
        rows=3,
        label="理由・コメント",
        required=False,
        error_messages={"required": "差し戻すときは、何を直してほしいかを書いてください。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, needed: bool = False, returning: bool = False, **kwargs: Any) -> None:
        """needed: the step that was pressed asks for a note; returning: one of the steps on offer would."""
        super().__init__(*args, **kwargs)
        self.fields["note"].required = needed
        if returning or needed:
            self.fields["note"].help_text = "差し戻すときは、何を直してほしいかを必ず書いてください。"


class ManyForm(forms.Form):
    """Many proposals, each with the version that was on screen, one step, one reason."""

    MANY: ClassVar = {"confirm": "まとめて確認する", "approve": "まとめて承認する"}
    use_required_attribute = False
    step = forms.ChoiceField(choices=list(MANY.items()))
    note = Reason(
        rows=2, label="まとめて決める理由", error_messages={"required": "まとめて決める理由を入力してください。"}
    )
    sure = forms.BooleanField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="many-%s")
        self.chosen_raw: list[str] = data.getlist("chosen") if data is not None else []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.chosen_raw:
            raise forms.ValidationError("申請が選ばれていません。左の一覧で選んでから押してください。")
        try:
            cleaned["chosen"] = [self._pair(text) for text in self.chosen_raw]
        except ValueError as problem:
            raise forms.ValidationError("選んだ内容を読み取れませんでした。一覧を開き直してください。") from problem
        return cleaned

    @property
    def chosen_step(self) -> Step:
        return STEPS[self.cleaned_data["step"]]

    @staticmethod
    def _pair(text: str) -> tuple[int, int]:
        key, version = text.split(":")
        if max(len(key), len(version)) > DIGITS:
            raise ValueError(text)
        return int(key), int(version)
