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

from assets.body_columns import columns_of_body
from assets.classification import named
from assets.columns import BY_KEY, LEVELS, REQUIRED, Column, Kind, Section
from assets.extra_values import NAMED, read_own
from assets.forms.fields import by_organ
from assets.forms.filters import LedgerFilter
from assets.ledger.own_order import own_sorts, with_own_order
from assets.models import Asset
from assets.models.asset import APPLIED_FIELDS, AssetQuerySet
from assets.models.classification import Classification
from assets.models.scheme import LEVEL_FIELDS, Level
from assets.states import Standing, state_words
from assets.values import attribute, missing, plain, text, with_holders
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
    "name": (BY_KEY["name"].text, Order("name")),
    "section": (BY_KEY["section"].text, Order("place")),
    "confidentiality": ("分類(厳しい順)", Order("severity_1", descending=True)),
    "updated": ("更新(新しい順)", Order("updated_at", descending=True)),
}
PAGE = 50
SECTIONS = list(Section)
# Where the name of a network may break: マイナンバー|利用事務系, 独立|(スタンドアロン).
WORDS = re.compile(r"\(?[ァ-ー]+\)?|.[^(ァ-ー]*")
READ_ALWAYS = (
    "number",
    "revision_number",
    "standing",
    "updated_at",
    "open_proposal__state",
    "open_proposal__kind",
    *(f"{name}_id" for name in APPLIED_FIELDS),
)
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
    classification: Classification

    def __post_init__(self) -> None:
        self.axes = self.classification.axes_among({organ for _, _, organ in self._places.values()})
        self._several = len({axis.scheme_id for axis in self.axes}) > 1
        self.filter = LedgerFilter(self.query, user=self.user, axes=self.axes, classification=self.classification)
        self.known = columns_of_body()
        chosen = [self.known.by_key[key] for key in self._chosen()]
        self.columns: list[Column] = [column for column in chosen if self._used(column)]
        sort = self.query.get("sort", "")
        self.sorts = {**SORTS, **own_sorts(self.known)}
        self.sort = sort if sort in self.sorts else "number"
        self._offer()

    def _chosen(self) -> list[str]:
        """Keys of columns in the order of the address; ticked boxes come section by section, so `order` goes with them."""
        wanted = [key for key in dict.fromkeys(self.query.getlist("columns")) if key in self.known.by_key]
        order = self.query.get("order", "").split(",")
        return sorted(wanted or DEFAULT_COLUMNS, key=lambda key: order.index(key) if key in order else len(order))

    def _offer(self) -> None:
        """Let the pickers of the filter offer what was read already, so that none of them asks the database."""
        fields: dict[str, Any] = self.filter.fields
        shown = [one for one in self._departments if not one.annulled]
        names = by_organ([(one.pk, one.dated_name, one.organ.name) for one in shown])
        fields["department"].choices = [("", fields["department"].empty_label), *names]
        for slot in {axis.slot for axis in self.axes}:
            field = fields[LEVELS[slot - 1].field]
            axes = [sorted(axis.levels.all(), key=lambda one: -one.rank) for axis in self.axes if axis.slot == slot]
            levels = [level for found in axes for level in found]
            field.choices = [("", field.empty_label), *((level.pk, level.label) for level in levels)]

    @functools.cached_property
    def _departments(self) -> list[Department]:
        """The departments whose assets this person may see, in tree order."""
        mine = Department.objects.filter(pk__in=departments_where(self.user, Permission.VIEW_ASSETS))
        return list(mine.select_related("organ").in_tree_order())

    @functools.cached_property
    def _places(self) -> dict[int, tuple[str, str, int]]:
        """Key → name, full name and organ of the departments whose assets this person may see, in tree order."""
        names = department_names((one.pk, one.name, one.full_name) for one in self._departments)
        return {one.pk: (names[one.pk], one.full_name, one.organ_id) for one in self._departments}

    def department_names(self) -> dict[int, str]:
        """Key → name of the departments whose assets this person may see; the full name where two share one."""
        return {key: name for key, (name, *_) in self._places.items()}

    def all_columns(self) -> list[Column]:
        """What can be chosen as a column, section by section as in the form."""
        return sorted(filter(self._used, self.known.current), key=lambda column: SECTIONS.index(column.section))

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        return {column.key: name for column, name in named(self.known.all, self.axes)}

    def _used(self, column: Column) -> bool:
        return column.key in self._names

    def header(self, column: Column) -> str:
        """The header of a column: an axis is called what the scheme calls it."""
        return self._names[column.key]

    @property
    def order(self) -> Order:
        return self.sorts[self.sort][1]

    def places(self) -> list[tuple[int, str]]:
        """Key and name of the departments called what was searched for: perhaps it is their assets that are wanted."""
        asked = fold(self.query.get("q", ""))
        if len(asked) < 2:
            return []
        return [(key, names[0]) for key, names in self._places.items() if asked in map(fold, names[:2])]

    def assets(self) -> AssetQuerySet:
        """The assets this person may see, narrowed by the filters, with what the order needs; not yet ordered."""
        found = self.filter.narrow(self._visible())
        if self.order.column == "severity_1":
            found = found.annotate(severity_1=Coalesce(F("applied_1__severity"), Value(0)))
        elif self.order.column == "place":
            found = found.annotate(place=PLACE)
        elif self.sort not in SORTS:
            found = with_own_order(found, self.known.by_key[self.sort], self.order)
        return found

    def read(self) -> AssetQuerySet:
        """The same assets, read no further than `rows` needs."""
        shown = self.assets().select_related("open_proposal", *filter(None, map(_joined, self.columns)))
        needed = [name for column in (*REQUIRED, *self.columns) for name in _needed(column)]
        return shown.only(*READ_ALWAYS, *needed)

    def rows(self, assets: list[Asset]) -> list[dict[str, Any]]:
        """The lines of the list as ready strings."""
        columns = [(column, self.header(column)) for column in self.columns]
        if any(column.kind is Kind.HOLDERS for column in self.columns):
            with_holders(assets)
        if any(column.own for column in (*self.columns, *self.known.required)):
            read_own(assets)
        return [self._row(asset, columns) for asset in self._with_levels(assets)]

    def _with_levels(self, assets: list[Asset]) -> list[Asset]:
        """Levels were read with their schemes; one that is newer than that is read now."""
        known = dict(self.classification.levels)
        fields = (*LEVEL_FIELDS, *APPLIED_FIELDS)
        keys = {key for asset in assets for field in fields if (key := getattr(asset, f"{field}_id"))}
        if older := keys - known.keys():
            known |= Level.objects.select_related("axis").in_bulk(older)
        for asset in assets:
            for field in fields:
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
            "migrates": asset.standing != Standing.DISPOSED and any(self._is_foreign(asset, f) for f in LEVEL_FIELDS),
        }

    def _cell(self, asset: Asset, column: Column) -> dict[str, Any]:
        shown = self._said(asset, column)
        if column.key == "name":
            return {"kind": "name", "text": str(asset)}
        if column.key == "asset_no":
            return {"kind": "number", "text": shown}
        if column.key == "segment" and shown:
            return {"kind": "segment", "text": shown, "words": WORDS.findall(shown), "tone": asset.segment}
        if column.kind is Kind.LEVEL and shown:
            level = getattr(asset, column.field)
            applied = getattr(asset, column.field.replace("level", "applied"))
            in_full = self._several or self._is_foreign(asset, column.field)
            said = {"text": level.label if in_full else level.short, "tone": str(level.tone)}
            if applied not in {None, level}:
                foreign = self._is_foreign(asset, column.field.replace("level", "applied"))
                said["applied"] = applied.label if self._several or foreign else applied.short
                said["applied_tone"] = str(applied.tone)
            return {"kind": "level", **said}
        return {"kind": "choice" if column.kind in {Kind.CHOICE, Kind.DEPARTMENT} else "text", "text": shown}

    def _said(self, asset: Asset, column: Column) -> str:
        """A value in words; departments are told apart, and what own columns name was read with the filters."""
        if column.kind is Kind.DEPARTMENT:
            return self._places[asset.department_id][0]
        if column.own and column.kind in NAMED:
            return self.filter.offered.name(column, plain(asset, column))
        return text(asset, column)

    def _is_foreign(self, asset: Asset, field: str) -> bool:
        """Is the level in this field one of another scheme than the asset's 課 uses now?"""
        return self.classification.is_foreign(getattr(asset, f"{field}_id"), self._places[asset.department_id][2])

    def _lacks(self, asset: Asset) -> str:
        """What is still missing, in a few words: 「機密性、保管場所ほか3項目」."""
        empty = missing(asset, self.classification.axes_of(self._places[asset.department_id][2]))
        return "、".join(empty[:2]) + (f"ほか{len(empty) - 2}項目" if len(empty) > 2 else "")

    def count(self) -> int:
        """How many there are; kept until anything at all changes in the registry."""
        scope = sorted(departments_where(self.user, Permission.VIEW_ASSETS))
        asked = sorted((key, str(getattr(value, "pk", value))) for key, value in self.filter.chosen().items())
        state = Head.objects.values_list("hash", flat=True).get(pk=1)
        key = "count:" + hashlib.sha256(repr((scope, asked, state, self.classification.day)).encode()).hexdigest()
        return int(cache.get_or_set(key, lambda: self.filter.narrow(self._visible()).count(), 600) or 0)

    def _visible(self) -> AssetQuerySet:
        visible = Asset.objects.visible_to(self.user)
        return visible if self.filter.asks_for_retired() else visible.listed()


def state_of(asset: Asset) -> tuple[str, str]:
    """登録の状態 of an asset in words, and its tone."""
    proposal = asset.open_proposal
    return state_words(asset.standing, proposal.state if proposal else None, proposal.kind if proposal else None)


def _joined(column: Column) -> str:
    """The related row that a column takes its words from; the department and the levels are read apart."""
    if column.own:
        return ""
    if column.kind is Kind.POST:
        return f"{column.field}__department"
    if column.kind is Kind.SYSTEM:
        return column.field
    return {"department": "department", "organ": "department__organ"}.get(column.key, "")


def _needed(column: Column) -> tuple[str, ...]:
    """What has to be read for a column."""
    if not column.field:
        return READ_FOR.get(column.key, ())
    words = {Kind.POST: ("title", "department__name"), Kind.SYSTEM: ("name",)}.get(column.kind, ())
    return (attribute(column), *(f"{column.field}__{word}" for word in words))
