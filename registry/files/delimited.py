"""Rows of a CSV or tab-separated file, each with the line it begins on."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from registry.files.encoding import decode
from registry.files.limits import MAX_COLUMNS, MAX_ROWS, TOO_MANY_ROWS
from registry.files.refusal import Refused
from registry.files.values import Value, problem, text_value

_SEPARATOR_LINE: Final = re.compile(r'"?sep=([,;\t])"?[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_KEPT_AS_TEXT: Final = re.compile(r'="([^"]*)"')
_SAMPLE_LINES: Final = 20

Emit = Callable[[int, list[Value]], None]


class DelimitedReader:
    """Reads one delimited file; afterwards holds its warnings."""

    def __init__(self, data: bytes, emit: Emit) -> None:
        """Give each row that is not blank to emit(line it begins on, values). Raises Refused for its encoding."""
        self.emit = emit
        text, warnings = decode(data)
        self.warnings = list(warnings)
        self._first_line = 1
        self._text, self._delimiter = self._separated(text)
        self._unwrapped: list[int] = []

    def read(self) -> None:
        """Read all rows. Raises Refused, naming the line, for NUL, bad quotes, too many fields or semicolons."""
        self._refuse_nul()
        records = self._records()
        width = _usual_width(records)
        for line, fields in records:
            values = [self._value(line, field) for field in fields]
            while values and values[-1] is None:
                values.pop()
            if any(isinstance(value, dict) or (value is not None and str(value).strip()) for value in values):
                self.emit(line, _with_width_problem(values, len(fields), width))
        if self._unwrapped:
            lines = "、".join(map(str, self._unwrapped[:10]))
            self.warnings.append(f'「="…"」の形の値は、中の文字だけを読みました({lines}行目{_more(self._unwrapped)})。')

    def _separated(self, text: str) -> tuple[str, str]:
        """Return the text without a leading sep= line, and the delimiter."""
        if match := _SEPARATOR_LINE.match(text):
            self._first_line = 2
            return text[match.end() :], match[1]
        sample = "".join(line for _, line in zip(range(_SAMPLE_LINES), io.StringIO(text, newline=""), strict=False))
        commas, tabs, semicolons = sample.count(","), sample.count("\t"), sample.count(";")
        if semicolons > max(commas, tabs):
            raise Refused("区切りがセミコロン(;)です。コンマ区切りのCSVとして保存し直してください。")
        return text, "\t" if tabs > commas else ","

    def _refuse_nul(self) -> None:
        position = self._text.find("\0")
        if position < 0:
            return
        lines = re.split("\r\n|\r|\n", self._text[:position])
        line, field = len(lines) - 1 + self._first_line, lines[-1].count(self._delimiter) + 1
        raise Refused(
            f"{line}行目の{field}番目の項目に使えない文字(NUL)があります。この文字を消して保存し直してください。"
        )

    def _records(self) -> list[tuple[int, list[str]]]:
        """Return every record that is not empty, with the line it begins on."""
        csv.field_size_limit(len(self._text) + 1)
        lines = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter, strict=True)
        records: list[tuple[int, list[str]]] = []
        begin = self._first_line
        try:
            for fields in lines:
                if len(fields) > MAX_COLUMNS:
                    raise Refused(f"{begin}行目に項目が{len(fields):,}個あります。{MAX_COLUMNS}個までにしてください。")
                if any(fields):
                    records.append((begin, fields))
                if len(records) > MAX_ROWS:
                    raise Refused(TOO_MANY_ROWS)
                begin = lines.line_num + self._first_line
        except csv.Error:
            message = f'{begin}行目から始まる引用符(")の対応が壊れています。引用符を直して保存し直してください。'
            raise Refused(message) from None
        return records

    def _value(self, line: int, field: str) -> Value:
        if field.startswith('="') and (match := _KEPT_AS_TEXT.fullmatch(field)):
            self._unwrapped.append(line)
            field = match[1]
        return text_value(field)


def _usual_width(records: list[tuple[int, list[str]]]) -> int:
    """Return how many fields most records have, not counting columns at the right that no record fills."""
    widths = Counter(len(fields) for _, fields in records)
    filled = max((_filled(fields) for _, fields in records), default=0)
    return min(max(widths, key=lambda width: (widths[width], width), default=0), filled)


def _filled(fields: list[str]) -> int:
    """Return the number of fields up to the last one with something in it."""
    return next((count for count in range(len(fields), 0, -1) if fields[count - 1]), 0)


def _with_width_problem(values: list[Value], fields: int, width: int) -> list[Value]:
    """Mark a record that has fewer fields than the others, or something in a field the others do not have."""
    if fields >= width >= len(values):
        return values
    reason = problem(f"項目の数が{fields}個で、ほかの行({width}個)と違います。コンマと引用符を確かめてください。")
    if fields < width:
        return [*values, *[None] * (fields - len(values)), reason]
    return [*values[:width], reason]


def _more(found: list[int]) -> str:
    return f" ほか{len(found) - 10:,}件" if len(found) > 10 else ""
