"""The ledger of a past day, and two days side by side, as workbooks of our 様式."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from assets.columns import BY_KEY
from assets.ledger import asof
from assets.ledger.exporting import SHEET_KINDS, Export, made_by, packed
from assets.ledger.workbook import Column, Cover
from assets.models import Asset, Revision
from registry.base.fiscal import wareki
from registry.organization.models import Department, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, the_body, word

CHANGES = (
    Column("区分", "text", 8),
    Column("資産番号", "text", 20),
    Column(BY_KEY["name"].text, "long", 30),
    Column(BY_KEY["section"].text, "text", 16),
    Column("項目", "text", 20),
    Column("変更前", "long", 40),
    Column("変更後", "long", 40),
)
AT_ONCE = 500


def write_day(user: User, day: dt.date, department: Department | None) -> Export:
    """The states in force at the end of a day that the person may export, in the words they had then."""
    found = asof.standing(user, day, department, Permission.EXPORT_ASSETS).order_by("asset__number", "pk")
    label = asof.label_of(found.select_related(None).only("values").iterator())
    columns = asof.names_on(user, day)
    conditions = f"{wareki(day)}現在" + (f"、{department.full_name}" if department else "")
    sheet = [Column(name, "long" if SHEET_KINDS.get(c.kind) == "long" else "text", c.width) for c, name in columns]
    rows = ([revision.texts.get(column.key, "") for column, _ in columns] for revision in found.iterator())
    return _written(word("ledger"), user, day, conditions, label, sheet, rows, found.count())


def write_changes(user: User, since: dt.date, until: dt.date) -> Export:
    """新旧対照表: a line for every item that differs; what is new or gone stands in one line."""
    moved = list(asof.moved(user, since, until, Permission.EXPORT_ASSETS).only("pk", "number").order_by("number", "pk"))
    parts = [moved[start : start + AT_ONCE] for start in range(0, len(moved), AT_ONCE)]
    labels = asof.names_between(user, since, until)
    rows = [row for part in parts for change in asof.changes(part, since, until, labels) for row in _lines(change)]
    label = asof.label_of(_states(parts, since, until))
    conditions = f"{wareki(since)}から{wareki(until)}まで"
    return _written(
        f"{word('ledger')} 新旧対照表",
        user,
        until,
        conditions,
        label,
        [replace(column, header=said(column.header)) for column in CHANGES],
        rows,
        len(rows),
    )


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
    cover = Cover(
        title=title,
        body_name=the_body().name,
        class_label=label,
        as_of=day,
        made_at=timezone.localtime(),
        made_by=made_by(user),
        conditions=conditions,
        row_count=count,
    )
    return packed(cover, columns, rows)
