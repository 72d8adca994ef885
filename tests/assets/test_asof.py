"""The ledger as it stood on a past day, one asset on a day, and two days side by side."""

import datetime as dt
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from assets.editing import propose_change
from assets.ledger import asof
from assets.models import Asset, Revision
from assets.states import State
from assets.values import snapshot
from assets.workflow import approve, confirm, submit
from registry.history.models import Entry
from registry.organization.appointments import appoint
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
JAPAN = dt.timezone(dt.timedelta(hours=9))
MAY, JUNE, JULY = (dt.date(2026, month, 10) for month in (5, 6, 7))


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=JAPAN)


def change(asset: Asset, **changes: Any) -> None:
    """A change of a registered asset, from proposal to approval."""
    clerk = world.person("clerk")
    proposal = propose_change(asset, {**snapshot(asset), **changes}, base_version=asset.version, by=clerk)
    proposal = confirm(submit(proposal, by=clerk), by=world.person("manager"))
    approve(proposal, by=world.person("secretariat"), note="よい")


@pytest.fixture
def story() -> Iterator[dict[str, Asset]]:
    """In May one asset is registered, in June it is renamed and a second one comes, in July somebody looks back."""
    with time_machine.travel(at(MAY), tick=False) as clock:
        first = world.proposal_in(State.APPROVED, "tax", name="軽自動車税課税台帳").asset
        foreign = world.proposal_in(State.APPROVED, "residents", name="住民票の控え").asset
        clock.move_to(at(JUNE, 23))
        change(Asset.objects.get(pk=first.pk), name="軽自動車税(種別割)課税台帳", location="第2書庫")
        second = world.proposal_in(State.APPROVED, "tax", name="たばこ税申告書").asset
        clock.move_to(at(JULY))
        yield {"first": first, "second": second, "foreign": foreign}


def names(client: Client, day: dt.date, **more: Any) -> list[str]:
    rows = client.get(reverse("assets:as-of"), {"day": day.isoformat(), **more}).context["rows"]
    return [cell["text"] for row in rows for cell in row["cells"] if cell["is_name"]]


def test_a_day_shows_what_was_in_force_at_its_end_in_the_words_of_then(
    signed_in: SignIn, story: dict[str, Asset]
) -> None:
    client = signed_in("clerk")
    before_june, before_may = JUNE - dt.timedelta(days=1), MAY - dt.timedelta(days=1)
    assert names(client, MAY) == names(client, before_june) == ["軽自動車税課税台帳"]
    assert names(client, JUNE) == ["軽自動車税(種別割)課税台帳", "たばこ税申告書"]
    page = client.get(reverse("assets:as-of"), {"day": before_may.isoformat()})
    assert "この日には、まだ何も登録されていません。" in page.content.decode()
    assert "この台帳は令和8年5月10日現在" in client.get(reverse("assets:as-of"), {"day": "R8.5.10"}).content.decode()


def test_a_past_day_opens_no_door_that_is_closed_today(signed_in: SignIn, story: dict[str, Asset]) -> None:
    assert names(signed_in("stranger_clerk"), JULY) == ["住民票の控え"]
    assert names(signed_in("auditor"), MAY) == ["軽自動車税課税台帳", "住民票の控え"]
    assert names(signed_in("postless"), JULY) == []
    foreign = reverse("assets:asset-as-of", args=[story["foreign"].pk])
    assert signed_in("clerk").get(foreign, {"day": "2026-05-10"}).status_code == 404


def test_the_department_is_the_one_of_that_day(signed_in: SignIn, story: dict[str, Asset]) -> None:
    tax, residents = world.department("tax").pk, world.department("residents").pk
    assert names(signed_in("auditor"), MAY, department=tax) == ["軽自動車税課税台帳"]
    assert names(signed_in("auditor"), MAY, department=residents) == ["住民票の控え"]


def test_tomorrow_has_no_ledger_yet(signed_in: SignIn, story: dict[str, Asset]) -> None:
    answer = signed_in("clerk").get(reverse("assets:as-of"), {"day": "2026-07-11"})
    assert answer.context["form"].errors["day"] == ["これからの日の台帳はありません。今日までの日を選んでください。"]
    assert "rows" not in answer.context


def test_one_asset_on_a_day_says_which_version_and_until_when(signed_in: SignIn, story: dict[str, Asset]) -> None:
    client, address = signed_in("clerk"), reverse("assets:asset-as-of", args=[story["first"].pk])
    page = client.get(address, {"day": "2026-05-31"}).content.decode()
    assert "<h1>軽自動車税課税台帳</h1>" in page
    assert "第1版で、令和8年6月10日 23:00まで有効でした。" in " ".join(page.split())
    assert "いまも有効です。" in client.get(address, {"day": "2026-06-10"}).content.decode()
    assert "令和8年5月10日から登録されています。" in client.get(address, {"day": "2026-05-01"}).content.decode()


def test_looking_at_an_old_state_of_high_class_is_a_reading(signed_in: SignIn, story: dict[str, Asset]) -> None:
    before = Entry.objects.filter(act="asset.read").count()
    signed_in("clerk").get(reverse("assets:asset-as-of", args=[story["first"].pk]), {"day": "2026-05-31"})
    assert Entry.objects.filter(act="asset.read").count() == before + 1


