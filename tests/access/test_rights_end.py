"""The day after an appointment ends its rights are gone: on pages, in exports, in reviews, within the running login."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assets.models import Asset, Proposal
from assets.states import State
from registry.organization.grants import project
from registry.organization.models import Appointment, User
from tests import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def until(username: str, last: dt.date) -> None:
    """The appointment ends on a day, as if that had been known all along: nothing else happens on the day itself."""
    Appointment.objects.filter(user__username=username).update(valid_until=last)


@pytest.fixture
def asset() -> Asset:
    return world.proposal_in(State.APPROVED, name="固定資産の台帳").asset


@pytest.fixture
def waiting() -> Proposal:
    return world.proposal_in(State.SUBMITTED, name="確認を待つ資料")


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


PAGES: dict[str, Callable[[Asset], str]] = {
    "asset": lambda asset: reverse("assets:detail", args=[asset.pk]),
    "history of an asset": lambda asset: reverse("assets:history", args=[asset.pk]),
    "asset on a past day": lambda asset: reverse("assets:asset-as-of", args=[asset.pk]),
}


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_on_the_last_day_and_not_on_the_next(
    page: str, asset: Asset, signed_in: Callable[[str], Client]
) -> None:
    client, address = signed_in("clerk"), PAGES[page](asset)
    until("clerk", timezone.localdate())
    assert client.get(address).status_code == 200
    until("clerk", timezone.localdate() - DAY)
    assert client.get(address).status_code == 404


def test_lists_searches_and_counts_forget_the_asset(asset: Asset, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("clerk")
    for address in ("/assets/", "/assets/?q=固定", "/assets/as-of/", "/"):
        until("clerk", timezone.localdate())
        client.get(address)
        until("clerk", timezone.localdate() - DAY)
        assert asset.name not in text_of(client.get(address)), address


def test_an_export_is_refused_the_day_after(asset: Asset, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("clerk")
    until("clerk", timezone.localdate())
    assert text_of(client.post("/assets/export/", {"query": ""})).startswith("PK")
    until("clerk", timezone.localdate() - DAY)
    assert client.post("/assets/export/", {"query": ""}).status_code == 403
    assert Asset.objects.filter(pk=asset.pk).exists()


def test_what_waited_for_a_head_is_decided_no_more(waiting: Proposal, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("manager")
    review, step = reverse("assets:review", args=[waiting.pk]), reverse("assets:step", args=[waiting.pk, "confirm"])
    until("manager", timezone.localdate())
    assert client.get(review).status_code == 200
    assert "確認を待つ資料" in text_of(client.get("/assets/reviews/"))
    until("manager", timezone.localdate() - DAY)
    assert "確認を待つ資料" not in text_of(client.get("/assets/reviews/"))
    assert client.get(review).status_code == 404
    assert client.post(step, {"version": waiting.version}).status_code == 404
    waiting.refresh_from_db()
    assert waiting.state == State.SUBMITTED


def test_the_office_loses_the_bench_the_history_and_the_reorganisations(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("secretariat")
    doors = ("/history/", "/organization/lists/", "/reorganizations/", "/organization/absences/")
    until("secretariat", timezone.localdate())
    assert [client.get(door).status_code for door in doors] == [200, 200, 200, 200]
    assert client.get("/admin/").status_code == 200
    until("secretariat", timezone.localdate() - DAY)
    assert [client.get(door).status_code for door in doors] == [403, 403, 403, 403]
    assert client.get("/admin/").status_code == 302


def test_a_login_goes_on_with_what_another_post_allows(asset: Asset, signed_in: Callable[[str], Client]) -> None:
    client, clerk = signed_in("clerk"), world.person("clerk")
    Appointment.objects.create(user=clerk, post=world.head_of("residents"), kind="concurrent", valid_from=world.SINCE)
    elsewhere = world.proposal_in(State.APPROVED, "residents", name="住民の資料").asset
    until_first = Appointment.objects.filter(user=clerk, kind="main")
    until_first.update(valid_until=timezone.localdate() - DAY)
    assert client.get(reverse("assets:detail", args=[asset.pk])).status_code == 404
    assert client.get(reverse("assets:detail", args=[elsewhere.pk])).status_code == 200
    assert User.objects.get(pk=clerk.pk).post_label() == "住民課長(兼務)"


def test_the_groups_follow_when_the_day_is_projected() -> None:
    until("clerk", timezone.localdate() - DAY)
    project()
    assert not User.groups.through.objects.filter(user__username="clerk").exists()
