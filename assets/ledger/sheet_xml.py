"""Cells and rows as spreadsheet XML: text stays text whatever it begins with, and nothing is cut or lost."""

import datetime
import re
from collections.abc import Sequence
from typing import TypeAlias

from assets.ledger.workbook_contents import Column
from assets.ledger.workbook_styles import LINE_HEIGHT, Style
from registry.base.fiscal import wareki

Value: TypeAlias = str | int | datetime.date | None

LONGEST_TEXT = 32_767  # UTF-16 units in one cell: Excel's limit
FIRST_EXACT_DAY = datetime.date(1900, 3, 1)  # Excel believes in 29 February 1900, so earlier serial numbers lie
DAY_ZERO = datetime.date(1899, 12, 30)
TALLEST_ROW = 409.5  # points: Excel's limit
LAST_ROW = 1_048_576
LARGEST_EXACT_INTEGER = 10**15 - 1  # Excel keeps fifteen digits

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SPECIAL = re.compile('[&<>"\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f])')
_BEGINS_LIKE_A_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")  # typed into Excel, full-width signs too

_TEXT_STYLES = {
    "text": Style.TEXT,
    "long": Style.TEXT,
    "date": Style.CHOICE,
    "integer": Style.TEXT,
    "choice": Style.CHOICE,
}
_EMPTY_STYLES = {**_TEXT_STYLES, "date": Style.DATE, "integer": Style.INTEGER}
_QUOTED = {Style.TEXT: Style.QUOTED_TEXT, Style.CHOICE: Style.QUOTED_CHOICE}


def escaped(text: str) -> str:
    """The text for XML; what XML cannot hold (and what looks like our way of writing it) as _xHHHH_ (ST_Xstring)."""
    return _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _ENTITIES.get(character) or f"_x{ord(character):04X}_"


def text_length(text: str) -> int:
    """How long Excel takes the text to be, in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def line_count(text: str, capacity: int) -> int:
    """About how many lines the text takes in a cell of that many half-width characters; kanji count as two."""
    capacity = max(capacity, 2)
    return sum(max(1, -(-_display_width(line) // capacity)) for line in text.split("\n"))


def _display_width(text: str) -> int:
    """Kanji and kana are three bytes of UTF-8 and two half-widths, ASCII one and one."""
    return (len(text) + len(text.encode("utf-8", "surrogatepass"))) // 2


def column_letters(index: int) -> str:
    """The letters of a column counted from zero: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def text_cell(reference: str, style: Style, text: str) -> str:
    """A cell that holds text and nothing but text."""
    return f'<c r="{reference}" s="{style:d}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'


class TableRows:
    """Writes the rows of the table; knows each column's letters and formats."""

    def __init__(self, columns: Sequence[Column], rows_above: int) -> None:
        self._columns = columns
        self._rows_above = rows_above
        self._letters = [column_letters(index) for index in range(len(columns))]
        self._capacities = [int(column.width) for column in columns]
        self._empty_styles = [_EMPTY_STYLES[column.kind] for column in columns]
        self._text_styles = [_TEXT_STYLES[column.kind] for column in columns]

    def row(self, ordinal: int, values: Sequence[Value]) -> str:
        """The ordinal-th row (from 1) as XML.

        Raises ValueError, naming row and column in Japanese, for what a workbook cannot hold.
        """
        self._refuse_misfit(ordinal, values)
        number = self._rows_above + ordinal
        cells = []
        lines = 1
        for index, value in enumerate(values):
            reference = f"{self._letters[index]}{number}"
            if value is None or value == "":
                cells.append(f'<c r="{reference}" s="{self._empty_styles[index]:d}"/>')
            elif isinstance(value, str):
                if 2 * len(value) > self._capacities[index] or "\n" in value:
                    self._refuse_if_too_long(ordinal, index, value)
                    lines = max(lines, line_count(value, self._capacities[index]))
                cells.append(text_cell(reference, inert(self._text_styles[index], value), value))
            else:
                cells.append(_number_cell(reference, self._text_styles[index], value))
        height = min(lines * LINE_HEIGHT + 3, TALLEST_ROW)
        return f'<row r="{number}" ht="{height}">{"".join(cells)}</row>'

    def _refuse_misfit(self, ordinal: int, values: Sequence[Value]) -> None:
        if len(values) != len(self._columns):
            raise ValueError(f"{ordinal}件目の値は{len(values)}個ですが、列は{len(self._columns)}個あります。")
        if self._rows_above + ordinal > LAST_ROW:
            raise ValueError(
                f"{ordinal:,}件目はExcelの行数の上限（{LAST_ROW:,}行）を超えます。条件で絞って出力してください。"
            )

    def _refuse_if_too_long(self, ordinal: int, index: int, text: str) -> None:
        if 2 * len(text) > LONGEST_TEXT and text_length(text) > LONGEST_TEXT:
            raise ValueError(
                f"{ordinal}件目『{self._columns[index].header}』は{text_length(text):,}文字あり、"
                f"Excelの1つのセルに入る{LONGEST_TEXT:,}文字を超えています。短くするか、CSVで出力してください。"
            )


def inert(style: Style, text: str) -> Style:
    """The style in which text stays text even when edited: with a quote mark where it begins like a formula."""
    return _QUOTED[style] if _BEGINS_LIKE_A_FORMULA.match(text) else style


def _number_cell(reference: str, text_style: Style, value: int | datetime.date) -> str:
    """A date or an integer as a number, or as text where Excel's numbers would lie about it."""
    if isinstance(value, datetime.date):
        if value < FIRST_EXACT_DAY:
            return text_cell(reference, text_style, wareki(value))
        return f'<c r="{reference}" s="{Style.DATE:d}"><v>{(value - DAY_ZERO).days}</v></c>'
    if abs(value) > LARGEST_EXACT_INTEGER:
        return text_cell(reference, inert(text_style, str(value)), str(value))
    return f'<c r="{reference}" s="{Style.INTEGER:d}"><v>{value:d}</v></c>'
