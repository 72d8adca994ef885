"""The ledger of a past day, and two days side by side, as workbooks of our 様式."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from assets.classification import axes_in_force, named
from assets.ledger import asof
from assets.ledger.exporting import SHEET_KINDS, Export
from assets.ledger.workbook import Column, Cover, write_workbook
from assets.models import Asset, Revision
from registry.base.fiscal import wareki, wareki_short
from registry.organization.models import Department, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import the_body

CHANGES = [
    Column("区分", "text", 8),
    Column("資産番号", "text", 20),
    Column("情報資産名称", "long", 30),
    Column("所管課", "text", 16),
    Column("項目", "text", 20),
    Column("変更前", "long", 40),
    Column("変更後", "long", 40),
]
AT_ONCE = 500


def write_day(user: User, day: dt.date, department: Department | None) -> Export:
    """The states in force at the end of a day that the person may export, in the words they had then."""
    found = asof.standing(user, day, department, Permission.EXPORT_ASSETS).order_by("asset__number", "pk")
    label = asof.label_of(found.select_related(None).only("values").iterator())
    columns = named(asof.SHOWN, axes_in_force())
    conditions = f"{wareki(day)}現在" + (f"、{department.full_name}" if department else "")
    sheet = [Column(name, "long" if SHEET_KINDS.get(c.kind) == "long" else "text", c.width) for c, name in columns]
    rows = ([revision.texts.get(column.key, "") for column, _ in columns] for revision in found.iterator())
    return _written("情報資産台帳", user, day, conditions, label, sheet, rows, found.count())


def write_changes(user: User, since: dt.date, until: dt.date) -> Export:
    """新旧対照表: a line for every item that differs; what is new or gone stands in one line."""
    moved = list(asof.moved(user, since, until, Permission.EXPORT_ASSETS).only("pk", "number").order_by("number", "pk"))
    parts = [moved[start : start + AT_ONCE] for start in range(0, len(moved), AT_ONCE)]
    rows = [row for part in parts for change in asof.changes(part, since, until) for row in _lines(change)]
    label = asof.label_of(_states(parts, since, until))
    conditions = f"{wareki(since)}から{wareki(until)}まで"
    return _written("情報資産台帳 新旧対照表", user, until, conditions, label, CHANGES, rows, len(rows))


def _states(parts: list[list[Asset]], since: dt.date, until: dt.date) -> Iterable[Revision]:
    for part in parts:
        for day in (since, until):
            yield from Revision.objects.on(day).filter(asset__in=part).only("values")


def _lines(change: asof.Change) -> list[list[str]]:
    head = [change.kind, change.number, change.name, change.department]
    return [[*head, *line] for line in change.lines]


def _written(
    title: str,
    user: User,
    day: dt.date,
    conditions: str,
    label: str,
    columns: list[Column],
    rows: Iterable[list[Any]],
    count: int,
) -> Export:
    body, made_at = the_body(), timezone.localtime()
    cover = Cover(
        title=title,
        body_name=body.name,
        class_label=label,
        as_of=day,
        made_at=made_at,
        made_by=f"{user.post_label()} {user.name}".strip(),
        conditions=conditions,
        row_count=count,
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 — the answer closes it once it is sent
    try:
        write_workbook(file, cover, columns, rows)
    except ValueError:
        file.close()
        raise
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    name = "_".join(filter(None, [title.replace(" ", "_"), body.name, label, wareki_short(day)])) + ".xlsx"
    return Export(file, name, count, digest, label, conditions)
