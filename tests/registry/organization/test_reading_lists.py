"""Reading an organisation list: lines above the header, codes typed as numbers, and files that are no list."""

import pytest

from registry.files.reading import Refused
from registry.organization.list_reading import read_list
from tests.registry.organization.lists import (
    workbook,
)


def test_lines_above_the_header_are_skipped_and_codes_typed_as_numbers_are_read() -> None:
    lines: list[list[object]] = [
        ["令和8年度 組織一覧"],
        [],
        ["所属コード", "課", "所属名称", "備考"],
        [1040, "税務課", "税務課", "x"],
    ]
    listed = read_list(workbook(lines), "一覧.xlsx")
    assert (listed.header_row, listed.unused, listed.rows[0].code) == (3, ("備考",), "1040")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([["資産名称", "機密性"], ["台帳", "3B"]], "見出しが見つかりません"),
        ([["課", "課名", "所属名称"], ["税務課", "税務課", "税務課"]], "2つ以上"),
        ([["課", "所属名称"]], "1行もありません"),
    ],
    ids=["another table", "two columns alike", "nothing below"],
)
def test_a_file_that_is_no_list_is_refused_in_words(lines: list[list[str]], words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_list(workbook(lines), "一覧.xlsx")
