"""一括変更 from the list: picking, weighing, previewing, doing; nothing foreign is touched, nothing stale is written."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from assets.bulk import change_at_once
from assets.classification import classification_on
from assets.columns import BY_KEY
from assets.editing import draft as begin_draft
from assets.editing import propose_change
from assets.ledger import bulk_editing
from assets.ledger.listing import Listing
from assets.models import Asset, BulkAct, BulkDraft, ChangeKind, ChangeSet, Proposal
from assets.states import Standing, State
from registry.history.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
WHY = "新庁舎への移転のため"


def registered(count: int = 3, place: str = "tax", **values: Any) -> list[Asset]:
    return [world.proposal_in(State.APPROVED, place, name=f"{place}{n}", **values).asset for n in range(count)]


def picked(client: Client, assets: list[Asset] | None = None, **data: Any) -> BulkDraft:
    keys = ",".join(str(asset.pk) for asset in assets or [])
    data["except"] = data.pop("without", "")
    answer = client.post("/assets/bulk/new/", {"query": "", "keys": keys, **data})
    assert answer.status_code == 302, answer
    return BulkDraft.objects.latest("pk")


def weighed(client: Client, draft: BulkDraft, column: str, act: str = "replace", **values: Any) -> Any:
    answer = client.post(f"/assets/bulk/{draft.pk}/", {"column": column, "act": act, **values}, follow=True)
    draft.refresh_from_db()
    return answer.context


def done(client: Client, draft: BulkDraft, ending: str = "register", **data: Any) -> Any:
    posted = {"reason": WHY, "mark": bulk_editing.mark_of(draft), "ending": ending, **data}
    return client.post(f"/assets/bulk/{draft.pk}/apply/", posted, follow=True)


def fresh(assets: list[Asset]) -> list[Asset]:
    return list(Asset.objects.filter(pk__in=[asset.pk for asset in assets]).order_by("pk"))


def locations(assets: list[Asset]) -> list[str]:
    return [asset.location for asset in fresh(assets)]


def test_the_office_replaces_a_value_at_once_and_takes_it_back(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered() + registered(1, "residents")
    draft = picked(client, assets)
    shown = weighed(client, draft, "location", value="新庁舎3階")
    assert (shown["count"], shown["left_count"], draft.direct) == (4, 0, True)
    assert [(c.label, c.old, c.new) for c in shown["rows"][0]["changes"]] == [
        ("保管場所", "本庁舎サーバ室", "新庁舎3階")
    ]
    assert locations(assets) == ["本庁舎サーバ室"] * 4
    page = done(client, draft)
    assert "4件を変更しました。" in page.content.decode()
    assert locations(assets) == ["新庁舎3階"] * 4
    made = ChangeSet.objects.get()
    assert (made.kind, made.reason, made.proposed) == (ChangeKind.BULK, WHY, False)
    assert page.context["rows"][0]["changes"] == [{"label": "保管場所", "old": "本庁舎サーバ室", "new": "新庁舎3階"}]
    undone = client.post(f"/assets/changes/{made.pk}/undo/", {"reason": "延期"}, follow=True)
    assert "4件を元に戻しました。" in undone.content.decode()
    assert locations(assets) == ["本庁舎サーバ室"] * 4
    again = client.post(f"/assets/changes/{made.pk}/undo/", {"reason": "もう一度"})
    assert again.status_code == 409


def test_a_clerk_proposes_and_may_withdraw_all_of_it(signed_in: SignIn) -> None:
    client, assets = signed_in("clerk"), registered()
    draft = picked(client, assets)
    shown = weighed(client, draft, "remarks", "append", value="令和8年度に移転")
    assert (shown["count"], draft.direct) == (3, False)
    page = done(client, draft, "submit")
    assert "3件を変える申請をしました。" in page.content.decode()
    assert {asset.remarks for asset in fresh(assets)} == {""}
    assert Proposal.objects.filter(state=State.SUBMITTED).count() == 3
    client.post(f"/assets/changes/{ChangeSet.objects.get().pk}/undo/", {"reason": "やめます"})
    assert Proposal.objects.filter(state=State.WITHDRAWN).count() == 3


def test_a_clerk_cannot_change_at_once_by_pressing_a_button_that_was_not_there(signed_in: SignIn) -> None:
    client, assets = signed_in("clerk"), registered()
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    assert done(client, draft, "register").context["draft"] == draft
    assert locations(assets) == ["本庁舎サーバ室"] * 3
    assert not ChangeSet.objects.exists()


def test_all_of_the_condition_but_some_over_pages(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(4)
    registered(1, "residents")
    query = f"department={world.department('tax').pk}"
    draft = picked(client, query=query, all="1", without=str(assets[1].pk))
    assert sorted(draft.picked) == sorted(asset.pk for asset in assets if asset != assets[1])
    assert "所管課: 税務課" in draft.conditions
    both = picked(client, assets[:1], chosen=[assets[2].pk])
    assert sorted(both.picked) == [assets[0].pk, assets[2].pk]


LEFT: dict[str, str] = {
    "下書き": "登録済ではありません",
    "申請あり": "まだ決まっていない変更の申請があります",
    "廃棄済": "登録済ではありません",
    "同じ": "もう同じ内容です",
    "ほかの課": "変更する権限がありません",
    "契約": "開始より前",
}


def test_what_is_left_out_is_counted_and_says_why(signed_in: SignIn) -> None:
    people = {"clerk": world.person("clerk")}
    begin_draft(world.values(name="下書き"), by=people["clerk"])
    open_one = world.proposal_in(State.APPROVED, name="申請あり").asset
    propose_change(open_one, {"location": "東支所"}, base_version=1, by=people["clerk"])
    gone = world.proposal_in(State.APPROVED, name="廃棄済").asset
    Asset.objects.filter(pk=gone.pk).update(**world.DISPOSED)
    world.proposal_in(State.APPROVED, name="同じ", contract_term="2026-03-31")
    world.proposal_in(State.APPROVED, name="契約", contract_from="2027-04-01")
    fits = world.proposal_in(State.APPROVED, name="変わる").asset
    client = signed_in("clerk")
    draft = picked(client, all="1")
    shown = weighed(client, draft, "contract_term", value="2026-03-31")
    assert (shown["count"], shown["left_count"]) == (1, 4)
    assert [key for key, _ in draft.fit] == [fits.pk]
    left = client.get(f"/assets/bulk/{draft.pk}/preview/?left=1").context["rows"]
    reasons = {row["name"]: row["reason"] for row in left}
    for name, reason in reasons.items():
        assert LEFT[name] in reason, name
    assert sum(reason["count"] for reason in shown["reasons"]) == 4


def test_who_sees_but_may_not_change_is_told_row_by_row(signed_in: SignIn) -> None:
    assets = registered(1) + registered(1, "residents")
    head = world.person("reviewer")
    listing = Listing(head, QueryDict(), classification_on())
    draft, _ = bulk_editing.pick(listing, [], everything=True, by=head)
    draft = bulk_editing.weigh(draft, BY_KEY["location"], BulkAct.REPLACE, {"value": "新庁舎"}, by=head)
    assert (draft.fit, len(draft.left)) == ([], len(assets))
    assert LEFT["ほかの課"] in draft.left[0][1]


def test_rows_that_are_not_yours_are_as_if_they_were_not_there(signed_in: SignIn) -> None:
    own, foreign = registered(1), registered(2, "residents")
    client = signed_in("clerk")
    for strange in (foreign[0].pk, 987654321, "9" * 40, "x"):
        draft = picked(client, own, chosen=[str(strange)])
        assert draft.picked == [own[0].pk]
    client = signed_in("clerk")
    alone = client.post("/assets/bulk/new/", {"keys": str(foreign[0].pk)}, follow=True)
    nobody = client.post("/assets/bulk/new/", {"keys": "987654321"}, follow=True)
    said = [[str(message) for message in answer.context["messages"]] for answer in (alone, nobody)]
    assert said[0] == said[1] == ["変える情報資産が選ばれていません。一覧で行を選んでから押してください。"]
    whole = picked(client, all="1")
    assert whole.picked == [own[0].pk]
    by_department = client.post("/assets/bulk/new/", {"all": "1", "query": f"own={foreign[0].department_id}"})
    assert BulkDraft.objects.latest("pk").picked == [own[0].pk]
    assert by_department.status_code == 302


def test_rows_that_stop_being_yours_disappear_from_the_preview_and_stop_the_change(signed_in: SignIn) -> None:
    client, assets = signed_in("clerk"), registered()
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    Asset.objects.filter(pk=assets[0].pk).update(department=world.department("residents"), name="よそのもの")
    page = client.get(f"/assets/bulk/{draft.pk}/preview/")
    assert "よそのもの" not in page.content.decode()
    answer = done(client, draft, "submit")
    assert "よそのもの" not in answer.content.decode()
    assert not ChangeSet.objects.exists()
    assert answer.context["count"] == 2


STALE: dict[str, Callable[[Asset], Any]] = {
    "changed": lambda asset: change_at_once(
        {asset.pk: {"remarks": "先に"}}, kind=ChangeKind.BULK, reason="先", by=world.person("secretariat")
    ),
    "proposed": lambda asset: propose_change(asset, {"unit": "係"}, base_version=1, by=world.person("clerk")),
    "disposed": lambda asset: Asset.objects.filter(pk=asset.pk).update(**world.DISPOSED, version=2),
}


@pytest.mark.parametrize("way", STALE)
def test_what_moved_since_the_preview_is_named_and_nothing_is_written(way: str, signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered()
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    STALE[way](assets[1])
    before = Entry.objects.count()
    answer = done(client, draft)
    said = " ".join(map(str, answer.context["messages"]))
    named = "選んだ情報資産の一部" if way == "disposed" else "「tax1」"
    assert f"{named}が変わりました。何も変更していません。" in said
    assert locations(assets) == ["本庁舎サーバ室"] * 3
    assert Entry.objects.count() == before
    assert answer.context["count"] == (3 if way == "changed" else 2)
    assert answer.context["form"]["reason"].value() == WHY
    draft.refresh_from_db()
    done(client, draft)
    assert locations(assets).count("新庁舎3階") == (3 if way == "changed" else 2)


def test_a_preview_that_another_tab_made_anew_does_not_go_through(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered()
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    old = bulk_editing.mark_of(draft)
    weighed(client, draft, "unit", value="管理係")
    said = " ".join(map(str, done(client, draft, mark=old).context["messages"]))
    assert "別の画面" in said
    assert {asset.unit for asset in fresh(assets)} == {""}


def test_it_is_done_once(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered()
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    mark = bulk_editing.mark_of(draft)
    done(client, draft)
    assert done(client, draft, mark=mark).status_code == 409
    assert ChangeSet.objects.count() == 1
    assert client.get(f"/assets/bulk/{draft.pk}/preview/").headers["Location"].startswith("/assets/changes/")


def test_rows_can_be_left_out_again(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered()
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    client.post(f"/assets/bulk/{draft.pk}/leave-out/", {"chosen": [assets[0].pk]})
    draft.refresh_from_db()
    done(client, draft)
    assert locations(assets) == ["本庁舎サーバ室", "新庁舎3階", "新庁舎3階"]


def test_too_many_are_refused_in_words(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(3)
    monkeypatch.setattr(bulk_editing, "MOST", 2)
    answer = signed_in("secretariat").post("/assets/bulk/new/", {"all": "1", "query": ""}, follow=True)
    assert "一度に変えられるのは2件までです" in answer.content.decode()
    assert not BulkDraft.objects.exists()


def test_without_a_reason_nothing_happens(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(1)
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    for reason in ("", " ", "理由 123456789018"):
        done(client, draft, reason=reason)
    assert not ChangeSet.objects.exists()


def test_drafts_of_long_ago_are_cleared_away(signed_in: SignIn) -> None:
    client, assets = signed_in("clerk"), registered(1)
    old = picked(client, assets)
    BulkDraft.objects.update(made_at=timezone.now() - dt.timedelta(days=8))
    new = picked(client, assets)
    assert set(BulkDraft.objects.all()) == {new}
    assert client.get(f"/assets/bulk/{old.pk}/").status_code == 404
    assert [one["pk"] for one in client.get("/assets/changes/").context["drafts"]] == [new.pk]


def test_the_preview_turns_its_pages(signed_in: SignIn) -> None:
    rows = [
        Asset(
            name=f"資産{n:03d}",
            number=f"R08-1040-{n:04d}",
            standing=Standing.REGISTERED,
            department=world.department("tax"),
        )
        for n in range(120)
    ]
    Asset.objects.bulk_create(rows)
    client = signed_in("secretariat")
    draft = picked(client, all="1")
    shown, seen = weighed(client, draft, "unit", value="管理係"), []
    address = f"/assets/bulk/{draft.pk}/preview/"
    while True:
        seen.append([row["number"] for row in shown["rows"]])
        if not shown["next_url"]:
            break
        shown = client.get(address + shown["next_url"]).context
    assert [len(page) for page in seen] == [50, 50, 20]
    assert [n for page in seen for n in page] == sorted(n for page in seen for n in page)
    back = client.get(address + shown["previous_url"]).context
    assert [row["number"] for row in back["rows"]] == seen[1]
    assert [row["number"] for row in client.get(address + back["previous_url"]).context["rows"]] == seen[0]
