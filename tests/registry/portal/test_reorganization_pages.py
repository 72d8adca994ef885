"""組織改編 on screen: begin, look through, correct, preview, carry out, take back; and what the pages say when they refuse."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assets.states import State
from registry.organization.models import Department, Organ, Reorganization
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization.correcting import mark_of
from registry.organization.structure import create_department
from registry.portal.reorganizing import undo
from tests import world
from tests.registry.organization.lists import TOWN, applied, old_form, staged
from tests.registry.organization.sheet import Sheet
from tests.registry.portal.plans import added, becomes, by_hand, carried_out, renamed, unit_of

pytestmark = pytest.mark.django_db
INDEX = "/reorganizations/"
SignIn = Callable[[str], Client]


@pytest.fixture
def office(signed_in: SignIn) -> Client:
    return signed_in("secretariat")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def address(plan: Reorganization, *more: object) -> str:
    return "/".join([f"{INDEX}{plan.pk}", *map(str, more)]) + "/"


def begun(client: Client, data: bytes | None = None, **typed: str) -> Any:
    fields: dict[str, Any] = {"effective_on": "2027-04-01", "organ": Organ.objects.get(code="town").pk, "title": ""}
    file = {"file": SimpleUploadedFile("組織.xlsx", data)} if data is not None else {}
    return client.post(INDEX, {**fields, **file, **typed}, follow=True)


def test_begun_without_a_file_nothing_changes_yet(office: Client) -> None:
    text = text_of(begun(office))
    assert "令和9年4月1日の組織改編" in text
    assert "変わる組織はまだありません" in text
    assert "変更なし3。" in text
    assert "春の改編" in text_of(begun(office, title="春の改編"))


def test_begun_with_a_list_every_unit_is_there(office: Client) -> None:
    applied(staged(old_form()))
    rows = list(TOWN)
    rows[4] = (rows[4][0], ("健康福祉局", "", "健康福祉政策課", "", ""), rows[4][2])
    text = text_of(begun(office, old_form(rows)))
    assert "健康福祉政策課" in text
    assert "名称変更 1" in text
    assert "要確認 3" in text
    assert "反映する前に決めること" in text


REFUSED = {
    "no day": ({"effective_on": ""}, None, "このフィールドは必須です"),
    "no organ": ({"organ": ""}, None, "このフィールドは必須です"),
    "a day that is none": ({"effective_on": "春ごろ"}, None, "日付として読めません"),
    "an empty file": ({}, b"", "0バイト"),
    "no workbook": ({}, b"hello", "読"),
    "no organisation then": ({"effective_on": "2001-04-01"}, None, "組織がありません"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_begin_is_said_and_nothing_is_kept(case: str, office: Client) -> None:
    typed, data, words = REFUSED[case]
    answer = begun(office, data, **typed)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert not Reorganization.objects.exists()


def test_rows_are_narrowed_and_searched(office: Client) -> None:
    plan = renamed()
    assert "課税課" in text_of(office.get(address(plan)))
    assert "課税課" not in text_of(office.get(address(plan), {"what": "same"})).split("組織ごとの案の表")[1]
    assert "住民課" in text_of(office.get(address(plan), {"q": "住民", "what": "same"}))
    assert "当てはまる組織はありません" in text_of(office.get(address(plan), {"q": "宇宙局", "what": "same"}))
    assert office.get(address(plan), {"what": "nonsense"}).status_code == 200


def test_a_unit_is_corrected_on_its_page(office: Client) -> None:
    plan = by_hand()
    page = address(plan, "units", unit_of(plan, "税務課").pk)
    sheet = text_of(office.get(page))
    assert "「税務課」を直す" in sheet
    assert "「税務課」の後継を決める" in sheet
    form = Sheet(office, page)
    assert form.send(name="課税課").status_code == 302
    assert unit_of(plan, "課税課").origins.get().before == world.department("tax")


WRONG = {
    "no name": ({"name": ""}, "このフィールドは必須です"),
    "a line feed": ({"name": "税\n務課"}, "使えない文字"),
    "a code too long": ({"code": "1" * 21}, "20"),
    "a unit above that is none": ({"parent": "999999"}, "正しく選択してください"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_typed_wrongly_is_said_at_its_field(case: str, office: Client) -> None:
    typed, words = WRONG[case]
    plan = by_hand()
    unit = unit_of(plan, "税務課")
    data = {"name": "税務課", "origins": [world.department("tax").pk], **typed}
    answer = office.post(address(plan, "units", unit.pk), data)
    assert (answer.status_code, words in text_of(answer)) == (400, True)
    assert unit_of(plan, "税務課").code == "1040"


def test_a_unit_below_itself_is_refused_at_its_field(office: Client) -> None:
    plan = by_hand()
    unit = unit_of(plan, "税務課")
    create = added(plan, "収納係", parent=unit)
    data = {"name": "税務課", "parent": create.pk, "origins": [world.department("tax").pk], "seen": mark_of(unit)}
    answer = office.post(address(plan, "units", unit.pk), data)
    assert answer.status_code == 400
    assert "自分自身の下には置けません" in text_of(answer)


def test_a_successor_is_chosen_and_a_closure_said(office: Client) -> None:
    plan = by_hand()
    page = address(plan, "departments", world.department("tax").pk)
    assert "「税務課」の後継" in text_of(office.get(page))
    done = office.post(page, {"another": unit_of(plan, "住民課").pk}, follow=True)
    assert "「税務課」の後継を「住民課」にしました" in text_of(done)
    closed = office.post(address(plan, "departments", world.department("planning").pk), {}, follow=True)
    assert "「企画課」は廃止になります" in text_of(closed)
    assert office.get(address(plan, "departments", world.department("council").pk)).status_code == 404


def test_of_a_split_the_part_that_takes_over_has_to_be_among_the_chosen(office: Client) -> None:
    plan = by_hand()
    one, other = added(plan, "市民税課"), added(plan, "資産税課")
    page = address(plan, "departments", world.department("tax").pk)
    answer = office.post(page, {"units": [one.pk, other.pk], "carries": unit_of(plan, "住民課").pk})
    assert answer.status_code == 400
    assert "後継に選んだ組織の中から" in text_of(answer)


def test_what_is_doubtful_is_settled_from_the_list(office: Client) -> None:
    applied(staged(old_form()))
    begun(office, old_form())
    plan = Reorganization.objects.get()
    befores = [world.department(place).pk for place in ("tax", "residents", "planning")]
    back = f"{address(plan)}?what=doubtful"
    answer = office.post(address(plan, "settle"), {"before": befores, "back": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert "要確認" not in text_of(office.get(address(plan))).split("組織ごとの案の表")[0].split("しぼり込み")[1]
    away = office.post(address(plan, "settle"), {"back": "https://example.com/"})
    assert away["Location"] == address(plan)


def test_the_preview_says_in_numbers_what_moves_and_applies_it(office: Client) -> None:
    world.proposal_in(State.APPROVED)
    plan = renamed()
    page = office.get(address(plan, "preview"))
    text = text_of(page)
    assert "情報資産 1件が「税務課」から「課税課」に移ります。" in text
    assert "税務課長 → 課税課長" in text
    assert "施行日はすでに過ぎています" in text
    seen = page.context["form"].initial["seen"]
    nothing = office.post(address(plan, "apply"), {"seen": seen}, follow=True)
    assert "理由" in text_of(nothing)
    done = office.post(address(plan, "apply"), {"seen": seen, "reason": "庁議決定"}, follow=True)
    assert "「春の改編」を反映しました" in text_of(done)
    assert "課税課" in text_of(done)
    assert office.post(address(plan, "apply"), {"seen": seen, "reason": "庁議決定"}).status_code == 409
    assert office.get(address(plan, "preview")).status_code == 302
    assert office.get(address(plan, "units", "new")).status_code == 409


def test_obstacles_hide_the_button(office: Client) -> None:
    plan = by_hand()
    becomes(plan, "tax")
    text = text_of(office.get(address(plan, "preview")))
    assert "まだ反映できません" in text
    assert "在任者のいる職" in text
    assert "組織改編を反映する" not in text


def test_posts_that_come_together_are_said(office: Client) -> None:
    plan = by_hand()
    added(plan, "税務住民課", code="1099", origins=[world.department("tax"), world.department("residents")])
    assert "職「税務住民課 税務住民課長」に、税務課長の人、住民課長の人の2人が就くことになります。" in text_of(
        office.get(address(plan, "preview"))
    )


def test_taken_back_on_the_page_with_a_reason(office: Client) -> None:
    plan = carried_out(renamed())
    assert "理由" in text_of(office.post(address(plan, "undo"), {"reason": ""}, follow=True))
    done = text_of(office.post(address(plan, "undo"), {"reason": "誤り"}, follow=True))
    assert "元に戻しました" in done
    assert "この組織改編は、元に戻されました" in done
    assert Department.objects.current().get(code="1040").name == "税務課"


def test_what_stands_in_the_way_of_taking_back_is_named_on_the_page(office: Client) -> None:
    plan = carried_out(renamed())
    new = Department.objects.current().get(name="課税課")
    create_department(Department(organ=new.organ, parent=new, name="収納係", valid_from=new.valid_from), by=None)
    answer = office.post(address(plan, "undo"), {"reason": "誤り"})
    assert answer.status_code == 409
    assert "組織「課税課 収納係」が、そのあとに置かれています" in text_of(answer)


def test_a_later_day_waits_and_is_called_back(office: Client) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    plan = carried_out(renamed(tomorrow))
    assert "になると、自動で反映します" in text_of(office.get(address(plan)))
    assert office.get(address(plan, "units", "new")).status_code == 409
    Reorganization.objects.filter(pk=plan.pk).update(held="組織が変わりました。")
    assert "施行日に反映できませんでした" in text_of(office.get(address(plan)))
    office.post(address(plan, "recall"))
    plan.refresh_from_db()
    assert (plan.stage, plan.held) == (Stage.DRAFT, "")


def test_given_up_it_says_so(office: Client) -> None:
    plan = renamed()
    done = text_of(office.post(address(plan, "discard"), follow=True))
    assert "「春の改編」を中止しました" in done
    assert "この組織改編は中止されました" in text_of(office.get(address(plan)))


def test_the_tree_shows_predecessors_and_finds_them_by_their_old_name(signed_in: SignIn) -> None:
    carried_out(renamed())
    client = signed_in("stranger_clerk")
    text = text_of(client.get("/organization/", {"q": "税務課"}))
    assert "課税課" in text
    assert "前身: 税務課" in text
    assert "後継: 課税課" in text_of(client.get("/organization/", {"closed": "1"}))


def test_the_ledger_of_an_old_unit_shows_what_its_successor_has(signed_in: SignIn) -> None:
    old = world.department("tax")
    asset = world.proposal_in(State.APPROVED).asset
    carried_out(renamed())
    text = text_of(signed_in("secretariat").get("/assets/", {"department": old.pk}))
    assert asset.name in text


def test_what_was_taken_back_is_offered_nowhere(signed_in: SignIn) -> None:
    undo(carried_out(renamed()), reason="誤り", by=world.person("secretariat"))
    client = signed_in("secretariat")
    for page in ("/organization/?closed=1", "/assets/", "/assets/as-of/", "/admin/organization/department/"):
        assert "課税課" not in text_of(client.get(page)), page
    assert "課税課" in text_of(client.get("/history/"))


def test_as_many_queries_for_many_units_as_for_few(office: Client) -> None:
    counted: list[list[int]] = []
    for more in (0, 30):
        organ = Organ.objects.get(code="town")
        for number in range(more):
            create_department(Department(organ=organ, name=f"第{number}課", valid_from=world.SINCE), by=None)
        plan = renamed(name=f"課税{more}課")
        pages = [address(plan), address(plan, "preview"), address(plan, "units", "new")]
        counted.append([])
        for page in pages:
            office.get(page)
            with CaptureQueriesContext(connection) as queries:
                office.get(page)
            counted[-1].append(len(queries))
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 20
