"""Reading a workbook: every value as its owner sees it, or a reason beside the cell, and nothing lost in silence."""

import datetime
import struct

import pytest

from registry.files.reading import Cell, Refused, Sheet, read

FORMATS = (
    '<numFmts count="7"><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="000-0000"/>'
    '<numFmt numFmtId="166" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>'
    '<numFmt numFmtId="167" formatCode="#,##0&quot;日&quot;"/><numFmt numFmtId="168" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="169" formatCode="[Red]0.00E+00"/><numFmt numFmtId="170" formatCode="m&quot;月&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    "<cellXfs>"
    + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 164, 165, 166, 167, 168, 169, 14, 20, 22, 57, 170))
    + "</cellXfs>"
)
ZEROS, POSTAL, WAREKI, DAYS, ELAPSED, SCIENTIFIC, DAY, CLOCK, MOMENT, JAPANESE, MONTH = range(1, 12)


def first_sheet(data: bytes) -> Sheet:
    return read(data, "台帳.xlsx").sheets[0]


def only_cell(workbook, cell: str, **others: str) -> Cell:
    ((_, cells),) = first_sheet(workbook(f'<row r="1">{cell}</row>', **others)).rows
    return cells[-1]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>3</v></c>', 3),
        ('<c r="A1"><v>3.0</v></c>', 3),
        ('<c r="A1"><v>-0.0</v></c>', 0),
        ('<c r="A1"><v>0.30000000000000004</v></c>', 0.3),
        ('<c r="A1"><v>1E+3</v></c>', 1000),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="str"><v>表示</v></c>', "表示"),
        ('<c r="A1" t="inlineStr"><is><t>前</t><rPh><t>マエ</t></rPh><r><t>後</t></r></is></c>', "前後"),
        ('<c r="A1" t="s"><v>1</v></c>', "住民異動届"),
        ('<c r="A1" t="str"><v>_x3042__xD83D__xDE00__x3042</v></c>', "あ😀_x3042"),
        ('<c r="A1" t="d"><v>2024-04-01</v></c>', datetime.date(2024, 4, 1)),
        (f'<c r="A1" s="{ZEROS}"><v>123</v></c>', "00123"),
        (f'<c r="A1" s="{POSTAL}"><v>600000</v></c>', "060-0000"),
        (f'<c r="A1" s="{POSTAL}"><v>123456789</v></c>', "12345-6789"),
        (f'<c r="A1" s="{WAREKI}"><v>45383</v></c>', datetime.date(2024, 4, 1)),
        (f'<c r="A1" s="{JAPANESE}"><v>45383</v></c>', datetime.date(2024, 4, 1)),
        (f'<c r="A1" s="{DAY}"><v>59</v></c>', datetime.date(1900, 2, 28)),
        (f'<c r="A1" s="{DAY}"><v>61</v></c>', datetime.date(1900, 3, 1)),
        (f'<c r="A1" s="{DAY}"><v>2958465</v></c>', datetime.date(9999, 12, 31)),
        (f'<c r="A1" s="{MONTH}"><v>45383</v></c>', datetime.date(2024, 4, 1)),
        (f'<c r="A1" s="{MOMENT}"><v>45383.75</v></c>', datetime.datetime.fromisoformat("2024-04-01T18:00")),
        (f'<c r="A1" s="{CLOCK}"><v>0.3958333333333333</v></c>', "9:30"),
        (f'<c r="A1" s="{ELAPSED}"><v>1.5</v></c>', "36:00"),
        (f'<c r="A1" s="{DAYS}"><v>45383</v></c>', 45383),
        (f'<c r="A1" s="{SCIENTIFIC}"><v>45383</v></c>', 45383),
        ('<c r="A1" s="99"><v>45383</v></c>', 45383),
    ],
)
def test_a_cell_is_read_as_its_owner_sees_it(workbook, cell: str, value: str | int | float | datetime.date) -> None:
    strings = "<si><t>a</t></si><si><r><t>住民</t></r><r><t>異動届</t></r><rPh><t>ジュウミン</t></rPh></si>"
    assert only_cell(workbook, cell, styles=FORMATS, strings=strings) == Cell(value)
    assert type(only_cell(workbook, cell, styles=FORMATS, strings=strings).value) is type(value)


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ('<c r="A1" t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c r="A1" t="e"><f>A9</f><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1"><f>SUM(B1)</f></c>', "計算結果"),
        ('<c r="A1"><f>SUM(B1)</f><v></v></c>', "計算結果"),
        ('<c r="A1"><v>NaN</v></c>', "数値として"),
        ('<c r="A1"><v>１２</v></c>', "数値として"),
        ('<c r="A1"><v>1_000</v></c>', "数値として"),
        ('<c r="A1"><v>1E+400</v></c>', "大きすぎて"),
        (f'<c r="A1"><v>{"9" * 5000}</v></c>', "数値として"),
        ('<c r="A1"><v>1234567890123456</v></c>', "15桁"),
        ('<c r="A1" t="b"><v>2</v></c>', "TRUE"),
        ('<c r="A1" t="x"><v>2</v></c>', "種類"),
        ('<c r="A1" t="d"><v>2024-02-30</v></c>', "日付として"),
        ('<c r="A1" t="str"><v>A_x0000_B</v></c>', "U+0000"),
        ('<c r="A1" t="str"><v>A_xD800_B</v></c>', "U+D800"),
        (f'<c r="A1" t="str"><v>{"あ" * 32768}</v></c>', "32,767"),
        (f'<c r="A1" s="{DAY}"><v>60</v></c>', "1900年2月29日"),
        (f'<c r="A1" s="{DAY}"><v>0</v></c>', "日付にできない"),
        (f'<c r="A1" s="{DAY}"><v>-1</v></c>', "日付にできない"),
        (f'<c r="A1" s="{DAY}"><v>2958466</v></c>', "日付にできない"),
    ],
)
def test_a_cell_that_cannot_be_trusted_says_why(workbook, cell: str, hint: str) -> None:
    found = only_cell(workbook, cell, styles=FORMATS)
    assert found.value is None
    assert hint in found.problem
    assert found.problem.endswith("。")


