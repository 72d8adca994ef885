"""A real city of 375 units and 2,000 assets goes from one year's list to the next, and back, as if nothing had been."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assets.models import Asset
from registry.history.chain import verify
from registry.organization.models import Appointment, Department, Post, Reorganization, Succession
from registry.organization.reorganization.blueprint import Blueprint, What
from registry.organization.reorganization.correcting import decide, settle
from registry.organization.roles import Role
from registry.portal.reorganizing import apply, effects_of, undo
from tests import world
from tests.registry.portal.city import DAYS, city_organ, fill_ledger, found_city, planned, standing

pytestmark = pytest.mark.django_db
ASSETS = 2_000
MOST_QUERIES = 300  # rows are written in portions; one by one it would be ten thousand


@pytest.fixture
def city() -> Iterator[None]:
    found_city()
    fill_ledger(ASSETS)
    yield
    assert verify().problem == ""


def settled(year: str) -> Reorganization:
    """The plan of a year: every proposal taken as it is, but closed units joined to the first 課 that goes on."""
    by, plan = world.person("secretariat"), planned(year)
    blueprint = Blueprint.of(plan)
    heir = next(one for one in blueprint.units if one.pk in blueprint.continues and blueprint.told(one, "kind") == "課")
    for department in blueprint.closing:
        decide(plan, department, [heir], None, by=by)
    settle(plan, units=[unit.pk for unit in blueprint.units], by=by)
    return plan


def carried_out(plan: Reorganization) -> int:
    """Apply a plan; how many queries that took."""
    by = world.person("secretariat")
    effects = effects_of(plan, by=by)
    assert effects.obstacles == []
    with CaptureQueriesContext(connection) as queries:
        apply(plan, seen=effects.digest, reason="庁議決定", with_heads=False, by=by)
    plan.refresh_from_db()
    return len(queries)


def taken_back(plan: Reorganization) -> int:
    with CaptureQueriesContext(connection) as queries:
        undo(plan, reason="誤り", by=world.person("secretariat"))
    return len(queries)


def kinds(blueprint: Blueprint) -> dict[str, int]:
    return {what.label: count for what, count in blueprint.counts.items() if count}


def units_now() -> set[tuple[str, str]]:
    rows = Department.objects.current(DAYS["202504"]).filter(organ=city_organ())
    return set(rows.values_list("full_name", "code"))


def the_proposals_are_right(blueprint: Blueprint) -> None:
    """54 codes whose name or place changed, one of them a 課, closures, newcomers, and three units of one name."""
    assert (len(blueprint.departments), len(blueprint.units), blueprint.doubtful) == (375, 389, 7)
    assert kinds(blueprint) == {
        "変更なし": 311,
        "名称変更": 2,
        "移動": 1,
        "上位の改編に伴う": 53,
        "コード変更": 1,
        "統合": 1,
        "新設": 20,
        "廃止": 5,
    }
    told = {unit.name: blueprint.whats(unit)[0] for unit in blueprint.units}
    assert told["こども保育教育課"] == What.RENAMED
    assert told["瀬戸内保育所"] == What.FOLLOWS
    assert told["広聴広報課"] == What.CODE
    assert told["附属医療施設整備室"] == What.MOVED
    assert told["浅野こども園"] == What.MERGED
    assert told["デジタル推進部"] == What.NEW
    assert "情報政策課" in {one.name for one in blueprint.closing}


@pytest.mark.usefixtures("city")
def test_a_city_goes_through_two_reorganisations_and_all_the_way_back() -> None:
    first = standing()
    section = Department.objects.get(name="こども園運営課")
    held = Appointment.objects.get(post__department=section)
    count = Asset.objects.filter(department=section).count()
    the_proposals_are_right(Blueprint.of(planned("202104")))

    earlier = settled("202104")
    assert carried_out(earlier) <= MOST_QUERIES
    new = Department.objects.current().get(name="こども保育教育課")
    assert new.predecessors.filter(before=section, principal=True).exists()
    assert Asset.objects.filter(department=new).count() == count
    head = Post.objects.current().with_role(Role.MANAGER).get(department=new)
    assert [one.user for one in head.appointments.all()] == [held.user]
    nothing_is_left_behind()

    between = standing()
    later = settled("202504")
    assert carried_out(later) <= MOST_QUERIES
    assert len(units_now()) == 387
    assert Succession.objects.filter(reorganization=later).count() > 50
    nothing_is_left_behind()

    taken_back(later)
    assert differing(between) == set()
    taken_back(earlier)
    assert differing(first) == set()


def nothing_is_left_behind() -> None:
    """No asset, no post column, nobody in office hangs on what has ended."""
    ended = {"valid_until__isnull": False}
    assert not Asset.objects.filter(department__in=Department.objects.filter(**ended)).exists()
    assert not Asset.objects.filter(sec_manager__in=Post.objects.filter(**ended)).exists()
    assert not Asset.objects.filter(sec_responsible__in=Post.objects.filter(**ended)).exists()
    in_office = Appointment.objects.filter(valid_until__isnull=True)
    assert not in_office.filter(post__in=Post.objects.filter(**ended)).exists()


def differing(before: dict[str, list[Any]]) -> set[str]:
    after = standing()
    return {name for name in before if after[name] != before[name]}
