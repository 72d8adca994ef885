"""Correcting a plan of a reorganisation by hand: catching up, joining, closing, settling, giving up; and what is refused."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from registry.base.verdict import Conflict
from registry.organization.list_reading import read_list
from registry.organization.models import Department, Organ, Origin, PlannedUnit, Post, Reorganization
from registry.organization.models.reorganization import Certainty
from registry.organization.reorganization.blueprint import Blueprint, What
from registry.organization.reorganization.correcting import add_unit, change_unit, mark_of, remove_unit, settle
from registry.organization.reorganization.deciding import discard, organizational_obstacles
from registry.organization.reorganization.staging import catch_up, stage_current, stage_list
from registry.organization.structure import close_department, create_department
from tests import world
from tests.registry.organization.lists import applied, old_form, staged
from tests.registry.portal.plans import added, becomes, by_hand, unit_of, wanted
from tests.registry.portal.plans import changed as corrected

pytestmark = pytest.mark.django_db
NEXT = dt.date(2027, 4, 1)


def planned(data: bytes, day: dt.date = NEXT, organ: str = "town", username: str = "secretariat") -> Reorganization:
    plan = Reorganization(
        organ=Organ.objects.get(code=organ), title="翌年の改編", effective_on=day, filename="組織.xlsx"
    )
    return stage_list(read_list(data, "組織.xlsx"), plan, by=world.person(username))


def of_town(data: bytes) -> Blueprint:
    """The plan after the town's list was taken over; the units of the small town itself are in the list, too."""
    applied(staged(old_form()))
    return Blueprint.of(planned(data))


def whats(blueprint: Blueprint) -> dict[str, list[What]]:
    return {unit.name: blueprint.whats(unit) for unit in blueprint.units}


def obstacles(plan: Reorganization) -> str:
    return "\n".join(organizational_obstacles(Reorganization.objects.get(pk=plan.pk)))


def test_what_came_or_went_since_is_caught_up_with() -> None:
    plan = by_hand()
    corrected(plan, "税務課", name="課税課")
    organ = Organ.objects.get(code="town")
    new = create_department(Department(organ=organ, name="臨時室", valid_from=world.SINCE), by=None)
    assert "「臨時室」が、計画を作ったあとに置かれました" in obstacles(plan)
    catch_up(plan, by=world.person("secretariat"))
    assert obstacles(plan) == ""
    close_department(new, world.SINCE, by=None)
    assert "あとで廃止されました" in obstacles(plan)
    catch_up(plan, by=world.person("secretariat"))
    blueprint = Blueprint.of(plan)
    assert "臨時室" in {unit.name for unit in blueprint.units}
    remove_unit(unit_of(plan, "臨時室"), by=world.person("secretariat"))
    assert obstacles(plan) == ""


def test_the_copy_of_a_unit_goes_when_it_joins_another() -> None:
    plan = by_hand()
    corrected(plan, "住民課", origins=[world.department("residents"), world.department("tax")])
    blueprint = Blueprint.of(plan)
    assert {unit.name for unit in blueprint.units} == {"住民課", "企画課"}
    assert whats(blueprint)["住民課"] == [What.MERGED]
    assert blueprint.in_words() == "統合1。変更なし1。"


def test_a_unit_with_others_below_it_is_not_dropped() -> None:
    tax = world.department("tax")
    create_department(Department(organ=tax.organ, parent=tax, name="収納係", valid_from=world.SINCE), by=None)
    plan = by_hand()
    with pytest.raises(ValidationError, match="「税務課」の下に「収納係」があります"):
        becomes(plan, "tax")


def test_a_unit_taken_out_closes_what_it_came_from() -> None:
    plan = by_hand()
    remove_unit(unit_of(plan, "税務課"), by=world.person("secretariat"))
    assert [one.name for one in Blueprint.of(plan).closing] == ["税務課"]


def test_a_unit_of_the_list_stays_in_the_plan() -> None:
    applied(staged(old_form()))
    plan = planned(old_form())
    with pytest.raises(Conflict, match="ファイルにある組織は外せません"):
        remove_unit(unit_of(plan, "教育局"), by=world.person("secretariat"))


def test_doubts_are_settled_one_by_one_or_all() -> None:
    blueprint = of_town(old_form())
    plan = blueprint.plan
    assert blueprint.doubtful == 3
    tax = world.department("tax")
    assert settle(plan, befores=[tax.pk], by=world.person("secretariat")) == 1
    assert Blueprint.of(plan).doubtful == 2
    becomes(plan, "residents", "教育局")
    assert Blueprint.of(plan).doubtful == 1
    assert "要確認が1件残っています" in obstacles(plan)


def test_who_corrects_what_somebody_else_corrected_is_told() -> None:
    plan = by_hand()
    unit = unit_of(plan, "税務課")
    seen = mark_of(unit)
    corrected(plan, "税務課", name="課税課")
    with pytest.raises(Conflict, match="別の人がこの組織を直しました"):
        change_unit(unit, wanted(unit, name="資産税課"), seen=seen, by=world.person("secretariat"))


def test_a_plan_given_up_is_corrected_no_more() -> None:
    plan = by_hand()
    discard(plan, by=world.person("secretariat"))
    assert (PlannedUnit.objects.count(), Origin.objects.count()) == (0, 0)
    with pytest.raises(Conflict, match="「中止」"):
        add_unit(plan, wanted(None, name="新しい課"), by=world.person("secretariat"))


def test_a_unit_comes_over_from_another_organ_but_never_from_an_autonomous_one() -> None:
    school = Organ.objects.create(code="school", name="教育委員会", position=4)
    section = create_department(Department(organ=school, name="学務課", code="2010", valid_from=world.SINCE), by=None)
    below = Department(organ=school, parent=section, name="学務係", valid_from=world.SINCE)
    create_department(below, by=None)
    plan = by_hand()
    added(plan, "こども課", origins=[section])
    assert "ほかの実施機関から移す組織の下に「学務課 学務係」が残ります" in obstacles(plan)
    with pytest.raises((PermissionDenied, ValidationError), match="自律機関"):
        added(plan, "議会課", origins=[world.department("council")])
    Organ.objects.filter(pk=school.pk).update(autonomous=True)
    assert "自律機関(教育委員会)の組織は" in obstacles(plan)


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Department, Post, PlannedUnit, Origin)]


def test_what_is_refused_leaves_the_plan_as_it_was() -> None:
    plan = by_hand()
    before = everything()
    with pytest.raises(PermissionDenied):
        change_unit(unit_of(plan, "税務課"), wanted(unit_of(plan, "税務課")), seen="", by=world.person("clerk"))
    with pytest.raises(PermissionDenied):
        settle(plan, units=[unit_of(plan, "税務課").pk], by=world.person("clerk"))
    with pytest.raises(PermissionDenied):
        stage_current(Reorganization(organ=plan.organ, title="x", effective_on=NEXT), by=world.person("clerk"))
    assert everything() == before
    assert Certainty.SETTLED not in set(plan.units.values_list("certainty", flat=True))
