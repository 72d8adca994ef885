"""Writes the ledger as an .xlsx workbook, row by row, so that 100,000 rows need no more memory than ten."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from assets.ledger.choice_lists import choice_sheet_xml
from assets.ledger.sheet_layout import header_row, sheet_head, sheet_tail
from assets.ledger.sheet_xml import TableRows, Value
from assets.ledger.tally_sheet import TALLY_SHEET, tally_sheet_xml
from assets.ledger.workbook_contents import Column, Cover, Tally
from assets.ledger.workbook_package import fixed_parts, sheets_beside

__all__ = ["Column", "Cover", "Tally", "write_workbook"]

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
ROWS_AT_ONCE = 200
LARGEST_SHEET = 2**31 - 1  # bytes before packing; beyond it a package needs ZIP64, which Excel offers to repair
QUICK = 3  # zlib level


class MovedError(ValueError):
    """The rows moved while they were written; writing them once more helps."""


def write_workbook(
    stream: BinaryIO,
    cover: Cover,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    tally: Tally | None = None,
) -> None:
    """Write the table with its cover as .xlsx to the stream, taking each row once; the tally gets a sheet of its own.

    Values stand in the order of the columns. Raises ValueError in Japanese for a text longer than a cell holds, a row
    of another length, more rows than a sheet holds, or another number of rows than the cover says; what was written to
    the stream by then is no workbook.
    """
    if not columns:
        raise ValueError("出力する列がありません。列を選んでください。")
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as package:
        for path, xml in fixed_parts(cover, columns, tallied=tally is not None).items():
            _write_part(package, path, [xml])
        for number, name in enumerate(sheets_beside(columns, tallied=tally is not None), 2):
            xml = tally_sheet_xml(tally) if tally and name == TALLY_SHEET else choice_sheet_xml(columns)
            _write_part(package, f"xl/worksheets/sheet{number}.xml", [xml])
        _write_part(package, "xl/worksheets/sheet1.xml", _sheet(cover, columns, rows))


def _sheet(cover: Cover, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    table = TableRows(columns, header_row(cover))
    numbered = enumerate(rows, 1)
    count = 0
    yield sheet_head(cover, columns)
    while some := [table.row(number, values) for number, values in islice(numbered, ROWS_AT_ONCE)]:
        count += len(some)
        yield "".join(some)
    if count != cover.row_count:
        raise MovedError(
            f"表紙の件数は{cover.row_count:,}件ですが、行は{count:,}件ありました。もう一度出力してください。"
        )
    yield sheet_tail(cover, columns)


def _write_part(package: zipfile.ZipFile, path: str, texts: Iterable[str]) -> None:
    """Add one part from its pieces; opened by name it is dated 1980-01-01, so the same rows make the same bytes."""
    size = 0
    with package.open(path, "w") as file:
        file.write(XML_DECLARATION.encode())
        for text in texts:
            data = text.encode()
            size += len(data)
            if size > LARGEST_SHEET:
                raise ValueError("ファイルが大きすぎます。条件で絞って出力してください。")
            file.write(data)
