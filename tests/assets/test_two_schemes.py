"""Several schemes at once: one after the other over a change of day, and side by side for different organs."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from assets.classification import axes_in_force, axes_seen_by, classification_on
from assets.editing import draft
from assets.models import Asset, Axis, Batch, Level, Scheme
from assets.scheme_editing import load_scheme
from assets.states import State
from assets.workflow import submit
from registry.organization.appointments import appoint
from registry.organization.models import Department, Organ, User
from registry.organization.roles import Role
from registry.organization.structure import create_department, create_organ, create_post
from tests import world
from tests.assets.pages import NEW, edit_page, shown_form, typed
from tests.assets.uploads import decide, register, uploaded

SignIn = Callable[[str], Client]
SCHOOL = "school-importance"
pytestmark = pytest.mark.django_db


@pytest.fixture
def schools(db: None) -> Organ:
    """An organ with a scheme of its own, a school in it and a teacher."""
    organ = create_organ(Organ(code="schools", name="教育委員会", position=3), by=None)
    unit = create_department(Department(organ=organ, name="小学校", code="4010", valid_from=world.SINCE), by=None)
    for username, title, role in (("teacher", "教諭", Role.STAFF), ("principal", "校長", Role.MANAGER)):
        post = create_post(unit, title, [role], world.SINCE, by=None)
        appoint(User.objects.create_user(username, f"{title}の人"), post, world.SINCE, by=None)
    load_scheme(SCHOOL, by=None).organs.set([organ])
    return organ


def names(axes: list[Axis]) -> list[str]:
    return [axis.label for axis in axes]


def importance(code: str) -> Level:
    return Level.objects.get(axis__scheme__code=SCHOOL, code=code)


def school_values(**changes: Any) -> dict[str, Any]:
    place = Department.objects.get(code="4010")
    head = place.posts.get(title="校長")
    return {
        **world.values(),
        "name": "指導要録",
        "section": place.pk,
        "sec_manager": head.pk,
        "confidentiality": importance("I").pk,
        "integrity": None,
        "availability": None,
        **changes,
    }


def of_school(**changes: Any) -> Asset:

    return draft(school_values(**changes), by=world.person("teacher")).asset


def test_each_organ_classifies_by_its_own_scheme(schools: Organ) -> None:
    town = Organ.objects.get(code="town")
    assert names(axes_in_force(schools.pk)) == ["重要性"]
    five = ["自治体機密性", "完全性", "可用性"]
    assert names(axes_in_force(town.pk)) == names(axes_in_force()) == five
    assert names(axes_seen_by(world.person("secretariat"))) == [*five, "重要性"]
    assert names(axes_seen_by(world.person("teacher"))) == ["重要性"]
    assert names(axes_seen_by(world.person("clerk"))) == five


def test_the_form_of_a_teacher_asks_for_the_one_axis_of_schools(schools: Organ, signed_in: SignIn) -> None:
    form = signed_in("teacher").get(NEW).context["form"]
    assert form.fields["confidentiality"].label == "重要性"
    assert form.fields["confidentiality"].choices[0][1].startswith("重要性Ⅰ:")
    assert "integrity" not in form.fields
    questions = signed_in("teacher").get(NEW).context["guide"].questions
    assert any("児童生徒" in answer["text"] for answer in questions[0]["answers"])


def test_a_school_asset_is_complete_with_its_one_level_and_goes_its_way(schools: Organ) -> None:
    asset = of_school()
    assert asset.open_proposal is not None
    assert submit(asset.open_proposal, by=world.person("teacher")).state == State.SUBMITTED


def test_a_level_of_another_organs_scheme_is_refused_at_its_field(schools: Organ, signed_in: SignIn) -> None:
    values = {**school_values(), "confidentiality": world.level("confidentiality", "3B").pk}
    page = signed_in("teacher").post(NEW, {**typed(**values), "act": "save"}).content.decode()
    assert "この課の分類体系の区分ではありません" in page


def test_the_form_follows_the_department_that_was_chosen(schools: Organ, signed_in: SignIn) -> None:
    place = Department.objects.get(code="4010")
    form = signed_in("secretariat").post(NEW, {"section": place.pk, "act": "submit"}).context["form"]
    assert form.fields["confidentiality"].label == "重要性"


def test_one_list_shows_assets_of_both_and_says_their_levels_in_full(schools: Organ, signed_in: SignIn) -> None:
    of_school()
    world.proposal_in(State.APPROVED)
    page = signed_in("secretariat").get("/assets/")
    headers = [header["label"] for header in page.context["headers"]]
    assert "自治体機密性／重要性" in headers
    shown = [[c["text"] for c in e["cells"] if c["kind"] == "level"] for e in page.context["entries"]]
    assert shown == [["重要性Ⅰ"], ["自治体機密性3B", "完全性2", "可用性2"]]
    assert [entry["migrates"] for entry in page.context["entries"]] == [False, False]
    assert [entry["missing"] for entry in page.context["entries"]] == ["", ""]
    own = signed_in("clerk").get("/assets/")
    assert "自治体機密性" in [header["label"] for header in own.context["headers"]]
    assert [c["text"] for c in own.context["entries"][0]["cells"] if c["kind"] == "level"] == ["3B", "2", "2"]


def test_the_list_is_narrowed_and_ordered_by_levels_of_both(schools: Organ, signed_in: SignIn) -> None:
    ours = [of_school(), of_school(name="学校だより", confidentiality=importance("IV").pk)]
    town = world.proposal_in(State.APPROVED, confidentiality=world.level("confidentiality", "3A").pk).asset
    client = signed_in("secretariat")
    found = client.get(f"/assets/?level_1={importance('I').pk}").context["entries"]
    assert [entry["pk"] for entry in found] == [ours[0].pk]
    ordered = client.get("/assets/?sort=confidentiality").context["entries"]
    assert [entry["pk"] for entry in ordered] == [town.pk, ours[0].pk, ours[1].pk]


def test_a_workbook_holds_both_under_a_header_that_names_both(schools: Organ, signed_in: SignIn) -> None:
    of_school()
    world.proposal_in(State.APPROVED)
    answer: Any = signed_in("secretariat").post("/assets/export/", {"query": "columns=name&columns=confidentiality"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [str(c) for s in book.worksheets for row in s.iter_rows(values_only=True) for c in row if c is not None]
    assert {"自治体機密性／重要性※", "重要性Ⅰ", "自治体機密性3B"} <= set(cells)


HEADERS = "情報資産名称,資産種別,所管課,情報セキュリティ管理者,{axis},完全性,可用性,ネットワーク区分,保管場所"


def table(*levels: str, place: str = "税務課", head: str = "税務課長", axis: str = "機密性") -> bytes:
    text = io.StringIO()
    rows = [(f"資料{n}", "取り扱う情報", place, head, level, "2", "1", "紙", "書庫") for n, level in enumerate(levels)]
    csv.writer(text).writerows([HEADERS.format(axis=axis).split(","), *rows])
    return text.getvalue().encode("utf-8-sig")


def brought(client: Client, data: bytes, **means: str) -> Batch:
    batch = uploaded(client, data)
    assert decide(client, batch, means=means).status_code == 302
    return Batch.objects.get(pk=batch.pk)


def levels_of(batch: Batch) -> list[str]:
    known = {level.pk: f"{level.axis.scheme.code} {level.code}" for level in Level.objects.all()}
    return [known.get(row.values.get("confidentiality"), "") for row in batch.rows.order_by("line")]


OLD, NEW_ = "r2-three-level", "r8-five-level"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["3", "2", "1"], [f"{OLD} 3", f"{OLD} 2", f"{OLD} 1"]),
        (["高", "中", "低"], [f"{OLD} 3", f"{OLD} 2", f"{OLD} 1"]),
        (["Ⅲ", "一般"], [f"{OLD} 3", f"{OLD} 1"]),
        (["3B", "2", "1"], [f"{NEW_} 3B", f"{NEW_} 2", f"{NEW_} 1"]),
        (["2", "1"], [f"{NEW_} 2", f"{NEW_} 1"]),
        (["3A", "3", "2"], [f"{NEW_} 3A", f"{OLD} 3", f"{NEW_} 2"]),
        (["公開", "2"], [f"{NEW_} 1", f"{NEW_} 2"]),
    ],
)
def test_words_of_the_earlier_scheme_are_taken_as_they_were_meant_and_never_turned(
    written: list[str], read: list[str], signed_in: SignIn
) -> None:
    load_scheme(OLD, by=None)
    assert levels_of(brought(signed_in("secretariat"), table(*written))) == read


def test_the_check_says_how_many_rows_are_of_the_earlier_scheme_and_they_are_confirmed_later(signed_in: SignIn) -> None:
    load_scheme(OLD, by=None)
    client = signed_in("secretariat")
    batch = brought(client, table("3", "2"))
    page = client.get(f"/assets/imports/{batch.pk}/").content.decode()
    assert "2行の「自治体機密性」は、以前の「機密性3区分（旧）」の区分として読みました" in page
    register(client, batch)
    assert [e["migrates"] for e in client.get("/assets/?migration=yes").context["entries"]] == [True, True]


def test_a_word_that_no_scheme_knows_is_still_refused(signed_in: SignIn) -> None:
    load_scheme(OLD, by=None)
    batch = brought(signed_in("secretariat"), table("9"))
    assert "「9」は使えません。3A、3B、3C、2、1 から" in batch.rows.get().findings[0]["text"]


def test_a_file_of_a_school_is_read_in_the_words_of_schools(schools: Organ, signed_in: SignIn) -> None:
    client = signed_in("teacher")
    batch = brought(client, table("Ⅰ", "Ⅲ", place="小学校", head="校長", axis="重要性"), 完全性="-", 可用性="-")
    assert levels_of(batch) == [f"{SCHOOL} I", f"{SCHOOL} III"]


def test_each_row_is_read_by_the_scheme_of_its_own_department(schools: Organ, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    lines = (
        table("3B").decode("utf-8-sig") + table("Ⅱ", place="小学校", head="校長").decode("utf-8-sig").split("\n", 1)[1]
    )
    batch = brought(client, lines.encode("utf-8-sig"))
    assert levels_of(batch) == ["r8-five-level 3B", f"{SCHOOL} II"]


def test_over_a_change_of_day_the_new_scheme_is_asked_for_and_old_levels_stay(signed_in: SignIn) -> None:
    today = timezone.localdate()
    five = Scheme.objects.get(code="r8-five-level")
    school = load_scheme(SCHOOL, by=None)
    asset = world.proposal_in(State.APPROVED).asset
    Scheme.objects.filter(pk=five.pk).update(valid_until=today)
    Scheme.objects.filter(pk=school.pk).update(valid_from=today + dt.timedelta(days=1))
    assert "自治体機密性" in names(axes_in_force())
    assert not Asset.objects.to_migrate(classification_on()).exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=1, minutes=1)):
        assert names(axes_in_force()) == ["重要性"]
        assert "自治体機密性" in names(axes_in_force(on=today))
        assert list(Asset.objects.to_migrate(classification_on())) == [asset]
        client = signed_in("secretariat")
        (entry,) = client.get("/assets/migration/").context["entries"]
        words = {step.label: step.new.label if step.new else "なし" for step in entry["steps"]}
        assert words == {"重要性": "重要性Ⅰ", "完全性": "なし", "可用性": "なし"}
        page = client.get(f"/assets/as-of/?day={today}").content.decode()
        assert "自治体機密性3B" in page
        assert "完全性2" in page


def test_an_old_level_may_stay_in_a_change_of_something_else(signed_in: SignIn) -> None:
    load_scheme(OLD, by=None)
    asset = world.proposal_in(State.APPROVED, **world.old_levels("3")).asset
    client = signed_in("clerk")
    posted = {**shown_form(client, edit_page(asset)), "location": "別館", "act": "submit"}
    assert client.post(edit_page(asset), posted).status_code == 302
    asset.refresh_from_db()
    assert asset.open_proposal is not None
    assert asset.open_proposal.values["confidentiality"] == asset.level_1_id
    assert asset.open_proposal.values["location"] == "別館"
