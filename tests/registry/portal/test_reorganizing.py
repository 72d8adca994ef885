"""A reorganisation carries units, posts, people, rights, assets and open proposals along, and leaves old records as they were."""

import datetime as dt

import pytest

from assets.models import Asset, Proposal
from assets.states import State
from assets.workflow import approve, confirm, submit
from registry.history.chain import verify
from registry.history.models import Entry
from registry.organization.access import departments_where
from registry.organization.appointments import appoint
from registry.organization.models import Department, Post, Reorganization, Succession
from registry.organization.roles import Permission, Role
from registry.organization.structure import create_department, create_post
from registry.portal.reorganizing import effects_of, undo
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


def test_what_is_left_in_the_old_unit_is_still_seen_by_those_who_took_over() -> None:
    disposed = world.proposal_in(State.APPROVED, name="廃棄した資料").asset
    Asset.objects.filter(pk=disposed.pk).update(**world.DISPOSED)
    carried_out(renamed())
    disposed.refresh_from_db()
    assert disposed.department.name == "税務課"
    assert Asset.objects.visible_to(world.person("clerk")).filter(pk=disposed.pk).exists()
    assert not Asset.objects.visible_to(world.person("stranger")).filter(pk=disposed.pk).exists()
