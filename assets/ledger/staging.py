"""An upload on its way in: staged row by row, checked as a whole, shown before anything is registered."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from assets.access import may_register_somewhere
from assets.body_columns import columns_of_body
from assets.checking import row_problems
from assets.classification import axes_seen_by, classification_on
from assets.columns import LEVELS, Column, Kind
from assets.forms.importing import fixed as fixed_columns
from assets.ledger.cells import CellError, Reader, written_in
from assets.ledger.doubles import mark_doubles
from assets.ledger.matching import ASIDE, NUMBER, best_sheet, header_row, meant
from assets.models import Batch, BatchRow
from assets.values import required
from registry.base.numbers import find_my_numbers
from registry.base.verdict import Conflict
from registry.files.reading import Book, Cell
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.organization.vocabulary import said

Tell = Callable[[str, int, int], None]
SAMPLES = 3
TOLD_EVERY = 200  # rows
MAX_COLUMNS = 300
NUMBERED = "番号のある行は取り込めません(登録済の資産の更新は画面で行います)。新しい資産なら、番号を空にしてください。"
BLANK = "空欄です。ファイルに入れるか、「全行に入れる値」で決めてください。"
FOREIGN = (
    "この行の{section}の分類体系にはない区分です。{section}ごとにファイルを分けるか、区分をファイルに入れてください。"
)
TO_MIGRATE = "台帳に入った後、「分類の移行」で新しい区分を確かめます。"
BLANK_IN_FILE = "空欄です。ファイルに入れてください。"
OPEN = frozenset({Batch.Stage.COLUMNS, Batch.Stage.CHECKED})


@in_turn()
def stage(book: Book, data: bytes, filename: str, *, by: User) -> Batch:
    """Keep what was read of a file as a batch; refuses a file without rows and one that was registered before."""
    may_register_somewhere(by).require()
    digest = hashlib.sha256(data).hexdigest()
    if Batch.objects.filter(sha256=digest, stage=Batch.Stage.DONE).exists():
        raise ValidationError("このファイルは、すでに取込済みです。同じものは二度取り込めません。")
    sheet = best_sheet(book.sheets)
    if sheet is None:
        raise ValidationError("このファイルには行がありません。見出しと中身のあるシートを保存し直してください。")
    at = header_row(sheet)
    line, cells = sheet.rows[at]
    rows = sheet.rows[at + 1 :]
    if not rows:
        raise ValidationError(
            f"シート「{sheet.title}」には見出しのほかに行がありません。0件なので、何も取り込みません。"
        )
    headers = _headers(cells, rows)
    others = "、".join(f"「{one.title}」" for one in book.sheets if one is not sheet and one.rows and not one.hidden)
    left = (
        [f"読むのは「{sheet.title}」だけです。ほかのシート{others}は、別のファイルにして取り込んでください。"]
        if others
        else []
    )
    axes = axes_seen_by(by)
    batch = Batch.objects.create(
        filename=filename[:200],
        sha256=digest,
        sheet=sheet.title if book.kind == "xlsx" else "",
        header_row=line,
        headers=headers,
        mapping={str(h["index"]): meant(h["header"], axes) for h in headers},
        warnings=[*book.warnings, *left],
        uploaded_by=by,
    )
    BatchRow.objects.bulk_create(
        [BatchRow(batch=batch, line=number, cells=[_plain(cell) for cell in cells]) for number, cells in rows],
        batch_size=500,
    )
    changes = [("行数", "", f"{len(rows):,}"), ("SHA-256", "", digest)]
    record("ledger.uploaded", batch, by=by, department_id=by.home_department_id(), changes=changes)
    return batch


def _headers(cells: tuple[Cell, ...], rows: Iterable[tuple[int, tuple[Cell, ...]]]) -> list[dict[str, Any]]:
    samples: dict[int, list[str]] = {}
    width = len(cells)
    for _, row in rows:
        width = max(width, len(row))
        for index, cell in enumerate(row):
            known = samples.setdefault(index, [])
            sample = "" if cell.value is None else str(cell.value)[:60]
            if sample and len(known) < SAMPLES and sample not in known and not find_my_numbers(sample):
                known.append(sample)
    if width > MAX_COLUMNS:
        raise ValidationError(f"列が{width:,}あります。{MAX_COLUMNS}列までの表にして、保存し直してください。")
    found = []
    for index in range(width):
        header = str(cells[index].value or "") if index < len(cells) else ""
        if header or samples.get(index):
            found.append({"index": index, "letter": letter(index), "header": header, "samples": samples.get(index, [])})
    return found


def silently(stage: str, done: int, total: int) -> None:
    """Nobody waits to be told."""


@dataclass
class Read:
    """What the rows of a batch say under a mapping and fixed values, not kept yet."""

    batch: Batch
    rows: list[BatchRow]
    mapping: dict[str, str]
    fixed: dict[str, Any]
    migrating: list[str]


@in_turn()
def check(batch: Batch, mapping: Mapping[str, str], fixed: Mapping[str, Any], *, by: User) -> Batch:
    """Read every row with the mapping and the fixed values; all findings are kept with their rows, nothing is registered."""
    return keep(read_rows(batch, mapping, fixed, by=by), by=by)


def read_rows(
    batch: Batch, mapping: Mapping[str, str], fixed: Mapping[str, Any], *, by: User, progress: Tell = silently
) -> Read:
    """Read every row; nothing is written."""
    reader = Reader(by, classification_on(), axes_seen_by(by))
    known = columns_of_body().by_key
    columns = {int(index): known[key] for index, key in mapping.items() if key in known}
    letters = {h["index"]: h["letter"] for h in batch.headers} if batch.sheet else {}
    rows = list(batch.rows.all())
    organs = [_organ(row, columns, fixed, reader) for row in rows]
    for index, column in columns.items():
        if column.kind is Kind.LEVEL:
            words = [written_in(_cell(row, index)["value"]) for row in rows]
            reader.levels.settle(column, zip(words, organs, strict=True))
    for n, (row, organ) in enumerate(zip(rows, organs, strict=True)):
        if n % TOLD_EVERY == 0:
            progress("行を確かめています", n, len(rows))
        row.values, row.findings = _read(row, columns, letters, fixed, reader, organ)
    mark_doubles(rows, by=by)
    return Read(batch, rows, dict(mapping), dict(fixed), _migrating(rows, reader, organs))


@in_turn()
def keep(read: Read, *, by: User) -> Batch:
    """Keep what was read with its rows; Conflict when the batch has moved on meanwhile."""
    batch = locked(read.batch, by, OPEN)
    BatchRow.objects.bulk_update(read.rows, ["values", "findings"], batch_size=200)
    batch.mapping, batch.fixed, batch.stage = read.mapping, read.fixed, Batch.Stage.CHECKED
    batch.warnings = [text for text in batch.warnings if not text.endswith(TO_MIGRATE)] + read.migrating
    batch.save(update_fields=["mapping", "fixed", "stage", "warnings"])
    return batch


def _migrating(rows: list[BatchRow], reader: Reader, organs: list[int | None]) -> list[str]:
    """For each column, how many rows hold a level of an earlier scheme: taken as it is, and confirmed later."""
    found: Counter[tuple[str, str]] = Counter()
    for row, organ in zip(rows, organs, strict=True):
        for column in LEVELS:
            if reader.is_foreign(column.key, row.values, organ):
                level = reader.levels.classification.levels[row.values[column.key]]
                found[column.key, str(level.axis.scheme)] += 1
    return [
        f"{count:,}行の「{reader.names[key]}」は、以前の「{scheme}」の区分として読みました。{TO_MIGRATE}"
        for (key, scheme), count in found.items()
    ]


def _read(
    row: BatchRow,
    columns: Mapping[int, Column],
    letters: Mapping[int, str],
    fixed: Mapping[str, Any],
    reader: Reader,
    organ: int | None,
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The values of a row and its findings, with the cell where there is a sheet (letters) to find it in."""
    values: dict[str, Any] = {}
    found: list[tuple[Column, str]] = []
    for index, column in columns.items():
        cell = _cell(row, index)
        if column.key == NUMBER:
            if cell["value"] not in (None, ""):
                found.append((column, NUMBERED))
            continue
        try:
            value = _value(reader, column, cell, organ)
        except CellError as problem:
            found.append((column, str(problem)))
            continue
        if value is not None:
            values[column.key] = value
    wrong = {column.key for column, _ in found}
    for key, value in fixed.items():
        values.setdefault(key, value)
    found += [
        (columns_of_body().by_key[key], said(FOREIGN))
        for key in fixed
        if values[key] == fixed[key] and reader.is_foreign(key, values, organ)
    ]
    for column, _ in required(reader.levels.classification.axes_of(organ)):
        if values.get(column.key) in (None, "") and column.key not in wrong:
            found.append((column, BLANK if column in fixed_columns() else BLANK_IN_FILE))
    found += [
        (columns_of_body().by_key[key], text) for key, problems in row_problems(values).items() for text in problems
    ]
    cells = {column.key: f"{letters[index]}{row.line}" for index, column in columns.items() if letters}
    names = reader.names
    return values, [
        {"place": f"{row.line}行目", "column": names[column.key], "cell": cells.get(column.key, ""), "text": text}
        for column, text in found
    ]


