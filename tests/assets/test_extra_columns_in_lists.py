"""The list by the body's own columns: its filters, its order, its search, and how often it asks the database."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assets.body_columns import columns_of_body
from assets.columns import COLUMNS, Kind
from assets.editing import draft
from assets.models import Asset
from assets.states import State
from assets.values import snapshot
from tests import world
from tests.assets.own_columns import CASES, TWENTY, SignIn, code, department, filled_in, key, made, names, with_columns
from tests.assets.test_exporting import exported, on_screen
from tests.assets.test_queries import MOST, PAGES, asked, grow

pytestmark = pytest.mark.django_db


def test_search_finds_what_stands_in_a_text_column(signed_in: SignIn) -> None:
    made(Kind.TEXT)
    filled_in(signed_in("clerk"), "シャケン証の髙橋綴り")
    assert names(signed_in("clerk").get("/assets/", {"q": "しゃけん 高橋"})) == {"見本の台帳"}
    assert names(signed_in("stranger").get("/assets/", {"q": "しゃけん"})) == set()


SORTED: dict[Kind, list[Any]] = {
    Kind.TEXT: ["a-1", "b-1", "c-1"],
    Kind.INTEGER: [100, 20, 3],
    Kind.DATE: ["2030-12-31", "2026-04-01", "2020-01-01"],
}


@pytest.mark.parametrize("kind", SORTED)
def test_a_list_is_in_the_order_of_a_column_page_after_page_and_the_empty_come_last(
    kind: Kind, signed_in: SignIn
) -> None:
    made(kind)
    values = SORTED[kind]
    for n in range(54):
        filled = {key(): values[n % 3]} if n % 4 else {}
        draft(world.values(name=f"資産{n}", **filled), by=world.person("clerk"))
    client = signed_in("clerk")
    assert any(sort["key"] == key() for sort in client.get("/assets/").context["sorts"])
    _, rows = on_screen(client, f"sort={key()}&columns=name")
    said = [snapshot(Asset.objects.get(name=row[1]))[key()] for row in rows]
    assert said == [*sorted(said[:40], key=values.index), *[None] * 14]


def test_options_sort_in_their_own_order(signed_in: SignIn) -> None:
    made(Kind.CHOICE, options=("高", "中", "低"))
    for n, label in enumerate(("低", "高", "中")):
        draft(world.values(name=f"資産{n}", **{key(): code(label)}), by=world.person("clerk"))
    _, rows = on_screen(signed_in("clerk"), f"sort={key()}&columns=name&columns={key()}")
    assert [row[2] for row in rows] == ["高", "中", "低"]


STRANGE = ["x", "o0", "o999999", "9" * 40, "-1", "none", "%00", "o", "あ" * 300]


@pytest.mark.parametrize("kind", list(dict.fromkeys(case.kind for case in CASES.values())))
def test_nonsense_in_a_filter_or_a_mark_is_told_or_ignored(kind: Kind, signed_in: SignIn) -> None:
    made(kind, options=("甲",) if kind is Kind.CHOICE else ())
    world.proposal_in(State.DRAFT)
    for strange in STRANGE:
        for name in (key(), key("_from"), key("_to"), "after", "sort", "columns"):
            query = {name: strange, **({} if name == "sort" else {"sort": key()})}
            assert signed_in("clerk").get("/assets/", query).status_code == 200, query


def test_what_is_not_filled_in_can_be_looked_for(signed_in: SignIn) -> None:
    made(Kind.YESNO)
    filled_in(signed_in("clerk"), "yes")
    draft(world.values(name="まだ"), by=world.person("clerk"))
    assert names(signed_in("clerk").get("/assets/", {key(): "none"})) == {"まだ"}


def test_a_filter_reveals_nothing_of_others(signed_in: SignIn) -> None:
    made(Kind.OTHER_DEPARTMENT)
    draft(
        world.values("residents", name="住民課のもの", **{key(): world.department("council").pk}),
        by=world.person("stranger_clerk"),
    )
    clerk, theirs = signed_in("clerk"), signed_in("stranger")
    query = {key(): department("council")}
    assert names(theirs.get("/assets/", query)) == {"住民課のもの"}
    answer = clerk.get("/assets/", query)
    assert names(answer) == set()
    assert answer.context["count_text"] == "0件"
    offered = [clerk.get("/assets/").context["filter"].fields[key()].choices for clerk in (clerk, theirs)]
    assert offered[0] == offered[1]
    assert names(clerk.get("/assets/", {"sort": key(), "q": "議会"})) == set()


def test_twenty_columns_ask_the_database_no_more_often_than_one_of_each_kind(signed_in: SignIn) -> None:
    """A page asks at most three times more than without any: their values, and the names of departments and posts."""
    grow(50)
    first = Asset.objects.order_by("pk")[0]
    counts: dict[str, list[int]] = {page: [] for page in PAGES}
    for columns in (0, 8, 20):
        for page, (person, address) in with_columns(columns, first).items():
            client = signed_in(person)
            client.get("/")
            counts[page].append(len(asked(client, address)))
    assert {page: found for page, found in counts.items() if found[2] > found[1] or found[1] > found[0] + 3} == {}
    assert {page: found for page, found in counts.items() if max(found) > MOST} == {}


def test_an_export_with_own_columns_asks_once_for_their_values(signed_in: SignIn) -> None:
    counts = []
    for rows, columns in ((5, 8), (60, 0), (60, 20)):
        grow(rows)
        with_columns(columns, Asset.objects.all()[0])
        query = "&".join(f"columns={column.key}" for column in columns_of_body().all)
        with CaptureQueriesContext(connection) as queries:
            exported(signed_in("secretariat"), query)
        counts.append(len(queries))
    assert counts[2] <= counts[0] + 1
    assert counts[2] <= counts[1] + 3


def test_no_canonical_column_and_no_own_one_share_a_key() -> None:
    for n, kind in enumerate(TWENTY[:20]):
        made(kind, f"独自の欄{n}番", ("甲",) if kind is Kind.CHOICE else ())
    columns = columns_of_body()
    assert len(columns.by_key) == len(COLUMNS) + 20
