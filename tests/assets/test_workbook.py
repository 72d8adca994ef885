"""The ledger workbook, read back by other programs: nothing lost, nothing that runs, and laid out as the 様式."""

import datetime
import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from assets.ledger.sheet_xml import TableRows
from assets.ledger.workbook import Column, write_workbook
from registry.files.reading import read
from tests.assets.workbooks import (
    COLUMNS,
    COVER,
    FIRST,
    FORMULA_LIKE,
    HARMLESS_TEXT,
    HEADER,
    LONG_CHOICES,
    ROW,
    as_excel_reads,
    column_a,
    ledger,
    opened,
    random_texts,
    written,
)


def test_the_values_come_back_as_they_were() -> None:
    sheet = ledger(opened())
    values = [cell.value for cell in sheet[FIRST]]
    assert values == [*ROW[:6], datetime.datetime(2036, 4, 1)]  # noqa: DTZ001 — Excel knows no zones
    assert sheet.max_row == FIRST


def test_the_reader_of_our_import_reads_the_same() -> None:
    rows = dict(read(written().getvalue(), "台帳.xlsx").sheets[0].rows)
    assert [cell.value for cell in rows[HEADER + 1]] == list(ROW)


def test_headers_mark_what_must_be_filled_in() -> None:
    sheet = ledger(opened())
    assert [cell.value for cell in sheet[HEADER]][:4] == ["資産番号", "情報資産名称※", "概要", "機密性※"]
    assert all(cell.font.b and cell.fill.fgColor.rgb == "FFE6E6E6" for cell in sheet[HEADER])


def test_the_facts_stand_above_the_table() -> None:
    sheet = ledger(opened())
    facts = [sheet.cell(row, 1).value for row in range(1, HEADER)]
    assert facts == [
        "情報資産台帳",
        "機密性3B情報を含む",
        "伊奈町　　基準日　令和8年4月1日現在　　件数　1件　　※は必ず記入する項目です",
        "出力者　総務課 主査 鈴木一郎　　出力日時　令和8年4月2日 9時30分",
        "条件　所管課が税務課",
        None,
    ]
    assert sheet["A1"].font.sz == 18


def test_without_a_class_the_table_moves_up_one_row() -> None:
    book = load_workbook(written(cover=replace(COVER, class_label="", conditions="")))
    sheet = ledger(book)
    assert sheet["A4"].value == "条件　なし"
    assert sheet.freeze_panes == "D7"


def test_the_sheet_prints_on_wide_paper_with_its_header_on_every_page() -> None:
    sheet = ledger(opened())
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${HEADER}:${HEADER}"


def margins(stream: io.BytesIO) -> dict[str, str]:
    """Headers and footers as they stand in the file."""
    sheet = ElementTree.fromstring(zipfile.ZipFile(stream).read("xl/worksheets/sheet1.xml"))
    (found,) = [part for part in sheet if part.tag.endswith("headerFooter")]
    return {part.tag.partition("}")[2]: part.text or "" for part in found}


def test_every_page_says_its_class_its_day_and_its_maker() -> None:
    texts = margins(written())
    codes = r'(&\d+|&B|&"游ゴシック,Regular")+'
    label, page = f"&L{codes}機密性3B情報を含む", f"&R{codes}&P / &N ページ"
    made = f"&R{codes}作成　総務課 主査 鈴木一郎　令和8年4月2日 9時30分"
    footer = f"&L{codes}基準日　令和8年4月1日現在&C{codes}機密性3B情報を含む{made}"
    assert re.fullmatch(f"{label}&C{codes}情報資産台帳{page}", texts["oddHeader"])
    assert re.fullmatch(f"{label}{page}", texts["firstHeader"])
    assert re.fullmatch(footer, texts["oddFooter"])
    assert re.fullmatch(footer, texts["firstFooter"])


def test_headers_and_footers_stay_within_what_excel_accepts() -> None:
    texts = margins(written(cover=replace(COVER, title="A&B" * 90, made_by="&" * 300, class_label="x" + "&" * 300)))
    assert max(map(len, texts.values())) <= 255
    assert "x" + "&&" * 21 + "…" in texts["firstHeader"]


def test_panes_are_frozen_and_the_table_can_be_filtered() -> None:
    sheet = ledger(opened([ROW] * 3))
    assert sheet.freeze_panes == f"D{FIRST}"
    assert sheet.auto_filter.ref == f"A{HEADER}:G{HEADER + 3}"


