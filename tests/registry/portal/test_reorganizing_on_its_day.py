"""What stands in the way of a reorganisation, who may carry it out, and that it waits for its day."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from assets.editing import propose_change
from assets.models import Asset
from assets.states import State
from registry.base.verdict import Conflict
from registry.history.models import Entry
from registry.organization.appointments import end_appointment
from registry.organization.models import Appointment, Department, Organ, Reorganization, User
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization.correcting import add_unit, decide
from registry.organization.reorganization.deciding import discard, recall
from registry.organization.reorganization.staging import stage_current
from registry.organization.roles import Role
from registry.organization.structure import create_department, create_post
from registry.portal.reorganizing import apply, carry_out_due, effects_of, undo
from tests import world
from tests.registry.portal.city import standing
from tests.registry.portal.plans import (
    DAY,
    WHY,
    becomes,
    by_hand,
    carried_out,
    obstacles,
    renamed,
    wanted,
)

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)


def now(name: str) -> Department:
    return Department.objects.current().get(name=name)


def closing(place: str = "tax") -> Reorganization:
    plan = by_hand()
    becomes(plan, place)
    return plan


def test_a_unit_with_assets_or_people_does_not_close_without_a_successor() -> None:
    world.proposal_in(State.APPROVED)
    world.proposal_in(State.DRAFT, name="下書き")
    found = obstacles(closing())
    assert "「税務課」に、情報資産1件と申請1件があります" in found
    assert "在任者のいる職「税務課主査(税務課主査の人)」" in found
    with pytest.raises(Conflict, match="情報資産1件"):
        carried_out(Reorganization.objects.get())


def test_an_empty_unit_closes_and_its_vacant_posts_with_it() -> None:
    unit = create_department(
        Department(organ=Organ.objects.get(code="town"), name="臨時室", valid_from=world.SINCE), by=None
    )
    post = create_post(unit, "室長", [Role.MANAGER], world.SINCE, by=None)
    plan = by_hand()
    decide(plan, unit, [], None, by=world.person("secretariat"))
    carried_out(plan)
    post.refresh_from_db()
    assert post.valid_until == DAY - ONE
    assert not Department.objects.current().filter(name="臨時室").exists()


def test_a_closing_post_that_answers_for_assets_elsewhere_is_named() -> None:
    world.proposal_in(State.APPROVED, "residents", sec_responsible=world.head_of("tax").pk)
    for held in Appointment.objects.filter(post__department=world.department("tax"), valid_until__isnull=True):
        end_appointment(held, DAY - ONE, by=None)
    assert "廃止する職「税務課長」が、ほかの課の情報資産の責任者です" in obstacles(closing())


def test_an_application_to_move_into_a_closing_unit_is_counted() -> None:
    asset = world.proposal_in(State.APPROVED, "residents", name="住民の資料").asset
    propose_change(asset, {"section": world.department("tax").pk}, base_version=1, by=world.person("secretariat"))
    assert "廃止する組織へ移す申請が1件あります" in obstacles(closing())


def test_a_reason_is_needed_and_nothing_happens_without() -> None:
    plan, by = renamed(), world.person("secretariat")
    seen = effects_of(plan, by=by).digest
    with pytest.raises(ValidationError, match="理由"):
        apply(plan, seen=seen, reason=" ", with_heads=False, by=by)
    undone = carried_out(plan)
    with pytest.raises(ValidationError, match="理由"):
        undo(undone, reason="", by=by)


def test_what_moved_since_the_preview_stops_it() -> None:
    plan, by = renamed(), world.person("secretariat")
    seen = effects_of(plan, by=by).digest
    world.proposal_in(State.APPROVED)
    before = standing()
    with pytest.raises(Conflict, match="変わりました"):
        apply(plan, seen=seen, reason=WHY, with_heads=False, by=by)
    assert standing() == before


@pytest.mark.parametrize("username", ["clerk", "manager", "reviewer", "auditor", "council_head"])
def test_only_the_office_plans_and_carries_out(username: str) -> None:
    plan, by = renamed(), world.person(username)
    with pytest.raises(PermissionDenied):
        apply(plan, seen=effects_of(plan, by=by).digest, reason=WHY, with_heads=False, by=by)
    done = carried_out(plan)
    with pytest.raises(PermissionDenied):
        undo(done, reason="誤り", by=by)


def test_the_administrator_reorganises_but_moves_no_assets() -> None:
    world.proposal_in(State.APPROVED)
    assert "事務局の権限(直接登録)が要ります" in obstacles(renamed(), "sysadmin")


def test_nothing_of_an_autonomous_organ_is_planned_from_outside() -> None:
    plan = Reorganization(organ=Organ.objects.get(code="council"), title="議会の改編", effective_on=DAY)
    with pytest.raises(PermissionDenied, match="自律機関"):
        stage_current(plan, by=world.person("secretariat"))


def test_nothing_is_brought_over_from_an_organ_that_one_does_not_build() -> None:
    plan, told = by_hand(), wanted(None, name="議会室", origins=[world.department("council")])
    with pytest.raises(PermissionDenied, match="自律機関"):
        add_unit(plan, told, by=world.person("secretariat"))


def test_not_even_the_administrator_plans_across_the_border_of_an_autonomous_organ() -> None:
    plan, told = by_hand(), wanted(None, name="議会室", origins=[world.department("council")])
    with pytest.raises(ValidationError, match="自律機関"):
        add_unit(plan, told, by=world.person("sysadmin"))
    assert not plan.units.filter(name="議会室").exists()


def test_assets_do_not_move_into_a_unit_that_is_out_of_scope() -> None:
    world.proposal_in(State.APPROVED, "residents")
    Department.objects.filter(name="税務課").update(excluded="別の基準による")
    plan = by_hand()
    becomes(plan, "residents", "税務課")
    assert "「住民課」の情報資産を移せません" in obstacles(plan)


# --- on its day


def tomorrow() -> dt.date:
    return timezone.localdate() + ONE


def its_day_has_come(plan: Reorganization) -> None:
    """As if time had passed: the plan was made for today."""
    Reorganization.objects.filter(pk=plan.pk).update(effective_on=timezone.localdate())
    fresh = Reorganization.objects.get(pk=plan.pk)
    digest = effects_of(fresh, by=world.person("secretariat")).blueprint.digest
    Reorganization.objects.filter(pk=plan.pk).update(seen=digest)


def test_a_plan_for_a_later_day_waits_and_the_worker_carries_it_out() -> None:
    asset = world.proposal_in(State.APPROVED).asset
    plan = carried_out(renamed(tomorrow()))
    assert (plan.stage, carry_out_due()) == (Stage.SCHEDULED, 0)
    assert world.department("tax").name == "税務課"
    its_day_has_come(plan)
    world.proposal_in(State.APPROVED, name="待つ間に登録した資料")
    assert carry_out_due() == 1
    asset.refresh_from_db()
    assert asset.department.name == "課税課"
    assert Asset.objects.get(name="待つ間に登録した資料").department.name == "課税課"
    plan.refresh_from_db()
    assert (plan.stage, plan.applied_by) == (Stage.APPLIED, world.person("secretariat"))
    assert carry_out_due() == 0


def test_a_base_that_moved_while_it_waited_is_said_and_nothing_happens() -> None:
    plan = carried_out(renamed(tomorrow()))
    its_day_has_come(plan)
    organ = Organ.objects.get(code="town")
    create_department(Department(organ=organ, name="臨時室", valid_from=DAY), by=None)
    before = standing()
    assert carry_out_due() == 0
    plan.refresh_from_db()
    assert "組織が変わりました" in plan.held
    assert standing() == before
    assert Entry.objects.filter(act="reorganization.held").count() == 1
    assert carry_out_due() == 0
    assert Entry.objects.filter(act="reorganization.held").count() == 1


def test_what_came_into_a_closing_unit_while_it_waited_stops_it() -> None:
    organ = Organ.objects.get(code="town")
    unit = create_department(Department(organ=organ, name="臨時室", valid_from=world.SINCE), by=None)
    plan = by_hand(tomorrow())
    decide(plan, unit, [], None, by=world.person("secretariat"))
    plan = carried_out(plan)
    its_day_has_come(plan)
    world.registered(name="待つ間の資料", section=unit.pk)
    assert carry_out_due() == 0
    plan.refresh_from_db()
    assert "引き継ぐ組織を選んでください" in plan.held
    assert now("臨時室") == unit


def test_a_person_who_lost_the_right_meanwhile_carries_nothing_out() -> None:
    plan = carried_out(renamed(tomorrow()))
    its_day_has_come(plan)
    User.objects.filter(username="secretariat").update(is_active=False)
    assert carry_out_due() == 0
    plan.refresh_from_db()
    assert plan.held


def test_a_plan_that_waits_can_be_called_back() -> None:
    plan = carried_out(renamed(tomorrow()))
    recall(plan, by=world.person("secretariat"))
    its_day_has_come(plan)
    assert carry_out_due() == 0
    discard(plan, by=world.person("secretariat"))
    assert Reorganization.objects.get(pk=plan.pk).units.count() == 0
