"""Reading an organisation list: which row is the header, what its columns mean, and what each row says."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from registry.base.text import find_control_characters, find_gaiji, header_key, tidy
from registry.files.reading import Cell, Refused, Sheet, read

LEVELS = ("局", "部", "課", "室・出先", "係")
ROWS_SEARCHED = 30
MOST_ROWS = 5_000
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "局": ("bureau", "局", "局名", "部局", "部局名"),
    "部": ("department", "部", "部名"),
    "課": ("division", "課", "課名", "課等"),
    "室・出先": ("office", "室・出先", "室", "出先", "室・出先機関", "出先機関"),
    "係": ("unit", "係", "係名", "担当"),
    "code": ("affiliationCode", "所属コード", "組織コード", "コード", "所属CD"),
    "title": ("affiliationName", "所属名称", "所属名", "組織名称"),
    "telephone": ("telephoneNumber", "電話番号", "電話"),
    "kind": ("mechanismName", "機構分類名称", "機構分類名", "機構分類"),
    "day": ("applicableDate", "適用日", "適用年月日"),
}
LABELS = {"code": "所属コード", "title": "所属名称", "telephone": "電話番号", "kind": "機構分類名称", "day": "適用日"}
LONGEST = {**dict.fromkeys(LEVELS, 100), "code": 20, "telephone": 30, "kind": 20, "title": 500, "day": 30}
_FIELD_OF = {header_key(word): name for name, words in SYNONYMS.items() for word in words}


@dataclass(frozen=True)
class ListRow:
    """One row as written. names has one place per level, '' where the cell is empty."""

    number: int
    names: tuple[str, ...]
    code: str = ""
    title: str = ""
    telephone: str = ""
    kind: str = ""
    day: str = ""
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """The filled names from the top down; the last one is the row's own."""
        return tuple(name for name in self.names if name)

    @property
    def level(self) -> str:
        """The column in which the row's own name stands, '' for a row without a name."""
        return next((level for level, name in zip(reversed(LEVELS), reversed(self.names), strict=True) if name), "")


@dataclass(frozen=True)
class OrganizationList:
    """A list as read from a file, fit to be kept as JSON."""

    sheet: str
    header_row: int
    unused: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rows: tuple[ListRow, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "OrganizationList":
        rows = tuple(_row_again(row) for row in kept["rows"])
        return cls(kept["sheet"], kept["header_row"], tuple(kept["unused"]), tuple(kept["warnings"]), rows)


def read_list(data: bytes, filename: str) -> OrganizationList:
    """The organisation list in a .xlsx or CSV file; Refused says in Japanese why a file is none."""
    book = read(data, filename)
    for sheet in book.sheets:
        found = None if sheet.hidden else _header_of(sheet)
        if found:
            return _list_of(sheet, *found, book.warnings)
    raise Refused(
        "組織一覧の見出しが見つかりません。「局」「部」「課」「室・出先」「係」のうち1つ以上と、"
        "「所属名称」「所属コード」「機構分類名称」などの見出しがある行を、シートの先頭に置いてください。"
    )


def _header_of(sheet: Sheet) -> tuple[int, dict[int, str], tuple[str, ...]] | None:
    """Where the header stands: its index in the rows, column → field, and headers that mean nothing to us."""
    for index, (_, cells) in enumerate(sheet.rows[:ROWS_SEARCHED]):
        headers = {place: str(cell.value) for place, cell in enumerate(cells) if cell.value is not None}
        columns = {
            place: _FIELD_OF[header_key(text)] for place, text in headers.items() if header_key(text) in _FIELD_OF
        }
        if len(columns) < 2 or not set(columns.values()) & set(LEVELS):
            continue
        _refuse_doubles(columns)
        unused = tuple(tidy(text) for place, text in headers.items() if place not in columns)
        return index, columns, unused
    return None


def _refuse_doubles(columns: dict[int, str]) -> None:
    names = list(columns.values())
    doubled = [LABELS.get(name, name) for name in dict.fromkeys(names) if names.count(name) > 1]
    if doubled:
        words = "".join(f"「{name}」" for name in doubled)
        raise Refused(f"{words}にあたる見出しが2つ以上あります。使わない列の見出しを変えてください。")


def _list_of(
    sheet: Sheet, index: int, columns: dict[int, str], unused: tuple[str, ...], warnings: tuple[str, ...]
) -> OrganizationList:
    body = sheet.rows[index + 1 :]
    if len(body) > MOST_ROWS:
        raise Refused(f"{len(body):,}行あります。一度に取り込めるのは{MOST_ROWS:,}行までです。分けて保存してください。")
    rows = [_row_of(number, cells, columns) for number, cells in body]
    filled = tuple(row for row in rows if row.path or row.code or row.title or row.problems)
    if not filled:
        raise Refused("見出しの下に組織が1行もありません。一覧のあるファイルを選んでください。")
    return OrganizationList(sheet.title, sheet.rows[index][0], unused, warnings, filled)


def _row_of(number: int, cells: tuple[Cell, ...], columns: dict[int, str]) -> ListRow:
    values: dict[str, str] = {}
    problems: list[str] = []
    doubts: list[str] = []
    for place, name in columns.items():
        cell = cells[place] if place < len(cells) else Cell(None)
        text = values[name] = _text(cell)
        label = LABELS.get(name, name)
        problems += [f"「{label}」: {problem}" for problem in _problems(cell, text, LONGEST[name])]
        if find_gaiji(text):
            doubts.append(f"「{label}」: 外字が入っています。ほかの端末では表示されないことがあります。")
    names = tuple(values.pop(level, "") for level in LEVELS)
    return ListRow(number, names, problems=tuple(problems), doubts=tuple(doubts), **values)


def _row_again(kept: dict[str, Any]) -> ListRow:
    lists = {name: tuple(kept[name]) for name in ("names", "problems", "doubts")}
    return ListRow(**{**kept, **lists})


def _text(cell: Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(str(value))


def _problems(cell: Cell, text: str, longest: int) -> list[str]:
    problems = [cell.problem] if cell.problem else []
    bad = [code for _, code in find_control_characters(text)] + ["改行かタブ"] * bool(set(text) & {"\n", "\t"})
    if bad:
        problems.append(f"使えない文字({bad[0]})が入っています。消してください。")
    if len(text) > longest:
        problems.append(f"{len(text)}字あります。{longest}字以内にしてください。")
    return problems
