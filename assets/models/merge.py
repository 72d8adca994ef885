"""One asset merged into another, with what it takes to take it back."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assets.models.asset import Asset
from assets.models.change_set import ChangeSet
from assets.models.proposal import Proposal
from registry.base.constraints import together_constraint
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: User) -> Self:
        """Those of which the person sees both assets."""
        places = departments_where(user, Permission.VIEW_ASSETS)
        return self.filter(kept__department_id__in=places, gone__department_id__in=places)

    def in_force(self) -> Self:
        """Those that were not taken back."""
        return self.filter(undone_at__isnull=True)


class Merge(models.Model):
    """統合: `gone` went into `kept`. The change set holds what changed in `kept` and in what was on `gone`."""

    kept = models.ForeignKey(Asset, models.PROTECT, related_name="+", verbose_name=said_later("残した{asset}"))
    gone = models.ForeignKey(Asset, models.PROTECT, related_name="merges", verbose_name=said_later("統合した{asset}"))
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="merge", verbose_name="申請")
    change_set = models.OneToOneField(ChangeSet, models.PROTECT, related_name="merge", verbose_name="一括の変更")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="取り消した人"
    )
    undone_at = models.DateTimeField("取消日時", null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = "統合"
        verbose_name_plural = "統合"
        default_permissions = ()
        constraints = [
            together_constraint("undone_by", "undone_at"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="assets_merge_of_two"),
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="assets_merge_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone}→{self.kept}"
