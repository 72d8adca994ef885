"""Columns chosen and ordered, the same in list, Excel and print; and the sheet of paper itself."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client

from assets.columns import COLUMNS
from assets.ledger.listing import DEFAULT_COLUMNS
from assets.models import Asset
from assets.states import Standing, State
from assets.views import printing
from registry.history.models import Entry
from tests import world
from tests.assets.test_listing import headers_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
PAGE = "/assets/columns/"


def keys_of(answer: Any) -> list[str]:
    return [column["key"] for column in answer.context["shown"]]


def test_columns_go_up_and_down_without_a_script(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    shown = {"columns": ["name", "pi", "location"], "segment": "paper"}
    assert keys_of(client.get(PAGE, {**shown, "move": "up:location"})) == ["name", "location", "pi"]
    assert keys_of(client.get(PAGE, {**shown, "move": "down:name"})) == ["pi", "name", "location"]
    for nowhere in ("up:name", "down:location", "up:nothing", "sideways:name", "up", ""):
        assert keys_of(client.get(PAGE, {**shown, "move": nowhere})) == ["name", "pi", "location"]


def test_the_other_columns_stand_section_by_section(signed_in: SignIn) -> None:
    answer = signed_in("clerk").get(PAGE, {"columns": ["location", "name"]})
    others = [column["section"] for column in answer.context["others"]]
    assert [title for at, title in enumerate(others) if at == 0 or title != others[at - 1]] == list(
        dict.fromkeys(others)
    )
    assert len(others) + 2 == len(COLUMNS)


def test_the_choice_leads_back_to_the_list_with_its_filters(signed_in: SignIn) -> None:
    query = {"columns": ["location", "name"], "segment": ["paper", "lgwan"], "view": "3", "after": "x", "act": "done"}
    target = signed_in("clerk").get(PAGE, query).headers["Location"]
    asked = QueryDict(target.partition("?")[2])
    assert asked.getlist("columns") == ["location", "name"]
    assert (asked.getlist("segment"), asked["view"]) == (["paper", "lgwan"], "3")
    assert not {"after", "act", "move"} & set(asked)


def test_the_first_columns_are_back_with_one_button(signed_in: SignIn) -> None:
    answer = signed_in("clerk").get(PAGE, {"columns": ["pi"], "act": "reset"})
    assert keys_of(answer) == list(DEFAULT_COLUMNS)


def test_list_excel_and_paper_have_the_same_columns_in_the_same_order(signed_in: SignIn) -> None:
    world.proposal_in(State.APPROVED)
    query, client = "columns=location&columns=name&columns=pi&columns=confidentiality", signed_in("clerk")
    listed = headers_of(client.get(f"/assets/?{query}"))
    assert listed == ["保管場所", "情報資産名称", "個人情報", "自治体機密性"]
    assert headers_of(client.get(f"/assets/print/?{query}")) == listed
    response: Any = client.post("/assets/export/", {"query": query})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    rows = [[str(cell.value).removesuffix("※") for cell in row if cell.value] for row in sheet.iter_rows()]
    assert ["登録の状態", *listed] in rows


def test_paper_has_all_rows_the_label_the_day_and_who(signed_in: SignIn) -> None:
    for n in range(60):
        Asset.objects.create(
            name=f"資産{n:02d}",
            number=f"R08-1040-{n:04d}",
            standing=Standing.REGISTERED,
            department=world.department("tax"),
        )
    Asset.objects.filter(name="資産59").update(applied_1=world.level("confidentiality", "3A"))
    answer = signed_in("clerk").get("/assets/print/", {"segment": "none", "group": "department"})
    text = answer.content.decode()
    assert len(answer.context["entries"]) == 60
    assert answer.context["class_label"] == "自治体機密性3A情報を含む"
    for word in ("基準日", "ネットワーク区分: 未入力", "税務課主査の人", "60件", "税務課(60件)"):
        assert word in text, word
    entry = Entry.objects.filter(act="ledger.exported").latest("sequence")
    assert entry.note == "印刷(A3)"
    assert ["件数", "", "60件"] in entry.changes


def test_paper_is_only_of_what_one_may_take_out(signed_in: SignIn) -> None:
    world.proposal_in(State.APPROVED, name="税務課のもの")
    world.proposal_in(State.APPROVED, "residents", name="住民課のもの")
    text = signed_in("stranger").get("/assets/print/").content.decode()
    assert "住民課のもの" in text
    assert "税務課のもの" not in text
    assert signed_in("sysadmin").get("/assets/print/").status_code == 403


def test_too_many_rows_are_for_excel(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST", 1)
    for name in ("一つ目", "二つ目"):
        world.proposal_in(State.APPROVED, name=name)
    answer = signed_in("clerk").get("/assets/print/")
    text = answer.content.decode()
    assert "行が多いので" in text
    assert "2件をExcelに出力" in text
    assert "一つ目" not in text
    assert not Entry.objects.filter(act="ledger.exported").exists()


@pytest.mark.parametrize(
    ("paper", "count", "density"), [("a3", 9, "roomy"), ("a4", 9, "tight"), ("a4", 30, "tightest")]
)
def test_letters_shrink_with_the_number_of_columns(paper: str, count: int, density: str, signed_in: SignIn) -> None:
    world.proposal_in(State.APPROVED)
    columns = [column.key for column in COLUMNS][:count]
    answer = signed_in("clerk").get("/assets/print/", {"paper": paper, "columns": columns})
    assert answer.context["density"] == density
    assert ('data-paper="a3"' in answer.content.decode()) == (paper == "a3")
