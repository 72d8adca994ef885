"""What the list shows: filters, columns and order from the address, the same for screen, print and Excel."""

import functools
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict

from assets.classification import named
from assets.columns import BY_KEY, COLUMNS, LEVELS, REQUIRED, Column, Kind, Section
from assets.forms.filters import LedgerFilter
from assets.models import Asset
from assets.models.asset import LEVEL_FIELDS, AssetQuerySet
from assets.models.scheme import Axis, Level
from assets.states import Standing, state_words
from assets.values import attribute, missing, text
from registry.base.text import fold
from registry.history.models import Head
from registry.organization.access import departments_where
from registry.organization.models import Department, User
from registry.organization.naming import department_names
from registry.organization.roles import Permission
from registry.web.paging import Order

DEFAULT_COLUMNS = (
    "asset_no",
    "name",
    "section",
    "confidentiality",
    "integrity",
    "availability",
    "segment",
    "asset_type",
    "location",
)
SORTS = {
    "number": ("資産番号", Order("number")),
    "name": ("情報資産名称", Order("name")),
    "section": ("所管課", Order("place")),
    "confidentiality": ("分類(厳しい順)", Order("severity_1", descending=True)),
    "updated": ("更新(新しい順)", Order("updated_at", descending=True)),
}
PAGE = 50
SECTIONS = list(Section)
# Where the name of a network may break: マイナンバー|利用事務系, 独立|(スタンドアロン).
WORDS = re.compile(r"\(?[ァ-ー]+\)?|.[^(ァ-ー]*")
READ_ALWAYS = ("number", "revision_number", "standing", "updated_at", "open_proposal__state")
READ_FOR = {
    "department": ("department__name", "department__full_name"),
    "organ": ("department__organ__name",),
    "registered_on": ("registered_at",),
    "risk": ("likelihood", "loss"),
}
# The place of a department among all: its organ first, then its path inside the organ.
PLACE = Concat(
    Cast(F("department__organ__position") + 1_000, CharField()),
    Cast(F("department__organ_id") + 1_000_000, CharField()),
    F("department__path"),
)


