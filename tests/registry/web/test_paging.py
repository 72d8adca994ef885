"""Keyset paging: every row exactly once, forwards and backwards, whatever the order, and strange marks do no harm."""

import base64
import datetime as dt
import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import signing
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from assets.models import Asset
from registry.web.paging import SALT, Order, Page, decode, encode, page_of
from tests import world

pytestmark = pytest.mark.django_db
SIZE = 7
COUNT = 45
ORDERS = {
    "number": Order("number"),
    "name": Order("name"),
    "updated": Order("updated_at", descending=True),
    "place": Order("place"),
    "rank": Order("rank_1", descending=True),
    "rank upwards": Order("rank_1"),
    "name by place": Order("name", group="place"),
    "updated by rank": Order("updated_at", descending=True, group="rank_1"),
}


def rows() -> QuerySet[Asset]:
    return Asset.objects.annotate(place=F("department__path"), rank_1=Coalesce(F("level_1__rank"), Value(0)))


@pytest.fixture
def many() -> None:
    """Rows with ties and blanks everywhere: equal names, equal moments, no number, no level."""
    departments = [world.department(key).pk for key in ("tax", "residents", "planning")]
    levels = [None, world.level("confidentiality", "3B").pk, world.level("confidentiality", "1").pk]
    names = ["", "ア", "あ", "亜", "Ａ", "A", "a", "%", "'", "資産", "資産 ", "𠮷"]
    start = timezone.now()
    Asset.objects.bulk_create(
        Asset(
            name=names[n % len(names)],
            number=f"R08-1040-{n:04d}" if n % 3 else "",
            department_id=departments[n % 3],
            level_1_id=levels[n % 3],
            updated_at=start + dt.timedelta(microseconds=n % 4),
        )
        for n in range(COUNT)
    )


def walk(order: Order, take: Callable[[Page[Asset]], dict[str, str] | None], first: dict[str, str]) -> list[list[int]]:
    """The keys page by page, until there is no further page."""
    pages: list[list[int]] = []
    step: dict[str, str] | None = first
    while step is not None:
        page = page_of(rows(), order, SIZE, **step)
        pages.append([row.pk for row in page.rows])
        step = take(page)
    return pages


def forwards(page: Page[Asset]) -> dict[str, str] | None:
    return {"after": page.next_mark} if page.next_mark else None


def backwards(page: Page[Asset]) -> dict[str, str] | None:
    return {"before": page.previous_mark} if page.previous_mark else None


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("name", ORDERS)
def test_walking_there_and_back_shows_every_row_exactly_once(name: str) -> None:
    order = ORDERS[name]
    whole = list(rows().order_by(*order.names(reverse=False)).values_list("pk", flat=True))
    there = walk(order, forwards, {})
    assert [key for page in there for key in page] == whole
    assert len(there) == -(-COUNT // SIZE)
    last = page_of(rows(), order, SIZE, after=encode(rows().get(pk=there[-2][-1]), order))
    back = walk(order, backwards, {"before": last.previous_mark})
    assert [key for page in reversed(back) for key in page] == whole[: len(whole) - len(there[-1])]


@pytest.mark.usefixtures("many")
def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after() -> None:
    first = page_of(rows(), ORDERS["name"], SIZE)
    assert first.previous_mark == ""
    assert page_of(rows(), ORDERS["name"], COUNT).next_mark == ""
    second = page_of(rows(), ORDERS["name"], SIZE, after=first.next_mark)
    again = page_of(rows(), ORDERS["name"], SIZE, before=second.previous_mark)
    assert (again.rows, again.previous_mark) == (first.rows, "")
    assert decode(again.next_mark, ORDERS["name"]) == decode(first.next_mark, ORDERS["name"])


@pytest.mark.usefixtures("many")
def test_a_row_that_is_deleted_meanwhile_shifts_nothing() -> None:
    order = ORDERS["updated"]
    first = page_of(rows(), order, SIZE)
    expected = page_of(rows(), order, SIZE, after=first.next_mark).rows
    Asset.objects.filter(pk=first.rows[-1].pk).delete()
    assert page_of(rows(), order, SIZE, after=first.next_mark).rows == expected


def signed(value: Any, column: str = "name") -> str:
    return signing.dumps(value, salt=SALT + column)


BAD = {
    "no mark": "これは印ではありません",
    "NUL": "A\x00",
    "plain": base64.urlsafe_b64encode(b'["A",1]').decode(),
    "deep": base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    "altered": signed(["A", 1])[1:],
    "signed for something else": signing.dumps(["A", 1], salt="another"),
    "cut short": signed(["A", 1])[:-1],
    "of a date for a word": signed(["2026-02-30", 1], "updated_at"),
    "colons": ":::",
}


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("side", ["after", "before"])
@pytest.mark.parametrize("mark", BAD.values(), ids=BAD.keys())
def test_a_mark_that_is_not_ours_shows_the_first_page(mark: str, side: str) -> None:
    for order in (ORDERS["number"], ORDERS["name"], ORDERS["rank"]):
        first = page_of(rows(), order, SIZE)
        shown = page_of(rows(), order, SIZE, **{side: mark})
        assert [row.pk for row in shown.rows] == [row.pk for row in first.rows]
        assert (shown.previous_mark, bool(shown.next_mark)) == ("", True)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_mark_of_another_order_shows_the_first_page(side: str) -> None:
    for made, asked in itertools.permutations(ORDERS.values(), 2):
        if made.column != asked.column:
            mark = page_of(rows(), made, SIZE).next_mark
            assert page_of(rows(), asked, SIZE, **{side: mark}).previous_mark == ""


@pytest.mark.parametrize("value", ["", "資産", "%_'\"", 0, -1, 2**63 - 1])
def test_marks_come_back_as_they_were(value: Any) -> None:
    row = SimpleNamespace(name=value, pk=42)
    assert decode(encode(row, ORDERS["name"]), ORDERS["name"]) == [value, 42]
