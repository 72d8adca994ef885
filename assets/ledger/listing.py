"""What the list shows: filters, columns and order from the address, the same for screen, print and Excel."""

import datetime as dt
import functools
import hashlib
import re
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from assets.body_columns import columns_of_body
from assets.classification import named
from assets.columns import BY_KEY, REQUIRED, Column, Kind, Section
from assets.extra_values import NAMED, read_own
from assets.forms.filters import LedgerFilter
from assets.forms.places import Place, places_seen_by
from assets.ledger.grouping import PLACE, Grouping, groupings
from assets.ledger.own_order import own_sorts, with_own_order
from assets.models import Asset
from assets.models.asset import APPLIED_FIELDS, AssetQuerySet
from assets.models.classification import Classification
from assets.models.scheme import LEVEL_FIELDS, Level
from assets.states import LISTED, Standing, state_words
from assets.values import missing, plain, text, with_holders
from registry.base.text import fold
from registry.history.models import Head
from registry.organization.access import departments_where
from registry.organization.models import User
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
    "due": ("廃棄予定日(近い順)", Order("due")),
}
NEVER = dt.date(9999, 12, 31)
COLUMNS_GONE = "表示する列のうち{count}つは、いまの台帳にありません。外して表示しています。"
COLUMN_RETIRED = "列「{label}」は、もう使われていません。残っている値だけを表示しています。"
GROUP_GONE = "このまとめ方は、いまの台帳では使えません。まとめずに表示しています。"
PAGE = 50
SECTIONS = list(Section)
# Where the name of a network may break: マイナンバー|利用事務系, 独立|(スタンドアロン).
WORDS = re.compile(r"\(?[ァ-ー]+\)?|.[^(ァ-ー]*")
READ_ALWAYS = (
    "number",
    "revision_number",
    "standing",
    "updated_at",
    *("open_proposal__state", "open_proposal__kind"),
    *(f"{name}_id" for name in APPLIED_FIELDS),
)
READ_FOR = {
    "department": ("department__name", "department__full_name"),
    "organ": ("department__organ__name",),
    "registered_on": ("registered_at",),
    "risk": ("likelihood", "loss"),
}


