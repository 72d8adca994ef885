"""No page asks the database more often because there are more rows: the same number of questions for 5, 50 and 300."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assets.columns import COLUMNS
from assets.editing import draft
from assets.models import Asset, Proposal
from assets.states import State
from assets.workflow import approve, confirm, submit
from registry.history.record import record
from tests import world

pytestmark = pytest.mark.django_db
MOST = 20
TODAY = timezone.localdate().isoformat()
ALL_COLUMNS = "&".join(f"columns={column.key}" for column in COLUMNS)
PAGES: dict[str, tuple[str, Callable[[int], str]]] = {
    "list": ("secretariat", lambda key: "/assets/"),
    "list with every column": ("secretariat", lambda key: f"/assets/?{ALL_COLUMNS}"),
    "list sorted by department": ("secretariat", lambda key: "/assets/?sort=section"),
    "list sorted by level": ("secretariat", lambda key: "/assets/?sort=confidentiality"),
    "search": ("secretariat", lambda key: "/assets/?q=固定"),
    "asset": ("clerk", lambda key: f"/assets/{key}/"),
    "history of an asset": ("clerk", lambda key: f"/assets/{key}/history/"),
    "ledger of a day": ("secretariat", lambda key: f"/assets/as-of/?day={TODAY}"),
    "asset on a day": ("clerk", lambda key: f"/assets/{key}/as-of/?day={TODAY}"),
    "two days": ("secretariat", lambda key: f"/assets/comparison/?since=2021-04-01&until={TODAY}"),
    "form": ("clerk", lambda key: "/assets/new/"),
    "reviews": ("reviewer", lambda key: "/assets/reviews/"),
    "my page": ("clerk", lambda key: "/?whole=1"),
    "my page of a reviewer": ("reviewer", lambda key: "/"),
    "history": ("auditor", lambda key: "/history/"),
}


def grow(count: int) -> None:
    """Bring the town to so many assets in every state a page shows, each with related rows of its own."""
    states = list(State)
    for n in range(Asset.objects.count(), count):
        place = ("tax", "residents")[n % 2]
        proposal = draft(world.values(place, name=f"固定資産{n}"), by=world.person(world.CLERK_OF[place]))
        wanted = states[n % len(states)]
        if wanted in {State.SUBMITTED, State.CONFIRMED, State.APPROVED}:
            proposal = submit(proposal, by=world.person(world.CLERK_OF[place]))
        if wanted in {State.CONFIRMED, State.APPROVED}:
            proposal = confirm(proposal, by=world.person(world.HEAD_OF[place]))
        if wanted == State.APPROVED:
            approve(proposal, by=world.person("secretariat"))


def asked(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


def test_no_page_asks_more_often_because_there_are_more_rows(signed_in: Callable[[str], Client]) -> None:
    found: dict[str, list[int]] = {page: [] for page in PAGES}
    for count in (5, 50, 300):
        grow(count)
        first = Asset.objects.order_by("pk")[0]
        for _ in range(count):
            record("asset.revised", first, by=world.person("clerk"), department_id=first.department_id)
        for page, (person, address) in PAGES.items():
            client = signed_in(person)
            client.get("/")
            found[page].append(len(asked(client, address(first.pk))))
    assert {page: counts for page, counts in found.items() if max(counts[1:]) > counts[0] + 1} == {}
    assert {page: counts for page, counts in found.items() if max(counts) > MOST} == {}
    assert max(found["list"]) <= 17


def exported(client: Client, **query: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer: Any = client.post("/assets/export/", {"query": ALL_COLUMNS})
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)[:2] == b"PK"
    return len(queries)


def test_an_export_asks_no_more_often_for_three_hundred_rows_than_for_five(
    signed_in: Callable[[str], Client],
) -> None:
    client, counts = signed_in("secretariat"), []
    for count in (5, 300):
        grow(count)
        counts.append(exported(client))
    assert counts[1] <= counts[0] + 1
    assert Proposal.objects.count() == 300