def _organ(row: BatchRow, columns: Mapping[int, Column], fixed: Mapping[str, Any], reader: Reader) -> int | None:
    """The organ of a row's 課, as far as it can be read: by its scheme the row is classified."""
    cells = (_cell(row, index)["value"] for index, column in columns.items() if column.kind is Kind.DEPARTMENT)
    return reader.organ_of(next(cells, None) or fixed.get("section"))


def _cell(row: BatchRow, index: int) -> dict[str, Any]:
    return row.cells[index] if index < len(row.cells) else {"value": None, "problem": ""}


def _value(reader: Reader, column: Column, cell: Mapping[str, Any], organ: int | None) -> Any:
    if cell["problem"]:
        raise CellError(cell["problem"])
    return reader.read(column, cell["value"], organ)


@in_turn()
def discard(batch: Batch, *, by: User) -> Batch:
    """Give an import up before it was registered; nothing of what the file said is kept."""
    batch = locked(batch, by, OPEN)
    batch.stage = Batch.Stage.DISCARDED
    batch.headers, batch.mapping, batch.fixed = [], {}, {}
    batch.save(update_fields=["stage", "headers", "mapping", "fixed"])
    batch.rows.all().delete()
    record("ledger.import-discarded", batch, by=by, department_id=by.home_department_id())
    return batch


def locked(batch: Batch, by: User, stages: Collection[str]) -> Batch:
    """The batch under its lock, in one of the stages; Conflict when it has moved on (a double click, another tab)."""
    found = Batch.objects.select_for_update().visible_to(by).get(pk=batch.pk)
    if found.stage not in stages:
        raise Conflict(f"この取込は、すでに「{found.get_stage_display()}」です。取込の一覧で確かめてください。")
    return found


def undecided(mapping: Mapping[str, str]) -> list[str]:
    """The columns nobody has decided about yet."""
    return [index for index, key in mapping.items() if key != ASIDE and key not in columns_of_body().by_key]


def letter(index: int) -> str:
    """0 → A, 26 → AA: the name of a column in a workbook."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _plain(cell: Cell) -> dict[str, Any]:
    value = cell.value.isoformat() if isinstance(cell.value, dt.date) else cell.value
    return {"value": value, "problem": cell.problem}
