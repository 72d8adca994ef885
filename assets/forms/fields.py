"""Form fields made from the column table, one kind of column after the other."""

from typing import Any

from django import forms
from django.utils import timezone

from assets.checking import LONG_LIMIT
from assets.columns import Column, Kind
from assets.models import Asset, Level
from assets.models.scheme import Axis
from registry.base.fiscal import parse_date
from registry.base.numbers import find_my_numbers
from registry.base.text import find_control_characters, tidy
from registry.organization.access import departments_where
from registry.organization.models import Department, Post, User
from registry.organization.roles import Permission

EMPTY = "(未入力)"


class Reason(forms.CharField):
    """A reason or comment. History keeps it for ever, so nothing may stand in it that does not belong there."""

    def __init__(self, rows: int, **kwargs: Any) -> None:
        super().__init__(max_length=2000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def clean(self, value: Any) -> str:
        text = tidy(super().clean(value))
        if find_control_characters(text):
            raise forms.ValidationError("使えない制御文字があります。消して入れ直してください。")
        if find_my_numbers(text):
            raise forms.ValidationError(
                "個人番号(マイナンバー)と思われる12桁の数字があります。番号は書かないでください。"
            )
        return text


class TidyDate(forms.DateField):
    """A date typed or picked: 2026-04-01, 令和8年4月1日, R8.4.1 …"""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                return parse_date(value)
            except ValueError as problem:
                raise forms.ValidationError(str(problem)) from problem
        return super().to_python(value)


class YesNo(forms.TypedChoiceField):
    """有・無 or not yet answered."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", EMPTY), ("yes", "有"), ("no", "無")]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class LevelChoice(forms.ModelChoiceField):
    """The levels of one axis, strictest first, each with its criterion."""

    def __init__(self, axis: Axis, **kwargs: Any) -> None:
        super().__init__(
            Level.objects.filter(axis=axis).order_by("-rank"), widget=forms.RadioSelect, empty_label=None, **kwargs
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label}: {obj.criterion}" if obj.criterion else str(obj.label)


class DepartmentChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class PostChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_title)


class AssetChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}({obj.full_number})" if obj.number else str(obj.name)


def field_for(column: Column, axes: dict[int, Axis], user: User) -> forms.Field | None:  # noqa: PLR0911 — a table of kinds, one line each
    """The form field of an editable column, narrowed to what this user may choose; None for an axis not in use."""
    common: dict[str, Any] = {"label": column.label, "help_text": column.help, "required": False}
    match column.kind:
        case Kind.TEXT:
            return forms.CharField(max_length=column.max_length, **common)
        case Kind.LONG:
            return forms.CharField(max_length=LONG_LIMIT, widget=forms.Textarea({"rows": 3}), **common)
        case Kind.CHOICE:
            return forms.ChoiceField(choices=_with_empty(column), **common)
        case Kind.SCALE:
            return forms.TypedChoiceField(choices=_with_empty(column), coerce=int, empty_value=None, **common)
        case Kind.YESNO:
            return YesNo(**common)
        case Kind.INTEGER:
            return forms.IntegerField(min_value=0, max_value=2_000_000_000, **common)
        case Kind.DATE:
            return TidyDate(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **common)
        case Kind.LEVEL:
            axis = axes.get(int(column.field[-1]))
            return LevelChoice(axis, **{**common, "label": axis.label, "help_text": axis.help}) if axis else None
    return _picker(column, user, common)


def _picker(column: Column, user: User, common: dict[str, Any]) -> forms.Field:
    match column.kind:
        case Kind.DEPARTMENT:
            return DepartmentChoice(own_departments(user), empty_label=EMPTY, **{**common, "required": True})
        case Kind.POST:
            return PostChoice(Post.objects.none(), empty_label=EMPTY, **common)
        case Kind.SYSTEM:
            systems = Asset.objects.visible_to(user).listed().filter(asset_type="system").order_by("name")
            return AssetChoice(systems, empty_label=EMPTY, **common)
    raise KeyError(column.kind)


def own_departments(user: User) -> Any:
    """The departments of today, in scope, into which this person may register."""
    mine = departments_where(user, Permission.EDIT_ASSETS)
    return Department.objects.current(timezone.localdate()).in_scope().filter(pk__in=mine).in_tree_order()


def _with_empty(column: Column) -> list[tuple[Any, str]]:
    return [("", EMPTY), *(column.choices.choices if column.choices else [])]
