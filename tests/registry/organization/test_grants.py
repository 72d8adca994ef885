"""Rights follow posts: who sees and does what, where, from which day, and how nothing is left behind."""

import datetime as dt

import pytest
from django.utils import timezone

from assets.models import Asset
from assets.states import State
from registry.organization.access import departments_where, holds_anywhere
from registry.organization.appointments import appoint
from registry.organization.grants import department_ids, project
from registry.organization.models import (
    Appointment,
    Department,
    DepartmentGroupPermission,
    Organ,
    Post,
    PostRole,
    User,
)
from registry.organization.people import disable, enable
from registry.organization.roles import GRANTS, Permission, Reach, Role
from registry.organization.structure import assign_role, close_department, create_department, create_post, end_role
from tests import world

pytestmark = pytest.mark.django_db
VIEW = Permission.VIEW_ASSETS
DAY = dt.timedelta(days=1)
BODY_WIDE = [role for role, grant in GRANTS.items() if grant.reach == Reach.BODY]


def today() -> dt.date:
    return timezone.localdate()


def unit(name: str, above: Department | None = None, organ: str = "town") -> Department:
    department = Department(organ=Organ.objects.get(code=organ), parent=above, name=name, valid_from=world.SINCE)
    return create_department(department, by=None)


def holder(role: Role, department: Department, username: str = "new.person") -> User:
    """A new person in a new post with one role."""
    post = create_post(department, f"{role.label}の職", [role], world.SINCE, by=None)
    user = User.objects.create_user(username, f"{role.label}の人")
    appoint(user, post, world.SINCE, by=None)
    return user


def seen(user: User, permission: Permission = VIEW) -> set[str]:
    """Names of the departments where the person holds the permission, asked as a new request asks."""
    keys = departments_where(User.objects.get(pk=user.pk), permission)
    return set(Department.objects.filter(pk__in=keys).values_list("full_name", flat=True))


def grants() -> set[tuple[int, int, int]]:
    rows = DepartmentGroupPermission.objects.values_list("group_id", "permission_id", "content_object_id")
    return set(rows)


def test_a_unit_above_covers_the_units_below_and_never_the_other_way_round() -> None:
    division = unit("市民部")
    section = unit("市民課", division)
    team = unit("窓口係", section)
    sister = unit("保険課", division)
    assert seen(holder(Role.DIRECTOR, division, "director")) == {
        "市民部",
        "市民部 市民課",
        "市民部 市民課 窓口係",
        "市民部 保険課",
    }
    assert seen(holder(Role.MANAGER, section, "head")) == {"市民部 市民課", "市民部 市民課 窓口係"}
    assert seen(holder(Role.STAFF, team, "clerk.of.team")) == {"市民部 市民課 窓口係"}
    assert seen(holder(Role.STAFF, sister, "clerk.of.sister")) == {"市民部 保険課"}


def test_a_new_unit_below_is_covered_at_once() -> None:
    before = seen(world.person("manager"))
    unit("徴収係", world.department("tax"))
    assert seen(world.person("manager")) == before | {"税務課 徴収係"}


def test_ten_units_and_more_do_not_cover_one_another_by_their_numbers() -> None:
    division = unit("大きな部")
    sections = [unit(f"第{number}課", division) for number in range(1, 12)]
    assert seen(holder(Role.MANAGER, sections[0], "first")) == {"大きな部 第1課"}


@pytest.mark.parametrize("role", BODY_WIDE, ids=str)
def test_an_autonomous_organ_is_closed_to_the_body_wide_roles_of_others(role: Role) -> None:
    everywhere_else = {"税務課", "住民課", "企画課"}
    user = holder(role, world.department("planning"))
    for permission in Permission:
        expected = everywhere_else if permission in GRANTS[role].permissions else set()
        assert seen(user, permission) == expected, permission


@pytest.mark.parametrize("role", BODY_WIDE, ids=str)
def test_body_wide_roles_of_an_autonomous_organ_stay_inside_it(role: Role) -> None:
    user = holder(role, world.department("council"))
    for permission in Permission:
        expected = {"議会事務局"} if permission in GRANTS[role].permissions else set()
        assert seen(user, permission) == expected, permission


def test_two_autonomous_organs_do_not_see_each_other() -> None:
    Organ.objects.create(code="audit", name="監査委員", autonomous=True, position=3)
    unit("監査事務局", organ="audit")
    assert seen(holder(Role.SECRETARIAT, world.department("council"))) == {"議会事務局"}


@pytest.mark.parametrize("role", Role, ids=str)
def test_every_role_grants_exactly_what_the_table_says_in_its_own_unit(role: Role) -> None:
    user = holder(role, world.department("residents"))
    held = {permission for permission in Permission if "住民課" in seen(user, permission)}
    assert held == GRANTS[role].permissions
    assert {p for p in Permission if holds_anywhere(User.objects.get(pk=user.pk), p)} == held