def test_choices_can_be_picked_in_every_row_and_in_two_hundred_more() -> None:
    book = opened([ROW] * 3)
    short, long = ledger(book).data_validations.dataValidation
    assert (short.formula1, str(short.sqref)) == ('"3A,3B,3C,2,1"', f"D{FIRST}:D{FIRST + 202}")
    assert (long.formula1, str(long.sqref)) == ("'選択肢'!$A$2:$A$61", f"E{FIRST}:E{FIRST + 202}")
    hidden = book["選択肢"]
    assert hidden.sheet_state == "hidden"
    assert [cell.value for cell in hidden["A"]] == ["所管課", *LONG_CHOICES]


@pytest.mark.parametrize("awkward", ["一,二", " 前の空白", "二\n行"])
def test_a_choice_the_rule_cannot_hold_goes_to_the_hidden_sheet(awkward: str) -> None:
    book = load_workbook(written([("a",)], [Column("区分", "choice", 10, ("一", awkward))]))
    assert book["選択肢"]["A3"].value == awkward


def test_without_long_lists_there_is_no_hidden_sheet() -> None:
    assert load_workbook(written([("a",)], [Column("区分", "choice", 10, ('"a"', "b"))])).sheetnames == ["情報資産台帳"]


def test_dates_are_numbers_that_read_in_the_era() -> None:
    cell = ledger(opened())[f"G{FIRST}"]
    assert cell.number_format == '[$-411]ggge"年"m"月"d"日";@'
    assert cell.data_type == "d"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime.date(1900, 2, 28), "明治33年2月28日"),
        (datetime.date(1873, 1, 1), "明治6年1月1日"),
        (datetime.date(1872, 12, 31), "西暦1872年12月31日"),
    ],
)
def test_a_day_excel_cannot_count_is_written_in_words(day: datetime.date, words: str) -> None:
    (cell,) = column_a(written([(day,)], [Column("日", "date", 15)]))
    assert (cell.value, cell.data_type) == (words, "s")


def test_the_first_day_excel_counts_rightly_is_a_date() -> None:
    (cell,) = column_a(written([(datetime.date(1900, 3, 1),)], [Column("日", "date", 15)]))
    assert cell.value == datetime.datetime(1900, 3, 1)  # noqa: DTZ001 — Excel knows no zones


def test_integers_are_numbers_until_excel_would_round_them() -> None:
    cells = column_a(written([(0,), (-5,), (10**15 - 1,), (10**15,)], [Column("数", "integer", 10)]))
    assert [(cell.value, cell.data_type) for cell in cells] == [
        (0, "n"),
        (-5, "n"),
        (10**15 - 1, "n"),
        (str(10**15), "s"),
    ]


@pytest.mark.parametrize("kind", ["text", "long", "choice", "date", "integer"])
def test_text_that_begins_like_a_formula_stays_text_even_when_edited(kind: str) -> None:
    column = Column("概要", kind, 20)  # type: ignore[arg-type]
    for cell, text in zip(column_a(written([(text,) for text in FORMULA_LIKE], [column])), FORMULA_LIKE, strict=True):
        assert as_excel_reads(cell.value) == text
        assert (cell.data_type, cell.quotePrefix, cell.number_format) == ("s", True, "@")


def test_other_text_is_left_as_it_is() -> None:
    rows = [(text,) for text in HARMLESS_TEXT]
    for cell, text in zip(column_a(written(rows, [Column("概要", "text", 20)])), HARMLESS_TEXT, strict=True):
        assert as_excel_reads(cell.value) == text
        assert (cell.data_type, bool(cell.quotePrefix)) == ("s", False)


def test_there_is_no_formula_in_the_file() -> None:
    sheet = zipfile.ZipFile(written([(text, *ROW[1:]) for text in FORMULA_LIKE])).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<f " not in sheet


def test_ten_thousand_random_texts_come_back_equal() -> None:
    texts = random_texts(10_000)
    cells = column_a(written([(text,) for text in texts], [Column("概要", "text", 20)]))
    assert [as_excel_reads(cell.value) for cell in cells] == texts


def test_the_reader_of_our_import_reads_random_texts_equal() -> None:
    texts = random_texts(10_000)
    made = written([(text,) for text in texts], [Column("概要", "text", 20)])
    rows = dict(read(made.getvalue(), "台帳.xlsx").sheets[0].rows)
    cells = [(text, rows[number][0]) for number, text in enumerate(texts, FIRST) if number in rows]
    assert len(cells) > 9_000
    assert [cell.value for text, cell in cells if not cell.problem] == [t for t, cell in cells if not cell.problem]
    assert all("制御文字" in cell.problem for _, cell in cells if cell.problem)


