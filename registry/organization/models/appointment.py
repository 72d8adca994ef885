"""Appointments (任命): a person holds a post for a period; several at once are 兼務."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.base.constraints import period_constraint
from registry.organization.models.post import Post


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, on: dt.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class Appointment(models.Model):
    """The truth behind every right: who sits in which post from when until when (both days included)."""

    class Kind(models.TextChoices):
        MAIN = "main", "本務"
        CONCURRENT = "concurrent", "兼務"
        ACTING = "acting", "代理"

    history_kind = "appointment"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name="利用者"
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name="職")
    kind = models.CharField("区分", max_length=12, choices=Kind)
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日", null=True, blank=True, help_text="この日まで在任します。")
    absentee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="stand_ins",
        verbose_name="不在の人",
    )
    reason = models.CharField("不在の理由", max_length=200, blank=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任命"
        verbose_name_plural = "任命"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["main", "concurrent", "acting"]), name="organization_appointment_kind_known"
            ),
            period_constraint(),
            models.CheckConstraint(
                condition=Q(absentee__isnull=True) | Q(kind="acting", valid_until__isnull=False),
                name="organization_appointment_stand_in_ends",
            ),
            models.UniqueConstraint(
                fields=["user", "post"], condition=Q(valid_until__isnull=True), name="organization_appointment_once"
            ),
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="appointment_by_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.post}"
