"""Reading CSV: the right characters or a refusal naming the line, and rows that do not fit together are told."""

import pytest

from registry.files.reading import Book, Cell, Refused, read

HEADER = "管理番号,情報資産名,所管課\r\n"


def rows_of(book: Book) -> list[tuple[int, list[object]]]:
    return [(line, [cell.value for cell in cells]) for line, cells in book.sheets[0].rows]


@pytest.mark.parametrize(
    "data",
    [
        (HEADER + "1,表,総務課\r\n").encode("cp932"),
        (HEADER + "1,表,総務課\r\n").encode(),
        (HEADER + "1,表,総務課\r\n").encode("utf-8-sig"),
        b"\xef\xbb\xbf" + (HEADER + "1,表,総務課\r\n").encode("utf-8-sig"),
        (HEADER + "1,表,総務課\r\n").encode("utf-16"),
        (HEADER + "1,表,総務課\r\n").replace(",", "\t").encode("utf-16"),
        (HEADER + "1,表,総務課\r\n").replace("\r\n", "\r").encode("cp932"),
        (HEADER + "1,表,総務課\x1a").encode("cp932"),
    ],
)
def test_every_usual_encoding_gives_the_same_rows(data: bytes) -> None:
    book = read(data, "台帳.csv")
    assert book.kind == "csv"
    assert book.sheets[0].title == "台帳.csv"
    assert rows_of(book) == [(1, ["管理番号", "情報資産名", "所管課"]), (2, ["1", "表", "総務課"])]


def test_half_width_kana_of_an_old_system_is_not_taken_for_another_encoding() -> None:
    data = (HEADER + "1,ﾂｱ,ｿｳﾑｶ\r\n2,ﾂｱ,\r\n").encode("cp932")
    assert rows_of(read(data, "台帳.csv"))[1:] == [(2, ["1", "ﾂｱ", "ｿｳﾑｶ"]), (3, ["2", "ﾂｱ"])]


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (HEADER.encode("euc-jp"), "EUC-JP"),
        (HEADER.encode("iso2022_jp"), "ISO-2022-JP"),
        (HEADER.encode("utf-16-le"), "UTF-16"),
        (HEADER.encode("utf-32"), "UTF-32"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le")[:-1], "UTF-16"),
        ((HEADER * 3).encode("cp932") + HEADER.encode(), "4行目"),
        ((HEADER * 3).encode() + HEADER.encode("cp932"), "4行目"),
        (HEADER.encode("cp932") + "a,b,住".encode("cp932")[:-1], "2行目"),
        (b"\xef\xbb\xbf" + HEADER.encode() + b"\xff,b,c\r\n", "2行目"),
        ((HEADER + "1,\x00,総務課").encode(), "2行目の2番目"),
        ((HEADER + '1,"開いたまま,総務課\r\n2,b,c\r\n').encode(), "2行目"),
        ((HEADER + '1,"一"二,総務課\r\n').encode(), "2行目"),
        (HEADER.replace(",", ";").encode(), "セミコロン"),
        ((HEADER + "," * 500).encode(), "2行目に項目が501個"),
        (b"\xef\xbb\xbf", "文字がありません"),
        (b" \r\n\r\n", "文字がありません"),
        (b",,,\r\n,,,\r\n", "値のある行"),
        (b"<html><table></table></html>", "マークアップ"),
        (b"PK\x03\x04", "圧縮形式"),
    ],
)
def test_what_would_turn_into_garbage_is_refused(data: bytes, hint: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(data, "台帳.csv")
    assert hint in str(refusal.value)
    assert str(refusal.value).endswith("。")


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    data = ("sep=,\r\n" + HEADER + '1,"一行目\n二行目",総務課\r\n\r\n2,次,総務課\r\n').encode()
    assert rows_of(read(data, "台帳.csv")) == [
        (2, ["管理番号", "情報資産名", "所管課"]),
        (3, ["1", "一行目\n二行目", "総務課"]),
        (6, ["2", "次", "総務課"]),
    ]


def test_rows_of_another_length_say_so() -> None:
    data = (HEADER + "1,短い\r\n2,長い,総務課,余り\r\n3,普通,総務課\r\n4,普通,総務課\r\n").encode()
    rows = read(data, "台帳.csv").sheets[0].rows
    assert rows[1][1][2].problem.startswith("項目の数が2個")
    assert rows[2][1][3].problem.startswith("項目の数が4個")
    assert rows[3][1] == (Cell("3"), Cell("普通"), Cell("総務課"))


def test_a_comma_too_many_at_the_end_of_every_row_does_no_harm() -> None:
    rows = read((HEADER + "1,表,総務課,\r\n2,能,総務課,\r\n").encode(), "台帳.csv").sheets[0].rows
    assert [len(cells) for _, cells in rows] == [3, 3, 3]
    assert not any(cell.problem for _, cells in rows for cell in cells)


def test_a_number_kept_as_text_is_unwrapped_and_told() -> None:
    book = read((HEADER + '="00001",表,総務課\r\n').encode(), "台帳.csv")
    assert book.sheets[0].rows[1][1][0] == Cell("00001")
    assert "2行目" in book.warnings[0]


def test_gaiji_and_invisible_characters_are_told() -> None:
    book = read((HEADER + "1,\ue000\u200b,総務課\r\n").encode(), "台帳.csv")
    assert any("外字" in warning and "2行目" in warning for warning in book.warnings)
    assert any("ゼロ幅" in warning for warning in book.warnings)


def test_a_field_that_is_too_long_or_unprintable_says_so() -> None:
    rows = read((HEADER + f"1,{'あ' * 200_000},A\x1bB\r\n").encode(), "台帳.csv").sheets[0].rows
    assert "32,767" in rows[1][1][1].problem
    assert "U+001B" in rows[1][1][2].problem


def test_formulas_in_text_stay_text() -> None:
    data = (HEADER + "1,=1+1,+A1\r\n").encode()
    assert rows_of(read(data, "台帳.csv"))[1] == (2, ["1", "=1+1", "+A1"])


@pytest.mark.parametrize("name", ["台帳.xls", "台帳.xlsm", "台帳.ods", "台帳.pdf", "台帳", ""])
def test_other_endings_are_refused(name: str) -> None:
    with pytest.raises(Refused):
        read(HEADER.encode(), name)