def appointed(since: dt.date, until: dt.date | None = None) -> User:
    user = User.objects.create_user("dated.person", "期間のある人")
    appoint(user, Post.objects.get(title="税務課主査"), since, until, by=None)
    return user


def test_an_appointment_counts_from_its_first_day_to_its_last_both_included() -> None:
    user = appointed(today(), today())
    assert seen(user) == {"税務課"}


def test_an_appointment_of_tomorrow_grants_nothing_today_and_something_tomorrow() -> None:
    user = appointed(today() + DAY)
    assert seen(user) == set()
    keys = {world.department("tax").pk}
    assert department_ids(user, on=today() + DAY)[VIEW] == keys


def test_an_appointment_of_yesterday_grants_nothing_today() -> None:
    assert seen(appointed(today() - 10 * DAY, today() - DAY)) == set()
    assert seen(world.person("former")) == set()


def test_a_person_without_a_post_and_an_administrator_without_one_see_nothing() -> None:
    for name in ("postless", "sysadmin"):
        assert all(seen(world.person(name), permission) == set() for permission in Permission)


def test_a_disabled_person_has_no_rights_and_gets_them_back_when_let_in_again() -> None:
    clerk = world.person("clerk")
    disable(clerk, by=None)
    assert seen(clerk) == set()
    assert not User.objects.get(pk=clerk.pk).groups.exists()
    enable(clerk, by=None)
    assert seen(clerk) == {"税務課"}
    assert User.objects.get(pk=clerk.pk).groups.count() == 1


def test_a_second_post_adds_and_takes_nothing_away() -> None:
    clerk = world.person("clerk")
    appoint(clerk, Post.objects.get(title="住民課主事"), world.SINCE, kind=Appointment.Kind.CONCURRENT, by=None)
    assert seen(clerk) == {"税務課", "住民課"}
    assert "兼務" in User.objects.get(pk=clerk.pk).post_label()


def test_a_role_given_to_a_post_counts_at_once_and_is_gone_when_it_ended() -> None:
    post = Post.objects.get(title="税務課主査")
    held = assign_role(post, Role.AUDITOR, today(), by=None)
    assert seen(world.person("clerk")) == {"税務課", "住民課", "企画課"}
    PostRole.objects.filter(pk=held.pk).update(valid_from=today() - 2 * DAY)
    end_role(held, today() - DAY, by=None)
    assert seen(world.person("clerk")) == {"税務課"}


def test_a_role_of_tomorrow_comes_with_the_projection_of_tomorrow() -> None:
    assign_role(Post.objects.get(title="税務課主査"), Role.AUDITOR, today() + DAY, by=None)
    assert seen(world.person("clerk")) == {"税務課"}
    added, removed = project(on=today() + DAY)
    assert added > 0
    assert removed == 0


def test_projecting_twice_changes_nothing_the_second_time() -> None:
    before = grants()
    assert project() == (0, 0)
    assert grants() == before


def test_the_projection_removes_what_nobody_is_entitled_to_and_restores_what_was_lost() -> None:
    expected = grants()
    group = Post.objects.get(title="税務課主査").group
    council = world.department("council")
    row = DepartmentGroupPermission.objects.filter(group=group)[0]
    DepartmentGroupPermission.objects.create(group=group, permission=row.permission, content_object=council)
    DepartmentGroupPermission.objects.filter(pk=row.pk).delete()
    world.person("postless").groups.add(group)
    assert project() == (1, 1)
    assert grants() == expected
    assert not world.person("postless").groups.exists()


def test_assets_of_a_closed_department_stay_visible_to_those_above() -> None:
    division = unit("解散する課を持つ部")
    section = unit("解散する課", division)
    director = holder(Role.DIRECTOR, division, "director")
    asset = world.proposal_in(State.DRAFT).asset
    Asset.objects.filter(pk=asset.pk).update(department=section)
    close_department(section, today() - DAY, by=None)
    assert asset in Asset.objects.visible_to(User.objects.get(pk=director.pk))
    assert asset in Asset.objects.visible_to(world.person("secretariat"))
    assert asset not in Asset.objects.visible_to(world.person("clerk"))
    assert asset not in Asset.objects.visible_to(world.person("councillor"))


def test_the_rights_of_a_post_end_with_its_department() -> None:
    section = unit("閉じる課")
    user = holder(Role.MANAGER, section)
    Appointment.objects.filter(user=user).update(valid_until=today() - DAY)
    close_department(section, today() - DAY, by=None)
    assert seen(user) == set()
    assert not DepartmentGroupPermission.objects.filter(group__post__department=section).exists()
