"""指定値・算定値・適用値: what is held reaches what holds it, the strictest wins, a reason holds it down, circles are refused."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from assets.bulk import change_at_once, undo
from assets.editing import propose_change
from assets.holdings import affected
from assets.models import Asset, ChangeKind, Holding, Level
from assets.states import State
from assets.values import as_proposed
from assets.workflow import approve, confirm, submit
from registry.base.verdict import Conflict
from registry.history.models import Entry
from registry.organization.models import User
from tests import world
from tests.assets.pages import NEW, errors_of, shown_form, typed

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def registered(name: str, code: str = "1", place: str = "tax", **values: Any) -> Asset:
    level = world.level("confidentiality", code).pk
    return world.proposal_in(State.APPROVED, place, name=name, confidentiality=level, **values).asset


def system(name: str, code: str = "1", place: str = "tax", **values: Any) -> Asset:
    return registered(name, code, place, asset_type="system", **values)


def changed(asset: Asset, **values: Any) -> Asset:
    """A change that went the whole round."""
    asset = Asset.objects.get(pk=asset.pk)
    proposal = propose_change(asset, values, base_version=asset.version, by=world.person("clerk"))
    submit(proposal, by=world.person("clerk"))
    approve(confirm(proposal, by=world.person("manager")), by=world.person("secretariat"))
    return Asset.objects.get(pk=asset.pk)


def classed(asset: Asset) -> tuple[str, str, str]:
    """指定値, 算定値, 適用値 of 機密性, and the same worked out from the columns as a page does it."""
    asset = Asset.objects.get(pk=asset.pk)
    assert asset.applied(1) == asset.applied_1
    return tuple(level.code if level else "" for level in (asset.level_1, asset.calculated_1, asset.applied_1))  # type: ignore[return-value]


def test_a_system_is_as_strict_as_the_strictest_it_carries_and_says_from_where() -> None:
    server = system("基幹系サーバ", "2")
    registered("広報の写真", "1", holders=[server.pk])
    residents = registered("住民記録", "3B", holders=[server.pk])
    registered("職員の名簿", "3C", system=server.pk)
    assert classed(server) == ("2", "3B", "3B")
    server.refresh_from_db()
    assert server.source_1 == residents
    entry = Entry.objects.filter(act="asset.class-inherited", subject_id=server.pk).latest("sequence")
    assert entry.changes == [["自治体機密性(適用値)", "自治体機密性2", "自治体機密性3B"]]


def test_what_is_held_passes_on_through_several_storeys_by_several_ways() -> None:
    room, rack = system("サーバ室"), system("ラック")
    changed(rack, holders=[room.pk])
    one, other = system("仮想1", holders=[rack.pk]), system("仮想2", holders=[rack.pk, room.pk])
    source = registered("住民記録", "3A", holders=[one.pk, other.pk])
    for holder in (room, rack, one, other):
        assert classed(holder) == ("1", "3A", "3A")
        assert Asset.objects.get(pk=holder.pk).source_1_id == source.pk
    changed(source, confidentiality=world.level("confidentiality", "2").pk)
    for holder in (room, rack, one, other):
        assert classed(holder) == ("1", "2", "2")


def test_taken_out_it_counts_no_longer() -> None:
    server = system("サーバ")
    source = registered("住民記録", "3B", holders=[server.pk])
    changed(source, holders=[])
    assert classed(server) == ("1", "", "1")
    assert not Holding.objects.exists()


def test_what_is_not_registered_counts_for_nothing() -> None:
    server = system("サーバ")
    for state in (State.DRAFT, State.CONFIRMED):
        level = world.level("confidentiality", "3A").pk
        draft = world.proposal_in(state, name=f"{state}の資料", confidentiality=level, holders=[server.pk])
        assert classed(draft.asset) == ("3A", "", "3A")
    assert classed(server) == ("1", "", "1")


@pytest.mark.parametrize(
    ("deviation", "expected"), [("spread", "2"), ("special", "2"), ("accumulated", "3B"), ("", "3B")]
)
def test_a_recorded_reason_holds_the_value_down_and_what_holds_it_in_turn(deviation: str, expected: str) -> None:
    room = system("サーバ室")
    part = system(
        "分散保管の一つ",
        "2",
        holders=[room.pk],
        deviation=deviation,
        deviation_reason="分割して保管" if deviation else "",
    )
    registered("住民記録", "3B", holders=[part.pk])
    assert classed(part) == ("2", "3B", expected)
    assert classed(room) == ("1", expected, expected)


def test_a_lower_value_without_a_reason_is_refused_at_the_field(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    form = {**shown_form(client, NEW), **typed(**world.values()), "deviation": "spread", "act": "submit"}
    assert "理由" in errors_of(client.post(NEW, form))["deviation_reason"][0]


def test_a_circle_is_refused_with_its_path() -> None:
    one, two, three = system("甲"), system("乙"), system("丙")
    changed(one, holders=[two.pk])
    changed(two, holders=[three.pk])
    proposal = propose_change(
        Asset.objects.get(pk=three.pk), {"holders": [one.pk]}, base_version=1, by=world.person("clerk")
    )
    with pytest.raises(ValidationError, match="「丙」 → 「甲」 → 「乙」 → 「丙」"):
        submit(proposal, by=world.person("clerk"))


def test_two_changes_that_make_a_circle_together_do_not_both_come_in_force() -> None:
    one, two = system("甲"), system("乙")
    clerk = world.person("clerk")
    waiting = []
    for asset, other in ((one, two), (two, one)):
        proposal = propose_change(asset, {"holders": [other.pk]}, base_version=1, by=clerk)
        waiting.append(confirm(submit(proposal, by=clerk), by=world.person("manager")))
    approve(waiting[0], by=world.person("secretariat"))
    with pytest.raises(Conflict, match="ひと回り"):
        approve(waiting[1], by=world.person("secretariat"))
    assert Asset.objects.get(pk=two.pk).holder_keys == []


def test_many_at_once_cannot_make_a_circle_either(secretariat: User) -> None:
    one, two = system("甲"), system("乙")
    with pytest.raises(Conflict, match="ひと回り"):
        change_at_once(
            {one.pk: {"holders": [two.pk]}, two.pk: {"holders": [one.pk]}},
            kind=ChangeKind.BULK,
            reason="整理",
            by=secretariat,
        )
    assert not Holding.objects.exists()


def test_many_at_once_reach_what_holds_them_and_undone_leave_it_as_it_was(secretariat: User) -> None:
    server = system("サーバ")
    assets = [registered(f"資料{n}", holders=[server.pk]) for n in range(3)]
    strict = world.level("confidentiality", "3A").pk
    made = change_at_once(
        {asset.pk: {"confidentiality": strict, "class_reason": "見直し"} for asset in assets},
        kind=ChangeKind.BULK,
        reason="見直し",
        by=secretariat,
    )
    assert classed(server) == ("1", "3A", "3A")
    undo(made, by=secretariat, reason="戻す")
    assert classed(server) == ("1", "1", "1")


def test_before_a_change_one_reads_what_it_reaches(signed_in: SignIn) -> None:
    server = system("サーバ", shared=True)
    office = system("別館の棚", place="residents", shared=True)
    changed(server, holders=[office.pk])
    source = registered("住民記録", "2", holders=[server.pk])
    strict = world.level("confidentiality", "3A").pk
    proposal = propose_change(source, {"confidentiality": strict}, base_version=1, by=world.person("clerk"))
    submit(proposal, by=world.person("clerk"))
    before = list(Asset.objects.order_by("pk").values())
    page = signed_in("clerk").get(source.get_absolute_url()).content.decode()
    assert "登録されると、1件の情報資産の適用値が変わります。" in page
    assert "ほかの課の情報資産にも影響があります。" in page
    assert "別館の棚" not in page
    whole = signed_in("secretariat").get(source.get_absolute_url()).content.decode()
    assert "登録されると、2件の情報資産の適用値が変わります。" in whole
    assert list(Asset.objects.order_by("pk").values()) == before


def test_where_it_comes_from_is_named_only_to_those_who_may_see_it(signed_in: SignIn) -> None:
    server = system("共用サーバ", place="residents", shared=True)
    source = registered("滞納者の一覧", "3A", holders=[server.pk])
    page = signed_in("stranger").get(server.get_absolute_url()).content.decode()
    assert "ほかの課の情報資産" in page
    assert "滞納者の一覧" not in page
    assert source.number not in page
    seen = signed_in("secretariat").get(server.get_absolute_url()).content.decode()
    assert source.get_absolute_url() in seen
    assert "滞納者の一覧" in seen


def test_a_place_of_another_department_is_named_only_where_it_is_offered(signed_in: SignIn) -> None:
    hidden = system("住民課だけのサーバ", place="residents")
    offered = system("全庁のサーバ", place="residents", shared=True)
    client = signed_in("clerk")
    page = client.get(NEW).content.decode()
    assert "全庁のサーバ" in page
    assert "住民課だけのサーバ" not in page
    form = {**shown_form(client, NEW), **typed(**world.values()), "act": "save"}
    for word in (str(hidden.pk), "住民課だけのサーバ", hidden.number, "どこにもないサーバ"):
        answer = client.post(NEW, {**form, "holders": [], "holders_more": word})
        assert "見つかりません" in errors_of(answer)["holders"][0]
    assert client.post(NEW, {**form, "holders_more": f"全庁の サーバ、{offered.number}"}).status_code == 302
    assert Asset.objects.get(name="固定資産税課税台帳").holder_keys == [offered.pk]


def test_the_list_shows_filters_and_sorts_by_the_value_in_force(signed_in: SignIn) -> None:
    server = system("サーバ", "1")
    registered("住民記録", "3A", holders=[server.pk])
    client = signed_in("clerk")
    strict = world.level("confidentiality", "3A").pk
    page = client.get("/assets/", {"level_1": strict}).content.decode()
    assert "サーバ" in page
    assert "適用値" in page
    held = client.get("/assets/", {"holder": server.pk}).content.decode()
    assert "住民記録" in held
    foreign = system("住民課のサーバ", place="residents")
    assert "住民課のサーバ" not in client.get("/assets/", {"holder": foreign.pk}).content.decode()


def test_whatever_is_linked_to_whatever_the_result_is_that_of_walking_it() -> None:
    """A random web of links, changed at random, against a plain recursive reckoning."""
    dice = random.Random(7)  # noqa: S311 — the same web in every run
    codes = ["1", "2", "3C", "3B", "3A"]
    rank = {code: world.level("confidentiality", code).rank for code in codes}
    assets = [system(f"もの{n}", dice.choice(codes)) for n in range(12)]
    for _ in range(40):
        at = dice.randrange(len(assets))
        above = [asset.pk for asset in assets[at + 1 :]]
        values: dict[str, Any] = {"holders": sorted(dice.sample(above, min(len(above), dice.randrange(4))))}
        values["confidentiality"] = world.level("confidentiality", dice.choice(codes)).pk
        values["deviation"] = dice.choice(["", "", "spread"])
        values["deviation_reason"] = "分散" if values["deviation"] else ""
        asset = Asset.objects.get(pk=assets[at].pk)
        if not Asset.objects.filter(pk=asset.pk).exists() or not _differs(asset, values):
            continue
        _, foreseen = affected(as_proposed(asset, values))
        stood = dict(Asset.objects.values_list("pk", "applied_1__code"))
        changed(asset, **values)
        now = dict(Asset.objects.values_list("pk", "applied_1__code"))
        assert {one.pk for one in foreseen} == {key for key in now if now[key] != stood[key]} - {asset.pk}
        reckoned = _reckoned(rank)
        assert now == {key: code for key, (_, code) in reckoned.items()}


def _differs(asset: Asset, values: dict[str, Any]) -> bool:
    proposed = as_proposed(asset, values)
    return any(getattr(asset, name) != getattr(proposed, name) for name in ("holder_keys", "level_1_id", "deviation"))


def _reckoned(rank: dict[str, int]) -> dict[int, tuple[int, str]]:
    """適用値 of everything, walked from top to bottom the slow way."""
    found = {asset.pk: asset for asset in Asset.objects.select_related("level_1")}
    below: dict[int, list[int]] = {key: [] for key in found}
    for asset in found.values():
        for holder in asset.holder_keys:
            below[holder].append(asset.pk)

    def walk(key: int) -> tuple[int, str]:
        level = found[key].level_1
        assert isinstance(level, Level)
        own = (rank[level.code], level.code)
        return own if found[key].held_down else max([own, *map(walk, below[key])])

    return {key: walk(key) for key in found}


def test_a_system_with_many_costs_as_many_queries_as_one_with_few(django_assert_max_num_queries: Any) -> None:
    few, many = system("少ない"), system("多い")
    held = [registered("一つ", holders=[few.pk]), registered("その一つ", holders=[many.pk])]
    Asset.objects.filter(pk=held[0].pk).update(name="一つ")
    for n in range(30):
        registered(f"資料{n}", holders=[many.pk])
    counted = []
    for asset in held:
        with django_assert_max_num_queries(200) as captured:
            changed(asset, confidentiality=world.level("confidentiality", "3A").pk)
        counted.append(len(captured))
    assert counted[0] == counted[1]
