"""Whole files: what is no table is refused at the field, a foreign workbook is matched by hand, our own comes back."""

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from assets.columns import COLUMNS, EDITABLE
from assets.editing import draft
from assets.ledger.matching import ASIDE
from assets.models import Asset, Batch, BatchRow
from assets.states import Standing
from assets.values import snapshot
from assets.workflow import register_directly
from registry.history.models import Entry
from tests import world
from tests.assets.pages import errors_of
from tests.assets.test_exporting import exported
from tests.assets.uploads import (
    HEADERS,
    UPLOAD,
    checked,
    decide,
    findings,
    good,
    register,
    table,
    the_rest,
    upload,
    uploaded,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
SHARED = Path(__file__).parents[3] / "shared"
MAKER, OPEN_DATA = SHARED / "tools/make_hostile.py", SHARED / "data/takamatsu/open_data_list_0099.xlsx"
REFUSED = (
    "z05_corner_cell_XFD1048576.xlsx",
    "z09_duplicate_entry.xlsx",
    "z10_truncated.xlsx",
    "z11_bitflip_in_sheet.xlsx",
    "z12_zip_encrypted_flag.xlsx",
    "z15_empty.xlsx",
    "z16_no_sheets.xlsx",
    "z19_wide_16384_columns.xlsx",
    "x01_xxe_file_sharedStrings.xlsx",
    "x03_billion_laughs_sharedStrings.xlsx",
    "x08_unclosed_xml.xlsx",
    "f06_macro_named_xlsx.xlsx",
    "s29_header_only.xlsx",
    "c11_nul_bytes.csv",
    "c15_unbalanced_quote.csv",
    "e04_pdf_named_xlsx.xlsx",
    "e05_exe_named_xlsx.xlsx",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not MAKER.exists():
        pytest.skip(f"{MAKER.name} is not here; it is not part of the product")
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run([sys.executable, str(MAKER), str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_table_is_refused_at_the_field_and_leaves_nothing(
    name: str, hostile: Path, signed_in: SignIn
) -> None:
    before = Entry.objects.count()
    (sentence,) = errors_of(upload(signed_in("secretariat"), (hostile / name).read_bytes(), name))["file"]
    assert sentence.endswith("。")
    assert (Batch.objects.count(), BatchRow.objects.count(), Entry.objects.count()) == (0, 0, before)


def test_whatever_is_brought_the_page_answers(hostile: Path, signed_in: SignIn) -> None:
    """Every table of a strange shape is refused at the field, or checked with nothing registered."""
    client = signed_in("secretariat")
    with (hostile / "EXPECT.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] == "shape"]
    assert len(rows) > 25
    for row in rows:
        answer = upload(client, (hostile / row["file"]).read_bytes(), row["file"])
        if answer.status_code == 200:
            assert errors_of(answer)["file"], row["file"]
            continue
        batch = Batch.objects.latest("pk")
        unknown = {h["header"]: ASIDE for h in batch.headers if not batch.mapping[str(h["index"])]}
        answer = decide(client, batch, means=unknown)
        assert answer.status_code in {200, 302}, row["file"]
        assert client.get(f"/assets/imports/{batch.pk}/", follow=True).status_code == 200, row["file"]
    assert not Asset.objects.exists()


def test_error_cells_are_named_and_never_taken_for_blanks(hostile: Path, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    data = (hostile / "f04_error_cells.xlsx").read_bytes()
    batch = uploaded(client, data, "f04_error_cells.xlsx")
    unknown = {h["header"]: ASIDE for h in batch.headers if not batch.mapping[str(h["index"])]}
    decide(client, batch, means=unknown)
    places = {f["cell"] for row in batch.rows.all() for f in row.findings if "エラー値" in f["text"]}
    assert places == {"B2", "B3", "B4", "B5", "B6"}


@pytest.mark.parametrize("name", ["", "台帳", "台帳.xls", "台帳.exe", "台帳.pdf", "../../etc/passwd"])
def test_a_file_under_a_strange_name_is_answered(name: str, signed_in: SignIn) -> None:
    answer = upload(signed_in("secretariat"), table(good()), name or "x")
    assert errors_of(answer)["file"]
    assert not Batch.objects.exists()


def test_no_file_and_an_empty_file_are_said_at_the_field(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    assert errors_of(client.post(UPLOAD, {"csrfmiddlewaretoken": "x"}))["file"]
    assert errors_of(upload(client, b""))["file"]


def workbook(rows: list[list[Any]], title: str = "台帳") -> bytes:
    book, stream = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(stream)
    return stream.getvalue()


def test_a_file_with_very_long_names_inside_and_out_is_taken(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    rows = [["情報資産名称", "長" * 30_000], ["課税台帳", "値"]]
    batch = uploaded(client, workbook(rows, "表" * 31), "名" * 300 + ".xlsx")
    assert len(batch.filename) <= 200
    assert client.get(f"/assets/imports/{batch.pk}/columns/").status_code == 200


def test_titles_above_the_header_are_skipped_and_the_best_sheet_is_taken(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    rows = [["情報資産台帳"], ["令和8年4月1日現在"], [], HEADERS, good(name="三行下")]
    batch = uploaded(client, workbook(rows), "様式.xlsx")
    assert (batch.header_row, batch.rows.get().line) == (4, 5)
    assert decide(client, batch).status_code == 302
    assert findings(batch) == []


def test_a_finding_names_row_and_column_and_the_cell_only_of_a_workbook(signed_in: SignIn) -> None:
    client, row = signed_in("secretariat"), good(confidentiality="A", location="")
    for data, name, cells in (
        (workbook([HEADERS, row]), "台帳.xlsx", ("(E2)", "(I2)")),
        (table(row), "台帳.csv", ("", "")),
    ):
        batch = uploaded(client, data, name)
        decide(client, batch)
        page = " ".join(client.get(f"/assets/imports/{batch.pk}/").content.decode().split())
        assert f"2行目「自治体機密性」{cells[0]}: 「A」は使えません。" in page
        assert f"2行目「保管場所」{cells[1]}: 空欄です。" in page


OPEN_DATA_MEANS = {"dataName": "name", "category": "business", "url": "location", "note": "remarks"}


def test_a_foreign_list_of_a_hundred_and_thirteen_data_sets_becomes_as_many_assets(signed_in: SignIn) -> None:
    if not OPEN_DATA.exists():
        pytest.skip(f"{OPEN_DATA.name} is not here; 高松市's open data is not part of the product")
    client = signed_in("secretariat")
    batch = uploaded(client, OPEN_DATA.read_bytes(), OPEN_DATA.name)
    assert batch.rows.count() == 113
    aside = {header["header"]: ASIDE for header in batch.headers}
    public = the_rest(
        section=world.department("planning").pk,
        confidentiality=world.level("confidentiality", "1").pk,
        integrity=world.level("integrity", "1").pk,
        availability=world.level("availability", "1").pk,
        segment="internet",
    )
    del public["location"]
    assert decide(client, batch, public, {**aside, **OPEN_DATA_MEANS}).status_code == 302
    assert findings(batch) == []
    assert not Asset.objects.exists()
    assert "113件を登録しました。" in register(client, batch, reason="オープンデータ一覧の取込").content.decode()
    found = Asset.objects.filter(standing=Standing.REGISTERED, level_1__code="1", segment="internet")
    assert found.count() == 113
    first = Asset.objects.get(name="環境施設")
    assert first.business == "くらし"
    assert first.location == "https://opendata.smartcity-takamatsu.jp/ckan/dataset/environmental_facilities"
    assert errors_of(upload(client, OPEN_DATA.read_bytes(), "もう一度.xlsx"))["file"]
    label = client.get("/assets/").context["class_label"]
    assert label == "自治体機密性1情報を含む"


FULL: dict[str, Any] = {
    "description": "概要\n二行目",
    "business": "賦課",
    "pi": True,
    "pi_mynumber": True,
    "pi_count": 44512,
    "retention": "10",
    "disposal_due": "2036-03-31",
    "medium": "server",
    "encrypted": False,
    "status": "active",
    "remarks": "=1+1 ＩＣＴ①",
    "rto": 24,
    "takeout": "forbidden",
    "likelihood": 3,
    "contract_from": "2026-04-01",
}


def test_what_we_exported_comes_back_with_every_header_matched_and_every_value_the_same(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    for n in range(3):
        proposal = draft(world.values(name=f"資産{n}", **FULL), by=world.person("secretariat"))
        register_directly(proposal, by=world.person("secretariat"), reason="試験")
    data, name = exported(client, "&".join(f"columns={column.key}" for column in COLUMNS))
    batch = uploaded(client, data, name)
    assert batch.rows.count() == 3
    assert "" not in batch.mapping.values()
    meant = {header["header"].removesuffix("※"): batch.mapping[str(header["index"])] for header in batch.headers}
    for column in COLUMNS:
        named = {"confidentiality": "自治体機密性", "confidentiality_applied": "自治体機密性(適用値)"}
        header = named.get(column.key, column.label)
        own = column in EDITABLE or column.key == "asset_no"
        assert meant[header] == (column.key if own else ASIDE), header
    assert decide(client, batch).status_code == 302
    for row in batch.rows.all():
        asset = Asset.objects.get(name=row.values["name"])
        kept = {key: value for key, value in snapshot(asset).items() if value not in (None, "", {}, [])}
        assert {key: value for key, value in row.values.items() if value not in (None, "", [])} == kept


def test_what_is_in_the_ledger_is_not_registered_again(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    proposal = draft(world.values(name="課税台帳"), by=world.person("secretariat"))
    number = register_directly(proposal, by=world.person("secretariat"), reason="試験").asset.number
    data, name = exported(client, "&".join(f"columns={column.key}" for column in COLUMNS))
    batch = uploaded(client, data, name)
    decide(client, batch)
    assert [(column, text.split("。")[0]) for _, column, text in findings(batch)] == [
        ("資産番号", "番号のある行は取り込めません(登録済の資産の更新は画面で行います)"),
        ("情報資産名称", f"この課の台帳にすでにあります({number})"),
    ]
    assert "直すところが残っている" in register(client, batch).content.decode()
    assert Asset.objects.count() == 1


def test_the_same_name_twice_in_one_file_is_named_at_both_rows(signed_in: SignIn) -> None:
    rows = [good(name="ＡＢ台帳"), good(name="AB台帳"), good(name="AB台帳", section="住民課", sec_manager="住民課長")]
    batch = checked(signed_in("secretariat"), table(*rows))
    assert [(place, text) for place, _, text in findings(batch)] == [
        ("2行目", "同じ課の同じ名称が3行目にもあります。どれか一つにしてください。"),
        ("3行目", "同じ課の同じ名称が2行目にもあります。どれか一つにしてください。"),
    ]


def test_the_columns_page_shows_what_was_read_and_what_is_open(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = uploaded(client, table([*good(), "あれ"], headers=[*HEADERS, "これは何"]))
    page = client.get(f"/assets/imports/{batch.pk}/columns/").content.decode()
    assert "1行目を見出しとして、1行を読みました" in page
    assert "J列「これは何」" in page
    assert "例: あれ" in page
    assert "分からなかった列があります。" in page
    assert client.get(f"/assets/imports/{batch.pk}/").status_code == 302


def test_the_result_can_be_looked_at_again(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, table(good()))
    register(client, batch)
    assert "1件を登録しました。" in client.get(f"/assets/imports/{batch.pk}/").content.decode()
    assert "台帳.csv" in client.get("/assets/imports/").content.decode()


def test_what_came_into_the_ledger_after_the_check_is_not_registered_twice(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    first, second = checked(client, table(good())), checked(client, table(good(location="西支所")))
    register(client, first)
    answer = register(client, second)
    assert answer.status_code == 409
    assert "1行と同じ課・同じ名称の情報資産が台帳に入りました" in answer.content.decode()
    assert Asset.objects.count() == 1