def test_two_days_side_by_side(signed_in: SignIn, story: dict[str, Asset]) -> None:
    client = signed_in("clerk")
    answer = client.get(reverse("assets:comparison"), {"since": "2026-05-10", "until": "2026-06-10"})
    changed, added = answer.context["changes"]
    assert (changed.kind, added.kind, added.name) == (asof.CHANGED, asof.ADDED, "たばこ税申告書")
    assert changed.rows == [
        ("情報資産名称", "軽自動車税課税台帳", "軽自動車税(種別割)課税台帳"),
        ("保管場所", "本庁舎サーバ室", "第2書庫"),
    ]
    quiet = client.get(reverse("assets:comparison"), {"since": "2026-06-10", "until": "2026-07-01"})
    assert "この間に変わったものはありません。" in quiet.content.decode()
    wrong = client.get(reverse("assets:comparison"), {"since": "2026-06-10", "until": "2026-06-10"})
    assert "日付を入れ替えてください" in wrong.content.decode()


def test_two_days_show_and_send_out_nothing_of_others(signed_in: SignIn, story: dict[str, Asset]) -> None:
    asked = {"since": "2026-04-01", "until": "2026-07-01"}
    for username, names_seen in (
        ("clerk", {"軽自動車税(種別割)課税台帳", "たばこ税申告書"}),
        ("stranger_clerk", {"住民票の控え"}),
        ("postless", set()),
    ):
        page = signed_in(username).get(reverse("assets:comparison"), asked)
        assert {change.name for change in page.context["changes"]} == names_seen
    query = {"query": "since=2026-04-01&until=2026-07-01"}
    table = sheet(signed_in("stranger_clerk").post(reverse("assets:comparison-export"), query))
    assert [row[2] for row in table if row[0] == "追加"] == ["住民票の控え"]
    table = sheet(signed_in("stranger_clerk").post(reverse("assets:as-of-export"), {"query": "day=2026-07-01"}))
    assert [row[1] for row in table if str(row[0]).startswith("R08-")] == ["住民票の控え"]


def test_what_went_out_of_force_is_shown_as_gone(signed_in: SignIn, story: dict[str, Asset]) -> None:
    Revision.objects.filter(asset=story["second"]).update(valid_until=at(dt.date(2026, 6, 20)))
    answer = signed_in("clerk").get(reverse("assets:comparison"), {"since": "2026-06-10", "until": "2026-07-01"})
    assert [(one.kind, one.name) for one in answer.context["changes"]] == [(asof.GONE, "たばこ税申告書")]


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return [
        tuple("" if cell is None else cell for cell in row) for row in book.worksheets[0].iter_rows(values_only=True)
    ]


def test_both_go_to_excel_with_day_label_and_hash(signed_in: SignIn, story: dict[str, Asset]) -> None:
    client = signed_in("clerk")
    answer = client.post(reverse("assets:as-of-export"), {"query": "day=2026-05-10"})
    rows = sheet(answer)
    said = " ".join(str(cell) for row in rows for cell in row)
    assert "令和8年5月10日現在" in said
    assert "自治体機密性3B情報を含む" in said
    assert "3B" in answer.headers["Content-Disposition"]
    assert [row[1] for row in rows if str(row[0]).startswith("R08-")] == ["軽自動車税課税台帳"]
    entry = Entry.objects.filter(act="ledger.exported").latest("sequence")
    assert ["条件", "", "令和8年5月10日現在"] in [list(one) for one in entry.changes]
    query = {"query": "since=2026-05-10&until=2026-06-10"}
    table = sheet(client.post(reverse("assets:comparison-export"), query))
    assert [(row[0], row[4], row[5], row[6]) for row in table if row[0] in {"変更", "追加"}] == [
        ("変更", "情報資産名称", "軽自動車税課税台帳", "軽自動車税(種別割)課税台帳"),
        ("変更", "保管場所", "本庁舎サーバ室", "第2書庫"),
        ("追加", "", "", ""),
    ]


def test_nothing_to_take_out_is_said(signed_in: SignIn, story: dict[str, Asset]) -> None:
    answer = signed_in("clerk").post(reverse("assets:as-of-export"), {"query": "day=2026-05-01"}, follow=True)
    assert "出力する行がありません。" in answer.content.decode()
    assert not Entry.objects.filter(act="ledger.exported").exists()


def test_what_one_may_only_look_at_is_not_in_the_workbooks(signed_in: SignIn, story: dict[str, Asset]) -> None:
    watcher = create_post(world.department("residents"), "外部監査", [Role.EXTERNAL_AUDITOR], world.SINCE, by=None)
    appoint(world.person("clerk"), watcher, world.SINCE, kind="concurrent", by=None)
    client, query = signed_in("clerk"), "since=2026-04-01&until=2026-07-01"
    assert names(client, JUNE) == ["軽自動車税(種別割)課税台帳", "たばこ税申告書", "住民票の控え"]
    for address, asked in (("assets:as-of-export", "day=2026-07-01"), ("assets:comparison-export", query)):
        written = str(sheet(client.post(reverse(address), {"query": asked})))
        assert "たばこ税申告書" in written
        assert "住民票の控え" not in written
