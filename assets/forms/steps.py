"""The notes that go with a step, and the choice of many."""

from typing import Any

from django import forms

from assets.states import STEPS, Step
from registry.base.text import find_control_characters, tidy


class NoteForm(forms.Form):
    """A reason or comment; whether it is needed depends on the step."""

    note = forms.CharField(
        label="理由・コメント", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = needed

    def clean_note(self) -> str:
        note = tidy(self.cleaned_data["note"])
        if find_control_characters(note):
            raise forms.ValidationError("使えない制御文字があります。消して入れ直してください。")
        return note


class ManyForm(forms.Form):
    """Many proposals, each with the version that was on screen, one step, one reason."""

    MANY = ("confirm", "approve")
    step = forms.ChoiceField(choices=[(code, STEPS[code].label) for code in MANY])
    note = forms.CharField(label="理由・コメント", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    sure = forms.BooleanField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.chosen_raw: list[str] = data.getlist("chosen")

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
        return int(key), int(version)
