"""Values of an asset between the database, a proposal (JSON) and the words on screen."""

import copy
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils import timezone

from assets.body_columns import columns_of_body
from assets.columns import COLUMNS, Column, Kind
from assets.extra_values import NAMED, copy_own, keep_named, keys_named, own_of, put, row_named
from assets.models import Asset, Axis, Level
from assets.models.asset import APPLIED_FIELDS, CALCULATED_FIELDS, SOURCE_FIELDS
from assets.models.scheme import LEVEL_FIELDS
from assets.states import Standing
from registry.base.fiscal import wareki
from registry.organization.models import Department, Post

Values = dict[str, Any]
EMPTY: tuple[Any, ...] = (None, "", [])
LABEL = ".label"


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


def plain(asset: Asset, column: Column) -> Any:
    """The plain value of any column but the derived ones; a related row by its key."""
    return own_of(asset).values.get(column.key) if column.own else getattr(asset, column.attribute)


def _meant(asset: Asset, column: Column) -> Any:
    """What a value stands for: the related row where the column names one, else the plain value."""
    if column.own:
        return row_named(asset, column) if column.kind in NAMED else plain(asset, column)
    return getattr(asset, column.field)


def snapshot(asset: Asset) -> Values:
    """All editable columns as JSON values: dates ISO, related rows by key, plus the answers given to the guide."""
    values = {column.key: stored(asset, column) for column in columns_of_body().editable}
    values["guide"] = asset.guide_answers
    return values


def stored(asset: Asset, column: Column) -> Any:
    """The plain value of a column as proposals keep it."""
    value = plain(asset, column)
    return value.isoformat() if isinstance(value, dt.date) else value


def assign(asset: Asset, values: Mapping[str, Any]) -> Asset:
    """Set the columns of an asset from JSON values; keys that are absent stay as they are."""
    for column in columns_of_body().editable:
        if column.key not in values:
            continue
        value = values[column.key]
        if column.own:
            put(asset, column, value)
            continue
        if column.kind is Kind.DATE and isinstance(value, str):
            value = dt.date.fromisoformat(value) if value else None
        setattr(asset, column.attribute, value)
    asset.guide_answers = values.get("guide", asset.guide_answers)
    if asset.standing == Standing.UNREGISTERED:  # nothing is in force yet that it could inherit from
        for level, applied in zip(LEVEL_FIELDS, APPLIED_FIELDS, strict=True):
            setattr(asset, f"{applied}_id", getattr(asset, f"{level}_id"))
    return asset


def as_proposed(asset: Asset, values: Mapping[str, Any]) -> Asset:
    """A copy of the asset as it would be under the values; never saved."""
    proposed = copy.copy(asset)
    proposed._state = copy.copy(asset._state)
    proposed._state.fields_cache = dict(asset._state.fields_cache)
    copy_own(asset, to=proposed)
    return assign(proposed, values)


def text(asset: Asset, column: Column) -> str:  # noqa: PLR0911 — a table of kinds, one line each
    """What a column of an asset says, in the words of the screen; '' when empty."""
    if column.kind is Kind.DERIVED:
        return _derived(asset, column.key)
    if column.kind is Kind.HOLDERS:
        return "、".join(holder.label for holder in holders_of(asset))
    value = _meant(asset, column)
    if value is None or value == "":
        return ""
    match column.kind:
        case Kind.DATE:
            return wareki(value)
        case Kind.YESNO:
            return "有" if value else "無"
        case Kind.CHOICE | Kind.SCALE:
            return _label(column, value)
        case Kind.DEPARTMENT | Kind.OTHER_DEPARTMENT:
            return str(value.name)
        case Kind.POST:
            return str(value.full_title)
        case _:
            return str(value)


def texts(asset: Asset) -> dict[str, str]:
    """Every column in words: what a revision keeps, so that old records keep the old names.

    A column of the body's own may be renamed, so what it is called now stays with what it says (see `label_then`).
    """
    columns = columns_of_body()
    own = {column.key: said for column in columns.own if (said := text(asset, column))}
    labels = {f"{key}{LABEL}": columns.by_key[key].label for key in own}
    return {column.key: text(asset, column) for column in COLUMNS} | own | labels


def label_then(texts: Mapping[str, str], column: Column, label: str) -> str:
    """What a column was called when these texts were written; `label` is what it is called today."""
    return texts.get(f"{column.key}{LABEL}", label)