def test_an_empty_text_result_of_a_formula_is_a_blank_and_other_formulas_are_told(workbook) -> None:
    cells = '<c r="A1" t="str"><f>IF(1,"")</f><v></v></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1"><v>2</v></c>'
    book = read(workbook(f'<row r="1">{cells}</row>'), "台帳.xlsx")
    assert book.sheets[0].rows == ((1, (Cell(None), Cell(2), Cell(2))),)
    assert book.warnings == ("シート「台帳」のB1は数式です。保存されている計算結果を読みました。",)


def test_rows_keep_their_numbers_and_blank_ones_are_left_out(workbook) -> None:
    rows = '<row r="2"><c r="B2"><v>1</v></c><c r="D2"/></row><row r="5"><c t="str"><v> 　</v></c></row><row><c><v>2</v></c></row>'
    assert first_sheet(workbook(rows)).rows == ((2, (Cell(None), Cell(1))), (6, (Cell(2),)))


def test_cells_merged_downwards_are_filled_and_told(workbook) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 3, 4))
    rows = rows.replace('<row r="1"><c r="A1"><v>1</v></c>', '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>9</v></c>')
    merges = '<mergeCells><mergeCell ref="C1:C3"/><mergeCell ref="A1:B1"/></mergeCells>'
    book = read(workbook(rows, after=merges), "台帳.xlsx")
    assert book.sheets[0].rows == (
        (1, (Cell(1), Cell(None), Cell(9))),
        (3, (Cell(3), Cell(None), Cell(9))),
        (4, (Cell(4),)),
    )
    assert book.sheets[0].merged == ("C1:C3", "A1:B1")
    assert book.warnings == ("シート「台帳」のC1:C3は結合セルのため、先頭の値をすべての行に入れて読みました。",)


def test_hidden_rows_are_read_and_told(workbook) -> None:
    book = read(workbook('<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>'), "台帳.xlsx")
    assert len(book.sheets[0].rows) == 1
    assert "1行目は非表示" in book.warnings[0]


def test_a_sheet_with_prefixed_names_is_read_all_the_same(workbook) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert first_sheet(workbook(parts={"xl/worksheets/sheet1.xml": xml})).rows == ((1, (Cell(7),)),)


