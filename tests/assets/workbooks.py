"""A ledger workbook for tests: what goes in, how it is written, and how other programs open it."""

import datetime
import io
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assets.ledger.workbook import Column, Cover, write_workbook

Value = str | int | datetime.date | None

COVER = Cover(
    title="情報資産台帳",
    body_name="伊奈町",
    class_label="機密性3B情報を含む",
    as_of=datetime.date(2026, 4, 1),
    made_at=datetime.datetime(2026, 4, 2, 0, 30, tzinfo=datetime.UTC),
    made_by="総務課 主査 鈴木一郎",
    conditions="所管課が税務課",
    row_count=1,
)
LONG_CHOICES = tuple(f"第{number}課、庶務係と窓口係" for number in range(60))
COLUMNS = (
    Column("資産番号", "text", 15),
    Column("情報資産名称", "text", 26, required=True),
    Column("概要", "long", 36),
    Column("機密性", "choice", 8, ("3A", "3B", "3C", "2", "1"), required=True),
    Column("所管課", "choice", 14, LONG_CHOICES),
    Column("本人の数", "integer", 10),
    Column("廃棄予定日", "date", 17),
)
ROW: tuple[Value, ...] = (
    "R08-001",
    "住民基本台帳",
    "窓口で使う。\n紙もある。",
    "3B",
    LONG_CHOICES[0],
    44512,
    datetime.date(2036, 4, 1),
)
HEADER, FIRST = 7, 8
FORMULA_LIKE = ("=1+1", "+81", "-", "@x", "\t=1", "\r=1", "\n=1", "  =1+1", "　＝1", "＝SUM(A1)")
HARMLESS_TEXT = ("\tx", "\nx", "\rx", "a=1", "'=1", "007", "1E5", "2026/4/1", "TRUE", "#N/A", "  前後の空白  ")


def written(
    rows: Sequence[Sequence[Value]] = (ROW,), columns: Sequence[Column] = COLUMNS, cover: Cover = COVER
) -> io.BytesIO:
    stream = io.BytesIO()
    write_workbook(stream, replace(cover, row_count=len(rows)), columns, iter(rows))
    stream.seek(0)
    return stream


def opened(rows: Sequence[Sequence[Value]] = (ROW,)) -> Workbook:
    return load_workbook(written(rows))


def ledger(book: Workbook) -> Worksheet:
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def as_excel_reads(text: object) -> str:
    """ECMA-376 ST_Xstring: _xHHHH_ stands for a character; openpyxl leaves that to its caller."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), str(text))


def column_a(stream: io.BytesIO) -> Iterator[Cell]:
    sheet = ledger(load_workbook(stream))
    for (cell,) in sheet.iter_rows(min_row=FIRST, max_col=1):
        assert isinstance(cell, Cell)
        yield cell


def random_texts(count: int) -> list[str]:
    source = random.Random(20260401)  # noqa: S311 — the same texts every time
    pieces = [
        "_x0000_",
        "_x005F_",
        "_x00e9",
        "_",
        "x0041_",
        "\n",
        "\r\n",
        "\t",
        "&amp;",
        "]]>",
        "\x00",
        "\x1f",
        "\ufffe",
    ]
    texts = []
    for _ in range(count):
        letters = []
        for _ in range(source.randint(1, 12)):
            point = source.choice(
                (source.randrange(0x80), source.randrange(0xD800), source.randrange(0xE000, 0x110000))
            )
            letters.append(source.choice((chr(point), source.choice(pieces))))
        texts.append("".join(letters))
    return texts
