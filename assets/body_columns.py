"""All columns of this body's ledger: the canonical ones and its own, read once per operation. Everybody asks here."""

import itertools
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F

from assets.columns import COLUMNS, Column, Kind, Options, Section
from assets.models import ExtraColumn
from registry.base import operation
from registry.base.text import header_key

WIDTHS = {Kind.TEXT: 18, Kind.LONG: 30, Kind.INTEGER: 10, Kind.DATE: 16, Kind.YESNO: 9}
TEXTS = frozenset({Kind.TEXT, Kind.LONG})


@dataclass(frozen=True)
class Columns:
    """The columns of a body. `own` are those it added, the retired ones among them."""

    own: tuple[Column, ...]

    @cached_property
    def all(self) -> tuple[Column, ...]:
        """Every column that an asset or an old record may say something in."""
        return (*COLUMNS, *self.own)

    @cached_property
    def current(self) -> tuple[Column, ...]:
        """Those that are shown and asked for today."""
        return tuple(column for column in self.all if not column.retired)

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.all}

    @cached_property
    def editable(self) -> tuple[Column, ...]:
        """What a proposal says something about."""
        return tuple(column for column in self.all if column.editable)

    @cached_property
    def asked(self) -> tuple[Column, ...]:
        """What a form asks for and a file may bring."""
        return tuple(column for column in self.current if column.editable)

    @cached_property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.current if column.required)

    @cached_property
    def texts(self) -> tuple[Column, ...]:
        """What is typed freely."""
        return tuple(column for column in self.editable if column.kind in TEXTS)

    @cached_property
    def headers(self) -> dict[str, str]:
        """What the body's own columns are called in files, as headers are compared → key."""
        names = [
            (name, column) for column in self.own if not column.retired for name in (*column.synonyms, column.label)
        ]
        return {header_key(name): column.key for name, column in names}


_read: ContextVar[tuple[UUID, Columns] | None] = ContextVar("columns", default=None)


def columns_of_body() -> Columns:
    """The columns of this body as they are now; asked of the database once per request or command."""
    now, known = operation.current(), _read.get()
    if known is None or known[0] != now:
        known = now, Columns(tuple(_columns()))
        _read.set(known)
    return known[1]


def forget_columns() -> None:
    """For acts that change columns: whoever asks next reads them again."""
    _read.set(None)


def _columns() -> Iterator[Column]:
    """The body's own columns in their order: one query, which reads a column once for each of its options."""
    rows = ExtraColumn.objects.annotate(
        option_id=F("options"), option_label=F("options__label"), option_retired=F("options__retired_at")
    ).order_by("position", "pk", "options__position", "options")
    for _, found in itertools.groupby(rows, key=lambda row: row.pk):
        yield _column(list(found))


def _column(rows: list[Any]) -> Column:
    row = rows[0]
    kind = Kind(row.kind)
    options = Options(
        tuple((f"o{one.option_id}", one.option_label, one.option_retired is None) for one in rows if one.option_id)
    )
    return Column(
        key=row.key,
        text=row.label,
        kind=kind,
        section=Section[row.section.upper()],
        choices=options if kind is Kind.CHOICE else None,
        required=row.required,
        width=WIDTHS.get(kind, 18),
        help=row.help,
        own=row.pk,
        retired=row.retired_at is not None,
        synonyms=tuple(row.synonyms),
    )
