"""A plan of a reorganisation: staged from a list or by hand, corrected unit by unit, and what stands in its way."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from registry.history.models import Entry
from registry.organization.list_reading import read_list
from registry.organization.models import Department, Organ, PlannedUnit, Reorganization
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization.blueprint import Blueprint, What
from registry.organization.reorganization.deciding import organizational_obstacles
from registry.organization.reorganization.staging import stage_list
from registry.organization.structure import create_department, create_post
from tests import world
from tests.registry.organization.lists import TOWN, applied, changed, new_form, old_form, staged
from tests.registry.portal.plans import added, becomes, by_hand, unit_of
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


@pytest.mark.parametrize("data", [old_form(), new_form()], ids=["with codes", "without"])
def test_the_same_list_a_year_later_changes_nothing_but_what_it_does_not_name(data: bytes) -> None:
    blueprint = of_town(data)
    assert {what for found in whats(blueprint).values() for what in found} <= {What.SAME, What.DETAILS}
    assert {one.name for one in blueprint.closing} == {"税務課", "住民課", "企画課"}
    assert blueprint.posts == []


def test_a_renamed_unit_is_proposed_as_such_and_what_stands_below_follows() -> None:
    rows = list(TOWN)
    rows[5] = ("2520000000", ("健康福祉局", "福祉総合事務所", "", "", ""), "部")
    rows[6] = ("2520100000", ("健康福祉局", "福祉総合事務所", "障がい福祉課", "", ""), "課")
    blueprint = of_town(old_form(rows))
    found = whats(blueprint)
    assert found["福祉総合事務所"] == [What.RENAMED]
    assert found["障がい福祉課"] == [What.FOLLOWS]
    assert found["長寿福祉課"] in ([What.SAME], [What.DETAILS])


def test_a_new_post_of_the_list_is_planned_and_those_that_stand_are_not() -> None:
    rows = [*TOWN[:3], ("0000000040", ("伊奈市", "", "", "", "教育長"), "市長"), *TOWN[3:]]
    assert [post.name for post in of_town(old_form(rows)).posts] == ["教育長"]


def test_empty_cells_keep_code_kind_and_telephone() -> None:
    blueprint = of_town(new_form())
    [unit] = [unit for unit in blueprint.units if unit.name == "障がい福祉課"]
    assert (unit.code, blueprint.told(unit, "code")) == ("", "2520100000")
    assert blueprint.told(unit, "telephone") == "048-721-2111"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (changed(4, code="2520000000"), "6行目: 所属コード2520000000が一覧の中に2回"),
        (changed(4, names=("", "", "", "", "")), "6行目: 名称がありません"),
        (old_form([TOWN[4], TOWN[3]]), "2行目: 上位の「健康福祉局」が後の3行目にあります"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_rows(data: bytes, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        planned(data)
    assert any(words in message for message in refused.value.messages)
    assert not Reorganization.objects.exists()


def test_a_first_list_belongs_elsewhere() -> None:
    Organ.objects.create(code="new", name="新しい機関")
    with pytest.raises(ValidationError, match="最初の一覧は「組織一覧の取込」から"):
        planned(old_form(), organ="new")


@pytest.mark.parametrize("username", ["clerk", "manager", "auditor", "postless"])
def test_only_those_who_build_the_organ_plan(username: str) -> None:
    for data, organ in ((old_form(), "town"), (old_form(), "council")):
        with pytest.raises(PermissionDenied):
            planned(data, organ=organ, username=username)
    with pytest.raises(PermissionDenied, match="自律機関"):
        planned(old_form(), organ="council")


def test_a_plan_by_hand_begins_with_everything_as_it_is() -> None:
    plan = by_hand()
    assert Blueprint.of(plan).in_words() == "変更なし3。"
    assert "変わるところがありません" in obstacles(plan)
    assert Entry.objects.newest_first()[0].act == "reorganization.planned"


def test_planning_changes_nothing_of_the_organisation() -> None:
    before = list(Department.objects.order_by("pk").values())
    plan = by_hand()
    corrected(plan, "税務課", name="課税課")
    becomes(plan, "residents")
    assert list(Department.objects.order_by("pk").values()) == before


def test_moving_renaming_and_both_are_told_apart() -> None:
    plan = by_hand()
    planning = unit_of(plan, "企画課")
    corrected(plan, "税務課", parent=planning)
    corrected(plan, "住民課", parent=planning, name="市民課")
    found = whats(Blueprint.of(plan))
    assert (found["税務課"], found["市民課"]) == ([What.MOVED], [What.RENAMED, What.MOVED])


def test_a_unit_cannot_stand_below_itself() -> None:
    plan = by_hand()
    corrected(plan, "税務課", parent=unit_of(plan, "企画課"))
    with pytest.raises(ValidationError, match="自分自身の下"):
        corrected(plan, "企画課", parent=unit_of(plan, "税務課"))
    PlannedUnit.objects.filter(pk=unit_of(plan, "企画課").pk).update(parent=unit_of(plan, "税務課"))
    assert "自分自身の下に入っています" in obstacles(plan)


def test_two_units_cannot_have_one_code() -> None:
    plan = by_hand()
    corrected(plan, "税務課", code="1050")
    assert "所属コード1050が「税務課」、「住民課」の両方にあります" in obstacles(plan)
    corrected(plan, "税務課", code="3010")
    assert "所属コード3010は、計画の外の「議会事務局」が使っています" in obstacles(plan)


def test_a_name_with_all_above_it_has_its_limit() -> None:
    plan = by_hand()
    above = None
    for number in range(4):
        above = added(plan, f"{number}" * 90, parent=above)
    assert "300字を超えます" in obstacles(plan)


def test_a_day_before_the_last_reorganisation_is_refused() -> None:
    Reorganization.objects.create(
        organ=Organ.objects.get(code="town"),
        title="前の改編",
        effective_on=NEXT,
        stage=Stage.APPLIED,
        planned_by=world.person("secretariat"),
    )
    plan = by_hand(dt.date(2026, 4, 1))
    corrected(plan, "税務課", name="課税課")
    assert "前の組織改編「前の改編」の施行日令和9年4月1日より前です" in obstacles(plan)


def test_a_unit_that_began_on_the_day_or_later_does_not_end_before_it() -> None:
    organ = Organ.objects.get(code="town")
    create_department(Department(organ=organ, name="臨時室", valid_from=dt.date(2026, 4, 1)), by=None)
    plan = by_hand(dt.date(2026, 4, 1))
    corrected(plan, "臨時室", name="対策室")
    assert "「臨時室(令和8年4月1日設置)」は施行日以後に置かれています" in obstacles(plan)


def test_a_unit_to_come_is_not_left_below_one_that_ends() -> None:
    tax = world.department("tax")
    coming = Department(organ=tax.organ, parent=tax, name="収納係", valid_from=dt.date(2027, 1, 1))
    create_department(coming, by=None)
    plan = by_hand(dt.date(2026, 4, 1))
    corrected(plan, "税務課", name="課税課")
    assert "施行日より後に置かれる「税務課 収納係」の上位が変わります" in obstacles(plan)


def test_a_post_that_came_later_cannot_be_merged_into_another_of_its_name() -> None:
    tax, residents = world.department("tax"), world.department("residents")
    for place, since in ((tax, dt.date(2026, 5, 1)), (residents, world.SINCE)):
        create_post(place, "主任", [], since, by=None)
    plan = by_hand(dt.date(2026, 4, 1))
    becomes(plan, "tax", "住民課")
    assert "施行日以後に置かれた職「税務課 主任」を移せません" in obstacles(plan)


def test_people_in_a_unit_that_closes_are_named() -> None:
    plan = by_hand()
    becomes(plan, "residents")
    assert "在任者のいる職「住民課長(住民課長の人)」、「住民課主事(住民課主事の人)」" in obstacles(plan)
