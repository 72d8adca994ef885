"""Organisation lists for tests: the two forms in which a real city publishes its own, cut down to what matters."""

import datetime as dt
import functools
import io
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook

from registry.organization.importing import apply_list, preview, stage
from registry.organization.list_plan import Item, Severity
from registry.organization.list_reading import read_list
from registry.organization.models import ListImport, Organ
from tests.world import person

DAY = dt.date(2026, 4, 1)
read_once = functools.cache(read_list)
OLD_HEADER = [
    *("#property", "applicableDate", "affiliationCode", "bureau", "department", "division", "office", "unit"),
    *("affiliationName", "telephoneNumber", "mechanismCd", "mechanismName"),
]
NEW_HEADER = ["局", "部", "課", "室・出先", "係", "所属名称", "電話番号", "機構分類名称"]
Row = tuple[str, tuple[str, ...], str]
TOWN: list[Row] = [
    ("0000000000", ("伊奈市", "", "", "", ""), "市長"),
    ("0000000005", ("伊奈市", "", "", "", "市長"), "市長"),
    ("0000000010", ("伊奈市", "", "", "", "副市長"), "副市長"),
    ("2500000000", ("健康福祉局", "", "", "", ""), "局"),
    ("2510100000", ("健康福祉局", "", "健康福祉総務課", "", ""), "課"),
    ("2520000000", ("健康福祉局", "福祉事務所", "", "", ""), "部"),
    ("2520100000", ("健康福祉局", "福祉事務所", "障がい福祉課", "", ""), "課"),
    ("2526000000", ("健康福祉局", "福祉事務所", "", "", ""), "部"),
    ("2526100000", ("健康福祉局", "福祉事務所", "長寿福祉課", "", ""), "課"),
    ("2535000000", ("健康福祉局", "福祉事務所", "", "", ""), "部"),
    ("2535100000", ("健康福祉局", "福祉事務所", "子育て支援課", "", ""), "課"),
    ("5500000000", ("教育局", "", "", "", ""), "局"),
    ("5510900000", ("教育局", "", "", "第一高等学校事務局", ""), "課"),
]


def old_form(rows: Iterable[Row] = TOWN) -> bytes:
    """A workbook with codes and English headers."""
    lines = [
        [str(number), "2026-04-01", code, *[name or None for name in names], "".join(names), "048-721-2111", "05", kind]
        for number, (code, names, kind) in enumerate(rows, 1)
    ]
    return workbook([OLD_HEADER, *lines])


def new_form(rows: Iterable[Row] = TOWN) -> bytes:
    """A workbook with Japanese headers and without codes."""
    return workbook(
        [NEW_HEADER, *[[*[name or None for name in names], "".join(names), None, kind] for _, names, kind in rows]]
    )


def workbook(lines: Iterable[Iterable[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(list(line))
    answer = io.BytesIO()
    book.save(answer)
    return answer.getvalue()


def staged(data: bytes, organ: str = "town", day: dt.date = DAY) -> ListImport:
    batch = ListImport(filename="組織.xlsx", sha256="ab" * 32, effective_on=day, organ=Organ.objects.get(code=organ))
    return stage(read_once(data, "組織.xlsx"), batch, by=person("secretariat"))


def applied(batch: ListImport, *, heads: bool = False) -> ListImport:
    return apply_list(batch, seen=preview(batch).digest, with_heads=heads, by=person("secretariat"))


def findings(items: tuple[Item, ...], severity: Severity) -> list[tuple[int, str]]:
    return [(item.row.number, found.text) for item in items for found in item.findings if found.severity == severity]


def changed(
    place: int, code: str | None = None, names: tuple[str, ...] | None = None, kind: str | None = None
) -> bytes:
    rows = list(TOWN)
    old = rows[place]
    rows[place] = (old[0] if code is None else code, names or old[1], old[2] if kind is None else kind)
    return old_form(rows)
