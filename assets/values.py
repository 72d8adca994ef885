"""Values of an asset between the database, a proposal (JSON) and the words on screen."""

import copy
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils import timezone

from assets.columns import COLUMNS, EDITABLE, REQUIRED, Column, Kind
from assets.models import Asset, Axis, Level
from assets.models.asset import LEVEL_FIELDS
from registry.base.fiscal import wareki
from registry.organization.models import Department, Post

Values = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One column that differs, in words."""

    key: str
    label: str
    old: str
    new: str

    @property
    def kind(self) -> str:
        if not self.old:
            return "added"
        return "changed" if self.new else "removed"


def attribute(column: Column) -> str:
    """The model attribute that holds the plain value of a column (the key of a related row, not the row)."""
    related = {Kind.LEVEL, Kind.DEPARTMENT, Kind.POST, Kind.SYSTEM}
    return f"{column.field}_id" if column.kind in related else column.field


def snapshot(asset: Asset) -> Values:
    """All editable columns as JSON values: dates ISO, related rows by key, plus the answers given to the guide."""
    values: Values = {}
    for column in EDITABLE:
        value = getattr(asset, attribute(column))
        values[column.key] = value.isoformat() if isinstance(value, dt.date) else value
    values["guide"] = asset.guide_answers
    return values


def assign(asset: Asset, values: Mapping[str, Any]) -> Asset:
    """Set the columns of an asset from JSON values; keys that are absent stay as they are."""
    for column in EDITABLE:
        if column.key in values:
            value = values[column.key]
            if column.kind is Kind.DATE and isinstance(value, str):
                value = dt.date.fromisoformat(value) if value else None
            setattr(asset, attribute(column), value)
    asset.guide_answers = values.get("guide", asset.guide_answers)
    return asset


def as_proposed(asset: Asset, values: Mapping[str, Any]) -> Asset:
    """A copy of the asset as it would be under the values; never saved."""
    proposed = copy.copy(asset)
    proposed._state = copy.copy(asset._state)
    proposed._state.fields_cache = dict(asset._state.fields_cache)
    return assign(proposed, values)


def text(asset: Asset, column: Column) -> str:  # noqa: PLR0911 — a table of kinds, one line each
    """What a column of an asset says, in the words of the screen; '' when empty."""
    if column.kind is Kind.DERIVED:
        return _derived(asset, column.key)
    value = getattr(asset, column.field)
    if value is None or value == "":
        return ""
    match column.kind:
        case Kind.DATE:
            return wareki(value)
        case Kind.YESNO:
            return "有" if value else "無"
        case Kind.CHOICE | Kind.SCALE:
            return _label(column, value)
        case Kind.DEPARTMENT:
            return str(value.name)
        case Kind.POST:
            return str(value.full_title)
        case _:
            return str(value)


def texts(asset: Asset) -> dict[str, str]:
    """Every column in words: what a revision keeps, so that old records keep the old names."""
    return {column.key: text(asset, column) for column in COLUMNS}


def differences(before: Asset | None, after: Asset) -> list[Difference]:
    """Column by column, what changes from one state to the other; before=None means all of it is new.

    Where two things go by the same name (units, posts, levels of two schemes) both are named in full.
    """
    found = []
    for column in EDITABLE:
        name = attribute(column)
        if getattr(before, name, None) == getattr(after, name) or (
            before is None and getattr(after, name) in (None, "")
        ):
            continue
        old, new = text(before, column) if before else "", text(after, column)
        if old == new and before is not None:
            old, new = _in_full(before, column), _in_full(after, column)
        found.append(Difference(column.key, _name(column, after, before), old, new))
    return found


def _name(column: Column, *states: Asset | None) -> str:
    """What a column is called: a level by the axis of its scheme, everything else by its own label."""
    if column.kind is Kind.LEVEL:
        levels = (getattr(asset, column.field, None) for asset in states if asset)
        return next((level.axis.label for level in levels if level), column.label)
    return column.label


def _in_full(asset: Asset, column: Column) -> str:
    value = getattr(asset, column.field)
    match column.kind:
        case Kind.DEPARTMENT:
            return f"{value.full_name}({value.code or value.pk})"
        case Kind.POST:
            return f"{value.department.full_name} {value.title}({value.pk})"
        case Kind.LEVEL:
            return f"{value.label}({value.axis.scheme})"
    return text(asset, column)


RELATED: dict[type[Model], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Department: (("department",), ("organ",)),
    Post: (("sec_responsible", "sec_manager", "sys_manager"), ("department",)),
    Level: (LEVEL_FIELDS, ("axis",)),
    Asset: (("system",), ()),
}


def with_related(assets: list[Asset]) -> list[Asset]:
    """The same assets with what they name attached: one small query per model, however many assets there are."""
    for model, (names, beside) in RELATED.items():
        keys = {getattr(asset, f"{name}_id") for asset in assets for name in names} - {None}
        rows = model._default_manager.select_related(*beside) if beside else model._default_manager
        found = rows.in_bulk(keys) if keys else {}
        for asset, name in itertools.product(assets, names):
            if key := getattr(asset, f"{name}_id"):
                setattr(asset, name, found[key])
    return assets


def missing(asset: Asset, axes: Iterable[Axis]) -> list[str]:
    """The labels of the required columns that are still empty (the required nine, DOMAIN §3), as the scheme has axes."""
    return [label for column, label in required(axes) if getattr(asset, attribute(column)) in (None, "")]


def required(axes: Iterable[Axis]) -> list[tuple[Column, str]]:
    """The required columns with their labels; a level is asked for on the axes of the scheme, under their names."""
    names = {f"level_{axis.slot}": axis.label for axis in axes}
    return [(c, names.get(c.field, c.label)) for c in REQUIRED if c.kind is not Kind.LEVEL or c.field in names]


def is_blank(values: Mapping[str, Any], key: str) -> bool:
    return values.get(key) in (None, "")


def _label(column: Column, value: Any) -> str:
    if column.choices is None:
        return str(value)
    return str(dict(column.choices.choices).get(value, value))


def _derived(asset: Asset, key: str) -> str:  # noqa: PLR0911 — a table of columns, one line each
    match key:
        case "asset_no":
            return asset.full_number
        case "organ":
            return asset.department.organ.name
        case "department":
            return asset.department.division
        case "importance":
            return str(max((level.severity for level in asset.levels), default=""))
        case "registered_on":
            return wareki(timezone.localdate(asset.registered_at)) if asset.registered_at else ""
        case "updated_on":
            return wareki(timezone.localdate(asset.updated_at))
        case "risk":
            return str(asset.likelihood * asset.loss) if asset.likelihood and asset.loss else ""
    raise KeyError(key)
