"""Form fields made from the column table, one kind of column after the other."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils import timezone

from assets.checking import MOST
from assets.columns import Column, Kind
from assets.forms.holders import HolderField
from assets.models import Asset, Level
from assets.models.scheme import Axis
from registry.base.numbers import find_my_numbers
from registry.base.text import find_control_characters, tidy
from registry.organization.access import departments_where
from registry.organization.models import Department, Post, User
from registry.organization.naming import department_names, post_names
from registry.organization.roles import Permission
from registry.organization.vocabulary import said
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


class Kept(FreeText):
    """A text that history keeps for ever, so nothing may stand in it that does not belong there."""

    limit = REASON_LIMIT

    def clean(self, value: Any) -> str:
        text = tidy(super().clean(value))
        if self.required and not text:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(text) > self.limit:
            raise forms.ValidationError(f"{self.limit:,}文字までです(いまは{len(text):,}文字)。短くしてください。")
        if find_control_characters(text):
            raise forms.ValidationError("使えない制御文字があります。消して入れ直してください。")
        if find_my_numbers(text):
            raise forms.ValidationError(
                "個人番号(マイナンバー)と思われる12桁の数字があります。番号は書かないでください。"
            )
        return text


class Reason(Kept):
    """A reason or comment."""

    def __init__(self, rows: int, limit: int = REASON_LIMIT, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class Line(Kept):
    """A text on one line."""

    def __init__(self, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit


class YesNo(forms.TypedChoiceField):
    """有・無 or not yet answered."""

    widget = QuickSelect

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", EMPTY), ("yes", "有"), ("no", "無")]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class LevelChoice(forms.TypedChoiceField):
    """The levels of an axis (of each that shares a column), strictest first, each with its criterion.

    They were read with the axis and are not asked for again.
    """

    def __init__(self, axes: Sequence[Axis], **kwargs: Any) -> None:
        offered = [level for axis in axes for level in sorted(axis.levels.all(), key=lambda one: -one.rank)]
        levels = {str(level.pk): level for level in offered}
        self.levels = levels
        choices = [(key, _with_criterion(level)) for key, level in levels.items()]
        super().__init__(
            choices=choices,
            coerce=lambda key: self.levels[key],
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages={
                "invalid_choice": said("この{section}の分類体系の区分ではありません。下の区分から選択してください。")
            },
            **kwargs,
        )


class DepartmentNames(ModelChoiceIterator):
    """The departments on offer, under the headings of their organs where there are several."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield ("", str(self.field.empty_label or ""))
        rows = self.queryset.values_list("pk", "full_name", "organ__name")
        yield from by_organ([(key, name, organ) for key, name, organ in rows])


def by_organ(rows: Iterable[tuple[int, str, str]]) -> list[tuple[Any, Any]]:
    """Choices from (key, name, organ) in the order of the tree; no headings where there is but one organ."""
    grouped = [(organ, [(key, name) for key, name, _ in found]) for organ, found in groupby(rows, lambda row: row[2])]
    return list(grouped[0][1]) if len(grouped) == 1 else list(grouped)


class DepartmentChoice(forms.ModelChoiceField):
    widget = QuickSelect
    iterator = DepartmentNames

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


class Offered:
    """What the body's own columns may name: departments and posts, each list read once, however many columns there are.

    Which there are is no secret: everybody may look at the organisation. `past`: those that were closed too.
    """

    def __init__(self, *, past: bool = False) -> None:
        self.past = past

    @functools.cached_property
    def departments(self) -> list[tuple[Any, str]]:
        found = Department.objects.all() if self.past else Department.objects.current()
        rows = list(found.in_tree_order().values_list("pk", "full_name", "organ__name"))
        return list(department_names([(key, name, f"{name}({organ})") for key, name, organ in rows]).items())

    @functools.cached_property
    def posts(self) -> list[tuple[Any, str]]:
        found = Post.objects.all() if self.past else Post.objects.current()
        return list(post_names(found.select_related("department").in_tree_order()).items())

    def of(self, column: Column) -> list[tuple[Any, str]]:
        """(key, name) of everything that may be picked in a column of departments, posts or options."""
        if column.kind is Kind.OTHER_DEPARTMENT:
            return self.departments
        return self.posts if column.kind is Kind.POST else column.offered

    def name(self, column: Column, key: int | None) -> str:
        """What a department or post that a column names is called; '' for none."""
        known = self._department_names if column.kind is Kind.OTHER_DEPARTMENT else self._post_names
        return known[key] if key else ""

    @functools.cached_property
    def _department_names(self) -> dict[int, str]:
        return dict(self.departments)

    @functools.cached_property
    def _post_names(self) -> dict[int, str]:
        return dict(self.posts)