@pytest.mark.parametrize(
    ("rows", "hint"),
    [
        ('<row r="2"/><row r="1"/>', "行番号の順序"),
        ('<row r="2"/><row r="2"/>', "行番号の順序"),
        ('<row r="1048577"/>', "行番号の順序"),
        ('<row r="x"/>', "行番号の順序"),
        ('<row r="1"><c r="A2"/></row>', "「A2」"),
        ('<row r="1"><c r="XFE1"/></row>', "「XFE1」"),
        ('<row r="1"><c r="B1"/><c r="B1"/></row>', "「B1」"),
        ('<row r="1"><c r="B1"/><c r="A1"/></row>', "「A1」"),
        ('<c r="A1"><v>1</v></c>', "「A1」"),
        ("<c><v>1</v></c>", "位置"),
        ('<row r="1"><c r="SG1"><v>1</v></c></row>', "SG1"),
        ('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', "ない文字列"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "ない文字列"),
        ("<a>" * 100 + "</a>" * 100, "入れ子"),
        ('<row r="1">', "壊れて"),
        ('<row r="1"/>', "値のある行が一行もありません"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused_by_name(workbook, rows: str, hint: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(workbook(rows), "台帳.xlsx")
    assert hint in str(refusal.value)
    assert str(refusal.value).startswith("「台帳.xlsx」は読み込めません。")
    assert str(refusal.value).endswith("。")


def test_other_kinds_of_sheet_are_told_and_macro_sheets_refused(workbook) -> None:
    with pytest.raises(Refused, match="値のあるシート"):
        read(workbook(kind="chartsheet"), "台帳.xlsx")
    with pytest.raises(Refused, match="マクロシート"):
        read(workbook(kind="xlMacrosheet"), "台帳.xlsx")


@pytest.mark.parametrize(
    ("part", "xml", "hint"),
    [
        ("xl/styles.xml", '<!DOCTYPE x [<!ENTITY a "b">]><styleSheet/>', "DOCTYPE"),
        ("_rels/.rels", "<!DOCTYPE x><x/>", "DOCTYPE"),
        ("[Content_Types].xml", "<Types", "壊れて"),
        ("xl/workbook.xml", "<workbook/>", "Excelブックではありません"),
        ("xl/worksheets/sheet1.xml", "<worksheet/>", "読める形"),
        ("xl/worksheets/sheet1.xml", '<?xml version="1.0" encoding="euc-jp"?><worksheet/>', "読み出せません"),
        ("xl/vbaProject.bin", "", "マクロ"),
        ("mimetype/../x", "", "危険な名前"),
    ],
)
def test_a_part_that_is_wrong_refuses_the_whole(workbook, part: str, xml: str, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        read(workbook('<row r="1"><c r="A1"><v>1</v></c></row>', parts={part: xml}), "台帳.xlsx")


def test_one_string_used_a_hundred_thousand_times_is_stopped(workbook) -> None:
    rows = "".join(f'<row r="{n}"><c t="s"><v>0</v></c></row>' for n in range(1, 100_000))
    with pytest.raises(Refused, match="値の量が多すぎます"):
        read(workbook(rows, strings=f"<si><t>{'あ' * 32_000}</t></si>"), "台帳.xlsx")


def test_too_many_rows_are_stopped(workbook) -> None:
    rows = "".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in range(1, 120_002))
    with pytest.raises(Refused, match="120,000行"):
        read(workbook(rows), "台帳.xlsx")


def test_a_million_strings_run_into_the_memory_limit_not_into_the_server(workbook) -> None:
    strings = "".join(f"<si><t>{n:06}</t></si>" for n in range(10)) * 250_000
    with pytest.raises(Refused):
        read(workbook('<row r="1"><c><v>1</v></c></row>', strings=strings), "台帳.xlsx")


def test_a_directory_that_claims_a_gigabyte_is_refused_unread(workbook) -> None:
    data = bytearray(workbook('<row r="1"><c><v>1</v></c></row>'))
    entry = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", data, entry + 24, 1 << 30)
    with pytest.raises(Refused, match="大きくなりすぎます"):
        read(bytes(data), "台帳.xlsx")


def test_a_file_name_that_wants_to_be_more_is_shown_harmless(workbook) -> None:
    with pytest.raises(Refused, match=r"^「台帳xslx\.xlsx」は"):
        read(b"", "../../台帳\u202exslx\x00\r\n.xlsx")
    with pytest.raises(Refused) as refusal:
        read(b"", "あ" * 500 + ".xlsx")
    assert len(str(refusal.value)) < 160


def test_gaiji_in_a_workbook_are_kept_and_told_also_in_long_texts(workbook) -> None:
    cells = f'<c r="A1" t="str"><v>\ue000田</v></c><c r="B1" t="str"><v>{"長" * 200}\uf8ff</v></c>'
    book = read(workbook(f'<row r="1">{cells}</row>'), "台帳.xlsx")
    ((_, (first, second)),) = book.sheets[0].rows
    assert (first.value, str(second.value)[-1]) == ("\ue000田", "\uf8ff")
    assert any("外字を含む値が2種類あります" in warning for warning in book.warnings)