@pytest.mark.parametrize("text", ["\ufffe\uffff", "\ud83d", "_x0041\x01", "_x7_", "_x0041_x0042_", "\x00_x0000_"])
def test_what_xml_cannot_hold_and_what_looks_like_it_come_back(text: str) -> None:
    (cell,) = column_a(written([(text,)], [Column("概要", "text", 20)]))
    assert as_excel_reads(cell.value) == text


def test_a_text_longer_than_a_cell_is_refused_by_name() -> None:
    fits, too_long = "あ" * 32_767, "𠮷" * 16_384
    (cell,) = column_a(written([(fits,)], [Column("備考", "long", 20)]))
    assert cell.value == fits
    with pytest.raises(ValueError, match="2件目『備考』は32,768文字"):
        written([("短い",), (too_long,)], [Column("備考", "long", 20)])


def test_a_row_below_the_last_of_excel_is_refused() -> None:
    table = TableRows(COLUMNS, 7)
    assert 'r="1048576"' in table.row(1_048_569, ROW)
    with pytest.raises(ValueError, match="1,048,570件目はExcelの行数の上限"):
        table.row(1_048_570, ROW)


def test_an_empty_cell_is_ready_for_what_its_column_holds() -> None:
    sheet = ledger(opened([(None, "", None, None, "", None, None)]))
    assert [cell.value for cell in sheet[FIRST]] == [None] * 7
    formats = ["@", "@", "@", "@", "@", "#,##0", '[$-411]ggge"年"m"月"d"日";@']
    assert [cell.number_format for cell in sheet[FIRST]] == formats
    assert [sheet.column_dimensions[letter].width for letter in "ABCDEFG"] == [column.width for column in COLUMNS]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2件目の値は2個ですが、列は7個"):
        written([ROW, ROW[:2]])


def test_rows_that_came_or_went_meanwhile_are_noticed() -> None:
    with pytest.raises(ValueError, match="件数は3件ですが、行は2件"):
        write_workbook(io.BytesIO(), replace(COVER, row_count=3), COLUMNS, [ROW, ROW])


def test_without_columns_nothing_is_written() -> None:
    with pytest.raises(ValueError, match="列を選んでください"):
        written([()], [])


@pytest.mark.parametrize("width", [1, 3, 4, 69])
def test_any_number_of_columns_and_no_rows_make_a_workbook(width: int) -> None:
    sheet = ledger(load_workbook(written([], [Column(f"列{index}", "text", 12) for index in range(width)])))
    assert sheet.max_row == HEADER
    assert sheet.freeze_panes == (f"A{FIRST}" if width < 4 else f"D{FIRST}")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("台帳[1]/2:*?", "台帳 1  2"),
        ("あ" * 40, "あ" * 31),
        ("'引用'", "引用"),
        ("履歴", "台帳"),
        ("選択肢", "台帳"),
        ("", "台帳"),
    ],
)
def test_the_sheet_has_a_name_excel_accepts(title: str, name: str) -> None:
    assert load_workbook(written(cover=replace(COVER, title=title))).sheetnames[0] == name


def test_a_quote_mark_in_the_title_does_not_break_the_names() -> None:
    book = load_workbook(written(cover=replace(COVER, title="鈴木's <台帳> & 表")))
    assert book.sheetnames[0] == "鈴木's <台帳> & 表"
    assert ledger(book).print_title_rows == f"${HEADER}:${HEADER}"


def test_the_document_says_what_it_is_and_who_made_it() -> None:
    properties = opened().properties
    assert (properties.title, properties.creator) == ("情報資産台帳", "総務課 主査 鈴木一郎")
    assert properties.category == "機密性3B情報を含む"
    assert properties.created == datetime.datetime(2026, 4, 2, 0, 30)  # noqa: DTZ001 — Excel knows no zones


def test_the_same_rows_make_the_same_bytes() -> None:
    assert written().getvalue() == written().getvalue()
    assert {part.date_time for part in zipfile.ZipFile(written()).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_tall_rows_are_given_room() -> None:
    sheet = ledger(opened([ROW, (*ROW[:2], "あ" * 100, *ROW[3:]), (*ROW[:2], "あ\n" * 200, *ROW[3:])]))
    heights = [sheet.row_dimensions[row].height or 0 for row in range(FIRST, FIRST + 3)]
    assert heights[0] < heights[1] < heights[2] == 409.5