class OwnPicker(forms.TypedChoiceField):
    """A department or post picked for a column of the body's own; what is kept already may stay."""

    def __init__(self, offered: list[tuple[Any, str]], **kwargs: Any) -> None:
        choices = [("", EMPTY), *offered]
        super().__init__(choices=choices, coerce=int, empty_value=None, widget=QuickSelect, **kwargs)


class AssetChoice(forms.ModelChoiceField):
    widget = QuickSelect

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


def field_for(  # noqa: PLR0911 — a table of kinds, one line each
    column: Column, axes: Mapping[int, Sequence[Axis]], user: User, offered: Offered | None = None
) -> forms.Field | None:
    """The form field of an editable column, narrowed to what this user may choose; None for an axis not in use.

    One `offered` for all fields of a form lets columns of departments and posts read them once.
    """
    common: dict[str, Any] = {"label": column.label, "help_text": said(column.help), "required": False}
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
            return forms.IntegerField(min_value=0, max_value=MOST, **common)
        case Kind.DATE:
            return DayField(**common)
        case Kind.LEVEL:
            shared = axes.get(int(column.field[-1]), ())
            label = "／".join(dict.fromkeys(axis.label for axis in shared))
            helps = said(" ".join(dict.fromkeys(axis.help for axis in shared)))
            return LevelChoice(shared, **{**common, "label": label, "help_text": helps}) if shared else None
    if column.own:
        return OwnPicker((offered or Offered()).of(column), **common)
    return _picker(column, user, common)


def keep_level(field: Any, level: Level) -> None:
    """Let a level field offer one of an earlier scheme too, so that it may stay until somebody confirms a new one."""
    if str(level.pk) not in field.levels:
        field.levels[str(level.pk)] = level
        field.choices = [*field.choices, (level.pk, f"{level.label}のまま(以前の「{level.axis.scheme}」。要移行確認)")]


def by_slot(axes: Iterable[Axis]) -> dict[int, list[Axis]]:
    """The axes by the column they use; those of several schemes may share one."""
    found: dict[int, list[Axis]] = {}
    for axis in axes:
        found.setdefault(axis.slot, []).append(axis)
    return found


def _picker(column: Column, user: User, common: dict[str, Any]) -> forms.Field:
    match column.kind:
        case Kind.DEPARTMENT:
            return DepartmentChoice(own_departments(user), empty_label=EMPTY, **{**common, "required": True})
        case Kind.POST:
            return PostChoice(Post.objects.none(), empty_label=EMPTY, **common)
        case Kind.SYSTEM:
            systems = Asset.objects.offered_to(user).listed().filter(asset_type="system").order_by("name")
            return AssetChoice(systems, empty_label=EMPTY, **common)
        case Kind.HOLDERS:
            return HolderField(user, **common)
    raise KeyError(column.kind)


def own_departments(user: User) -> Any:
    """The departments of today, in scope, into which this person may register."""
    mine = departments_where(user, Permission.EDIT_ASSETS)
    return Department.objects.current(timezone.localdate()).in_scope().filter(pk__in=mine).in_tree_order()


def _with_criterion(level: Level) -> str:
    return f"{level.label}: {level.criterion}" if level.criterion else str(level.label)


def _with_empty(column: Column) -> list[tuple[Any, str]]:
    return [("", EMPTY), *column.offered]
