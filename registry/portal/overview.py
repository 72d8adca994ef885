"""課と部のようす: for those who confirm, every 課 they answer for in one line, each number a link to its rows."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from assets.models import Asset
from assets.models.asset import AssetQuerySet
from assets.states import Standing, State
from registry.organization.models import User
from registry.organization.roles import Permission

DAYS = 90
# Column of the table → what is counted, and the filter of the ledger that shows the same rows.
COUNTED: dict[str, tuple[str, Q, dict[str, str]]] = {
    "registered": ("登録済", Q(standing=Standing.REGISTERED), {"state": "registered"}),
    "submitted": ("確認待ち", Q(open_proposal__state=State.SUBMITTED), {"state": "submitted"}),
    "confirmed": ("審査待ち", Q(open_proposal__state=State.CONFIRMED), {"state": "confirmed"}),
    "returned": ("差戻し", Q(open_proposal__state=State.RETURNED), {"state": "returned"}),
    "draft": ("下書き", Q(open_proposal__state=State.DRAFT), {"state": "draft"}),
}


def overview(user: User) -> dict[str, Any]:
    """The departments whose applications this person confirms, in tree order; {} for those who confirm nowhere."""
    counts = {code: Count("pk", filter=condition) for code, (_, condition, _) in COUNTED.items()}
    found = Asset.objects.where(user, Permission.CONFIRM_ASSETS).listed()
    rows = found.values("department_id", "department__name").annotate(**counts)
    lines: list[Any] = list(rows.order_by("department__organ__position", "department__organ_id", "department__path"))
    return {"headers": [label for label, _, _ in COUNTED.values()], "rows": list(map(_line, lines))} if lines else {}


def ending_contracts(user: User) -> AssetQuerySet:
    """Registered assets of one's own departments whose contract ends within 90 days; those that ended stay for a year."""
    today = timezone.localdate()
    period = (today - dt.timedelta(days=365), today + dt.timedelta(days=DAYS))
    mine = Asset.objects.where(user, Permission.EDIT_ASSETS).filter(standing=Standing.REGISTERED)
    return mine.filter(contract_until__range=period).select_related("department").order_by("contract_until", "pk")


def unclassified(user: User) -> AssetQuerySet:
    """Assets of one's own departments that nobody has given a level yet."""
    mine = Asset.objects.where(user, Permission.EDIT_ASSETS).listed().exclude(standing=Standing.DISPOSED)
    return mine.filter(level_1__isnull=True).select_related("department", "open_proposal").order_by("-updated_at", "pk")


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """One 課: its name and its counts, each with the address of the rows it counts; nothing to follow at zero."""
    place, ledger = row["department_id"], reverse("assets:index")
    cells = [
        {
            "label": label,
            "count": row[code],
            "url": f"{ledger}?{urlencode({'department': place, **narrowed})}" if row[code] else "",
        }
        for code, (label, _, narrowed) in COUNTED.items()
    ]
    return {"name": row["department__name"], "url": f"{ledger}?{urlencode({'department': place})}", "cells": cells}
