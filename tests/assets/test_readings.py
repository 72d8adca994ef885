"""Looking leaves a trace where the scheme says so: 機密性3 pages and every export, and nothing more than that."""

from collections.abc import Callable

import pytest
from django.test import Client

from assets.editing import propose_change
from assets.models import Asset
from assets.readings import note_reading
from assets.states import State
from registry.history.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
RECORDED = {"3A": True, "3B": True, "3C": True, "2": False, "1": False}


def readings() -> list[tuple[str, int | None]]:
    return list(Entry.objects.filter(act="asset.read").order_by("sequence").values_list("actor_label", "subject_id"))


def asset_of(level: str) -> Asset:
    return world.proposal_in(State.APPROVED, confidentiality=world.level("confidentiality", level).pk).asset


@pytest.mark.parametrize("level", RECORDED)
@pytest.mark.parametrize(("username", "page"), [("auditor", ""), ("auditor", "history/"), ("clerk", "edit/")])
def test_looking_at_an_asset_is_recorded_where_its_level_says_so(
    level: str, username: str, page: str, signed_in: SignIn
) -> None:
    asset = asset_of(level)
    assert signed_in(username).get(f"/assets/{asset.pk}/{page}").status_code == 200
    assert readings() == ([(world.person(username).name, asset.pk)] if RECORDED[level] else [])


@pytest.mark.parametrize("level", RECORDED)
def test_looking_at_what_is_to_be_reviewed_is_recorded_too(level: str, signed_in: SignIn) -> None:
    proposal = world.proposal_in(State.CONFIRMED, confidentiality=world.level("confidentiality", level).pk)
    assert signed_in("reviewer").get(f"/assets/reviews/{proposal.pk}/").status_code == 200
    assert readings() == ([(world.person("reviewer").name, proposal.asset_id)] if RECORDED[level] else [])


def test_looking_at_a_change_that_would_raise_the_level_is_recorded_and_labelled(signed_in: SignIn) -> None:
    asset = asset_of("1")
    change = world.values(confidentiality=world.level("confidentiality", "3B").pk)
    propose_change(asset, change, base_version=asset.version, by=world.person("clerk"))
    page = signed_in("auditor").get(f"/assets/{asset.pk}/").content.decode()
    assert readings() == [(world.person("auditor").name, asset.pk)]
    assert "機密性3B情報を含む" in page


def test_readings_do_not_drown_the_changes_and_are_shown_on_demand(signed_in: SignIn) -> None:
    asset, client = asset_of("3B"), signed_in("clerk")
    client.get(f"/assets/{asset.pk}/")
    plain = client.get(f"/assets/{asset.pk}/history/")
    assert "閲覧" not in [entry["act"] for entry in plain.context["entries"]]
    assert "閲覧の記録（1回）も表示する" in plain.content.decode()
    whole = client.get(f"/assets/{asset.pk}/history/?readings=1")
    assert [entry["act"] for entry in whole.context["entries"]][:2] == ["閲覧", "閲覧"]


def test_a_long_history_is_read_page_by_page(signed_in: SignIn) -> None:
    asset, client = asset_of("3B"), signed_in("clerk")
    for _ in range(55):
        note_reading(asset, by=world.person("clerk"))
    first = client.get(f"/assets/{asset.pk}/history/?readings=1")
    second = client.get(f"/assets/{asset.pk}/history/{first.context['next_url']}")
    assert len(first.context["entries"]) == 50
    assert [entry["act"] for entry in second.context["entries"]][-1] == "下書きを作成"
    assert second.context["previous_url"]


def test_each_look_is_one_line_with_post_and_department(signed_in: SignIn) -> None:
    asset, client = asset_of("3B"), signed_in("clerk")
    client.get(f"/assets/{asset.pk}/")
    client.get(f"/assets/{asset.pk}/")
    first, second = Entry.objects.filter(act="asset.read")
    assert (first.post_label, first.department) == ("税務課主査", world.department("tax"))
    assert first.operation != second.operation


def test_who_may_not_see_it_leaves_no_reading(signed_in: SignIn) -> None:
    asset = asset_of("3A")
    assert signed_in("stranger").get(f"/assets/{asset.pk}/").status_code == 404
    assert readings() == []


def test_an_asset_that_is_not_classified_yet_is_not_recorded(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.DRAFT, confidentiality=None, integrity=None, availability=None).asset
    signed_in("clerk").get(f"/assets/{asset.pk}/")
    assert readings() == []


def test_the_list_itself_records_no_readings(signed_in: SignIn) -> None:
    asset_of("3A")
    signed_in("auditor").get("/assets/")
    assert readings() == []
