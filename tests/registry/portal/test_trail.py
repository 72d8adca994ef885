"""履歴: what changed comes first; who merely looked or logged in, and other days, on demand."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from assets.readings import note_reading
from assets.states import State
from registry.history.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
PASSING = {"閲覧", "ログイン", "ログアウト"}


def acts(client: Client, **asked: str) -> list[str]:
    return [entry["act"] for entry in client.get("/history/", asked).context["entries"]]


@pytest.fixture
def auditor(signed_in: SignIn) -> Client:
    proposal = world.proposal_in(State.APPROVED, "tax")
    note_reading(proposal.asset, by=world.person("secretariat"))
    return signed_in("auditor")


def test_the_trail_opens_with_what_changed_and_shows_readings_when_asked_for(auditor: Client) -> None:
    assert not PASSING & set(acts(auditor))
    assert "承認・登録" in acts(auditor)
    assert {"閲覧", "承認・登録"} <= set(acts(auditor, readings="on"))
    assert set(acts(auditor, act="asset.read")) == {"閲覧"}


def test_the_trail_is_narrowed_by_the_days_of_the_town(auditor: Client) -> None:
    last = Entry.objects.filter(act="asset.approve").latest("sequence")
    day = timezone.localdate(last.at)
    before, after = str(day - dt.timedelta(1)), str(day + dt.timedelta(1))
    assert "承認・登録" in acts(auditor, since=str(day), until=str(day))
    assert "承認・登録" in acts(auditor, since=before, until=after)
    assert acts(auditor, since=after) == []
    assert "承認・登録" not in acts(auditor, until=before)


def test_a_day_that_cannot_be_understood_is_said_and_narrows_nothing(auditor: Client) -> None:
    answer = auditor.get("/history/", {"since": "いつか"})
    assert "日付として読めません" in answer.context["form"].errors["since"][0]
    assert [entry["act"] for entry in answer.context["entries"]] == acts(auditor)
    reversed_days = auditor.get("/history/", {"since": "2026-04-02", "until": "2026-04-01"})
    assert "until" in reversed_days.context["form"].errors


def test_an_empty_trail_says_what_to_do(auditor: Client) -> None:
    page = auditor.get("/history/", {"words": "どこにもない"}).content.decode()
    assert "期間を広げるか、ことばを短くしてください。" in page
    assert "しぼり込みをすべて外す" in page