@dataclass
class Listing:
    """One reading of the ledger: who asks, and what the address asks for."""

    user: User
    query: QueryDict
    axes: list[Axis]

    def __post_init__(self) -> None:
        self.filter = LedgerFilter(self.query, user=self.user, axes=self.axes)
        self.columns: list[Column] = [BY_KEY[key] for key in self._chosen() if self._used(BY_KEY[key])]
        sort = self.query.get("sort", "")
        self.sort = sort if sort in SORTS else "number"
        self._offer()

    def _chosen(self) -> list[str]:
        """Keys of columns in the order of the address; ticked boxes come section by section, so `order` goes with them."""
        wanted = [key for key in dict.fromkeys(self.query.getlist("columns")) if key in BY_KEY]
        order = self.query.get("order", "").split(",")
        return sorted(wanted or DEFAULT_COLUMNS, key=lambda key: order.index(key) if key in order else len(order))

    def _offer(self) -> None:
        """Let the pickers of the filter offer what was read already, so that none of them asks the database."""
        fields: dict[str, Any] = self.filter.fields
        names = [(key, full_name) for key, (_, full_name) in self._places.items()]
        fields["department"].choices = [("", fields["department"].empty_label), *names]
        for axis in self.axes:
            field = fields[LEVELS[axis.slot - 1].field]
            levels = sorted(axis.levels.all(), key=lambda level: -level.rank)
            field.choices = [("", field.empty_label), *((level.pk, level.label) for level in levels)]

    @functools.cached_property
    def _places(self) -> dict[int, tuple[str, str]]:
        """Key → name and full name of the departments whose assets this person may see, in the order of the tree."""
        mine = Department.objects.filter(pk__in=departments_where(self.user, Permission.VIEW_ASSETS))
        found = mine.in_tree_order().values_list("pk", "name", "full_name")
        rows = list(found)
        names = department_names(rows)
        return {key: (names[key], full_name) for key, _, full_name in rows}

    def department_names(self) -> dict[int, str]:
        """Key → name of the departments whose assets this person may see; the full name where two share one."""
        return {key: name for key, (name, _) in self._places.items()}

    def all_columns(self) -> list[Column]:
        """What can be chosen as a column, section by section as in the form."""
        return sorted(filter(self._used, COLUMNS), key=lambda column: SECTIONS.index(column.section))

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        return {column.key: name for column, name in named(COLUMNS, self.axes)}

    def _used(self, column: Column) -> bool:
        return column.key in self._names

    def header(self, column: Column) -> str:
        """The header of a column: an axis is called what the scheme calls it."""
        return self._names[column.key]

    @property
    def order(self) -> Order:
        return SORTS[self.sort][1]

    def places(self) -> list[tuple[int, str]]:
        """Key and name of the departments called what was searched for: perhaps it is their assets that are wanted."""
        asked = fold(self.query.get("q", ""))
        if len(asked) < 2:
            return []
        return [(key, names[0]) for key, names in self._places.items() if asked in map(fold, names)]

    def assets(self) -> AssetQuerySet:
        """The assets this person may see, narrowed by the filters, with what the order needs; not yet ordered."""
        found = self.filter.narrow(Asset.objects.visible_to(self.user).listed())
        if self.order.column == "severity_1":
            found = found.annotate(severity_1=Coalesce(F("level_1__severity"), Value(0)))
        elif self.order.column == "place":
            found = found.annotate(place=PLACE)
        return found

    def read(self) -> AssetQuerySet:
        """The same assets, read no further than `rows` needs."""
        shown = self.assets().select_related("open_proposal", *filter(None, map(_joined, self.columns)))
        needed = [name for column in (*REQUIRED, *self.columns) for name in _needed(column)]
        return shown.only(*READ_ALWAYS, *needed)

    def rows(self, assets: list[Asset]) -> list[dict[str, Any]]:
        """The lines of the list as ready strings."""
        columns = [(column, self.header(column)) for column in self.columns]
        return [self._row(asset, columns) for asset in self._with_levels(assets)]

    def _with_levels(self, assets: list[Asset]) -> list[Asset]:
        """Levels in force were read with the scheme; those of older schemes are read now, all in one query."""
        known = {level.pk: level for axis in self.axes for level in axis.levels.all()}
        keys = {key for asset in assets for field in LEVEL_FIELDS if (key := getattr(asset, f"{field}_id"))}
        if older := keys - known.keys():
            known |= Level.objects.select_related("axis").in_bulk(older)
        for asset in assets:
            for field in LEVEL_FIELDS:
                setattr(asset, field, known.get(getattr(asset, f"{field}_id")))
        return assets

    def _row(self, asset: Asset, columns: list[tuple[Column, str]]) -> dict[str, Any]:
        label, tone = state_of(asset)
        return {
            "pk": asset.pk,
            "url": f"/assets/{asset.pk}/",
            "cells": [{"label": header, **self._cell(asset, column)} for column, header in columns],
            "state": label,
            "tone": tone,
            "missing": self._lacks(asset) if asset.standing == Standing.UNREGISTERED else "",
        }

    def _cell(self, asset: Asset, column: Column) -> dict[str, Any]:
        if column.kind is Kind.DEPARTMENT:
            return {"kind": "choice", "text": self._places[asset.department_id][0]}
        shown = text(asset, column)
        if column.key == "name":
            return {"kind": "name", "text": str(asset)}
        if column.key == "asset_no":
            return {"kind": "number", "text": shown}
        if column.key == "segment" and shown:
            return {"kind": "segment", "text": shown, "words": WORDS.findall(shown), "tone": asset.segment}
        if column.kind is Kind.LEVEL and shown:
            level = getattr(asset, column.field)
            return {"kind": "level", "text": level.short, "tone": str(level.tone)}
        return {"kind": "choice" if column.kind is Kind.CHOICE else "text", "text": shown}

    def _lacks(self, asset: Asset) -> str:
        """What is still missing, in a few words: 「機密性、保管場所ほか3項目」."""
        empty = missing(asset, self.axes)
        return "、".join(empty[:2]) + (f"ほか{len(empty) - 2}項目" if len(empty) > 2 else "")

    def count(self) -> int:
        """How many there are; kept until anything at all changes in the registry."""
        scope = sorted(departments_where(self.user, Permission.VIEW_ASSETS))
        asked = sorted((key, str(getattr(value, "pk", value))) for key, value in self.filter.chosen().items())
        state = Head.objects.values_list("hash", flat=True).get(pk=1)
        key = "count:" + hashlib.sha256(repr((scope, asked, state)).encode()).hexdigest()
        return int(cache.get_or_set(key, lambda: self.filter.narrow(self._visible()).count(), 600) or 0)

    def _visible(self) -> AssetQuerySet:
        return Asset.objects.visible_to(self.user).listed()


def state_of(asset: Asset) -> tuple[str, str]:
    """登録の状態 of an asset in words, and its tone."""
    return state_words(asset.standing, asset.open_proposal.state if asset.open_proposal else None)


def _joined(column: Column) -> str:
    """The related row that a column takes its words from; the department and the levels are read apart."""
    if column.kind is Kind.POST:
        return f"{column.field}__department"
    if column.kind is Kind.SYSTEM:
        return column.field
    return {"department": "department", "organ": "department__organ"}.get(column.key, "")


def _needed(column: Column) -> tuple[str, ...]:
    """What has to be read for a column."""
    if column.kind is Kind.DERIVED:
        return READ_FOR.get(column.key, ())
    words = {Kind.POST: ("title", "department__name"), Kind.SYSTEM: ("name",)}.get(column.kind, ())
    return (attribute(column), *(f"{column.field}__{word}" for word in words))
