"""Number formats of a workbook: which numbers are days, which are times, which are codes with leading zeros."""

import re
from typing import Final

from registry.files.parts import Attributes, Parts, names_of

NUMBER: Final = "number"
DAY: Final = "day"
TIME: Final = "time"

# ECMA-376 Part 1, 18.8.30, with the ids that Japanese Excel uses for 和暦 and 年月日 (27–36, 50–58).
_BUILT_IN_DAYS: Final = (*range(14, 18), 22, *range(27, 32), *range(34, 37), *range(50, 59))
_BUILT_IN_TIMES: Final = (*range(18, 22), 32, 33, *range(45, 48))
_BUILT_IN: Final = dict.fromkeys(_BUILT_IN_DAYS, DAY) | dict.fromkeys(_BUILT_IN_TIMES, TIME)
_NOT_A_SYMBOL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|am/pm|a/p|general|g/標準|標準|e[+-]', re.DOTALL)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]")
_BRACKETS: Final = re.compile(r"\[[^\]]*\]")
_ZEROS: Final = re.compile(r"0[0-]*0")

_NUM_FMTS: Final = names_of("numFmts")
_NUM_FMT: Final = names_of("numFmt")
_CELL_XFS: Final = names_of("cellXfs")
_XF: Final = names_of("xf")


def read_formats(parts: Parts, part: str) -> tuple[str, ...]:
    """Return for each cell style DAY, TIME, NUMBER, or a pattern of zeros such as "00000" or "000-0000"."""
    return _Styles().read(parts, part)


def meaning_of(code: str) -> str:
    """Return what a format code makes of a number: DAY, TIME, NUMBER, or the code itself if it pads with zeros."""
    section = code.split(";", 1)[0].strip()
    if _ZEROS.fullmatch(section):
        return section
    bare = _NOT_A_SYMBOL.sub("", section.casefold())
    if _ELAPSED.search(bare):
        return TIME
    bare = _BRACKETS.sub("", bare)
    if any(symbol in bare for symbol in "ydeg"):
        return DAY
    if "h" in bare or "s" in bare:
        return TIME
    return DAY if "m" in bare or "aaa" in bare else NUMBER


def with_zeros(number: int, pattern: str) -> str:
    """Return a number as a pattern such as "00000" or "000-0000" shows it."""
    digits = f"{abs(number):0{pattern.count('0')}}"
    surplus = len(digits) - pattern.count("0")
    rest = iter(digits[surplus:])
    shown = "".join(next(rest) if symbol == "0" else symbol for symbol in pattern)
    return ("-" if number < 0 else "") + digits[:surplus] + shown


class _Styles:
    """Gathers the formats while the styles part goes by."""

    def __init__(self) -> None:
        self.inside = ""
        self.codes: dict[str, str] = {}
        self.cells: list[str] = []

    def read(self, parts: Parts, part: str) -> tuple[str, ...]:
        parts.parse(part, self.start, self.end)
        own = {identifier: meaning_of(code) for identifier, code in self.codes.items()}
        standard = {str(identifier): meaning for identifier, meaning in _BUILT_IN.items()}
        return tuple(own.get(identifier) or standard.get(identifier, NUMBER) for identifier in self.cells)

    def start(self, name: str, attributes: Attributes) -> None:
        if name in _NUM_FMTS or name in _CELL_XFS:
            self.inside = name
        elif self.inside in _NUM_FMTS and name in _NUM_FMT:
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif self.inside in _CELL_XFS and name in _XF:
            self.cells.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == self.inside:
            self.inside = ""
