"""Two assets side by side: which of them says what the one that remains is to say."""

from typing import Any

from django import forms

from assets.body_columns import columns_of_body
from assets.checking import row_problems
from assets.forms.fields import Reason
from assets.models import Asset
from assets.values import Values, is_blank, snapshot, text

KEPT, GONE = "kept", "gone"
PREFIX = "take-"
ITS_OWN = frozenset({"section"})  # where the one that remains belongs is not a matter of comparing


class MergeForm(forms.Form):
    """One choice per column in which the two differ: what remains, filled from the other where it is empty."""

    note = Reason(rows=3, label="統合の理由", help_text="なぜ同じものと分かったか。履歴に残ります。")
    version_kept = forms.IntegerField(widget=forms.HiddenInput)
    version_gone = forms.IntegerField(widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, data: Any, *, kept: Asset, gone: Asset) -> None:
        super().__init__(data, initial={"version_kept": kept.version, "version_gone": gone.version})
        self.kept, self.gone = snapshot(kept), snapshot(gone)
        for column in columns_of_body().asked:
            if column.key in ITS_OWN or self.kept[column.key] == self.gone[column.key]:
                continue
            mine, other = text(kept, column), text(gone, column)
            self.fields[f"{PREFIX}{column.key}"] = forms.ChoiceField(
                label=column.label,
                choices=[(KEPT, f"残すほう: {mine or '(空欄)'}"), (GONE, f"統合するほう: {other or '(空欄)'}")],
                initial=GONE if is_blank(self.kept, column.key) else KEPT,
                widget=forms.RadioSelect,
                required=False,
            )

    def comparison(self) -> list[Any]:
        """The choices, column by column."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for key, problems in row_problems({**self.kept, **self.values()}).items():
            for problem in problems:
                self.add_error(f"{PREFIX}{key}" if f"{PREFIX}{key}" in self.fields else None, problem)
        return cleaned

    def values(self) -> Values:
        """The columns that are taken from the other."""
        taken = (name.removeprefix(PREFIX) for name, choice in self.cleaned_data.items() if choice == GONE)
        return {key: self.gone[key] for key in taken if key in self.gone}

    def versions(self) -> tuple[int, int]:
        """The versions of the two as the page showed them."""
        return self.cleaned_data["version_kept"], self.cleaned_data["version_gone"]
