"""Drafting and changing: where an asset may be put, what a draft may leave open, and that what is in force stays."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assets.access import may_place
from assets.editing import draft, propose_change, revise
from assets.models import Asset, Proposal
from assets.states import Kind, Standing, State
from assets.values import snapshot
from assets.workflow import approve, confirm, submit
from registry.base.verdict import Conflict
from registry.history.models import Entry
from registry.organization.models import Department, User
from tests import world

pytestmark = pytest.mark.django_db
PLACES = {
    "clerk": {"tax"},
    "manager": {"tax"},
    "stranger_clerk": {"residents"},
    "secretariat": {"tax", "residents", "planning"},
    "councillor": {"council"},
    "reviewer": set(),
    "auditor": set(),
    "sysadmin": set(),
    "postless": set(),
    "former": set(),
    "disabled": set(),
}


def history_of(asset: Asset) -> list[str]:
    return list(Entry.objects.about("asset", asset.pk).order_by("sequence").values_list("act", flat=True))


@pytest.mark.parametrize("username", PLACES)
def test_everybody_registers_in_their_own_departments_and_nowhere_else(username: str) -> None:
    for place in world.DEPARTMENTS:
        before = (Asset.objects.count(), Entry.objects.count())
        if place in PLACES[username]:
            assert draft(world.values(place), by=world.person(username)).asset.department == world.department(place)
        else:
            with pytest.raises(PermissionDenied):
                draft(world.values(place), by=world.person(username))
            assert (Asset.objects.count(), Entry.objects.count()) == before


def close_tax() -> Department:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Department.objects.filter(name="税務課").update(valid_until=yesterday)
    return world.department("tax")


def test_nothing_new_is_put_into_a_department_that_was_closed_or_is_out_of_scope(clerk: User) -> None:
    values = world.values()
    Department.objects.filter(name="税務課").update(excluded="小中学校の職員")
    with pytest.raises(PermissionDenied, match=r"対象外です.*小中学校の職員"):
        draft(values, by=clerk)
    Department.objects.filter(name="税務課").update(excluded="")
    assert not may_place(clerk, close_tax())
    with pytest.raises(PermissionDenied, match="廃止されています"):
        draft(values, by=clerk)
    assert not Asset.objects.exists()


def test_a_new_entry_is_a_draft_with_its_values_and_one_line_of_history(clerk: User) -> None:
    proposal = draft(world.values(remarks="下書き"), by=clerk)
    asset = Asset.objects.get(pk=proposal.asset_id)
    assert (asset.standing, asset.number, asset.open_proposal) == (Standing.UNREGISTERED, "", proposal)
    assert (proposal.kind, proposal.state, proposal.drafted_by) == (Kind.NEW, State.DRAFT, clerk)
    assert proposal.values == snapshot(asset)
    assert history_of(asset) == ["asset.drafted"]
    assert ["備考", "", "下書き"] in Entry.objects.newest_first()[0].changes


def test_a_form_sent_twice_begins_one_entry(clerk: User) -> None:
    token = uuid.uuid4()
    draft(world.values(), by=clerk, token=token)
    with pytest.raises(Conflict):
        draft(world.values(), by=clerk, token=token)
    assert Asset.objects.count() == 1


def test_a_draft_follows_its_last_saving_and_history_keeps_what_it_was(clerk: User) -> None:
    proposal = draft(world.values(), by=clerk)
    revise(proposal, {"location": "東支所", "name": "新しい名前"}, version=1, by=world.person("colleague"))
    asset = Asset.objects.get(pk=proposal.asset_id)
    assert (asset.location, asset.name) == ("東支所", "新しい名前")
    entry = Entry.objects.newest_first()[0]
    assert (entry.act, entry.actor_label) == ("asset.revised", "税務課主事の人")
    assert sorted(entry.changes) == sorted(
        [["保管場所", "本庁舎サーバ室", "東支所"], ["情報資産名称", "固定資産税課税台帳", "新しい名前"]]
    )


def test_saving_without_a_change_leaves_no_line_of_history(clerk: User) -> None:
    proposal = draft(world.values(), by=clerk)
    revise(proposal, proposal.values, version=1, by=clerk)
    assert history_of(proposal.asset) == ["asset.drafted"]


def test_a_change_of_what_is_registered_touches_nothing_until_it_is_approved(clerk: User) -> None:
    asset = world.proposal_in(State.APPROVED).asset
    before = snapshot(Asset.objects.get(pk=asset.pk))
    change = propose_change(asset, {"location": "東支所"}, base_version=1, by=clerk)
    change = revise(change, {"location": "西支所"}, version=1, by=clerk)
    for step in (lambda p: submit(p, by=clerk), lambda p: confirm(p, by=world.person("manager"))):
        assert snapshot(Asset.objects.get(pk=asset.pk)) == before
        change = step(change)
    approve(change, by=world.person("secretariat"))
    asset = Asset.objects.get(pk=asset.pk)
    assert (asset.location, asset.version, asset.full_number[-2:]) == ("西支所", 2, "02")
    assert Proposal.objects.get(pk=change.pk).revision.values["location"] == "西支所"


STALE: dict[str, Any] = {"too old": 0, "too new": 99}


@pytest.mark.parametrize("version", STALE.values(), ids=STALE.keys())
def test_saving_over_what_one_has_not_seen_is_refused(version: int, clerk: User) -> None:
    proposal = draft(world.values(), by=clerk)
    with pytest.raises(Conflict, match="別の人がこの申請を保存しました"):
        revise(proposal, {"location": "東支所"}, version=version, by=clerk)
    asset = world.proposal_in(State.APPROVED).asset
    with pytest.raises(Conflict, match="画面を開いたあとに変更されました"):
        propose_change(asset, {"location": "東支所"}, base_version=version, by=clerk)
    assert not Asset.objects.filter(location="東支所").exists()
    assert Proposal.objects.filter(asset=asset).count() == 1


@pytest.mark.parametrize("username", ["stranger", "stranger_clerk", "auditor", "reviewer", "sysadmin", "former"])
def test_others_change_neither_draft_nor_registered_asset(username: str, clerk: User) -> None:
    proposal = draft(world.values(), by=clerk)
    with pytest.raises(PermissionDenied):
        revise(proposal, {"location": "東支所"}, version=1, by=world.person(username))
    asset = world.proposal_in(State.APPROVED).asset
    with pytest.raises(PermissionDenied):
        propose_change(asset, {"location": "東支所"}, base_version=1, by=world.person(username))


def test_an_asset_moves_only_to_a_department_of_ones_own(clerk: User, secretariat: User) -> None:
    proposal, residents = draft(world.values(), by=clerk), world.department("residents")
    with pytest.raises(PermissionDenied):
        revise(proposal, {"section": residents.pk}, version=1, by=clerk)
    revise(proposal, {"section": residents.pk}, version=1, by=secretariat)
    assert Asset.objects.get(pk=proposal.asset_id).department == residents
    registered = world.proposal_in(State.APPROVED).asset
    with pytest.raises(PermissionDenied):
        propose_change(registered, {"section": residents.pk}, base_version=1, by=clerk)


def test_a_draft_of_a_closed_department_can_still_be_mended_but_not_submitted(clerk: User) -> None:
    proposal = draft(world.values(), by=clerk)
    close_tax()
    proposal = revise(proposal, {"location": "東支所"}, version=1, by=clerk)
    with pytest.raises(PermissionDenied, match="廃止されています"):
        submit(proposal, by=clerk)
    assert Proposal.objects.get(pk=proposal.pk).state == State.DRAFT
