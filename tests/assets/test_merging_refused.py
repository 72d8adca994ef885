"""What stands in the way of a merge at the moment it comes in force, however it was applied for."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from assets.bulk import change_at_once
from assets.editing import propose_change
from assets.merging import may_become_one
from assets.models import Asset, ChangeKind
from assets.states import Standing, State
from assets.workflow import approve, confirm
from registry.base.verdict import Conflict
from registry.organization.appointments import appoint
from registry.organization.models import User
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests import world
from tests.assets.test_bulk import council_office
from tests.assets.test_merging import again, applied, merged, registered

pytestmark = pytest.mark.django_db


def test_an_application_begun_on_the_other_since_is_finished_first(clerk: Any, manager: Any, secretariat: Any) -> None:
    kept, gone = registered(), registered("固定資産課税台帳")
    proposal = confirm(applied(kept, gone), by=manager)
    propose_change(again(gone), {"location": "東支所"}, base_version=1, by=clerk)
    with pytest.raises(Conflict, match="まだ決まっていない申請"):
        approve(proposal, by=secretariat)
    assert again(gone).standing == Standing.REGISTERED


def test_what_is_to_remain_is_not_put_on_what_goes() -> None:
    kept, gone = (registered(name, asset_type="system") for name in ("税務システム", "税務基幹システム"))
    with pytest.raises(Conflict, match="「税務基幹システム」に載っている「税務システム」"):
        merged(kept, gone, {"system": gone.pk})
    assert again(gone).standing == Standing.REGISTERED


def test_what_carries_things_that_one_cannot_see_is_left_to_the_office() -> None:
    kept, gone = (registered(name, asset_type="system") for name in ("共用システム", "共用の基幹システム"))
    held = world.proposal_in(State.CONFIRMED, "council", name="議員名簿")
    office = council_office()
    held = approve(held, by=office)
    change_at_once({held.asset_id: {"system": gone.pk}}, kind=ChangeKind.BULK, reason="移設", by=office)
    with pytest.raises(Conflict, match="ほかの課の情報資産が載っています"):
        merged(again(kept), again(gone))


def test_neither_across_the_border_of_an_autonomous_organ_nor_with_what_is_not_in_force() -> None:
    own, other = registered(), registered("固定資産課税台帳")
    council = world.proposal_in(State.CONFIRMED, "council", name="議員名簿")
    assert "自律機関" in may_become_one(own, approve(council, by=council_office()).asset).reason
    Asset.objects.filter(pk=other.pk).update(**world.DISPOSED)
    assert "廃棄済" in may_become_one(own, again(other)).reason


def test_a_merge_moves_nothing_across_the_border_of_an_autonomous_organ() -> None:
    kept, gone, council = registered(), registered("固定資産課税台帳"), world.department("council")
    post = create_post(council, "書記兼務", [Role.STAFF], world.SINCE, by=None)
    appoint(User.objects.get(username="clerk"), post, world.SINCE, by=None)
    with pytest.raises(PermissionDenied, match="移せません"):
        applied(kept, gone, section=council.pk)
