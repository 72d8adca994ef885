"""Keyset paging: page 1,000 costs what page 1 costs, because a page begins after a key and not after a count."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from registry.web.requests import address

M = TypeVar("M", bound=Model)
SALT = "registry.web.paging:"


@dataclass(frozen=True)
class Order:
    """How a list is ordered: a column (or annotation) without nulls, then the key. One direction for both.

    `group` is a column without nulls before it, always upwards: its rows stay together.
    """

    column: str
    descending: bool = False
    group: str = ""

    def names(self, reverse: bool) -> tuple[str, ...]:
        sign = "-" if self.descending != reverse else ""
        groups = (f"{'-' if reverse else ''}{self.group}",) if self.group else ()
        return (*groups, f"{sign}{self.column}", f"{sign}pk")


@dataclass(frozen=True)
class Page(Generic[M]):
    """The rows of one page and the marks to go on from."""

    rows: list[M]
    next_mark: str
    previous_mark: str


def encode(row: Any, order: Order) -> str:
    """A mark: the place of a row in the order, signed, fit for an address."""
    values = [_value(row, column) for column in (order.group, order.column) if column]
    plain = [value if isinstance(value, str | int) else str(value) for value in values]
    return signing.dumps([*plain, row.pk], salt=_salt(order))


def decode(mark: str, order: Order) -> list[Any] | None:
    """The place a mark stands for, the key last; None when it is not one that we made for this order."""
    try:
        place: list[Any] = signing.loads(mark, salt=_salt(order))
    except signing.BadSignature:
        return None
    return place


def _salt(order: Order) -> str:
    return SALT + order.column + (f":{order.group}" if order.group else "")


def page_of(rows: QuerySet[M], order: Order, size: int, *, after: str = "", before: str = "") -> Page[M]:
    """`size` rows after (or before) a mark; the first page without one or with a mark that is not ours."""
    place = decode(before or after, order)
    backwards = bool(before) and place is not None
    found = rows.order_by(*order.names(backwards))
    if place is not None:
        found = found.filter(_beyond(order, place, backwards))
    taken = list(found[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if backwards:
        taken.reverse()
    has_next = more if not backwards else True
    has_previous = place is not None if not backwards else more
    marks = [encode(row, order) for row in (taken[-1:] + taken[:1])]
    return Page(taken, marks[0] if marks and has_next else "", marks[1] if marks and has_previous else "")


def place_in(request: HttpRequest) -> dict[str, str]:
    """The marks of the address, as `page_of` takes them."""
    return {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}


def beside(request: HttpRequest, shown: Page[Any]) -> dict[str, str]:
    """The addresses of the first, the previous and the next page, as the pager shows them; '' where there is none."""
    earlier, later = shown.previous_mark, shown.next_mark
    return {
        "first_url": address(request, drop=("after", "before")) if earlier else "",
        "previous_url": address(request, drop=("after",), before=earlier) if earlier else "",
        "next_url": address(request, drop=("before",), after=later) if later else "",
    }


def _beyond(order: Order, place: list[Any], backwards: bool) -> Q:
    """Rows past a place. The first condition is implied by the second; it lets the index be used."""
    *groups, value, key = place
    sign = "lt" if order.descending != backwards else "gt"
    column = order.column
    beyond = Q(**{f"{column}__{sign}e": value}) & (
        Q(**{f"{column}__{sign}": value}) | Q(**{column: value, f"pk__{sign}": key})
    )
    for group in groups:
        sign = "lt" if backwards else "gt"
        later = Q(**{f"{order.group}__{sign}": group}) | (Q(**{order.group: group}) & beyond)
        beyond = Q(**{f"{order.group}__{sign}e": group}) & later
    return beyond


def _value(row: Any, column: str) -> Any:
    for name in column.split("__"):
        row = getattr(row, name)
    return row
