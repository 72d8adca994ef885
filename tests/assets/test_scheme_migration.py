"""移行: what is proposed for assets on an earlier scheme, who confirms it, what is put back, and what stays as it was."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assets import bulk
from assets.classification import classification_on
from assets.handling import default_handling
from assets.migrating import confirm_many, confirm_one, plan_for
from assets.models import Asset, ChangeSet, Level, Proposal, Revision, Scheme
from assets.scheme_editing import load_scheme
from assets.scheme_migration import plans
from assets.schemes import available_presets, read_preset
from assets.states import State
from registry.base.verdict import Conflict
from registry.history.models import Entry
from tests import world

SignIn = Callable[[str], Client]
PAGE = "/assets/migration/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _former_scheme(db: None) -> None:
    load_scheme("r2-three-level", by=None)


def registered(place: str = "tax", confidentiality: str = "2", **changes: Any) -> Asset:
    """An asset in force with the levels of the earlier scheme and the restrictions that went with them."""
    levels = world.old_levels(confidentiality)
    text = default_handling(
        world.level(axis, code, "r2-three-level")
        for axis, code in zip(levels, (confidentiality, "2", "1"), strict=True)
    )
    values = {**levels, "name": "窓口の記録", "handling": text, **changes}
    return world.proposal_in(State.APPROVED, place, **values).asset


def proposed(asset: Asset) -> tuple[dict[str, str], str]:
    """What is proposed: level by axis, and why on the first."""
    _, steps = plan_for(asset)
    return {step.label: step.new.label if step.new else "" for step in steps}, steps[0].reason


def many(client: Client, *assets: Asset, **posted: str) -> Any:
    """Confirm as one would: choose, be asked in numbers, say yes."""
    chosen = {"chosen": [f"{asset.pk}:{asset.version}" for asset in assets], "reason": "新しい基準による", **posted}
    asked = client.post(f"{PAGE}confirm/", chosen)
    if asked.context is None or "seen" not in asked.context:
        return asked
    return client.post(f"{PAGE}confirm/", {**chosen, "sure": "1", "seen": asked.context["seen"]}, follow=True)


WALK = [
    ("3", {}, "自治体機密性3B", "秘密文書に相当することを示す語がない"),
    ("3", {"name": "極秘指定文書の目録"}, "自治体機密性3A", "「極秘」とあり"),
    ("3", {"description": "秘文書として受け取ったもの。"}, "自治体機密性3A", "「秘文書」とあり"),
    ("3", {"name": "入札の予定価格調書"}, "自治体機密性3B", "秘密文書に相当することを示す語がない"),
    ("2", {}, "自治体機密性2", "示す語がない"),
    ("2", {"name": "職員名簿"}, "自治体機密性3C", "「職員名簿」とあり"),
    ("2", {"description": "職員の連絡先", "pi": True}, "自治体機密性3C", "個人情報が「有」なので、職員の"),
    ("2", {"description": "職員の当番の表", "pi": False}, "自治体機密性2", "示す語がない"),
    ("2", {"name": "工事の予定価格"}, "自治体機密性3C", "「予定価格」とあり"),
    ("2", {"description": "入札の公告の前の仕様の案"}, "自治体機密性3C", "「入札」とあり"),
    ("2", {"name": "来場者の名簿", "pi": True}, "自治体機密性2", "一件ずつ確かめて"),
    ("1", {}, "自治体機密性1", "旧「機密性1」"),
    ("1", {"name": "極秘ではないもの"}, "自治体機密性1", "旧「機密性1」"),
]


@pytest.mark.parametrize(("old", "content", "new", "why"), WALK)
def test_each_old_level_with_each_content_is_proposed_its_new_one_with_the_reason(
    old: str, content: dict[str, Any], new: str, why: str
) -> None:
    levels, reason = proposed(registered(confidentiality=old, **content))
    assert levels == {"自治体機密性": new, "完全性": "完全性2", "可用性": "可用性1"}
    assert why in reason


def test_every_rule_of_every_shipped_scheme_speaks_of_levels_that_exist() -> None:
    for code, _ in available_presets():
        for rule in read_preset(code).migration:
            old = read_preset(rule.scheme).axis(rule.axis).level(rule.old)
            assert old.code == rule.old
            assert all(Asset._meta.get_field(fact).get_internal_type() == "BooleanField" for fact in rule.facts)
            assert "{word}" not in rule.reason or rule.words


def test_what_is_listed_is_counted_and_grouped_and_shrinks_to_none(signed_in: SignIn) -> None:
    first, second = registered(confidentiality="3"), registered(confidentiality="3", name="別の記録")
    other = registered(confidentiality="1", name="公表した資料")
    world.proposal_in(State.APPROVED, name="新しい分類のもの")
    client = signed_in("secretariat")
    page = client.get(PAGE)
    assert "残り 3件 / 4件" in " ".join(page.content.decode().split())
    assert [(g["text"], g["count"]) for g in page.context["groups"]] == [
        ("機密性3 → 自治体機密性3B", "2"),
        ("機密性1 → 自治体機密性1", "1"),
    ]
    group = client.get(page.context["groups"][0]["url"])
    assert [entry["asset"] for entry in group.context["entries"]] == [first, second]
    answer = many(client, first, second, other, ending="register")
    assert "3件を新しい分類で登録しました。残りは0件です" in answer.content.decode()
    assert "分類の移行は終わっています。" in answer.content.decode()
    assert {asset.level_1.label for asset in Asset.objects.all() if asset.level_1} == {
        "自治体機密性3B",
        "自治体機密性1",
    }


def test_one_press_confirms_all_of_a_proposal_and_one_more_puts_them_back(signed_in: SignIn) -> None:
    assets = [registered(confidentiality="3", name=f"記録{n}") for n in range(3)]
    client = signed_in("secretariat")
    group = classified_group(client)
    answer = many(client, ending="register", whole="1", group=group)
    assert "3件を新しい分類で登録しました" in answer.content.decode()
    assert {level_of(asset).code for asset in assets} == {"3B"}
    done = ChangeSet.objects.get()
    assert (done.kind, done.reason) == ("migration", "新しい基準による")
    said = client.post(f"{PAGE}{done.pk}/undo/", {"reason": "基準を見直すため"}, follow=True).content.decode()
    assert "3件の移行を取り消しました" in said
    assert {level_of(asset).label for asset in assets} == {"機密性3"}
    assert "残り 3件 / 3件" in " ".join(client.get(PAGE).content.decode().split())


def test_taking_back_needs_a_reason_and_stops_where_something_newer_stands(signed_in: SignIn) -> None:
    asset = registered()
    client = signed_in("secretariat")
    many(client, asset, ending="register")
    undo = f"{PAGE}{ChangeSet.objects.get().pk}/undo/"
    assert "取り消す理由を入力してください" in client.post(undo, {"reason": " "}, follow=True).content.decode()
    by = world.person("secretariat")
    bulk.change_at_once({asset.pk: {"location": "別館"}}, kind="bulk", reason="移転", by=by)
    assert client.post(undo, {"reason": "戻す"}).status_code == 409
    assert level_of(asset).code == "2"


def test_a_clerk_submits_the_head_confirms_and_the_office_approves(signed_in: SignIn) -> None:
    asset = registered(confidentiality="3")
    answer = many(signed_in("clerk"), asset, ending="submit")
    assert "1件を新しい分類で申請しました。残りは1件です(うち申請中 1件)" in answer.content.decode()
    proposal = Proposal.objects.get(state=State.SUBMITTED)
    for person, step in (("manager", "confirm"), ("secretariat", "approve")):
        version = Proposal.objects.get(pk=proposal.pk).version
        address = f"/assets/proposals/{proposal.pk}/steps/{step}/"
        assert signed_in(person).post(address, {"version": str(version)}).status_code == 302
    assert level_of(asset).code == "3B"
    assert "残り" not in signed_in("clerk").get(PAGE).content.decode()


def test_who_may_not_register_directly_cannot_make_the_form_do_so(signed_in: SignIn) -> None:
    asset = registered()
    assert many(signed_in("manager"), asset, ending="register").status_code == 409
    assert level_of(asset).label == "機密性2"


def test_assets_of_other_departments_are_neither_counted_nor_shown_nor_confirmed(signed_in: SignIn) -> None:
    mine, theirs = registered(), registered("residents", name="住民課のもの")
    client = signed_in("clerk")
    page = client.get(PAGE)
    assert "残り 1件 / 1件" in " ".join(page.content.decode().split())
    assert [entry["asset"] for entry in page.context["entries"]] == [mine]
    assert client.get(f"{PAGE}{theirs.pk}/").status_code == 404
    assert many(client, mine, theirs, ending="submit").status_code == 409
    assert not Proposal.objects.filter(state=State.SUBMITTED).exists()


@pytest.mark.parametrize("person", ["auditor", "reviewer"])
def test_who_only_looks_sees_the_progress_and_confirms_nothing(person: str, signed_in: SignIn) -> None:
    asset = registered()
    client = signed_in(person)
    page = client.get(PAGE)
    assert page.context["entries"][0]["ready"] is False
    assert "まとめて確認する" not in page.content.decode()
    assert client.get(f"{PAGE}{asset.pk}/").status_code == 403
    assert many(client, asset, ending="submit").status_code == 409


def shown(client: Client, asset: Asset) -> dict[str, str]:
    form = client.get(f"{PAGE}{asset.pk}/").context["form"]
    fields = {name: str(form[name].value() or "") for name in form.fields if name != "anew"}
    return {**fields, "version": str(asset.version), "ending": "register"}


def test_one_is_confirmed_with_another_level_and_a_reason_of_ones_own(signed_in: SignIn) -> None:
    asset, client = registered(confidentiality="3"), signed_in("secretariat")
    typed = {**shown(client, asset), "level_1": str(world.level("confidentiality", "3C").pk)}
    refused = client.post(f"{PAGE}{asset.pk}/", typed)
    assert "提案の「自治体機密性3B」から変えています" in refused.content.decode()
    assert client.post(f"{PAGE}{asset.pk}/", {**typed, "reason": "住民の情報ではないため"}).status_code == 302
    asset = refreshed([asset])[0]
    assert [level.label for level in asset.levels] == ["自治体機密性3C", "完全性2", "可用性1"]
    assert asset.handling == default_handling(asset.levels)
    entry = Entry.objects.about("asset", asset.pk).filter(act="asset.changed-at-once").get()
    assert entry.note == "住民の情報ではないため"
    assert ["自治体機密性", "機密性3", "自治体機密性3C"] in entry.changes


def test_restrictions_of_the_old_level_follow_and_what_somebody_wrote_stays(signed_in: SignIn) -> None:
    plain, own = registered(confidentiality="3"), registered(confidentiality="3", handling="金庫での保管")
    client = signed_in("secretariat")
    assert "手書きなので、そのまま残します" in client.get(PAGE).content.decode()
    many(client, plain, own, ending="register")
    plain, own = refreshed([plain, own])
    assert plain.handling == default_handling(plain.levels)
    assert own.handling == "金庫での保管"


def test_restrictions_somebody_wrote_are_replaced_only_when_asked(signed_in: SignIn) -> None:
    asset, client = registered(confidentiality="3", handling="金庫での保管"), signed_in("secretariat")
    client.post(f"{PAGE}{asset.pk}/", {**shown(client, asset), "anew": "on"})
    assert refreshed([asset])[0].handling == default_handling(refreshed([asset])[0].levels)


def test_what_changed_or_was_confirmed_since_the_page_was_opened_is_not_confirmed_again(signed_in: SignIn) -> None:
    asset, by = registered(), world.person("secretariat")
    chosen = {asset.pk: asset.version}
    confirm_many(chosen, reason="一度目", by=by, directly=True)
    with pytest.raises(Conflict, match="もう確認が済んだ"):
        confirm_many(chosen, reason="二度目", by=by, directly=True)
    other = registered(name="別の記録")
    with pytest.raises(Conflict, match="画面を開いたあとに変わった"):
        confirm_many({other.pk: other.version + 1}, reason="古い画面から", by=by, directly=True)
    other.version += 1
    with pytest.raises(Conflict):
        confirm_one(other, {}, reason="古い画面から", by=by, directly=True)


def test_what_the_question_named_must_still_be_what_is_confirmed(signed_in: SignIn) -> None:
    registered(confidentiality="3")
    client = signed_in("secretariat")
    posted = {"whole": "1", "group": classified_group(client), "reason": "まとめて", "ending": "register"}
    seen = client.post(f"{PAGE}confirm/", posted).context["seen"]
    registered(confidentiality="3", name="あとから来たもの")
    assert client.post(f"{PAGE}confirm/", {**posted, "sure": "1", "seen": seen}).status_code == 409


def test_a_draft_is_listed_and_leads_to_its_form_which_names_the_proposal(signed_in: SignIn) -> None:
    draft = world.proposal_in(State.DRAFT, **world.old_levels("3")).asset
    client = signed_in("clerk")
    (entry,) = client.get(PAGE).context["entries"]
    assert (entry["asset"], entry["ready"]) == (draft, False)
    form = client.get(f"{PAGE}{draft.pk}/", follow=True)
    assert form.redirect_chain[-1][0] == f"/assets/{draft.pk}/edit/"
    assert "機密性3 → 自治体機密性3B（提案）" in form.content.decode()
    assert "機密性3のまま" in form.content.decode()


def test_a_disposed_asset_need_not_move(signed_in: SignIn) -> None:
    asset = registered()
    Asset.objects.filter(pk=asset.pk).update(**world.DISPOSED)
    assert "残り" not in signed_in("secretariat").get(PAGE).content.decode()


def test_the_list_of_the_ledger_marks_and_filters_what_has_to_move(signed_in: SignIn) -> None:
    old = registered(confidentiality="3")
    world.proposal_in(State.APPROVED, name="新しい分類のもの")
    client = signed_in("secretariat")
    (entry,) = client.get("/assets/?migration=yes").context["entries"]
    assert (entry["pk"], entry["migrates"]) == (old.pk, True)
    assert [cell["text"] for cell in entry["cells"] if cell["kind"] == "level"][:1] == ["機密性3"]
    assert [e["migrates"] for e in client.get("/assets/").context["entries"]] == [True, False]


def test_my_page_says_how_many_wait_and_asset_pages_say_so_themselves(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert "要移行確認" not in client.get("/").content.decode()
    asset = registered()
    assert "要移行確認（1件）" in client.get("/").content.decode()
    assert "分類の移行の確認がまだです" in client.get(f"/assets/{asset.pk}/").content.decode()


def test_a_past_day_shows_the_words_of_then(signed_in: SignIn) -> None:
    now = timezone.now()
    with time_machine.travel(now - dt.timedelta(days=30), tick=False):
        asset = registered(confidentiality="3")
    many(signed_in("secretariat"), asset, ending="register")
    client = signed_in("secretariat")
    for days, level in ((10, "機密性3"), (0, "自治体機密性3B")):
        day = timezone.localdate(now - dt.timedelta(days=days))
        page = client.get(f"/assets/as-of/?day={day}").content.decode()
        assert f">{level}<" in "".join(page.split()), day
    assert Revision.objects.filter(asset=asset).count() == 2


def classified_group(client: Client) -> str:
    """The key of the first group on the page."""
    return str(client.get(PAGE).context["groups"][0]["url"].split("group=")[1])


def refreshed(assets: list[Asset]) -> list[Asset]:
    return [Asset.objects.get(pk=asset.pk) for asset in assets]


def level_of(asset: Asset) -> Level:
    """The first level as it is now."""
    level = Asset.objects.get(pk=asset.pk).level_1
    assert level
    return level


def crowd(count: int) -> None:
    """So many assets of the earlier scheme, in force."""
    one = registered()
    start = Asset.objects.count()
    copies: list[Asset] = []
    for n in range(start, count):
        copy = Asset.objects.get(pk=one.pk) if not copies else copies[0]
        values = {f.attname: getattr(copy, f.attname) for f in Asset._meta.concrete_fields if f.name != "id"}
        copies.append(Asset(**{**values, "number": f"R08-1040-{n:05d}", "open_proposal_id": None}))
    Asset.objects.bulk_create(copies, batch_size=500)


def test_ten_thousand_that_have_to_move_are_listed_with_no_more_questions_than_five(signed_in: SignIn) -> None:
    client, counts = signed_in("secretariat"), []
    client.get("/")
    for count in (5, 10_000):
        crowd(count)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 20
    (plan,) = plans(classification_on())
    assert plan.assets(Asset.objects.visible_to(world.person("secretariat"))).count() == 10_000
    assert Scheme.objects.count() == 2
