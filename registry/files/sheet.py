"""The cells of one sheet, row by row as the XML goes by, with everything that must not be lost in silence."""

import re
from collections.abc import Callable
from typing import Final

from registry.files.formats import NUMBER
from registry.files.limits import MAX_COLUMNS, MAX_DEPTH, MAX_MERGES
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

LAST_ROW: Final = 1_048_576
_NO_ROW: Final = 16_384

_WORKSHEET: Final = names_of("worksheet")
_ROW: Final = names_of("row")
_CELL: Final = names_of("c")
_VALUE: Final = names_of("v")
_TEXT: Final = names_of("t")
_FORMULA: Final = names_of("f")
_PHONETIC: Final = names_of("rPh")
_MERGE: Final = names_of("mergeCell")
_INLINE: Final = names_of("is")
_HEARD: Final = _VALUE | _TEXT
_NO_DEPTH: Final = _FORMULA | _MERGE | _INLINE
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


_COLUMNS: Final = {column_letters(column): column for column in range(16_384)}


class SheetReader:
    """Reads one sheet; afterwards holds what has to be told about it."""

    def __init__(self, place: SheetPlace, outline: Outline, emit: Emit) -> None:
        """Give each row that is not blank to emit(row number, values up to the last filled cell)."""
        self.place, self.outline, self.emit = place, outline, emit
        self.formulas: list[str] = []
        self.hidden_rows: list[int] = []
        self.merged: list[str] = []
        self._root = ""
        self._depth = 0
        self._row, self._row_written, self._row_hidden, self._last_column = 0, "0", False, _NO_ROW
        self._cells: list[Value] = []
        self._attributes: Attributes = {}
        self._text: str | None = None
        self._formula = self._phonetic = False
        self._heard: list[str] = []

    def read(self, parts: Parts) -> None:
        """Read the sheet to its end. Raises Refused when its order or its references contradict each other."""
        parts.parse(self.place.part, self._start, self._end, self._heard.append)
        if self._root not in _WORKSHEET:
            raise Refused(f"シート「{self.place.title}」は読める形ではありません。Excelで開いて保存し直してください。")

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in _CELL:
            self._attributes, self._text = attributes, None
        elif name in _HEARD:
            self._heard.clear()
        elif name in _ROW:
            self._start_row(attributes)
        elif name in _FORMULA:
            self._formula = True
        elif name in _PHONETIC:
            self._phonetic = True
        elif name in _MERGE:
            self._merge(attributes.get("ref", ""))
        elif name not in _INLINE:
            self._go_deeper(name)

    def _end(self, name: str) -> None:
        if name in _CELL:
            self._end_cell()
        elif name in _VALUE:
            self._text = "".join(self._heard)
        elif name in _TEXT:
            if not self._phonetic:
                self._text = (self._text or "") + "".join(self._heard)
        elif name in _ROW:
            self._end_row()
        elif name in _PHONETIC:
            self._phonetic = False
        elif name not in _NO_DEPTH:
            self._depth -= 1

    def _go_deeper(self, name: str) -> None:
        self._root = self._root or name
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(f"シート「{self.place.title}」の中の入れ子が深すぎます。{_RESAVE}")

    def _start_row(self, attributes: Attributes) -> None:
        written = attributes.get("r")
        row = self._row + 1
        if written is not None:
            row = int(written) if written.isascii() and written.isdigit() and len(written) < 8 else 0
        if not self._row < row <= LAST_ROW:
            raise Refused(f"シート「{self.place.title}」の行番号の順序が壊れています({self._row}行目の次)。{_RESAVE}")
        self._row, self._row_written, self._last_column, self._cells = row, str(row), -1, []
        self._row_hidden = attributes.get("hidden") in {"1", "true"}

    def _end_cell(self) -> None:
        written = self._attributes.get("r")
        column = self._last_column + 1 if written is None else self._column_of(written)
        if not self._last_column < column < _NO_ROW:
            raise Refused(f"シート「{self.place.title}」のセル「{written}」の位置が壊れています。{_RESAVE}")
        self._last_column = column
        value = None if self._text is None else self._value(self._text)
        if self._formula:
            value = self._calculated(value)
        if value is None:
            return
        if column >= MAX_COLUMNS:
            place = f"シート「{self.place.title}」の{self._here()}"
            raise Refused(f"{place}に値があります。{MAX_COLUMNS}列までにして保存し直してください。")
        cells = self._cells
        if len(cells) < column:
            cells.extend([None] * (column - len(cells)))
        cells.append(value)

    def _column_of(self, written: str) -> int:
        """Return the column of a reference such as "AB12", which must be in the row being read."""
        letters = written[: -len(self._row_written)]
        column = _COLUMNS.get(letters)
        if column is None or written[len(letters) :] != self._row_written:
            raise Refused(f"シート「{self.place.title}」のセル「{written[:20]}」が{self._row}行目にあります。{_RESAVE}")
        return column

    def _calculated(self, value: Value) -> Value:
        """Note a formula. Only text may be empty as a result; no result at all must not pass as a blank."""
        self._formula = False
        if value is None:
            return None if self._attributes.get("t") == "str" and self._text is not None else _NO_RESULT
        if not (isinstance(value, dict) and "p" in value):
            self.formulas.append(self._here())
        return value

    def _value(self, text: str) -> Value:
        kind = self._attributes.get("t", "n")
        if kind == "s":
            return self._shared(text.strip())
        if kind in {"inlineStr", "str"}:
            return text_value(unescaped(text))
        if kind == "n":
            text = text.strip()
            return number_value(text, self._meaning(), since_1904=self.outline.since_1904) if text else None
        if kind == "b":
            return boolean_value(text.strip())
        if kind == "e":
            return error_value(text.strip())
        return iso_value(text.strip()) if kind == "d" else problem("種類の分からないセルです。入力し直してください。")

    def _meaning(self) -> str:
        style, formats = self._attributes.get("s", "0"), self.outline.formats
        place = int(style) if style.isascii() and style.isdigit() and len(style) < 7 else 0
        return formats[place] if place < len(formats) else NUMBER

    def _shared(self, text: str) -> Value:
        if text.isascii() and text.isdigit() and len(text) < 10 and int(text) < len(self.outline.strings):
            return self.outline.strings[int(text)]
        raise Refused(f"シート「{self.place.title}」の{self._here()}が、ない文字列を指しています。{_RESAVE}")

    def _end_row(self) -> None:
        self._last_column = _NO_ROW
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
        return f"{column_letters(self._last_column)}{self._row}"
