"""廃棄予定: the registered assets that a person answers for and whose 保存期間 ends soon or has ended."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from assets.models import Asset
from assets.models.asset import CALCULATED_FIELDS, AssetQuerySet
from assets.models.scheme import LEVEL_FIELDS
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.web.paging import Order

DAYS = 90
SOON = 30
DUE_ORDER = Order("disposal_due")


def due(user: User, department_id: int | None = None) -> AssetQuerySet:
    """What is due within 90 days or overdue, among what the person may see."""
    found = Asset.objects.visible_to(user).due_by(timezone.localdate() + dt.timedelta(days=DAYS))
    found = found.filter(department_id=department_id) if department_id else found
    return found.select_related(
        "department", "open_proposal", *(f"{name}__axis" for name in (*LEVEL_FIELDS, *CALCULATED_FIELDS))
    )


def due_to_do(user: User) -> AssetQuerySet:
    """Of these, what the person can apply for: in the departments whose assets they may change, nothing under way yet."""
    horizon = timezone.localdate() + dt.timedelta(days=DAYS)
    mine = Asset.objects.where(user, Permission.EDIT_ASSETS).due_by(horizon).filter(open_proposal__isnull=True)
    return mine.select_related("department").order_by("disposal_due", "pk")


def due_by_department(user: User) -> list[dict[str, Any]]:
    """Each department with how many are due and how many of them are overdue, in the order of the tree."""
    late = Count("pk", filter=Q(disposal_due__lt=timezone.localdate()))
    rows = (
        due(user)
        .select_related(None)
        .values("department_id", "department__name")
        .annotate(count=Count("pk"), late=late)
    )
    ordered = rows.order_by("department__organ__position", "department__path")
    return [
        {"pk": row["department_id"], "name": row["department__name"], "count": row["count"], "late": row["late"]}
        for row in ordered
    ]


def in_days(asset: Asset) -> tuple[str, str]:
    """How long it is until the day, in words, and the tone of that."""
    return until(asset.disposal_due)


def until(day: dt.date | None) -> tuple[str, str]:
    """How long it is until a day, in words, and the tone of that."""
    if day is None:
        return "", "neutral"
    days = (day - timezone.localdate()).days
    if days < 0:
        return f"{-days:,}日過ぎています", "error"
    return ("今日まで" if days == 0 else f"あと{days:,}日"), "warning" if days <= SOON else "neutral"
