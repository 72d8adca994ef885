"""What a change of many, or its undoing, meets when the places and units it speaks of have gone in the meantime."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assets.bulk import change_at_once, propose_at_once, undo
from assets.editing import propose_change
from assets.holdings import settle
from assets.migrating import confirm_many
from assets.models import Asset, ChangeKind, ChangeSet, Level
from assets.scheme_editing import load_scheme
from assets.states import Standing, State
from assets.uniting import merge_directly
from assets.workflow import approve, confirm, submit
from registry.base.verdict import Conflict
from registry.organization.models import Department, Organ, Post, User
from registry.organization.structure import close_department, close_post, create_department
from tests import world
from tests.assets.test_disposal import asked

pytestmark = pytest.mark.django_db


def system(name: str, **values: Any) -> Asset:
    return world.registered(name=name, asset_type="system", **values)


def fresh(asset: Asset) -> Asset:
    return Asset.objects.get(pk=asset.pk)


def put(asset: Asset, **values: Any) -> ChangeSet:
    return change_at_once({asset.pk: values}, kind=ChangeKind.BULK, reason="引越し", by=world.person("secretariat"))


def settle_for(username: str, asset: Asset, place: Asset) -> None:
    """Put an asset on a place, as whatever act of this person would do it."""
    asset = fresh(asset)
    asset.system = place
    settle([asset], by=world.person(username))


def disposed(asset: Asset) -> None:
    approve(confirm(asked(fresh(asset)), by=world.person("manager")), by=world.person("secretariat"))


def test_many_at_once_are_not_put_on_what_is_disposed_of(secretariat: User) -> None:
    gone, asset = system("古いサーバ"), world.registered(name="資料")
    disposed(gone)
    with pytest.raises(Conflict, match="「古いサーバ」は廃棄済です"):
        put(asset, system=gone.pk)
    assert fresh(asset).system is None


def test_who_may_not_see_the_place_that_is_gone_does_not_read_its_name() -> None:
    gone, asset = system("古いサーバ"), world.registered(name="資料")
    disposed(gone)
    with pytest.raises(Conflict) as refused:
        settle_for("councillor", asset, gone)
    assert "古いサーバ" not in str(refused.value)
    assert "ほかの課の情報資産" in str(refused.value)


def test_an_undoing_does_not_put_them_back_on_what_was_disposed_of_since(secretariat: User) -> None:
    old, new = system("古いサーバ"), system("新しいサーバ")
    asset = world.registered(name="資料", system=old.pk)
    moved = put(asset, system=new.pk)
    disposed(old)
    with pytest.raises(Conflict, match="「古いサーバ」は廃棄済です"):
        undo(moved, by=secretariat, reason="誤り")
    assert fresh(asset).system == new


def test_an_undoing_does_not_put_them_back_into_a_unit_that_was_closed_since(secretariat: User) -> None:
    town, today = Organ.objects.get(code="town"), timezone.localdate()
    place = create_department(Department(organ=town, name="臨時課", valid_from=world.SINCE), by=None)
    asset = world.registered(name="資料")
    put(asset, section=place.pk)
    moved = put(asset, section=world.department("tax").pk)
    close_department(place, today - dt.timedelta(days=1), by=None)
    with pytest.raises(Conflict, match="廃止されています"):
        undo(moved, by=secretariat, reason="誤り")
    assert fresh(asset).department == world.department("tax")


def test_an_undoing_does_not_close_a_circle(secretariat: User) -> None:
    one, other = system("一号機"), system("二号機")
    put(one, holders=[other.pk])
    freed = put(one, holders=[])
    put(other, holders=[one.pk])
    with pytest.raises(Conflict, match="ひと回り"):
        undo(freed, by=secretariat, reason="誤り")


def test_a_merge_does_not_close_a_circle_over_a_third(secretariat: User) -> None:
    top, middle, low = system("上の機器"), system("中の機器"), system("下の機器")
    put(middle, holders=[top.pk])
    put(low, holders=[middle.pk])
    kept, gone = fresh(low), fresh(top)
    with pytest.raises(Conflict, match="ひと回り"):
        merge_directly(kept, gone, {}, versions=(kept.version, gone.version), by=secretariat, reason="重複")
    assert fresh(top).standing == "registered"


def test_a_level_of_a_scheme_that_is_not_used_here_is_not_given_to_many() -> None:
    load_scheme("r2-three-level", by=None)
    asset = world.registered(name="資料")
    with pytest.raises(Conflict, match="分類体系のものではありません"):
        put(asset, confidentiality=world.level("confidentiality", "2", "r2-three-level").pk)


def test_a_post_that_has_ended_answers_for_nothing_new() -> None:
    asset, post = world.registered(name="資料"), Post.objects.get(title="税務課嘱託")
    close_post(post, timezone.localdate() - dt.timedelta(days=1), by=None)
    for act in (change_at_once, propose_at_once):
        with pytest.raises(Conflict, match="職「税務課嘱託」は、いまはありません"):
            act(
                {asset.pk: {"sys_manager": post.pk}},
                kind=ChangeKind.BULK,
                reason="異動",
                by=world.person("secretariat"),
            )


def test_what_is_in_force_is_not_overwritten_by_an_application_that_knew_less(secretariat: User) -> None:
    asset, clerk, manager = world.registered(name="資料"), world.person("clerk"), world.person("manager")
    change = submit(propose_change(asset, {"location": "西書庫"}, base_version=1, by=clerk), by=clerk)
    change = confirm(change, by=manager)
    Asset.objects.filter(pk=asset.pk).update(version=2, location="東書庫")
    with pytest.raises(Conflict, match="別の変更が登録されました"):
        approve(change, by=secretariat)
    assert fresh(asset).location == "東書庫"


def test_nothing_comes_in_force_in_a_unit_that_was_closed_since(secretariat: User) -> None:
    waiting = world.proposal_in(State.CONFIRMED, name="資料")
    Department.objects.filter(pk=world.department("tax").pk).update(valid_until=world.SINCE)
    with pytest.raises(PermissionDenied, match="廃止されています"):
        approve(waiting, by=secretariat)
    assert fresh(waiting.asset).standing == Standing.UNREGISTERED


def test_many_are_not_confirmed_where_a_level_has_no_proposal(secretariat: User) -> None:
    load_scheme("school-importance", by=None)
    asset, other = world.registered(name="資料"), Level.objects.filter(axis__scheme__code="school-importance")[0]
    Asset.objects.filter(pk=asset.pk).update(level_1=other)
    with pytest.raises(Conflict, match="提案のない区分"):
        confirm_many({asset.pk: asset.version}, reason="移行", by=secretariat, directly=True)
