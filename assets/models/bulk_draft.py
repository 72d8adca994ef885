"""一括変更の案: which assets one has picked, what is to become of them, and what that would do, until it is done."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assets.models.change_set import ChangeSet
from registry.base.constraints import choices_constraint
from registry.organization.models import User

KEPT = dt.timedelta(days=7)


class BulkAct(models.TextChoices):
    """What is done to a column of many assets."""

    REPLACE = "replace", "置き換える"
    APPEND = "append", "追記する"
    REMOVE = "remove", "取り除く"


class BulkDraftQuerySet(models.QuerySet["BulkDraft"]):
    def visible_to(self, user: User) -> Self:
        """What somebody prepares is nobody else's business until it is done."""
        return self.filter(made_by=user)

    def unfinished(self) -> Self:
        """Those that one can go on with, the latest first."""
        return self.filter(change_set__isnull=True).order_by("-made_at", "-pk")

    def outdated(self) -> Self:
        """Those that were prepared long ago and never came to anything."""
        return self.filter(change_set__isnull=True, made_at__lt=timezone.now() - KEPT)


class BulkDraft(models.Model):
    """Assets picked in the list, one column, and what to do to it. `fit` and `left` are what was last previewed."""

    picked = models.JSONField("選んだもの")
    conditions = models.TextField("選んだときの条件", blank=True)
    origin = models.TextField("選んだときの一覧", blank=True)
    column = models.CharField("項目", max_length=60, blank=True)
    act = models.CharField("変え方", max_length=10, choices=BulkAct, blank=True)
    value = models.JSONField("値", default=dict)
    fit = models.JSONField("変わるもの", default=list)
    left = models.JSONField("変わらないもの", default=list)
    direct = models.BooleanField("すぐに登録する", default=False)
    reason = models.TextField("理由", blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="作成者")
    made_at = models.DateTimeField("作成日時", default=timezone.now)
    change_set = models.OneToOneField(
        ChangeSet, models.PROTECT, null=True, related_name="bulk_draft", verbose_name="行った変更"
    )

    objects = BulkDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "一括変更の案"
        verbose_name_plural = "一括変更の案"
        default_permissions = ()
        constraints = [
            choices_constraint("act", BulkAct, blank=True),
            models.CheckConstraint(
                condition=Q(column="", act="") | (~Q(column="") & ~Q(act="")), name="assets_bulk_draft_says_both"
            ),
        ]
        indexes = [models.Index(fields=["made_by", "made_at"], name="bulk_draft_by_maker")]

    def __str__(self) -> str:
        return f"{len(self.picked):,}件の一括変更"
