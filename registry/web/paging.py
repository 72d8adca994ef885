"""Keyset paging: page 1,000 costs what page 1 costs, because a page begins after a key and not after a count."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Order:
    """How a list is ordered: a column (or annotation) without nulls, then the key. One direction for both."""

    column: str
    descending: bool = False

    def names(self, reverse: bool) -> tuple[str, str]:
        sign = "-" if self.descending != reverse else ""
        return f"{sign}{self.column}", f"{sign}pk"


@dataclass(frozen=True)
class Page(Generic[M]):
    """The rows of one page and the marks to go on from."""

    rows: list[M]
    next_mark: str
    previous_mark: str


def encode(value: Any, key: int) -> str:
    """A mark: the place of a row in the order, fit for an address."""
    return base64.urlsafe_b64encode(json.dumps([value, key], default=str).encode()).decode().rstrip("=")


def decode(mark: str) -> tuple[Any, int] | None:
    """The place a mark stands for; None when it is not one of ours."""
    try:
        value, key = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return None
    plain = isinstance(value, str | int) and isinstance(key, int) and not isinstance(value, bool)
    return (value, key) if plain else None


def page_of(rows: QuerySet[M], order: Order, size: int, *, after: str = "", before: str = "") -> Page[M]:
    """`size` rows after (or before) a mark; the first page without one or with a mark that is not ours."""
    backwards = bool(before)
    place = decode(before or after)
    found = rows.order_by(*order.names(backwards))
    if place is not None:
        found = found.filter(_beyond(order, place, backwards))
    taken = list(found[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if backwards:
        taken.reverse()
    has_next = more if not backwards else True
    has_previous = place is not None if not backwards else more
    marks = [encode(_value(row, order.column), row.pk) for row in (taken[-1:] + taken[:1])]
    return Page(taken, marks[0] if marks and has_next else "", marks[1] if marks and has_previous else "")


def _beyond(order: Order, place: tuple[Any, int], backwards: bool) -> Q:
    """Rows past a place. The first condition is implied by the second; it lets the index be used."""
    value, key = place
    sign = "lt" if order.descending != backwards else "gt"
    column = order.column
    return Q(**{f"{column}__{sign}e": value}) & (Q(**{f"{column}__{sign}": value}) | Q(**{column: value, f"pk__{sign}": key}))


def _value(row: Any, column: str) -> Any:
    for name in column.split("__"):
        row = getattr(row, name)
    return row
