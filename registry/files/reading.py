"""Reading a workbook or CSV that someone brought: everything that is in it, or a refusal that says why."""

import datetime
import re
from bisect import bisect_left, bisect_right
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from registry.base.text import find_gaiji
from registry.files.container import scan
from registry.files.isolation import messages
from registry.files.limits import MAX_MERGED_ROWS
from registry.files.names import showable
from registry.files.recognition import recognize
from registry.files.refusal import Refused
from registry.files.sheet import column_number

__all__ = ["Book", "Cell", "Refused", "Sheet", "read"]

_SHARED_LENGTH: Final = 64
_RANGE: Final = re.compile(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)")
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value, or a Japanese reason why it cannot be trusted (then the value is None)."""

    value: str | int | float | bool | datetime.date | datetime.datetime | None
    problem: str = ""


Row = tuple[int, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Rows are (row or line number as people see it, cells up to the last filled one), blank ones left out.

    merged holds the merged ranges as they are written in the sheet ("C2:C4"). The cells of a range that goes down
    over several rows are filled from its first cell, in its first column; ranges inside one row are left as they are.
    """

    title: str
    hidden: bool
    rows: tuple[Row, ...]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """All sheets of a file, in order, with what its owner should know. kind is "xlsx" or "csv"."""

    sheets: tuple[Sheet, ...]
    warnings: tuple[str, ...]
    kind: str


def read(data: bytes, filename: str) -> Book:
    """Return all that a .xlsx or CSV file holds; the file is read in a child process with limits.

    The title of a CSV's only sheet is the file name. Raises Refused with a sentence that begins with the file name.
    """
    name = showable(filename)
    try:
        kind = recognize(data, filename)
        warnings = scan(data) if kind == "xlsx" else ()
        book = _Gathering(kind, name, list(warnings))
        with closing(messages(kind, data)) as answers:
            for message in answers:
                book.take(message)
        return book.finished()
    except Refused as refusal:
        raise Refused(f"「{name}」は読み込めません。{refusal}") from None


class _Gathering:
    """Builds the book from the child's messages, sharing equal cells."""

    def __init__(self, kind: str, name: str, warnings: list[str]) -> None:
        self.kind, self.name, self.warnings = kind, name, warnings
        self.sheets: list[tuple[str, bool, list[Row], list[str]]] = []
        self.blank = Cell(None)
        self.shared: dict[str, Cell] = {}
        self.gaiji: list[str] = []
        self.rows = self.cells = self.filled = 0
        self.complete = False

    def take(self, message: Any) -> None:
        if isinstance(message, list):
            self._take_row(message[0], message[1])
        elif "sheet" in message:
            self.sheets.append((message["sheet"] or self.name, message["hidden"], [], []))
        elif "merged" in message:
            self._fill(message["merged"])
        elif "warning" in message:
            self.warnings.append(message["warning"])
        else:
            self.complete = (message["rows"], message["cells"]) == (self.rows, self.cells)

    def finished(self) -> Book:
        if not self.complete:
            raise Refused("読み取った行やセルの数が合いません。Excelで開いて保存し直し、もう一度選んでください。")
        sheets = tuple(Sheet(title, hidden, tuple(rows), tuple(merged)) for title, hidden, rows, merged in self.sheets)
        if not any(sheet.rows for sheet in sheets):
            raise Refused("値のある行が一行もありません。台帳のシートがあるファイルを選んでください。")
        if self.gaiji and self.kind == "xlsx":  # of a CSV the line is known, and was said
            first = self.gaiji[0][:_SHOWN]
            self.warnings.append(
                f"外字を含む値が{len(self.gaiji):,}種類あります(最初は「{first}」)。標準の文字に直すことを勧めます。"
            )
        return Book(sheets, tuple(self.warnings), self.kind)

    def _take_row(self, number: int, values: list[Any]) -> None:
        self.rows += 1
        self.cells += len(values)
        self.sheets[-1][2].append((number, tuple(map(self._cell, values))))

    def _cell(self, value: Any) -> Cell:
        if value is None:
            return self.blank
        if isinstance(value, str):
            return self.shared.get(value) or self._new_text(value)
        return _special(value) if isinstance(value, dict) else Cell(value)

    def _new_text(self, value: str) -> Cell:
        if find_gaiji(value):
            self.gaiji.append(value)
        cell = Cell(value)
        if len(value) <= _SHARED_LENGTH:
            self.shared[value] = cell
        return cell

    def _fill(self, ranges: list[str]) -> None:
        """Fill the first column of ranges that go down over several rows, and say so."""
        title, _, rows, merged = self.sheets[-1]
        merged.extend(ranges)
        numbers = [number for number, _ in rows]
        filled = [written for written in ranges if self._fill_down(rows, numbers, written)]
        if filled:
            shown = "、".join(filled[:_SHOWN]) + (f" ほか{len(filled) - _SHOWN:,}件 " if len(filled) > _SHOWN else "")
            self.warnings.append(
                f"シート「{title}」の{shown}は結合セルのため、先頭の値をすべての行に入れて読みました。"
            )

    def _fill_down(self, rows: list[Row], numbers: list[int], written: str) -> bool:
        match = _RANGE.fullmatch(written)
        if match is None or match[2] == match[4]:
            return False
        column, first, last = column_number(match[1]), int(match[2]), int(match[4])
        begin, end = bisect_left(numbers, first), bisect_right(numbers, last)
        if begin == end or numbers[begin] != first or len(rows[begin][1]) <= column:
            return False
        cell = rows[begin][1][column]
        self.filled += end - begin
        if self.filled > MAX_MERGED_ROWS:
            raise Refused("結合セルが多すぎます。結合を解除して保存し直してください。")
        for index in range(begin + 1, end):
            number, cells = rows[index]
            padded = [*cells, *[self.blank] * (column + 1 - len(cells))]
            if padded[column] == self.blank:
                padded[column] = cell
                rows[index] = (number, tuple(padded))
        return end - begin > 1 and cell != self.blank


def _special(value: dict[str, str]) -> Cell:
    if "p" in value:
        return Cell(None, value["p"])
    if "d" in value:
        return Cell(datetime.date.fromisoformat(value["d"]))
    return Cell(datetime.datetime.fromisoformat(value["t"]))
