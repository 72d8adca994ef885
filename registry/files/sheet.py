"""The cells of one sheet, row by row as the XML goes by, with everything that must not be lost in silence."""

import re
from collections.abc import Callable
from typing import Final

from registry.files.formats import NUMBER
from registry.files.parts import Attributes, Parts, names_of
from registry.files.refusal import Refused
from registry.files.values import (
    Value,
    boolean_value,
    error_value,
    iso_value,
    number_value,
    problem,
    text_value,
    unescaped,
)
from registry.files.workbook import Outline, SheetPlace

MAX_COLUMNS: Final = 500
MAX_MERGES: Final = 20_000
LAST_ROW: Final = 1_048_576

_WORKSHEET: Final = names_of("worksheet")
_ROW: Final = names_of("row")
_CELL: Final = names_of("c")
_VALUE: Final = names_of("v")
_TEXT: Final = names_of("t")
_FORMULA: Final = names_of("f")
_PHONETIC: Final = names_of("rPh")
_MERGE: Final = names_of("mergeCell")
_LETTERS: Final = re.compile(r"[A-Z]{1,3}")
_RANGE: Final = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}:[A-Z]{1,3}[1-9][0-9]{0,6}")
_RESAVE: Final = "Excelで開いて保存し直してください。"
_NO_RESULT: Final = problem("数式の計算結果が保存されていません。Excelで開いて再計算し、保存し直してください。")

Emit = Callable[[int, list[Value]], None]


def column_number(letters: str) -> int:
    """Return the column of letters such as "AB", from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class SheetReader:
    """Reads one sheet; afterwards holds what has to be told about it."""

    def __init__(self, place: SheetPlace, outline: Outline, emit: Emit) -> None:
        """Give each row that is not blank to emit(row number, values up to the last filled cell)."""
        self.place, self.outline, self.emit = place, outline, emit
        self.formulas: list[str] = []
        self.hidden_rows: list[int] = []
        self.merged: list[str] = []
        self._root = ""
        self._row, self._row_hidden, self._last_column = 0, False, -1
        self._cells: list[Value] = []
        self._kind, self._style, self._column = "n", "", -1
        self._text: str | None = None
        self._formula = self._phonetic = False
        self._heard: list[str] = []
        self._columns: dict[str, int] = {}

    def read(self, parts: Parts) -> None:
        """Read the sheet to its end. Raises Refused when its order or its references contradict each other."""
        parts.parse(self.place.part, self._start_root, self._end, self._heard.append)
        if self._root not in _WORKSHEET:
            raise Refused(f"シート「{self.place.title}」は読める形ではありません。Excelで開いて保存し直してください。")

    def _start_root(self, name: str, attributes: Attributes) -> None:
        """Take the first element as the root, then each of the rest."""
        if not self._root:
            self._root = name
        elif name in _CELL:
            self._start_cell(attributes)
        elif name in _VALUE or name in _TEXT:
            self._heard.clear()
        elif name in _ROW:
            self._start_row(attributes)
        elif name in _FORMULA:
            self._formula = True
        elif name in _PHONETIC:
            self._phonetic = True
        elif name in _MERGE:
            self._merge(attributes.get("ref", ""))

    def _end(self, name: str) -> None:
        if name in _VALUE:
            self._text = "".join(self._heard)
        elif name in _CELL:
            self._end_cell()
        elif name in _ROW:
            self._end_row()
        elif name in _TEXT and not self._phonetic:
            self._text = (self._text or "") + "".join(self._heard)
        elif name in _PHONETIC:
            self._phonetic = False

    def _start_row(self, attributes: Attributes) -> None:
        written = attributes.get("r")
        row = self._row + 1
        if written is not None:
            row = int(written) if written.isascii() and written.isdigit() and len(written) < 8 else 0
        if not self._row < row <= LAST_ROW:
            raise Refused(f"シート「{self.place.title}」の行番号の順序が壊れています({self._row}行目の次)。{_RESAVE}")
        self._row, self._last_column, self._cells = row, -1, []
        self._row_hidden = attributes.get("hidden") in {"1", "true"}

    def _start_cell(self, attributes: Attributes) -> None:
        self._heard.clear()
        self._text, self._formula = None, False
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        written = attributes.get("r")
        column = self._last_column + 1 if written is None else self._column_of(written)
        if column <= self._last_column or not self._row:
            raise Refused(f"シート「{self.place.title}」のセル「{written}」の位置が壊れています。{_RESAVE}")
        self._column = self._last_column = column

    def _column_of(self, written: str) -> int:
        letters = written.rstrip("0123456789")
        if written[len(letters) :] != str(self._row):
            raise Refused(f"シート「{self.place.title}」のセル「{written[:20]}」が{self._row}行目にあります。{_RESAVE}")
        column = self._columns.get(letters)
        if column is None:
            if not _LETTERS.fullmatch(letters):
                raise Refused(f"シート「{self.place.title}」のセル「{written[:20]}」の位置が壊れています。{_RESAVE}")
            column = self._columns[letters] = column_number(letters)
        return column

    def _end_cell(self) -> None:
        value = None if self._text is None else self._value(self._text)
        if self._formula:
            value = self._calculated(value)
        if value is None:
            return
        if self._column >= MAX_COLUMNS:
            raise Refused(f"シート「{self.place.title}」の{self._here()}に値があります。{MAX_COLUMNS}列までにしてください。")
        self._cells.extend([None] * (self._column - len(self._cells)))
        self._cells.append(value)

    def _calculated(self, value: Value) -> Value:
        """Note a formula. Only text may be empty as a result; no result at all must not pass as a blank."""
        if value is None:
            return None if self._kind == "str" and self._text is not None else _NO_RESULT
        if not (isinstance(value, dict) and "p" in value):
            self.formulas.append(self._here())
        return value

    def _value(self, text: str) -> Value:
        kind = self._kind
        if kind == "s":
            return self._shared(text)
        if kind == "n":
            text = text.strip()
            return number_value(text, self._meaning(), since_1904=self.outline.since_1904) if text else None
        if kind in {"inlineStr", "str"}:
            return text_value(unescaped(text))
        if kind == "b":
            return boolean_value(text.strip())
        if kind == "e":
            return error_value(text.strip())
        return iso_value(text.strip()) if kind == "d" else problem("種類の分からないセルです。入力し直してください。")

    def _meaning(self) -> str:
        style = self._style
        if not style or not style.isascii() or not style.isdigit() or len(style) > 6:
            style = "0"
        return self.outline.formats[int(style)] if int(style) < len(self.outline.formats) else NUMBER

    def _shared(self, text: str) -> Value:
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) < 10 and int(text) < len(self.outline.strings):
            return self.outline.strings[int(text)]
        raise Refused(f"シート「{self.place.title}」の{self._here()}が、ない文字列を指しています。{_RESAVE}")

    def _end_row(self) -> None:
        if all(value is None or (isinstance(value, str) and not value.strip()) for value in self._cells):
            return
        if self._row_hidden:
            self.hidden_rows.append(self._row)
        self.emit(self._row, self._cells)

    def _merge(self, reference: str) -> None:
        if not _RANGE.fullmatch(reference):
            return
        self.merged.append(reference)
        if len(self.merged) > MAX_MERGES:
            raise Refused(f"シート「{self.place.title}」の結合セルが多すぎます。結合を解除して保存し直してください。")

    def _here(self) -> str:
        return f"{column_letters(self._column)}{self._row}"

