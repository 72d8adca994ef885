"""廃棄 of what holds or carries others: not before these, and they come back after it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from assets.editing import draft, propose_change
from assets.models import Asset, Holding, Proposal
from assets.retiring import cancel_disposal
from assets.states import Kind, State
from assets.workflow import approve, confirm, submit
from registry.base.verdict import Conflict
from tests import world
from tests.assets.test_disposal import asked, asset_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def strictest(asset: Asset) -> str:
    return Asset.objects.get(pk=asset.pk).levels[0].code


def test_a_system_is_not_disposed_of_before_what_it_carries(signed_in: SignIn, secretariat: Any) -> None:
    system = asset_of(name="税務システム", asset_type="system")
    own = asset_of(name="課税データ", system=system.pk)
    page = signed_in("clerk").get(f"/assets/{system.pk}/disposal/").content.decode()
    assert f'href="/assets/{own.pk}/"' in page
    assert "廃棄を申請する</button>" not in page
    with pytest.raises(Conflict, match="課税データ"):
        asked(system)
    asked(own)
    proposal = Proposal.objects.get(asset=own, kind=Kind.DISPOSAL)
    approve(confirm(proposal, by=world.person("manager")), by=secretariat)
    assert asked(system).state == State.SUBMITTED


def test_what_came_onto_the_system_meanwhile_stops_the_approval(manager: Any, secretariat: Any) -> None:
    system = asset_of(name="税務システム", asset_type="system")
    proposal = confirm(asked(system), by=manager)
    draft(world.values(name="あとから", system=system.pk), by=world.person("clerk"))
    with pytest.raises(Conflict, match="あとから"):
        approve(proposal, by=secretariat)


def test_nothing_is_put_on_a_system_that_is_gone(clerk: Any, manager: Any, secretariat: Any) -> None:
    system, other = asset_of(name="税務システム", asset_type="system"), asset_of(name="課税データ")
    change = confirm(
        submit(propose_change(other, {"system": system.pk}, base_version=1, by=clerk), by=clerk), by=manager
    )
    approve(confirm(asked(system), by=manager), by=secretariat)
    with pytest.raises(PermissionDenied, match="廃棄済"):
        approve(change, by=secretariat)


def test_the_name_of_what_one_cannot_see_is_not_told(signed_in: SignIn) -> None:
    system = asset_of(name="共用システム", asset_type="system")
    foreign = world.proposal_in(State.APPROVED, "residents", name="住民の秘密").asset
    Holding.objects.create(holder=system, held=foreign)
    assert "住民の秘密" not in signed_in("clerk").get(f"/assets/{system.pk}/disposal/").content.decode()
    with pytest.raises(Conflict) as refusal:
        asked(system)
    assert "住民の秘密" not in str(refusal.value)


def test_what_was_on_a_system_comes_back_after_the_system(manager: Any, secretariat: Any) -> None:
    system = asset_of(name="税務システム", asset_type="system")
    data = asset_of(name="課税データ", system=system.pk)
    for asset in (data, system):
        approve(confirm(asked(asset), by=manager), by=secretariat)
    with pytest.raises(Conflict, match="税務システム"):
        cancel_disposal(data, by=secretariat, reason="誤り")
    cancel_disposal(system, by=secretariat, reason="誤り")
    cancel_disposal(data, by=secretariat, reason="誤り")


def test_what_is_kept_in_a_place_stops_its_disposal_registered_or_on_its_way(clerk: Any) -> None:
    store = asset_of(name="第一書庫", asset_type="facility", segment="paper")
    kept = asset_of(name="申告書綴り", holders=[store.pk])
    with pytest.raises(Conflict, match="申告書綴り"):
        asked(store)
    Asset.objects.filter(pk=kept.pk).update(holder_keys=[])
    Holding.objects.all().delete()
    draft(world.values(name="これからの綴り", holders=[store.pk]), by=clerk)
    with pytest.raises(Conflict, match="これからの綴り"):
        asked(store)


def test_what_is_disposed_of_no_longer_weighs_on_its_place(manager: Any, secretariat: Any) -> None:
    store = asset_of(name="第一書庫", asset_type="facility", confidentiality=world.level("confidentiality", "1").pk)
    kept = asset_of(name="申告書綴り", holders=[store.pk])
    assert strictest(store) == "3B"
    approve(confirm(asked(kept), by=manager), by=secretariat)
    assert strictest(store) == "1"
    cancel_disposal(kept, by=secretariat, reason="誤り")
    assert strictest(store) == "3B"
