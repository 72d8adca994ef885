"""What the list shows: filters, columns and order from the address, the same for screen, print and Excel."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict

from assets.columns import BY_KEY, COLUMNS, Column, Kind
from assets.forms.filters import LedgerFilter
from assets.models import Asset
from assets.models.asset import AssetQuerySet
from assets.models.scheme import Axis
from assets.states import TONES, Standing, State
from assets.values import missing, text
from registry.base.text import fold
from registry.history.models import Head
from registry.organization.access import departments_where
from registry.organization.models import Department, User
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
    "confidentiality": ("機密性(高い順)", Order("rank_1", descending=True)),
    "updated": ("更新(新しい順)", Order("updated_at", descending=True)),
}
PAGE = 50
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
        wanted = list(dict.fromkeys(key for key in self.query.getlist("columns") if key in BY_KEY))
        self.columns: list[Column] = [BY_KEY[key] for key in (wanted or DEFAULT_COLUMNS) if self._used(BY_KEY[key])]
        sort = self.query.get("sort", "")
        self.sort = sort if sort in SORTS else "number"

    def all_columns(self) -> list[Column]:
        return [column for column in COLUMNS if self._used(column)]

    def _used(self, column: Column) -> bool:
        return column.kind is not Kind.LEVEL or any(axis.slot == int(column.field[-1]) for axis in self.axes)

    def header(self, column: Column) -> str:
        """The header of a column: an axis is called what the scheme calls it."""
        if column.kind is Kind.LEVEL:
            return next(axis.label for axis in self.axes if axis.slot == int(column.field[-1]))
        return column.label

    @property
    def order(self) -> Order:
        return SORTS[self.sort][1]

    def places(self) -> list[Department]:
        """The departments whose name is what was searched for: perhaps it is their assets that are wanted."""
        asked = fold(self.query.get("q", ""))
        if len(asked) < 2:
            return []
        mine = Department.objects.filter(pk__in=departments_where(self.user, Permission.VIEW_ASSETS))
        return [found for found in mine.in_tree_order() if asked in {fold(found.name), fold(found.full_name)}]

    def assets(self) -> AssetQuerySet:
        """The assets this person may see, narrowed by the filters, with what the order needs; not yet ordered."""
        found = self.filter.narrow(Asset.objects.visible_to(self.user).listed())
        if self.order.column == "rank_1":
            found = found.annotate(rank_1=Coalesce(F("level_1__rank"), Value(0)))
        elif self.order.column == "place":
            found = found.annotate(place=PLACE)
        return found

    def count(self) -> int:
        """How many there are; kept until anything at all changes in the registry."""
        scope = sorted(departments_where(self.user, Permission.VIEW_ASSETS))
        asked = sorted((key, str(getattr(value, "pk", value))) for key, value in self.filter.chosen().items())
        state = Head.objects.values_list("count", flat=True).get(pk=1)
        key = "count:" + hashlib.sha256(repr((scope, asked, state)).encode()).hexdigest()
        return int(cache.get_or_set(key, lambda: self.filter.narrow(self._visible()).count(), 600) or 0)

    def _visible(self) -> AssetQuerySet:
        return Asset.objects.visible_to(self.user).listed()


def row(asset: Asset, columns: list[Column], headers: list[str]) -> dict[str, Any]:
    """One line of the list as ready strings."""
    label, tone = state_of(asset)
    return {
        "pk": asset.pk,
        "url": f"/assets/{asset.pk}/",
        "cells": [_cell(asset, column, header) for column, header in zip(columns, headers, strict=True)],
        "state": label,
        "tone": tone,
        "missing": _lacks(asset) if asset.standing == Standing.UNREGISTERED else "",
    }


def _lacks(asset: Asset) -> str:
    """What is still missing, in a few words: 「機密性、保管場所ほか3項目」."""
    empty = [column.label for column in missing(asset)]
    return "、".join(empty[:2]) + (f"ほか{len(empty) - 2}項目" if len(empty) > 2 else "")


def state_of(asset: Asset) -> tuple[str, str]:
    """The state in words and its tone: what is in force, and what is under way."""
    proposal = asset.open_proposal
    if proposal is None:
        return asset.get_standing_display(), "success" if asset.standing == Standing.REGISTERED else "neutral"
    label, tone = proposal.get_state_display(), TONES[State(proposal.state)]
    return (f"登録済・変更{label}" if asset.standing == Standing.REGISTERED else label), tone


def _cell(asset: Asset, column: Column, header: str) -> dict[str, Any]:
    shown = text(asset, column)
    cell: dict[str, Any] = {"label": header, "text": shown, "kind": "text", "tone": ""}
    if column.key == "name":
        cell.update(kind="name", text=str(asset))
    elif column.key == "asset_no":
        cell.update(kind="number")
    elif column.key == "segment" and shown:
        cell.update(kind="segment", tone=asset.segment)
    elif column.kind is Kind.LEVEL and shown:
        level = getattr(asset, column.field)
        cell.update(kind="level", text=level.short, tone=level.tone)
    return cell
