"""Form fields made from the column table, one kind of column after the other."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils import timezone

from assets.columns import Column, Kind
from assets.models import Asset, Level
from assets.models.scheme import Axis
from registry.base.numbers import find_my_numbers
from registry.base.text import find_control_characters, tidy
from registry.organization.access import departments_where
from registry.organization.models import Department, Post, User
from registry.organization.naming import post_names
from registry.organization.roles import Permission
from registry.web.fields import DayField, QuickSelect

EMPTY = "(未入力)"
REASON_LIMIT = 2000  # characters


class FreeText(forms.CharField):
    """A text as it was typed, however long: a browser told of a limit cuts what is pasted without a word.

    What is wrong with it is said by `checking.text_problems`, or by the field that builds on this one.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.clear()


class Reason(FreeText):
    """A reason or comment. History keeps it for ever, so nothing may stand in it that does not belong there."""

    def __init__(self, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def clean(self, value: Any) -> str:
        text = tidy(super().clean(value))
        if len(text) > REASON_LIMIT:
            raise forms.ValidationError(f"{REASON_LIMIT:,}文字までです(いまは{len(text):,}文字)。短くしてください。")
        if find_control_characters(text):
            raise forms.ValidationError("使えない制御文字があります。消して入れ直してください。")
        if find_my_numbers(text):
            raise forms.ValidationError(
                "個人番号(マイナンバー)と思われる12桁の数字があります。番号は書かないでください。"
            )
        return text


class YesNo(forms.TypedChoiceField):
    """有・無 or not yet answered."""

    widget = QuickSelect

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", EMPTY), ("yes", "有"), ("no", "無")]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class LevelChoice(forms.TypedChoiceField):
    """The levels of one axis, strictest first, each with its criterion; read with the axis, not asked for again."""

    def __init__(self, axis: Axis, **kwargs: Any) -> None:
        levels = {str(level.pk): level for level in sorted(axis.levels.all(), key=lambda level: -level.rank)}
        choices = [(key, _with_criterion(level)) for key, level in levels.items()]
        super().__init__(
            choices=choices, coerce=levels.__getitem__, empty_value=None, widget=forms.RadioSelect, **kwargs
        )


class DepartmentChoice(forms.ModelChoiceField):
    widget = QuickSelect

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class PostNames(ModelChoiceIterator):
    """The posts on offer by name; those that share one are told apart."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield ("", str(self.field.empty_label or ""))
        yield from post_names(self.queryset.select_related("department")).items()


class PostChoice(forms.ModelChoiceField):
    widget = QuickSelect
    iterator = PostNames


class AssetChoice(forms.ModelChoiceField):
    widget = QuickSelect

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}({obj.full_number})" if obj.number else str(obj.name)


def field_for(column: Column, axes: dict[int, Axis], user: User) -> forms.Field | None:  # noqa: PLR0911 — a table of kinds, one line each
    """The form field of an editable column, narrowed to what this user may choose; None for an axis not in use."""
    common: dict[str, Any] = {"label": column.label, "help_text": column.help, "required": False}
    match column.kind:
        case Kind.TEXT:
            return FreeText(**common)
        case Kind.LONG:
            return FreeText(widget=forms.Textarea({"rows": 3}), **common)
        case Kind.CHOICE:
            return forms.ChoiceField(choices=_with_empty(column), widget=QuickSelect, **common)
        case Kind.SCALE:
            return forms.TypedChoiceField(
                choices=_with_empty(column), coerce=int, empty_value=None, widget=QuickSelect, **common
            )
        case Kind.YESNO:
            return YesNo(**common)
        case Kind.INTEGER:
            return forms.IntegerField(min_value=0, max_value=2_000_000_000, **common)
        case Kind.DATE:
            return DayField(**common)
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


def _with_criterion(level: Level) -> str:
    return f"{level.label}: {level.criterion}" if level.criterion else str(level.label)


def _with_empty(column: Column) -> list[tuple[Any, str]]:
    return [("", EMPTY), *(column.choices.choices if column.choices else [])]
