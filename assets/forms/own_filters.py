"""Filters of the list for the body's own columns: what a kind of column can be narrowed by."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q

from assets.body_columns import TEXTS, columns_of_body
from assets.checking import MOST
from assets.columns import Column, Kind
from assets.forms.fields import Offered
from assets.models import ExtraValue
from assets.models.asset import AssetQuerySet
from assets.models.extra import STORED
from registry.base.text import fold
from registry.web.fields import DayField, QuickSelect

NONE = "none"
RANGES = {"from": ("以上", "から", "gte"), "to": ("以下", "まで", "lte")}


@dataclass(frozen=True)
class OwnFilter:
    """One filter: its key in the address, its field, and how it narrows."""

    key: str
    field: forms.Field
    narrow: Callable[[AssetQuerySet, Any], AssetQuerySet]


def own_filters(data: Mapping[str, Any], offered: Offered) -> Iterator[OwnFilter]:
    """The filters of the columns in use, and of retired ones where the address still asks about them."""
    for column in columns_of_body().own:
        for one in _filters(column, offered):
            if not column.retired or one.key in data:
                yield one


def _filters(column: Column, offered: Offered) -> Iterator[OwnFilter]:
    if column.kind in TEXTS:
        field = forms.CharField(label=column.label, required=False, max_length=100)
        yield OwnFilter(column.key, field, lambda assets, words: _where(assets, column, folded__contains=fold(words)))
    elif column.kind in {Kind.INTEGER, Kind.DATE}:
        yield from (_bound(column, end) for end in RANGES)
    elif column.kind is Kind.YESNO:
        yield _picked(column, [("yes", "有"), ("no", "無")], lambda value: value == "yes")
    elif column.kind is Kind.CHOICE:
        retired = [(code, f"{label}(廃止)") for code, label in _retired(column)]
        yield _picked(column, [*column.offered, *retired], lambda value: int(value[1:]))
    else:
        yield _picked(column, offered.of(column), int)


def _retired(column: Column) -> list[tuple[Any, str]]:
    offered = dict(column.offered)
    known: list[tuple[Any, Any]] = list(column.choices.choices) if column.choices else []
    return [(code, str(label)) for code, label in known if code not in offered]


def _bound(column: Column, end: str) -> OwnFilter:
    """One end of a range of numbers or days."""
    of_numbers, of_days, lookup = RANGES[end]
    if column.kind is Kind.DATE:
        field: forms.Field = DayField(label=f"{column.label}({of_days})", required=False)
    else:
        field = forms.IntegerField(label=f"{column.label}({of_numbers})", required=False, min_value=0, max_value=MOST)
    condition = f"{STORED[column.kind]}__{lookup}"
    return OwnFilter(f"{column.key}_{end}", field, lambda assets, value: _where(assets, column, **{condition: value}))


def _picked(column: Column, choices: list[tuple[Any, str]], stored: Callable[[str], Any]) -> OwnFilter:
    """One value out of those on offer, or none at all."""
    offered = [("", "すべて"), *((str(key), name) for key, name in choices), (NONE, "(未入力)")]
    field = forms.ChoiceField(label=column.label, choices=offered, widget=QuickSelect, required=False)

    def narrow(assets: AssetQuerySet, value: str) -> AssetQuerySet:
        if value == NONE:
            return assets.exclude(pk__in=ExtraValue.objects.filter(column=column.own).values("asset"))
        return _where(assets, column, **{STORED[column.kind]: stored(value)})

    return OwnFilter(column.key, field, narrow)


def _where(assets: AssetQuerySet, column: Column, **said: Any) -> AssetQuerySet:
    return assets.filter(pk__in=ExtraValue.objects.filter(Q(column=column.own), **said).values("asset"))
