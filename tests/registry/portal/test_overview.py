"""マイページ complete: what ends soon, what nobody has classified, and for heads every 課 they answer for."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from assets.editing import draft
from assets.states import State
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def in_days(days: int) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def test_contracts_that_end_soon_or_have_ended_are_listed_for_their_own_department(signed_in: SignIn) -> None:
    for name, days in (("もうすぐ", 30), ("過ぎた", -3), ("まだ先", 200), ("とうに過ぎた", -500)):
        dates = {"contract_from": "2020-04-01", "contract_term": in_days(days)}
        world.proposal_in(State.APPROVED, name=f"契約が{name}の資料", vendor="委託先株式会社", **dates)
    world.proposal_in(State.SUBMITTED, name="契約が未登録の資料", contract_term=in_days(10))
    page = signed_in("clerk").get("/").content.decode()
    assert "契約の期限（2件）" in page
    assert page.index("契約が過ぎたの資料") < page.index("契約がもうすぐの資料")
    assert "3日過ぎています" in page
    assert "契約の期限（" not in signed_in("stranger_clerk").get("/").content.decode()


def test_what_nobody_has_classified_leads_to_its_form(signed_in: SignIn) -> None:
    values = {
        key: value
        for key, value in world.values().items()
        if key not in {"confidentiality", "integrity", "availability"}
    }
    asset = draft({**values, "name": "分類していない資料"}, by=world.person("colleague")).asset
    page = signed_in("clerk").get("/").content.decode()
    assert "未分類（1件）" in page
    assert f"/assets/{asset.pk}/edit/" in page
    assert "未分類（" not in signed_in("stranger").get("/").content.decode()


def test_heads_see_their_departments_and_every_number_leads_to_as_many_rows(signed_in: SignIn) -> None:
    for state in (State.APPROVED, State.APPROVED, State.SUBMITTED, State.CONFIRMED, State.RETURNED, State.DRAFT):
        world.proposal_in(state, name=f"{state}の資料")
    world.proposal_in(State.APPROVED, "residents", name="住民課の資料")
    client = signed_in("manager")
    overview = client.get("/").context["overview"]
    assert [row["name"] for row in overview["rows"]] == ["税務課"]
    counts = {cell["label"]: cell["count"] for cell in overview["rows"][0]["cells"]}
    assert counts == {"登録済": 2, "確認待ち": 1, "審査待ち": 1, "差戻し": 1, "下書き": 1}
    for cell in overview["rows"][0]["cells"]:
        rows = client.get(cell["url"]).context["entries"]
        assert len(rows) == cell["count"], cell["label"]
    assert signed_in("clerk").get("/").context["overview"] == {}
    names = [row["name"] for row in signed_in("reviewer").get("/").context["overview"]["rows"]]
    assert names == ["税務課", "住民課"]
