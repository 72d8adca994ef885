"""The ledger as Excel: exactly what is on screen, under the label of its highest class, and logged to the last byte."""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from assets.classification import classification_on
from assets.columns import COLUMNS
from assets.editing import draft
from assets.ledger.exporting import write
from assets.ledger.listing import Listing
from assets.models import Asset
from registry.history.models import Entry
from registry.organization.appointments import appoint
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NAMES = ("登録の状態", "情報資産名称", "資産番号", "所管課", "保管場所", "ネットワーク区分")


def exported(client: Client, query: str = "") -> tuple[bytes, str]:
    """The bytes and the file name."""
    answer: Any = client.post("/assets/export/", {"query": query})
    assert answer.status_code == 200
    name = unquote(answer["Content-Disposition"].split("''", 1)[1])
    return b"".join(answer.streaming_content), name


def sheet_of(data: bytes) -> Worksheet:
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def table(data: bytes) -> tuple[list[str], list[list[Any]]]:
    """Headers without their ※, and the rows under them."""
    rows = [list(row) for row in sheet_of(data).iter_rows(values_only=True)]
    at = next(n for n, row in enumerate(rows) if sum(value is not None for value in row) >= min(3, len(row)) and n > 3)
    return [str(header).removesuffix("※") for header in rows[at]], rows[at + 1 :]


def on_screen(client: Client, query: str) -> tuple[list[str], list[list[str]]]:
    answer, rows = client.get(f"/assets/?{query}"), []
    while True:
        rows += [[entry["state"], *(cell["text"] for cell in entry["cells"])] for entry in answer.context["entries"]]
        if not answer.context["next_url"]:
            return ["登録の状態", *(header["label"] for header in answer.context["headers"])], rows
        answer = client.get("/assets/" + answer.context["next_url"])


def register(**values: Any) -> Asset:
    return world.registered(values.pop("place", "tax"), **values)


@pytest.fixture
def shelf() -> None:
    for n in range(60):
        level = world.level("confidentiality", ("2", "1", "3C")[n % 3]).pk
        place = ("tax", "residents")[n % 2]
        register(
            name=f"資産{n % 7}", confidentiality=level, place=place, location=f"書庫{n}", pi=(None, True, False)[n % 3]
        )
    draft(world.values(name="下書き", location="机"), by=world.person("clerk"))


