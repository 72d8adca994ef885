"""What names a unit or a post goes over to its successor: assets, applications and drafts, and back again."""

import pytest
from django.core.exceptions import PermissionDenied

from assets.bulk import undo
from assets.carrying import replace_at_once
from assets.editing import propose_change
from assets.models import Asset, ChangeKind, Proposal
from assets.states import State
from assets.values import snapshot
from assets.workflow import approve, confirm, submit, withdraw
from registry.base.verdict import Conflict
from registry.organization.models import Department, Post, User
from registry.organization.roles import Role
from registry.organization.structure import create_department, create_post
from tests import world
from tests.assets.test_bulk import everything, fresh, registered

pytestmark = pytest.mark.django_db


def renamed(by: User) -> tuple[Department, Post]:
    """A successor of the tax department, with its head's post."""
    old = world.department("tax")
    new = create_department(Department(organ=old.organ, name="資産税課", code="1041", valid_from=world.SINCE), by=None)
    return new, create_post(new, "資産税課長", [Role.MANAGER], world.SINCE, by=None)


def replacements(new: Department, head: Post) -> dict[str, dict[int, int]]:
    return {"section": {world.department("tax").pk: new.pk}, "sec_manager": {world.head_of("tax").pk: head.pk}}


def test_a_successor_takes_over_assets_applications_and_drafts(secretariat: User, clerk: User) -> None:
    resting, changing = registered(2)
    open_change = propose_change(changing, {"remarks": "追記"}, base_version=1, by=clerk)
    submit(open_change, by=clerk)
    new_entry = world.proposal_in(State.DRAFT, name="下書きの資料")
    moving_in = registered(1, "residents")[0]
    moving = propose_change(moving_in, {"section": world.department("tax").pk}, base_version=1, by=secretariat)
    other = registered(1, "council")[0]
    before = {asset.pk: snapshot(asset) for asset in Asset.objects.all()}
    said = {proposal.pk: proposal.values for proposal in Proposal.objects.all()}

    new, head = renamed(secretariat)
    made = replace_at_once(
        replacements(new, head), kind=ChangeKind.REORGANIZATION, reason="令和9年4月1日の組織改編", by=secretariat
    )

    for asset in fresh([resting, changing, new_entry.asset]):
        assert (asset.department_id, asset.sec_manager_id) == (new.pk, head.pk)
    assert Asset.objects.get(pk=moving_in.pk).department == world.department("residents")
    for proposal in (open_change, new_entry, moving):
        proposal.refresh_from_db()
        assert proposal.values["section"] == new.pk
    assert open_change.state == State.SUBMITTED
    assert open_change.base_version == 2
    assert snapshot(Asset.objects.get(pk=other.pk)) == before[other.pk]
    first = resting.revisions.get(number=1)
    assert (first.texts["section"], first.texts["sec_manager"]) == ("税務課", "税務課長")

    undo(made, by=world.person("secretariat"), reason="誤った組織改編", as_part=True)
    assert {asset.pk: snapshot(asset) for asset in Asset.objects.all()} == before
    now = {proposal.pk: proposal.values for proposal in Proposal.objects.filter(pk__in=said)}
    assert now == said
    confirmed = confirm(Proposal.objects.get(pk=open_change.pk), by=world.person("manager"))
    approve(confirmed, by=world.person("secretariat"))
    assert Asset.objects.get(pk=changing.pk).remarks == "追記"


def test_a_carried_application_that_moved_on_stands_in_the_way_of_undoing(secretariat: User, clerk: User) -> None:
    draft = world.proposal_in(State.DRAFT, name="下書きの資料")
    new, head = renamed(secretariat)
    kind = ChangeKind.REORGANIZATION
    made = replace_at_once(replacements(new, head), kind=kind, reason="組織改編", by=secretariat)
    withdraw(Proposal.objects.get(pk=draft.pk), by=world.person("secretariat"))
    with pytest.raises(Conflict, match="「下書きの資料」は、そのあとに変わった"):
        undo(made, by=world.person("secretariat"), reason="誤り", as_part=True)


def test_units_of_an_autonomous_organ_are_replaced_by_its_own_office_only(secretariat: User) -> None:
    registered(1, "council")
    pairs = {"section": {world.department("council").pk: world.department("tax").pk}}
    before = everything()
    with pytest.raises((Conflict, PermissionDenied)):
        replace_at_once(pairs, kind=ChangeKind.REORGANIZATION, reason="組織改編", by=secretariat)
    assert everything() == before


@pytest.mark.parametrize("username", ["auditor", "manager", "reviewer"])
def test_who_sees_but_may_not_register_directly_replaces_nothing(username: str) -> None:
    registered(1)
    new, head = renamed(world.person("secretariat"))
    before = everything()
    kind = ChangeKind.REORGANIZATION
    with pytest.raises(PermissionDenied):
        replace_at_once(replacements(new, head), kind=kind, reason="組織改編", by=world.person(username))
    assert everything() == before
