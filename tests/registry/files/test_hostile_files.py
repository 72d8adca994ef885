"""The hostile files and the real ones: each refused in time with a sentence, or read whole."""

import csv
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.files.reading import Book, Refused, read

SHARED = Path(__file__).parents[4] / "shared"
MAKER = SHARED / "tools/make_hostile.py"
TAKAMATSU = SHARED / "data/takamatsu"
SECONDS = 10

# Files whose fault lies in their columns: they are read here and refused by the importer.
JUDGED_BY_THE_IMPORTER = {
    "s03_duplicate_headers.xlsx": 3,
    "s05_missing_required_column.xlsx": 2,
    "s29_header_only.xlsx": 1,
    "s36_two_tables_side_by_side.xlsx": 3,
}
# What has to stand in the refusal of each file that is not read at all.
REFUSALS = {
    "z05_corner_cell_XFD1048576.xlsx": "XFD1048576",
    "z08_zip_slip.xlsx": "危険な名前",
    "z09_duplicate_entry.xlsx": "同じ名前",
    "z10_truncated.xlsx": "途中で切れて",
    "z11_bitflip_in_sheet.xlsx": "sheet1.xml",
    "z12_zip_encrypted_flag.xlsx": "パスワード付きZIP",
    "z13_many_entries.xlsx": "2,000個",
    "z15_empty.xlsx": "0バイト",
    "z16_no_sheets.xlsx": "シートが一枚もありません",
    "z17_300_sheets.xlsx": "300枚",
    "z19_wide_16384_columns.xlsx": "500列",
    "x01_xxe_file_sharedStrings.xlsx": "DOCTYPE",
    "x02_xxe_http_parameter_entity.xlsx": "DOCTYPE",
    "x03_billion_laughs_sharedStrings.xlsx": "DOCTYPE",
    "x04_billion_laughs_workbook.xlsx": "DOCTYPE",
    "x05_quadratic_blowup.xlsx": "DOCTYPE",
    "x06_dtd_only.xlsx": "DOCTYPE",
    "x08_unclosed_xml.xlsx": "壊れて",
    "f06_macro_named_xlsx.xlsx": "マクロ付き",
    "s33_bad_sharedstring_index.xlsx": "A2",
    "s34_rows_out_of_order.xlsx": "9行目",
    "c06_utf16le_nobom.csv": "UTF-16",
    "c07_eucjp.csv": "EUC-JP",
    "c08_iso2022jp.csv": "ISO-2022-JP",
    "c10_mixed_encodings.csv": "4行目",
    "c11_nul_bytes.csv": "2行目の5番目",
    "c12_truncated_multibyte.csv": "4行目",
    "c15_unbalanced_quote.csv": "3行目",
    "c18_semicolon.csv": "セミコロン",
    "c22_empty.csv": "0バイト",
    "c23_bom_only.csv": "文字がありません",
    "c24_utf8_invalid_overlong.csv": "2行目",
    "e01_xlsx_named_csv.csv": "「.xlsx」",
    "e02_csv_named_xlsx.xlsx": "「.csv」",
    "e03_html_named_xls.xls": ".xls",
    "e04_pdf_named_xlsx.xlsx": "PDF",
    "e05_exe_named_xlsx.xlsx": "実行ファイル",
    "e06_docx_named_xlsx.xlsx": "Word",
    "e07_ole2_stub_named_xlsx.xlsx": "旧形式",
}
# Cells that must carry a problem: (row or line, column from 0).
PROBLEMS = {
    "f03_formula_no_cached_value.xlsx": {(2, 9), (3, 9)},
    "f04_error_cells.xlsx": {(row, 1) for row in range(2, 7)},
    "f08_injection_strings.xlsx": {(9, 1), (10, 1), (9, 14), (10, 14)},
    "s19_serial_dates_1900.xlsx": {(row, 12) for row in range(4, 8)},
    "s24_types_in_text_columns.xlsx": {(3, 0)},
    "s26_10MB_single_cell.xlsx": {(2, 14)},
    "s27_32767_and_32768.xlsx": {(3, 14)},
    "s35_negative_zero_nan.xlsx": {(2, 9), (3, 9), (5, 9)},
    "c16_field_10MB.csv": {(2, 14)},
    "c17_ragged_rows.csv": {(3, 2), (4, 15)},
}
# Files that are imported with a warning which only the importer can give.
WARNED_BY_THE_IMPORTER = {"s06_unknown_extra_column.xlsx"}
TITLE_AND_HEADER_ROWS = {"s01_merged_header_two_rows.xlsx": 3}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of hostile files, made once."""
    if not MAKER.exists():
        pytest.skip("the maker of hostile files is not at hand (../shared/tools/make_hostile.py)")
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run([sys.executable, str(MAKER), str(folder)], check=True, capture_output=True)
    return folder


def expectations(folder: Path) -> list[dict[str, str]]:
    with (folder / "EXPECT.csv").open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["group"] != "evidence"]


def outcome(folder: Path, name: str) -> Book | str:
    """Return the book, or the sentence of the refusal; either within the time."""
    begun = time.monotonic()
    try:
        found: Book | str = read((folder / name).read_bytes(), name)
    except Refused as refusal:
        found = str(refusal)
    assert time.monotonic() - begun < SECONDS, name
    return found


def test_every_hostile_file_is_refused_or_read_as_the_table_says(hostile: Path) -> None:
    walked = expectations(hostile)
    faults = [fault for row in walked if (fault := fault_of(row, outcome(hostile, row["file"])))]
    assert faults == []
    assert {*REFUSALS, *JUDGED_BY_THE_IMPORTER, *PROBLEMS} <= {row["file"] for row in walked}


def fault_of(row: dict[str, str], found: Book | str) -> str:
    """Return what is wrong with an outcome, or nothing."""
    name = row["file"]
    if row["expect"] == "reject_file" and name not in JUDGED_BY_THE_IMPORTER:
        wanted = REFUSALS.get(name, "nothing is expected of it")
        right = isinstance(found, str) and wanted in found and name in found and found.endswith("。")
        return "" if right else f"{name}: {found}"
    if isinstance(found, str):
        return f"{name}: refused with {found}"
    return fault_of_book(row, found)


def fault_of_book(row: dict[str, str], book: Book) -> str:
    """Return what is wrong with a book that was rightly read, or nothing."""
    name = row["file"]
    rows = book.sheets[0].rows
    problems = {(number, at) for number, cells in rows for at, cell in enumerate(cells) if cell.problem}
    if problems != PROBLEMS.get(name, set()):
        return f"{name}: problems at {sorted(problems)}"
    wanted = JUDGED_BY_THE_IMPORTER.get(name) or int(row["rows_ok"] or 0) + TITLE_AND_HEADER_ROWS.get(name, 1)
    if row["expect"] != "reject_rows" and len(rows) != wanted:
        return f"{name}: {len(rows)} rows instead of {wanted}"
    warned = bool(book.warnings) or name in WARNED_BY_THE_IMPORTER
    return f"{name}: no warning" if row["expect"] == "import_warn" and not warned else ""


def test_nothing_of_this_machine_gets_into_a_workbook_or_its_refusal(hostile: Path) -> None:
    machine = Path("/etc/hostname")
    if not machine.exists():
        pytest.skip("this machine has no /etc/hostname to leak")
    assert machine.read_text().strip() not in str(outcome(hostile, "x01_xxe_file_sharedStrings.xlsx"))


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("s20_serial_dates_1904.xlsx", 12, ["2024-04-01", "2024-04-02"]),
        ("s31_furigana_phonetic.xlsx", 10, ["東京庁舎"]),
        ("s31_furigana_phonetic.xlsx", 1, ["住民異動届"]),
        ("s02_merged_data_cells.xlsx", 2, ["市民部市民課", "市民部市民課", "市民部市民課", "教育委員会事務局"]),
        ("f02_real_formulas.xlsx", 1, ["表示値0", "表示値1", "表示値2"]),
        ("c14_shift_jis_5c_trap.csv", 1, ["表示能力ソフト予算"]),
        ("c20_newlines_in_quotes.csv", 14, ["一行目\n二行目\r\n三行目"]),
        ("c27_equals_quoted_numbers.csv", 0, ["00001"]),
    ],
)
def test_values_come_out_as_they_went_in(hostile: Path, name: str, column: int, values: list[str]) -> None:
    book = outcome(hostile, name)
    assert isinstance(book, Book)
    found = [str(cells[column].value) for _, cells in book.sheets[0].rows[1:] if column < len(cells)]
    assert [value for value in found if value != "None"] == values


def test_characters_are_kept_code_point_for_code_point(hostile: Path) -> None:
    book = outcome(hostile, "s32_unicode_names.xlsx")
    assert isinstance(book, Book)
    pairs = [(cells[1].value, cells[14].value) for _, cells in book.sheets[0].rows[1:]]
    assert all(name == remark for name, remark in pairs)
    assert {"𠮷野家", "か\u3099き\u3099", "\u202e反転", "葛\U000e0100城市", "\ue000\uf8ff外字"} <= {
        name for name, _ in pairs
    }


@pytest.mark.skipif(not TAKAMATSU.exists(), reason="the open data of 高松市 is not at hand (../shared/data/takamatsu)")
@pytest.mark.parametrize(
    ("name", "rows", "cells"),
    [
        ("open_data_list_0099.xlsx", 114, 1141),
        ("old_events_0081.xlsx", 952, 13677),
        ("moving_formula.xlsx", 21, 221),
        ("takamatsu_city_organization_list_0083_202004.xlsx", 381, 3732),
        ("takamatsu_city_organization_list_0083_202104.xlsx", 395, 3871),
        ("takamatsu_city_organization_list_0083_202504.xlsx", 393, 2267),
    ],
)
def test_real_workbooks_are_read_whole(name: str, rows: int, cells: int) -> None:
    (sheet,) = read((TAKAMATSU / name).read_bytes(), name).sheets
    assert len(sheet.rows) == rows
    assert sum(cell.value is not None for _, row in sheet.rows for cell in row) == cells
    assert not any(cell.problem for _, row in sheet.rows for cell in row)
