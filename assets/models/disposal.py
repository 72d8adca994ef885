"""The record of a disposal: when, by whom, how, and who permitted it. It is whole or it does not exist."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from assets.choices import Disposal
from assets.models.asset import Asset
from assets.models.proposal import Proposal
from registry.base.constraints import choices_constraint, together_constraint
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


class DisposalRecordQuerySet(models.QuerySet["DisposalRecord"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(asset__department_id__in=departments_where(user, Permission.VIEW_ASSETS))

    def in_force(self) -> Self:
        """Those that were not cancelled."""
        return self.filter(cancelled_at__isnull=True)


class DisposalRecord(models.Model):
    """日時・担当者・処理内容・許可 of one disposal (DOMAIN §1), written when it was approved; cancelled, it stays."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="disposals", verbose_name=said_later("{asset}"))
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="disposal", verbose_name="申請")
    method = models.CharField("廃棄方法", max_length=20, choices=Disposal)
    disposed_at = models.DateTimeField("廃棄の日時")
    handled_by = models.CharField("担当者", max_length=100)
    work = models.TextField("処理内容")
    evidence = models.CharField("証拠の所在", max_length=200, blank=True)
    permitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="許可者")
    permitted_at = models.DateTimeField("許可日時")
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="取り消した人"
    )
    cancelled_at = models.DateTimeField("取消日時", null=True)

    objects = DisposalRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "廃棄の記録"
        verbose_name_plural = "廃棄の記録"
        default_permissions = ()
        constraints = [
            choices_constraint("method", Disposal),
            models.CheckConstraint(condition=~Q(handled_by="") & ~Q(work=""), name="assets_disposal_whole"),
            together_constraint("cancelled_by", "cancelled_at"),
            models.UniqueConstraint(
                fields=["asset"], condition=Q(cancelled_at__isnull=True), name="assets_disposal_one_in_force"
            ),
        ]
        indexes = [models.Index(fields=["-disposed_at", "-id"], name="disposal_newest_first")]

    def __str__(self) -> str:
        return f"{self.asset} 廃棄"
