"""What is to become of one column of many assets: which column, which way, and the value."""

from typing import Any

from django import forms

from assets.checking import gaiji_notice, text_problems
from assets.columns import Column, Kind
from assets.forms.asset import ROLE_OF_POST_COLUMN, as_json
from assets.forms.fields import FreeText, Reason, by_slot, field_for
from assets.models import BulkAct
from assets.models.scheme import Axis
from registry.base.text import tidy
from registry.organization.models import Post, User
from registry.organization.vocabulary import said

# A name is one asset's own, disposal has an act of its own, and what holds what is a web that is woven one by one.
UNFIT = frozenset({"name", "disposed_on"})
TEXTS = frozenset({Kind.TEXT, Kind.LONG})
PICKED = frozenset({Kind.CHOICE, Kind.DEPARTMENT, Kind.OTHER_DEPARTMENT, Kind.POST, Kind.SYSTEM})


def acts_for(column: Column) -> list[BulkAct]:
    """What can be done to a column: lines are added to and taken from long texts, required ones cannot be emptied."""
    if not column.editable or column.key in UNFIT or column.kind is Kind.HOLDERS:
        return []
    acts = [BulkAct.REPLACE]
    if column.kind is Kind.LONG:
        acts.append(BulkAct.APPEND)
    if not column.required and column.kind not in {Kind.LEVEL, Kind.DEPARTMENT}:
        acts.append(BulkAct.REMOVE)
    return acts


def still_offered(column: Column, value: Any, user: User) -> bool:
    """Can this person still choose a value that was chosen before? Not what was retired or closed, or is out of sight."""
    if column.retired or column.kind not in PICKED or not value:
        return not column.retired
    try:
        _value(column, "", [], user).clean(str(value))
    except forms.ValidationError:
        return False
    return True


class ValueForm(forms.Form):
    """The value that goes with a column and an act; a level goes with its 分類理由."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, column: Column, label: str, act: str, axes: list[Axis], user: User) -> None:
        super().__init__(data)
        self.column, self.act = column, act
        if act == BulkAct.REPLACE:
            self.fields["value"] = _value(column, label, axes, user)
            if column.kind is Kind.LEVEL:
                self.fields["class_reason"] = FreeText(
                    label="分類理由",
                    widget=forms.Textarea({"rows": 3}),
                    help_text=said("この区分にする理由です。選んだ{asset}の分類理由は、この文に置き換わります。"),
                    error_messages={"required": "区分を変える理由を入力してください。"},
                )
        elif act == BulkAct.APPEND:
            self.fields["value"] = _text(f"「{label}」の最後に加える文", "すでに同じ行があるものは変わりません。")
        elif column.kind is Kind.LONG:
            self.fields["value"] = _text(
                f"「{label}」から取り除く行", "一行をそのまま入れます。空欄のままなら、全部を消します。", required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for key, typed in list(cleaned.items()):
            if isinstance(typed, str):
                cleaned[key] = tidy(typed)
                self._check(key, cleaned[key])
        return cleaned

    def _check(self, key: str, typed: str) -> None:
        if self.fields[key].required and not typed:
            self.add_error(key, "入力してください。消すときは「取り除く」を選びます。")
        elif key == "value" and self.column.kind in TEXTS:
            for problem in text_problems(self.column, typed):
                self.add_error(key, problem)

    def values(self) -> dict[str, Any]:
        """What was chosen as JSON values: 「value」, and 「class_reason」 for a level."""
        return {key: as_json(value) for key, value in self.cleaned_data.items()}

    def notice(self) -> str:
        """What is not wrong but better not: 外字."""
        return gaiji_notice({self.column.key: self.cleaned_data.get("value")}, [self.column])


class BulkReason(forms.Form):
    """Why many are changed at once; it stands in the history of each."""

    use_required_attribute = False
    reason = Reason(
        rows=2, label="変更の理由", error_messages={"required": "変更の理由を入力してください。履歴に残ります。"}
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


def _value(column: Column, label: str, axes: list[Axis], user: User) -> forms.Field:
    field: Any = field_for(column, by_slot(axes), user)
    field.required, field.label = True, f"新しい「{label}」"
    field.error_messages["required"] = "新しい値を入れてください。消すときは「取り除く」を選びます。"
    if roles := ROLE_OF_POST_COLUMN.get(column.key):
        field.queryset = Post.objects.current().with_role(*roles).select_related("department").in_tree_order()
    chosen: forms.Field = field
    return chosen


def _text(label: str, help_text: str, *, required: bool = True) -> FreeText:
    widget = forms.Textarea({"rows": 3})
    return FreeText(
        label=label,
        widget=widget,
        required=required,
        help_text=help_text,
        error_messages={"required": "入力してください。"},
    )
