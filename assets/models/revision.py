"""Approved states with from and until, and the series that registration numbers come from."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assets.models.asset import Asset
from assets.models.proposal import Proposal
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after a day, by the clock of the installation."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: User) -> Self:
        return self.where(user, Permission.VIEW_ASSETS)

    def where(self, user: User, permission: Permission) -> Self:
        """Old states are seen by whoever may see the asset today."""
        return self.filter(asset__department_id__in=departments_where(user, permission))

    def on(self, day: dt.date) -> Self:
        """Those in force at the end of a day."""
        end = end_of(day)
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=end), valid_from__lt=end)


class Revision(models.Model):
    """One approved state of an asset: the values that were approved, and the words they had then."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="revisions", verbose_name=said_later("{asset}"))
    number = models.PositiveIntegerField("履歴番号")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="revision", verbose_name="申請")
    values = models.JSONField("内容")
    texts = models.JSONField("表示")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="承認者")
    valid_from = models.DateTimeField("発効日時")
    valid_until = models.DateTimeField("失効日時", null=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = "改訂"
        verbose_name_plural = "改訂"
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "number"], name="assets_revision_once"),
            models.UniqueConstraint(
                fields=["asset"], condition=models.Q(valid_until__isnull=True), name="assets_revision_one_in_force"
            ),
        ]
        indexes = [models.Index(fields=["valid_from", "valid_until"], name="revision_by_period")]

    def __str__(self) -> str:
        return f"{self.asset} 第{self.number}版"


class NumberSeries(models.Model):
    """The last 連番 given in a 年度 and 課; numbers are never used again."""

    prefix = models.CharField("年度-所属", max_length=40, unique=True)
    last = models.PositiveIntegerField("最後の連番", default=0)

    class Meta:
        verbose_name = "採番"
        verbose_name_plural = "採番"
        default_permissions = ()

    def __str__(self) -> str:
        return self.prefix
