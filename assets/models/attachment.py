"""Evidence that hangs on an asset: a file, what it proves, who attached it, and who took it off again."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assets.choices import Evidence
from assets.models.asset import Asset
from registry.base.constraints import choices_constraint, together_constraint
from registry.files.models import StoredFile
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """Who sees the asset sees what hangs on it."""
        return self.filter(asset__department_id__in=departments_where(user, Permission.VIEW_ASSETS))

    def in_place(self) -> Self:
        """What has not been taken off."""
        return self.filter(removed_at__isnull=True)

    def listed(self) -> Self:
        """As a page shows them, the newest first."""
        return self.select_related("file", "attached_by", "removed_by").order_by("-attached_at", "-id")


class Attachment(models.Model):
    """One file on one asset. It is never deleted: taken off, it can be put back."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="attachments", verbose_name=said_later("{asset}"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="ファイル")
    kind = models.CharField("種類", max_length=10, choices=Evidence)
    note = models.CharField("説明", max_length=200, blank=True)
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="添付した人"
    )
    attached_at = models.DateTimeField("添付日時", default=timezone.now)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="取り外した人"
    )
    removed_at = models.DateTimeField("取り外し日時", null=True)
    removed_reason = models.TextField("取り外した理由", blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "添付"
        verbose_name_plural = "添付"
        default_permissions = ()
        constraints = [
            choices_constraint("kind", Evidence),
            together_constraint("removed_by", "removed_at"),
        ]
        indexes = [
            models.Index(fields=["asset"], condition=Q(removed_at__isnull=True), name="attachment_in_place"),
        ]

    def __str__(self) -> str:
        return self.file.name

    def get_absolute_url(self) -> str:
        return reverse("assets:attachment", args=[self.pk])