def differences(before: Asset | None, after: Asset) -> list[Difference]:
    """Column by column, what changes from one state to the other; before=None means all of it is new.

    Where two things go by the same name (units, posts, levels of two schemes) both are named in full.
    """
    found = []
    for column in columns_of_body().editable:
        value = plain(after, column)
        if (plain(before, column) == value) if before else value in EMPTY:
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
    value = _meant(asset, column)
    match column.kind:
        case Kind.DEPARTMENT | Kind.OTHER_DEPARTMENT:
            return f"{value.full_name}({value.code or value.pk})"
        case Kind.POST:
            return f"{value.department.full_name} {value.title}({value.pk})"
        case Kind.LEVEL:
            return f"{value.label}({value.axis.scheme})"
    return text(asset, column)


RELATED: dict[type[Model], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Department: (("department",), ("organ",)),
    Post: (("sec_responsible", "sec_manager", "sys_manager"), ("department",)),
    Level: ((*LEVEL_FIELDS, *CALCULATED_FIELDS, *APPLIED_FIELDS), ("axis",)),
    Asset: (("system", *SOURCE_FIELDS), ()),
}


def with_related(assets: list[Asset], levels: Mapping[int, Level] | None = None) -> list[Asset]:
    """The same assets with what they name attached: one small query per model, however many assets there are.

    A model of which everything was read with the assets themselves is not asked for again, nor are `levels` known before.
    """
    own = keys_named(assets)
    named: dict[tuple[type[Model], int], Any] = {}
    for model, (names, beside) in RELATED.items():
        if not own.get(model) and all(name in asset._state.fields_cache for asset in assets for name in names):
            continue
        keys = own.get(model, set()) | {getattr(asset, f"{name}_id") for asset in assets for name in names} - {None}
        rows = model._default_manager.select_related(*beside) if beside else model._default_manager
        found = dict(levels or {}) if model is Level else {}
        found |= rows.in_bulk(keys - found.keys()) if keys - found.keys() else {}
        named |= {(model, key): found[key] for key in own.get(model, set())}
        for asset, name in itertools.product(assets, names):
            if key := getattr(asset, f"{name}_id"):
                setattr(asset, name, found[key])
    keep_named(assets, named)
    return with_holders(assets)


def with_holders(assets: list[Asset]) -> list[Asset]:
    """The same assets with what holds or carries them attached, in one query."""
    keys = {key for asset in assets for key in asset.holder_keys}
    holders = Asset.objects.in_bulk(keys) if keys else {}
    for asset in assets:
        asset.__dict__["_holders"] = [holders[key] for key in asset.holder_keys]
    return assets


def holders_of(asset: Asset) -> list[Asset]:
    """What the asset says it is held or carried by; read with the other related rows, or now."""
    known: list[Asset] | None = asset.__dict__.get("_holders")
    if known is None or [holder.pk for holder in known] != asset.holder_keys:
        found = Asset.objects.in_bulk(asset.holder_keys)
        known = asset.__dict__["_holders"] = [found[key] for key in asset.holder_keys]
    return known


def missing(asset: Asset, axes: Iterable[Axis]) -> list[str]:
    """The labels of the required columns that are still empty (the required nine, DOMAIN §3), as the scheme has axes."""
    return [label for column, label in required(axes) if plain(asset, column) in EMPTY]


def required(axes: Iterable[Axis]) -> list[tuple[Column, str]]:
    """The required columns with their labels; a level is asked for on the axes of the scheme, under their names."""
    names = {f"level_{axis.slot}": axis.label for axis in axes}
    columns = columns_of_body().required
    return [(c, names.get(c.field, c.label)) for c in columns if c.kind is not Kind.LEVEL or c.field in names]


def is_blank(values: Mapping[str, Any], key: str) -> bool:
    return values.get(key) in EMPTY


def _label(column: Column, value: Any) -> str:
    return column.labels.get(value) or str(value)


def _derived(asset: Asset, key: str) -> str:  # noqa: PLR0911 — a table of columns, one line each
    match key:
        case "asset_no":
            return asset.full_number
        case "organ":
            return asset.department.organ.name
        case "department":
            return asset.department.division
        case "importance":
            levels = (getattr(asset, name) for name in APPLIED_FIELDS)
            return str(max((level.severity for level in levels if level), default=""))
        case "registered_on":
            return wareki(timezone.localdate(asset.registered_at)) if asset.registered_at else ""
        case "updated_on":
            return wareki(timezone.localdate(asset.updated_at))
        case "risk":
            return str(asset.likelihood * asset.loss) if asset.likelihood and asset.loss else ""
    raise KeyError(key)
