"""「保管・搭載する」: which asset holds or carries which, as it is in force."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from assets.models.asset import Asset
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission


class HoldingQuerySet(models.QuerySet["Holding"]):
    def visible_to(self, user: User) -> Self:
        """Links of which the person may see both ends."""
        places = departments_where(user, Permission.VIEW_ASSETS)
        return self.filter(holder__department_id__in=places, held__department_id__in=places)


class Holding(models.Model):
    """One asset in or on another. Written from what the held one says (保管・搭載先, 情報システム) when that comes in force."""

    holder = models.ForeignKey(Asset, models.PROTECT, related_name="contents", verbose_name="保管・搭載先")
    held = models.ForeignKey(Asset, models.PROTECT, related_name="places", verbose_name="保管・搭載されるもの")

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = "保管・搭載"
        verbose_name_plural = "保管・搭載"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["holder", "held"], name="assets_holding_once"),
            models.CheckConstraint(condition=~Q(holder=F("held")), name="assets_holding_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id} {self.held_id}"
