"""移行: what is proposed for assets on an earlier scheme, who confirms it, what is put back, and what stays as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets import bulk
from assets.handling import default_handling
from assets.migrating import confirm_many, confirm_one, plan_for
from assets.models import Asset, ChangeSet, Proposal
from assets.scheme_editing import load_scheme
from assets.schemes import available_presets, read_preset
from assets.states import State
from registry.base.verdict import Conflict
from registry.history.models import Entry
from tests import world
from tests.assets.former_scheme import PAGE, classified_group, level_of, many, refreshed, registered

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _former_scheme(db: None) -> None:
    load_scheme("r2-three-level", by=None)


def proposed(asset: Asset) -> tuple[dict[str, str], str]:
    """What is proposed: level by axis, and why on the first."""
    _, steps = plan_for(asset)
    return {step.label: step.new.label if step.new else "" for step in steps}, steps[0].reason


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


def test_a_page_of_one_that_is_older_than_the_asset_confirms_nothing(signed_in: SignIn) -> None:
    asset, client = registered(confidentiality="3"), signed_in("secretariat")
    typed = shown(client, asset)
    Asset.objects.filter(pk=asset.pk).update(version=asset.version + 1, description="画面を開いたあとの説明")
    assert client.post(f"{PAGE}{asset.pk}/", typed).status_code == 409
    assert refreshed([asset])[0].levels == asset.levels


def test_what_the_question_named_must_still_be_what_is_confirmed(signed_in: SignIn) -> None:
    registered(confidentiality="3")
    client = signed_in("secretariat")
    posted = {"whole": "1", "group": classified_group(client), "reason": "まとめて", "ending": "register"}
    seen = client.post(f"{PAGE}confirm/", posted).context["seen"]
    registered(confidentiality="3", name="あとから来たもの")
    assert client.post(f"{PAGE}confirm/", {**posted, "sure": "1", "seen": seen}).status_code == 409
