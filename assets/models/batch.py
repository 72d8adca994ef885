"""An import: one uploaded file, how its columns were read, and its rows waiting to be registered."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.organization.models import User


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> Self:
        """An upload is seen by the person who brought it, nobody else, until it has become assets."""
        return self.filter(uploaded_by=user)


class Batch(models.Model):
    """One import from upload to registration."""

    class Stage(models.TextChoices):
        COLUMNS = "columns", "列の対応"
        CHECKED = "checked", "確認"
        DONE = "done", "完了"
        DISCARDED = "discarded", "中止"

    history_kind = "import"

    filename = models.CharField("ファイル名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    sheet = models.CharField("シート", max_length=200, blank=True)
    header_row = models.PositiveIntegerField("見出しの行")
    headers = models.JSONField("見出し")
    mapping = models.JSONField("列の対応", default=dict)
    fixed = models.JSONField("全行に入れる値", default=dict)
    warnings = models.JSONField("注意", default=list)
    stage = models.CharField("段階", max_length=10, choices=Stage, default=Stage.COLUMNS)
    note = models.TextField("登録の理由", blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="受付者")
    uploaded_at = models.DateTimeField("受付日時", default=timezone.now)
    finished_at = models.DateTimeField("完了日時", null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "取込"
        verbose_name_plural = "取込"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=["columns", "checked", "done", "discarded"]),
                name="assets_batch_stage_known",
            )
        ]

    def __str__(self) -> str:
        return self.filename


class BatchRow(models.Model):
    """One row of the file as it was read, what it became, and what is wrong with it."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField("行")
    cells = models.JSONField("セル")
    values = models.JSONField("読み取った内容", default=dict)
    findings = models.JSONField("指摘", default=list)

    class Meta:
        verbose_name = "取込の行"
        verbose_name_plural = "取込の行"
        default_permissions = ()
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="assets_batch_row_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.line}行目"
