"""マイページ and the frame around every page: what waits, whose it is, where one can go on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assets.states import State
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def groups(client: Client, address: str = "/") -> dict[str, list[str]]:
    found: list[dict[str, Any]] = client.get(address).context["groups"]
    return {group["code"]: [row["name"] for row in group["rows"]] for group in found}


def test_what_waits_for_the_head_is_not_shown_a_second_time_with_that_of_the_section(signed_in: SignIn) -> None:
    world.proposal_in(State.SUBMITTED, "tax", name="待つもの")
    found = groups(signed_in("manager"), "/?whole=1")
    assert found["waiting"] == ["待つもの"]
    assert found["under-way"] == []


def test_the_section_is_offered_to_who_works_in_one_and_all_of_them_to_the_office(signed_in: SignIn) -> None:
    assert signed_in("clerk").get("/").context["others"] == "課の分も表示"
    assert signed_in("secretariat").get("/").context["others"] == "担当するすべての課の分も表示"
    assert "分も表示" not in signed_in("auditor").get("/").content.decode()


def test_the_system_administrator_is_told_what_is_theirs(signed_in: SignIn) -> None:
    page = signed_in("sysadmin").get("/").content.decode()
    assert "あなたはシステム管理者です。" in page
    assert "任命されていません" not in page
    assert 'role="search"' not in page, "there is nothing they could find"


def test_who_is_refused_at_the_bench_keeps_the_frame_of_the_page(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert world.person("clerk").name in answer.content.decode()
    assert reverse("assets:index") in answer.content.decode()


def test_who_logs_out_is_told_to_close_the_browser_too(signed_in: SignIn) -> None:
    assert "ブラウザーの画面も閉じてください" in signed_in("clerk").post(reverse("logout")).content.decode()


def test_a_page_that_did_nothing_leads_on(signed_in: SignIn) -> None:
    proposal = world.proposal_in(State.SUBMITTED, "tax")
    client = signed_in("manager")
    stale = {"version": proposal.version + 7, "note": "", "from": "reviews"}
    answer = client.post(reverse("assets:step", args=[proposal.pk, "confirm"]), stale)
    assert answer.status_code == 409
    assert f'href="{reverse("assets:reviews")}">審査へ' in answer.content.decode()
    current = [entry["label"] for entry in answer.context["navigation"] if entry["current"]]
    assert current == ["審査"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.DRAFT, "まだ申請していません。"),
        (State.SUBMITTED, "税務課長の確認を待っています。"),
        (State.CONFIRMED, "事務局の審査を待っています。"),
        (State.RETURNED, "差し戻されました。"),
    ],
)
def test_the_page_of_an_asset_says_whom_it_waits_for(signed_in: SignIn, state: State, words: str) -> None:
    asset = world.proposal_in(state, "tax").asset
    assert words in signed_in("clerk").get(asset.get_absolute_url()).content.decode()
