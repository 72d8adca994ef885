"""保存期間: the last day follows from the period, another one needs a reason, and what is due is shown to who answers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assets.models import Asset
from assets.retention import CountedFrom, first_day, last_day
from assets.states import State
from registry.organization.models import Body
from tests import world
from tests.assets.pages import typed

SignIn = Callable[[str], Client]
FISCAL, CALENDAR = CountedFrom.FISCAL_YEAR, CountedFrom.CALENDAR_YEAR


@pytest.mark.parametrize(
    ("base", "retention", "counted", "expected"),
    [
        ("2025-04-01", "1", FISCAL, "2027-03-31"),
        ("2026-03-31", "1", FISCAL, "2027-03-31"),
        ("2026-04-01", "5", FISCAL, "2032-03-31"),
        ("2025-12-31", "3", CALENDAR, "2028-12-31"),
        ("2026-01-01", "10", CALENDAR, "2036-12-31"),
        ("2024-02-29", "30", FISCAL, "2054-03-31"),
        ("2026-04-01", "permanent", FISCAL, None),
        ("2026-04-01", "standing", FISCAL, None),
        ("2026-04-01", "", FISCAL, None),
        ("9990-04-01", "30", FISCAL, None),
    ],
)
def test_the_last_day_of_a_period(base: str, retention: str, counted: CountedFrom, expected: str | None) -> None:
    found = last_day(dt.date.fromisoformat(base), retention, counted)
    assert found == (dt.date.fromisoformat(expected) if expected else None)


def test_the_period_begins_with_the_year_after() -> None:
    assert first_day(dt.date(2026, 3, 31), FISCAL) == dt.date(2026, 4, 1)
    assert first_day(dt.date(2026, 4, 1), FISCAL) == dt.date(2027, 4, 1)
    assert first_day(dt.date(2026, 4, 1), CALENDAR) == dt.date(2027, 1, 1)


def entry(**changes: Any) -> dict[str, str]:
    return typed(**world.values(retention="5", retention_base="2026-04-01", **changes), act="save")


@pytest.mark.django_db
@pytest.mark.parametrize(("counted", "day"), [(FISCAL, (2032, 3, 31)), (CALENDAR, (2031, 12, 31))])
def test_an_empty_day_is_counted_as_the_body_counts(
    counted: CountedFrom, day: tuple[int, int, int], signed_in: SignIn
) -> None:
    Body.objects.update(options={"retention_from": counted.value})
    assert signed_in("clerk").post("/assets/new/", entry()).status_code == 302
    assert Asset.objects.get().disposal_due == dt.date(*day)


@pytest.mark.django_db
def test_another_day_needs_a_reason(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    answer = client.post("/assets/new/", entry(disposal_due="2033-03-31"))
    assert "令和14年3月31日" in str(answer.context["form"].errors["disposal_due"])
    assert client.post("/assets/new/", entry(disposal_due="2033-03-31", due_reason="訴訟のため")).status_code == 302
    assert Asset.objects.get().disposal_due == dt.date(2033, 3, 31)


@pytest.mark.django_db
def test_what_is_due_is_shown_soonest_first_to_who_answers_for_it(signed_in: SignIn) -> None:
    today = timezone.localdate()
    for days, place, name in (
        (-3, "tax", "過ぎたもの"),
        (90, "tax", "もうすぐ"),
        (91, "tax", "まだ先"),
        (5, "residents", "住民課のもの"),
    ):
        day = (today + dt.timedelta(days=days)).isoformat()
        world.proposal_in(State.APPROVED, place, name=name, disposal_due=day)
    world.proposal_in(State.SUBMITTED, "tax", name="登録前", disposal_due=today.isoformat())
    page = signed_in("clerk").get("/assets/disposals/")
    assert [row["asset"].name for row in page.context["rows"]] == ["過ぎたもの", "もうすぐ"]
    assert (page.context["total"], page.context["late"]) == (2, 1)
    assert "住民課" not in page.content.decode()
    office = signed_in("secretariat").get("/assets/disposals/")
    assert [(one["name"], one["count"], one["late"]) for one in office.context["departments"]] == [
        ("税務課", 2, 1),
        ("住民課", 1, 0),
    ]
    tiles = {tile["label"]: tile["count"] for tile in signed_in("clerk").get("/").context["tiles"]}
    assert tiles["廃棄予定"] == 2
    tiles = {tile["label"]: tile["count"] for tile in signed_in("auditor").get("/").context["tiles"]}
    assert "廃棄予定" not in tiles
