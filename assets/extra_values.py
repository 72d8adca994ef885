"""What assets say in the body's own columns: read for many at once, changed on the asset, stored with it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from assets.body_columns import TEXTS, columns_of_body
from assets.columns import Column, Kind
from assets.models import Asset, ExtraColumn, ExtraOption, ExtraValue
from assets.models.extra import FIELDS, STORED, plain
from registry.base.text import fold
from registry.base.verdict import Conflict
from registry.organization.models import Department, Post

KEPT = "_own_values"
AT_ONCE = 500
NAMED: dict[Kind, type[Model]] = {Kind.OTHER_DEPARTMENT: Department, Kind.POST: Post}
BESIDE: dict[type[Model], tuple[str, ...]] = {Department: ("organ",), Post: ("department",)}
GONE = "入力しているあいだに、独自項目かその選択肢が変わりました。画面を開き直して、もう一度入力してください。"


@dataclass
class Own:
    """The values of one asset by key of column, and the rows that they name, shared by all that were read together."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[tuple[type[Model], int], Any] = field(default_factory=dict)


def own_of(asset: Asset) -> Own:
    """The asset's values in the body's own columns; read now where nobody has read them for many at once."""
    if KEPT not in asset.__dict__:
        read_own([asset])
    found: Own = asset.__dict__[KEPT]
    return found


def copy_own(asset: Asset, to: Asset) -> None:
    """Let a copy of the asset have values of its own."""
    own = own_of(asset)
    to.__dict__[KEPT] = Own(dict(own.values), own.rows)


def put(asset: Asset, column: Column, value: Any) -> None:
    """Set a value as proposals and files write it; nothing empties it."""
    values = own_of(asset).values
    if value in (None, ""):
        values.pop(column.key, None)
    else:
        values[column.key] = (
            dt.date.fromisoformat(value) if column.kind is Kind.DATE and isinstance(value, str) else value
        )


def row_named(asset: Asset, column: Column) -> Any:
    """The department or post that the asset names in the column; None when it names none."""
    own, model = own_of(asset), NAMED[column.kind]
    key = own.values.get(column.key)
    if key is None:
        return None
    if (model, key) not in own.rows:
        own.rows[model, key] = model._default_manager.select_related(*BESIDE[model]).get(pk=key)
    return own.rows[model, key]


def read_own(assets: Sequence[Asset]) -> None:
    """Read the values of many assets, in one query however many there are; those read before keep what they have."""
    unread = [asset for asset in assets if KEPT not in asset.__dict__]
    found = values_of((asset.pk for asset in unread if asset.pk), columns_of_body().own)
    for asset in unread:
        asset.__dict__[KEPT] = Own(found.get(asset.pk, {}))


def read_whole(asset: Asset) -> None:
    """Read what one asset says together with the departments and posts that it names, in one query."""
    columns = {column.own: column for column in columns_of_body().own}
    own = asset.__dict__[KEPT] = Own()
    if not columns:
        return
    rows = ExtraValue.objects.filter(asset=asset, column__in=list(columns))
    for row in rows.select_related("department__organ", "post__department"):
        column = columns[row.column_id]
        own.values[column.key] = plain(column.kind, getattr(row, STORED[column.kind]))
        for named in filter(None, (row.department, row.post)):
            own.rows[type(named), named.pk] = named


def keys_named(assets: Sequence[Asset]) -> dict[type[Model], set[int]]:
    """Which departments and posts these assets name in the body's own columns without knowing them yet."""
    read_own(assets)
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    for column in columns_of_body().own:
        if model := NAMED.get(column.kind):
            for own in map(own_of, assets):
                if (key := own.values.get(column.key)) and (model, key) not in own.rows:
                    wanted[model].add(key)
    return wanted


def keep_named(assets: Sequence[Asset], rows: dict[tuple[type[Model], int], Any]) -> None:
    """Let the assets know what they name."""
    for own in map(own_of, assets):
        own.rows = own.rows | rows if own.rows else rows


def values_of(keys: Iterable[int], columns: Iterable[Column]) -> dict[int, dict[str, Any]]:
    """Key of an asset → key of a column → value, for these columns; nothing is asked where there are none."""
    known = {column.own: (column, FIELDS.index(STORED[column.kind]) + 2) for column in columns if column.own}
    asked = list(keys)
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    if known and asked:
        rows = ExtraValue.objects.filter(asset__in=asked, column__in=list(known))
        for raw in rows.values_list("asset_id", "column_id", *FIELDS):
            column, at = known[raw[1]]
            found[raw[0]][column.key] = plain(column.kind, raw[at])
    return found


def naming(column: Column, keys: Iterable[int]) -> Q:
    """Assets that name one of these departments or posts in a column of the body's own."""
    found = ExtraValue.objects.filter(Q(column=column.own), **{f"{STORED[column.kind]}__in": list(keys)})
    return Q(pk__in=found.values("asset"))


def store_own(assets: Sequence[Asset]) -> None:
    """Write the values of saved assets, in the transaction of the act that changed them; Conflict when a column is gone."""
    columns = {column.key: column for column in columns_of_body().own}
    changed = [asset for asset in assets if KEPT in asset.__dict__]
    if not columns or not changed:
        return
    rows = [row for asset in changed for row in _rows(asset, columns)]
    _refuse_what_is_gone(rows, columns.values())
    known = [column.own for column in columns.values()]
    for start in range(0, len(changed), AT_ONCE):
        ExtraValue.objects.filter(asset__in=changed[start : start + AT_ONCE], column__in=known).delete()
    ExtraValue.objects.bulk_create(rows, batch_size=AT_ONCE)


def own_texts(asset: Asset) -> list[str]:
    """What is written in the body's own text columns: search looks there too."""
    columns = [column for column in columns_of_body().own if column.kind in TEXTS]
    return [own_of(asset).values.get(column.key, "") for column in columns]


def _rows(asset: Asset, columns: dict[str, Column]) -> Iterator[ExtraValue]:
    for key, value in own_of(asset).values.items():
        column = columns[key]
        if column.kind in TEXTS:
            yield ExtraValue(asset=asset, column_id=column.own, text=value, folded=fold(value))
        else:
            stored = int(value[1:]) if column.kind is Kind.CHOICE else value
            yield ExtraValue(asset=asset, column_id=column.own, **{STORED[column.kind]: stored})


def _refuse_what_is_gone(rows: list[ExtraValue], columns: Iterable[Column]) -> None:
    """What was read at the beginning of the request may have been deleted, or given another kind, by somebody else since."""
    used = {row.column_id for row in rows}
    kinds = dict(ExtraColumn.objects.filter(pk__in=used).values_list("pk", "kind")) if used else {}
    options = {row.option_id for row in rows if row.option_id}
    if any(kinds.get(column.own) != column.kind.value for column in columns if column.own in used) or (
        options and ExtraOption.objects.filter(pk__in=options).count() < len(options)
    ):
        raise Conflict(GONE)
