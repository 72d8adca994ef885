"""An organisation list that came in as a file, waiting between preview and take-over."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.organization.vocabulary import said_later


class ListImport(models.Model):
    """One uploaded organisation list: what it says, what would happen, and whether it was taken over."""

    history_kind = "organization-list"

    filename = models.CharField("ファイル名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    effective_on = models.DateField("適用日")
    organ = models.ForeignKey(
        "organization.Organ", models.PROTECT, related_name="+", verbose_name=said_later("{organ}")
    )
    rows = models.JSONField("読み取った行")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="受付者")
    uploaded_at = models.DateTimeField("受付日時", default=timezone.now)
    applied_at = models.DateTimeField("反映日時", null=True)

    class Meta:
        verbose_name = "組織一覧の取込"
        verbose_name_plural = "組織一覧の取込"
        default_permissions = ()

    def __str__(self) -> str:
        return self.filename
