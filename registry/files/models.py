"""A file that is kept: what it is, what it was called, who brought it. Its bytes lie outside the database."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.files.kinds import KINDS
from registry.files.names import LONGEST


class StoredFile(models.Model):
    """One file as one person brought it; the same bytes brought twice are two rows and lie on the disk once."""

    class Problem(models.TextChoices):
        """What was wrong with the bytes when somebody last looked."""

        MISSING = "missing", "見つからない"
        CHANGED = "changed", "内容が変わっている"

    history_kind = "file"

    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("大きさ(バイト)")
    kind = models.CharField("種類", max_length=10, choices=[(kind.code, kind.label) for kind in KINDS.values()])
    name = models.CharField("元の名前", max_length=LONGEST)
    problem = models.CharField("異常", max_length=10, choices=Problem, blank=True)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="持ち込んだ人"
    )
    stored_at = models.DateTimeField("持ち込んだ日時", default=timezone.now)

    class Meta:
        verbose_name = "保管ファイル"
        verbose_name_plural = "保管ファイル"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="files_storedfile_kind_known"),
            models.CheckConstraint(
                condition=models.Q(problem__in=["", "missing", "changed"]), name="files_storedfile_problem_known"
            ),
        ]

    def __str__(self) -> str:
        """Without the name, which is for those who may see what the file belongs to."""
        return f"保管ファイル {self.sha256[:12]}"