@dataclass
class Listing:
    """One reading of the ledger: who asks, what the address asks for, and what for (to see it, or to take it out)."""

    user: User
    query: QueryDict
    classification: Classification
    permission: Permission = Permission.VIEW_ASSETS

    def __post_init__(self) -> None:
        places = list(self._places.values())
        self.axes = self.classification.axes_among({place.organ for place in places})
        self._several = len({axis.scheme_id for axis in self.axes}) > 1
        self.filter = LedgerFilter(
            self.query, user=self.user, places=places, axes=self.axes, classification=self.classification
        )
        self.known = columns_of_body()
        chosen = [self.known.by_key[key] for key in self._chosen()]
        self.columns: list[Column] = [column for column in chosen if column.key in self._names]
        sort = self.query.get("sort", "")
        self.sorts = {**SORTS, **own_sorts(self.known)}
        self.sort = sort if sort in self.sorts else "number"
        self.groupings = groupings(self.axes)
        group = self.query.get("group", "")
        self.group = group if group in self.groupings else ""

    def _chosen(self) -> list[str]:
        """Keys of columns, each once, in the order of the address."""
        asked = dict.fromkeys(self.query.getlist("columns"))
        return [key for key in asked if key in self.known.by_key] or list(DEFAULT_COLUMNS)

    def problems(self) -> list[str]:
        """What the address asks for and cannot be had, in sentences."""
        lost = [key for key in dict.fromkeys(self.query.getlist("columns")) if key not in self._names]
        columns = [COLUMNS_GONE.format(count=len(lost))] if lost else []
        columns += [COLUMN_RETIRED.format(label=column.label) for column in self.columns if column.retired]
        group = [GROUP_GONE] if self.query.get("group") and not self.group else []
        return [*self.filter.problems(), *columns, *group]

    @property
    def _places(self) -> dict[int, Place]:
        return places_seen_by(self.user)

    def department_names(self) -> dict[int, str]:
        """Key → name of the departments whose assets this person may see; the full name where two share one."""
        return {key: place.name for key, place in self._places.items()}

    @functools.cached_property
    def grouping(self) -> Grouping | None:
        """The groups of the listing, counted; None when it is not grouped."""
        if not self.group:
            return None
        found = self.filter.narrow(self._visible())
        return Grouping(self.group, found, list(self._places.values()), self.axes, self.classification)

    def all_columns(self) -> list[Column]:
        """What can be chosen as a column, section by section as in the form."""
        return sorted(
            (column for column in self.known.current if column.key in self._names),
            key=lambda column: SECTIONS.index(column.section),
        )

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        return {column.key: name for column, name in named(self.known.all, self.axes)}

    def header(self, column: Column) -> str:
        """The header of a column: an axis is called what the scheme calls it."""
        return self._names[column.key]

    @property
    def order(self) -> Order:
        order = self.sorts[self.sort][1]
        return replace(order, group="group_place") if self.group else order

    def places(self) -> list[tuple[int, str]]:
        """Key and name of the departments called what was searched for: perhaps it is their assets that are wanted."""
        asked = fold(self.query.get("q", ""))
        if len(asked) < 2:
            return []
        found = self._places.values()
        return [(place.pk, place.name) for place in found if asked in (fold(place.name), fold(place.full_name))]

    def assets(self) -> AssetQuerySet:
        """The assets this person may see, narrowed by the filters, with what the order needs; not yet ordered."""
        found = self.filter.narrow(self._visible())
        if self.order.column == "severity_1":
            found = found.annotate(severity_1=Coalesce(F("applied_1__severity"), Value(0)))
        elif self.order.column == "place":
            found = found.annotate(place=PLACE)
        elif self.order.column == "due":
            found = found.annotate(due=Coalesce(F("disposal_due"), Value(NEVER)))
        elif self.sort not in SORTS:
            found = with_own_order(found, self.known.by_key[self.sort], self.order)
        if self.grouping:
            found = found.annotate(group_place=self.grouping.place)
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
        rows = [self._row(asset, columns) for asset in self._with_levels(assets)]
        if self.grouping:
            self.grouping.head(rows, assets)
        return rows

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
            "name": str(asset),
            "url": f"/assets/{asset.pk}/",
            "cells": [{"label": header, **self._cell(asset, column)} for column, header in columns],
            "state": label,
            "tone": tone,
            "missing": self._lacks(asset) if asset.standing == Standing.UNREGISTERED else "",
            "migrates": asset.standing in LISTED and any(self._is_foreign(asset, f) for f in LEVEL_FIELDS),
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
            return {"kind": "level", **self._level(asset, column)}
        return {"kind": "choice" if column.kind in {Kind.CHOICE, Kind.DEPARTMENT} else "text", "text": shown}

    def _said(self, asset: Asset, column: Column) -> str:
        """A value in words; departments are told apart, and what own columns name was read with the filters."""
        if column.kind is Kind.DEPARTMENT:
            return self._places[asset.department_id].name
        if column.own and column.kind in NAMED:
            return self.filter.offered.name(column, plain(asset, column))
        return text(asset, column)

    def _level(self, asset: Asset, column: Column) -> dict[str, str]:
        """指定値, and 適用値 beside it where that is another; in full where levels of several schemes stand together."""
        level, name = getattr(asset, column.field), column.field.replace("level", "applied")
        applied = getattr(asset, name)
        in_full = self._several or self._is_foreign(asset, column.field)
        said = {"text": level.label if in_full else level.short, "tone": str(level.tone)}
        if applied not in {None, level}:
            in_full = self._several or self._is_foreign(asset, name)
            said |= {"applied": applied.label if in_full else applied.short, "applied_tone": str(applied.tone)}
        return said

    def _is_foreign(self, asset: Asset, field: str) -> bool:
        """Is the level in this field one of another scheme than the asset's 課 uses now?"""
        return self.classification.is_foreign(getattr(asset, f"{field}_id"), self._places[asset.department_id].organ)

    def _lacks(self, asset: Asset) -> str:
        """What is still missing, in a few words: 「機密性、保管場所ほか3項目」."""
        empty = missing(asset, self.classification.axes_of(self._places[asset.department_id].organ))
        return "、".join(empty[:2]) + (f"ほか{len(empty) - 2}項目" if len(empty) > 2 else "")

    @functools.cached_property
    def state(self) -> str:
        """The end of history as this reading found it: as long as it is the same, nothing has changed."""
        return str(Head.objects.values_list("hash", flat=True).get(pk=1))

    def count(self) -> int:
        """How many there are; kept until anything at all changes in the registry."""
        scope = sorted(departments_where(self.user, self.permission))
        asked = (self.filter.key(), str(self.classification.day))
        key = "count:" + hashlib.sha256(repr((scope, asked, self.state)).encode()).hexdigest()
        return int(cache.get_or_set(key, lambda: self.filter.narrow(self._visible()).count(), 600) or 0)

    def _visible(self) -> AssetQuerySet:
        mine = Asset.objects.where(self.user, self.permission)
        return mine if self.filter.asks_for_retired() else mine.listed()


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
    return (column.attribute, *(f"{column.field}__{word}" for word in words))