QUERIES = {
    "as it opens": "",
    "sorted by name": "sort=name",
    "sorted by level": "sort=confidentiality",
    "sorted by department": "sort=section",
    "newest first": "sort=updated",
    "filtered": "q=資産3&state=registered",
    "filtered by department": "state=registered&pi=yes",
    "other columns": "columns=location&columns=name&columns=section",
    "columns twice": "columns=location&columns=name&columns=location&columns=organ&columns=segment",
    "everything together": "q=資産&sort=name&columns=asset_no&columns=name&columns=location&pi=no",
}


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("case", QUERIES)
def test_rows_columns_and_order_are_those_on_screen(case: str, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    headers, shown = on_screen(client, QUERIES[case])
    written, rows = table(exported(client, QUERIES[case])[0])
    assert written == headers
    assert len(rows) == len(shown) > 0
    for at, header in enumerate(headers):
        if header in NAMES:
            assert [str(row[at] or "") for row in rows] == [row[at] for row in shown], header


@pytest.mark.usefixtures("shelf")
def test_the_position_on_screen_does_not_narrow_the_export(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    mark = client.get("/assets/").context["next_url"].removeprefix("?")
    assert len(table(exported(client, mark)[0])[1]) == 61


LABELS = {
    ("1",): "自治体機密性1",
    ("1", "2"): "自治体機密性2",
    ("2", "3C", "1"): "自治体機密性3C",
    ("3A", "3B"): "自治体機密性3A",
}


@pytest.mark.parametrize("levels", LABELS, ids=str)
def test_the_highest_class_of_the_rows_stands_in_name_header_footer_and_cover(
    levels: tuple[str, ...], signed_in: SignIn
) -> None:
    for code in levels:
        register(name=f"機密性{code}", confidentiality=world.level("confidentiality", code).pk)
    register(place="residents", confidentiality=world.level("confidentiality", "3A").pk)
    data, name = exported(signed_in("clerk"))
    expected = f"{LABELS[levels]}情報を含む"
    assert name.startswith(f"情報資産台帳_伊奈町_{expected}_R")
    assert name.endswith(".xlsx")
    sheet = sheet_of(data)
    assert sheet["A2"].value == expected
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    for part in ("oddHeader", "oddFooter", "firstHeader", "firstFooter"):
        assert expected in xml.split(f"<{part}>")[1].split(f"</{part}>")[0], part


def test_unclassified_drafts_alone_carry_no_label(signed_in: SignIn) -> None:
    draft(world.values(confidentiality=None), by=world.person("clerk"))
    data, name = exported(signed_in("clerk"))
    assert "情報を含む" not in name
    assert len(table(data)[1]) == 1


def test_dates_are_dates_shown_in_wareki_numbers_are_numbers_and_choices_have_drop_downs(signed_in: SignIn) -> None:
    register(disposal_due="2036-03-31", pi_count=44512, pi=True, retention="10", likelihood=3, loss=2)
    keys = (
        "name",
        "disposal_due",
        "registered_on",
        "pi_count",
        "pi",
        "retention",
        "confidentiality",
        "risk",
        "section",
    )
    data, _ = exported(signed_in("clerk"), "&".join(f"columns={key}" for key in keys))
    sheet = sheet_of(data)
    cells: dict[str, Any] = dict(zip(keys, sheet[sheet.max_row][1:], strict=True))
    assert cells["disposal_due"].value == dt.datetime(2036, 3, 31)  # noqa: DTZ001 — a workbook knows no zone
    assert isinstance(cells["registered_on"].value, dt.datetime)
    for key in ("disposal_due", "registered_on"):
        assert cells[key].is_date
        assert cells[key].number_format.startswith("[$-411]ggge")
    assert (cells["pi_count"].value, cells["pi"].value, cells["retention"].value) == (44512, "有", "10年")
    assert str(cells["risk"].value) == "6"
    lists = {str(rule.sqref)[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    letters = {key: cells[key].column_letter for key in keys}
    assert set(lists) == {letters[key] for key in ("pi", "retention", "confidentiality")}
    assert lists[letters["pi"]] == '"有,無"'
    assert "自治体機密性3B" in lists[letters["confidentiality"]]


FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://192.0.2.1","x")',
    "+81",
    "-1+2",
    "@SUM(A1)",
    "＝1",
    "\t=1",
    "'=1",
    '=cmd|"/c"!A1',
]


def test_names_that_look_like_formulas_are_inert_text(signed_in: SignIn) -> None:
    for text in FORMULAS:
        register(name=text, location=text, description=text)
    data, _ = exported(signed_in("clerk"), "columns=name&columns=location&columns=description")
    sheet = sheet_of(data)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    names = [row[1] for row in table(data)[1]]
    assert sorted(names) == sorted(FORMULAS)
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()


def test_an_export_is_logged_with_filter_columns_rows_label_and_the_hash_of_the_bytes_sent(signed_in: SignIn) -> None:
    register(name="出力するもの")
    register(name="ほか")
    data, name = exported(signed_in("clerk"), "q=出力&columns=name&columns=location")
    entry = Entry.objects.newest_first()[0]
    assert (entry.act, entry.actor_label, entry.note) == ("ledger.exported", "税務課主査の人", name)
    facts = {label: value for label, _, value in entry.changes}
    assert "出力" in facts["条件"]
    assert facts["列"] == "情報資産名称、保管場所"
    assert (facts["行数"], facts["最高の分類"]) == ("1", "自治体機密性3B情報を含む")
    assert facts["SHA-256"] == hashlib.sha256(data).hexdigest()


def test_nothing_to_export_is_said_and_not_logged(signed_in: SignIn) -> None:
    before = Entry.objects.count()
    answer = signed_in("clerk").post("/assets/export/", {"query": "q=ありません"}, follow=True)
    assert "出力する行がありません" in answer.content.decode()
    assert (Entry.objects.count(), len(answer.context["chips"])) == (before, 1)


@pytest.mark.parametrize("username", ["postless", "sysadmin", "former"])
def test_who_may_not_export_is_told(username: str, signed_in: SignIn) -> None:
    register()
    answer = signed_in(username).post("/assets/export/", {"query": ""})
    assert answer.status_code == 403
    assert "出力する権限がありません" in answer.content.decode()
    assert signed_in("clerk").get("/assets/export/").status_code == 405


def test_rows_one_may_only_look_at_are_left_out(signed_in: SignIn) -> None:
    register(name="税務課のもの")
    register(name="住民課のもの", place="residents", confidentiality=world.level("confidentiality", "3A").pk)
    watcher = create_post(world.department("residents"), "外部監査", [Role.EXTERNAL_AUDITOR], world.SINCE, by=None)
    appoint(world.person("clerk"), watcher, world.SINCE, kind="concurrent", by=None)
    client = signed_in("clerk")
    assert len(client.get("/assets/").context["entries"]) == 2
    data, name = exported(client)
    assert [row[2] for row in table(data)[1]] == ["税務課のもの"]
    assert "3B" in name


def test_every_column_can_be_exported_for_a_row_that_has_everything_and_one_that_has_nothing(signed_in: SignIn) -> None:
    system = register(name="税務システム", asset_type="system")
    register(system=system.pk, description="二行\nある", disposed_on="2026-04-01", takeout="permit", rto=24, unit="係")
    draft({"section": world.department("tax").pk}, by=world.person("clerk"))
    data, _ = exported(signed_in("clerk"), "&".join(f"columns={column.key}" for column in COLUMNS))
    headers, rows = table(data)
    assert len(headers) == len(set(headers)) == 1 + len(COLUMNS)
    assert len(rows) == 3
    assert "税務システム" in rows[-1]


@pytest.mark.parametrize(
    "query", ["q=%0B", "q=%00", "q=" + "a" * 200, "columns=nothing", "sort=x&state=y", "%%%", "&&&=="]
)
def test_no_query_breaks_the_export(query: str, signed_in: SignIn) -> None:
    register()
    answer: Any = signed_in("clerk").post("/assets/export/", {"query": query})
    assert answer.status_code in {200, 302}
    if answer.status_code == 200:
        assert b"".join(answer.streaming_content)[:2] == b"PK"


class Moving(Listing):
    """A listing in whose middle somebody raises the class of a row, a number of times."""

    times = 1

    def header(self, column: Any) -> str:
        if self.times and column.key == "name":
            self.times -= 1
            code = ("3A", "2")[self.times % 2]
            Asset.objects.update(applied_1=world.level("confidentiality", code))
        return super().header(column)


def test_a_class_raised_while_writing_makes_it_begin_again(clerk: Any) -> None:
    register(confidentiality=world.level("confidentiality", "1").pk)
    made = write(Moving(clerk, QueryDict(""), classification_on()))
    assert made.label == "自治体機密性3A情報を含む"
    made.file.close()


def test_an_export_that_never_comes_to_rest_says_so(clerk: Any) -> None:
    register(confidentiality=world.level("confidentiality", "1").pk)
    listing = Moving(clerk, QueryDict(""), classification_on())
    listing.times = 9
    with pytest.raises(ValueError, match="もう一度出力してください"):
        write(listing)


def test_the_workbook_says_what_is_registered_and_what_is_not(signed_in: SignIn) -> None:
    register(name="登録したもの")
    draft(world.values(name="まだのもの"), by=world.person("clerk"))
    data = exported(signed_in("clerk"), "columns=name")[0]
    assert {tuple(row) for row in table(data)[1]} == {("登録済", "登録したもの"), ("下書き", "まだのもの")}
    assert "件数　2件（登録済 1件、そのほか 1件）" in str(sheet_of(data)["A3"].value)
