"""A reorganisation carries units, posts, people, rights, assets and open proposals along, and leaves old records as they were."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from assets.editing import draft, propose_change
from assets.models import Asset, Proposal
from assets.states import State
from assets.workflow import approve, confirm, submit
from registry.base.verdict import Conflict
from registry.history.chain import verify
from registry.history.models import Entry
from registry.organization.access import departments_where
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Department, Organ, Post, Reorganization, Succession, User
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization.correcting import decide
from registry.organization.reorganization.deciding import discard, recall
from registry.organization.reorganization.staging import stage_current
from registry.organization.roles import Permission, Role
from registry.organization.structure import create_department, create_post
from registry.portal.reorganizing import apply, carry_out_due, effects_of, undo
from tests import world
from tests.registry.portal.city import standing
from tests.registry.portal.plans import (
    DAY,
    WHY,
    added,
    becomes,
    by_hand,
    carried_out,
    changed,
    obstacles,
    renamed,
)

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)


def now(name: str) -> Department:
    return Department.objects.current().get(name=name)


def test_a_renamed_unit_is_succeeded_by_one_of_the_new_name_and_keeps_the_old_in_the_past() -> None:
    old = world.department("tax")
    carried_out(renamed())
    old.refresh_from_db()
    assert (old.name, old.valid_until) == ("税務課", DAY - ONE)
    new = now("課税課")
    assert (new.code, new.valid_from, new.path) == ("1040", DAY, old.path.replace("0004", new.path[:-1]))
    assert list(Succession.objects.values_list("before", "after", "on", "principal")) == [(old.pk, new.pk, DAY, True)]


def test_posts_take_the_new_name_and_people_go_on_in_them() -> None:
    carried_out(renamed())
    posts = Post.objects.current().filter(department=now("課税課"))
    assert [post.title for post in posts.order_by("position")][:3] == ["課税課主査", "課税課主事", "課税課長"]
    [appointment] = world.person("clerk").appointments.current()
    assert (appointment.post.title, appointment.kind, appointment.valid_from) == ("課税課主査", "main", DAY)
    assert world.person("clerk").appointments.get(post__title="税務課主査").valid_until == DAY - ONE
    assert [role.role for role in appointment.post.roles.all()] == [Role.STAFF]


def test_rights_follow_in_the_same_moment() -> None:
    carried_out(renamed())
    new = now("課税課").pk
    assert new in departments_where(world.person("clerk"), Permission.EDIT_ASSETS)
    assert new in departments_where(world.person("manager"), Permission.CONFIRM_ASSETS)
    assert new in departments_where(world.person("secretariat"), Permission.REGISTER_ASSETS)
    assert new not in departments_where(world.person("stranger"), Permission.VIEW_ASSETS)


def test_assets_and_what_is_under_way_go_along_and_can_be_decided() -> None:
    asset = world.proposal_in(State.APPROVED).asset
    waiting = world.proposal_in(State.SUBMITTED, name="申請中の資料")
    draft = world.proposal_in(State.DRAFT, name="下書きの資料")
    carried_out(renamed())
    asset.refresh_from_db()
    assert (asset.department, asset.sec_manager and asset.sec_manager.title) == (now("課税課"), "課税課長")
    assert asset.revisions.get(number=1).texts["section"] == "税務課"
    approve(confirm(Proposal.objects.get(pk=waiting.pk), by=world.person("manager")), by=world.person("secretariat"))
    submit(Proposal.objects.get(pk=draft.pk), by=world.person("clerk"))
    assert Asset.objects.get(pk=waiting.asset_id).department == now("課税課")


def test_an_asset_of_another_unit_follows_the_post_that_answers_for_it() -> None:
    asset = world.proposal_in(State.APPROVED, "residents", sec_responsible=world.head_of("tax").pk).asset
    plan = renamed()
    assert effects_of(plan, by=world.person("secretariat")).elsewhere == 1
    carried_out(plan)
    asset.refresh_from_db()
    assert asset.sec_responsible is not None
    assert asset.sec_responsible.title == "課税課長"
    assert asset.department == world.department("residents")


def test_history_says_it_all_under_one_operation() -> None:
    world.proposal_in(State.APPROVED)
    start = Entry.objects.count()
    plan = carried_out(renamed())
    new = Entry.objects.filter(sequence__gt=start)
    assert new.values("operation").distinct().count() == 1
    [entry] = new.filter(act="reorganization.applied")
    assert (entry.subject_id, entry.note) == (plan.pk, WHY)
    assert ["名称変更", "", "1"] in entry.changes
    assert {"department.closed", "department.created", "post.created", "person.post-replaced"} <= set(
        new.values_list("act", flat=True)
    )
    assert verify().problem == ""


def test_what_stands_below_follows_and_the_order_of_the_tree_stays() -> None:
    tax = world.department("tax")
    create_department(Department(organ=tax.organ, parent=tax, name="収納係", valid_from=world.SINCE), by=None)
    carried_out(renamed())
    names = Department.objects.current().filter(organ=tax.organ).in_tree_order().values_list("full_name", flat=True)
    assert list(names) == ["課税課", "課税課 収納係", "住民課", "企画課"]


def test_two_units_come_together_in_one_and_their_posts_too() -> None:
    world.proposal_in(State.APPROVED)
    world.proposal_in(State.APPROVED, "residents")
    plan = by_hand()
    added(plan, "税務住民課", code="1099", origins=[world.department("tax"), world.department("residents")])
    carried_out(plan)
    new = now("税務住民課")
    assert Asset.objects.filter(department=new).count() == 2
    heads = Post.objects.current().filter(department=new, title="税務住民課長")
    assert [post.appointments.current().count() for post in heads] == [2]
    assert {row.before.name for row in new.predecessors.all()} == {"税務課", "住民課"}
    assert new.pk in departments_where(world.person("stranger"), Permission.VIEW_ASSETS)


def test_a_unit_joins_one_that_goes_on_as_it_is() -> None:
    asset = world.proposal_in(State.APPROVED).asset
    plan = by_hand()
    becomes(plan, "tax", "住民課")
    carried_out(plan)
    asset.refresh_from_db()
    assert asset.department == world.department("residents")
    assert now("住民課").valid_from == world.SINCE
    assert world.person("stranger").appointments.current().get().post.valid_from == world.SINCE


def test_somebody_who_sits_in_both_posts_sits_in_the_common_one_once() -> None:
    appoint(world.person("manager"), world.head_of("residents"), world.SINCE, kind="concurrent", by=None)
    plan = by_hand()
    added(plan, "税務住民課", code="1099", origins=[world.department("tax"), world.department("residents")])
    carried_out(plan)
    assert [held.kind for held in world.person("manager").appointments.current()] == ["main"]
    before = standing()["appointments"]
    undo(Reorganization.objects.get(pk=plan.pk), reason="誤り", by=world.person("secretariat"))
    assert len(standing()["appointments"]) < len(before)
    assert world.person("manager").appointments.current().count() == 2


def test_of_a_unit_that_splits_the_chosen_part_takes_the_assets() -> None:
    asset = world.proposal_in(State.APPROVED).asset
    plan = by_hand()
    for name, code in (("市民税課", "1041"), ("資産税課", "1042")):
        added(plan, name, code=code)
    becomes(plan, "tax", "市民税課", "資産税課", carries="資産税課")
    carried_out(plan)
    asset.refresh_from_db()
    assert asset.department.name == "資産税課"
    assert dict(Succession.objects.values_list("after__name", "principal")) == {"市民税課": False, "資産税課": True}
    assert not Post.objects.filter(department=now("市民税課")).exists()


def test_new_sections_get_their_head_when_asked() -> None:
    plan = by_hand()
    added(plan, "観光課", kind="課", code="1060")
    carried_out(plan, with_heads=True)
    assert [post.title for post in now("観光課").posts.all()] == ["所属長"]


def test_codes_are_exchanged_in_place() -> None:
    plan = by_hand()
    changed(plan, "税務課", code="1050")
    changed(plan, "住民課", code="1040")
    carried_out(plan)
    assert dict(Department.objects.filter(name__in=["税務課", "住民課"]).values_list("name", "code")) == {
        "税務課": "1050",
        "住民課": "1040",
    }
    undo(Reorganization.objects.get(pk=plan.pk), reason="誤り", by=world.person("secretariat"))
    assert world.department("tax").name == "税務課"


def test_what_began_on_the_day_or_later_is_moved_and_not_torn() -> None:
    newcomer = world.person("postless")
    seat = Post.objects.get(title="税務課主事")
    appoint(newcomer, seat, DAY + ONE, kind="concurrent", by=None)
    late = create_post(world.department("tax"), "応援職員", [Role.STAFF], DAY + ONE, by=None)
    before = standing()
    carried_out(renamed())
    [held] = newcomer.appointments.all()
    assert (held.post.title, held.valid_from) == ("課税課主事", DAY + ONE)
    late.refresh_from_db()
    assert (late.department, late.valid_from) == (now("課税課"), DAY + ONE)
    undo(Reorganization.objects.get(), reason="誤り", by=world.person("secretariat"))
    assert standing() == before


def test_undone_everything_is_as_it_was() -> None:
    world.proposal_in(State.APPROVED)
    world.proposal_in(State.SUBMITTED, name="申請中の資料")
    world.proposal_in(State.DRAFT, name="下書きの資料")
    before = standing()
    plan = carried_out(renamed())
    assert standing() != before
    undo(plan, reason="誤り", by=world.person("secretariat"))
    assert standing() == before
    assert not Department.objects.current(DAY).filter(name="課税課").exists()
    assert Entry.objects.newest_first()[0].act in {"reorganization.undone", "ledger.undone-at-once"}
    plan.refresh_from_db()
    assert plan.stage == Stage.UNDONE
    with pytest.raises(Conflict, match="元に戻した"):
        undo(plan, reason="もう一度", by=world.person("secretariat"))


def test_undone_it_can_be_done_again() -> None:
    undo(carried_out(renamed()), reason="誤り", by=world.person("secretariat"))
    carried_out(renamed())
    assert now("課税課").code == "1040"


def appointed_since() -> None:
    appoint(world.person("postless"), Post.objects.get(title="課税課主事"), timezone.localdate(), by=None)


def ended_since() -> None:
    end_appointment(world.person("clerk").appointments.current().get(), timezone.localdate(), by=None)


def posted_since() -> None:
    create_post(now("課税課"), "係長", [], DAY, by=None)


def placed_since() -> None:
    create_department(
        Department(organ=Organ.objects.get(code="town"), parent=now("課税課"), name="収納係", valid_from=DAY), by=None
    )


def registered_since() -> None:
    head = Post.objects.current().get(title="課税課長")
    values = world.values("residents", section=now("課税課").pk, sec_manager=head.pk, name="あとからの資料")
    draft(values, by=world.person("clerk"))


def proposed_since() -> None:
    asset = Asset.objects.get(name="住民の資料")
    head = Post.objects.current().get(title="課税課長")
    propose_change(asset, {"sec_responsible": head.pk}, base_version=1, by=world.person("stranger_clerk"))


def reorganized_since() -> None:
    carried_out(renamed_again())


def renamed_again() -> Reorganization:
    plan = by_hand(DAY + ONE)
    changed(plan, "住民課", name="市民課")
    return plan


SINCE_THEN = {
    "somebody appointed": (appointed_since, "任命「課税課主事 任命のない人」"),
    "somebody's appointment ended": (ended_since, "任命「課税課主査 税務課主査の人」"),
    "a post added": (posted_since, "職「課税課 係長」"),
    "a unit added": (placed_since, "組織「課税課 収納係」"),
    "an asset entered": (registered_since, "情報資産「あとからの資料」"),
    "a proposal that names a new post": (proposed_since, "「住民の資料」の申請"),
    "another reorganisation": (reorganized_since, "後の組織改編「春の改編」"),
}


@pytest.mark.parametrize("case", SINCE_THEN)
def test_what_was_touched_since_is_named_and_nothing_is_taken_back(case: str) -> None:
    world.proposal_in(State.APPROVED, "residents", name="住民の資料")
    plan = carried_out(renamed())
    act, words = SINCE_THEN[case]
    act()
    before = standing()
    with pytest.raises(Conflict, match=words):
        undo(plan, reason="誤り", by=world.person("secretariat"))
    assert standing() == before


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
