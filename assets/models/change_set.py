"""A change of many assets at once: who, why, and line by line what it takes to reverse it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from assets.models.asset import Asset
from assets.models.proposal import Proposal
from registry.base.constraints import choices_constraint, together_constraint
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


class ChangeSetQuerySet(models.QuerySet["ChangeSet"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those that touched assets one may register directly (事務局)."""
        places = departments_where(user, Permission.REGISTER_ASSETS)
        touched = ChangeLine.objects.filter(asset__department_id__in=places)
        return self.filter(Q(made_by=user) | Q(pk__in=touched.values("change_set_id")))

    def newest_first(self) -> Self:
        return self.select_related("made_by", "undone_by").order_by("-made_at", "-pk")


class ChangeKind(models.TextChoices):
    """What many assets were changed for."""

    BULK = "bulk", "一括変更"
    SPELLING = "spelling", "表記の統一"
    MIGRATION = "migration", "分類の移行"
    REORGANIZATION = "reorganization", "組織改編"
    MERGE = "merge", "統合"


class ChangeSet(models.Model):
    """Many assets changed as one: put in force at once, or proposed at once. Undone as one, while nothing newer touched it."""

    history_kind = "change-set"

    kind = models.CharField("種類", max_length=20, choices=ChangeKind)
    reason = models.TextField("理由")
    proposed = models.BooleanField("審査に出した", default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="実行者")
    made_at = models.DateTimeField("実行日時", default=timezone.now)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_through", verbose_name="取り消した変更"
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="取り消した人"
    )
    undone_at = models.DateTimeField("取消日時", null=True)

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        verbose_name = "一括の変更"
        verbose_name_plural = "一括の変更"
        default_permissions = ()
        constraints = [choices_constraint("kind", ChangeKind), together_constraint("undone_by", "undone_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}の取消し" if self.undoes_id else self.get_kind_display()


class ChangeLineQuerySet(models.QuerySet["ChangeLine"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(asset__department_id__in=departments_where(user, Permission.VIEW_ASSETS))

    def touched_since(self) -> Self:
        """Lines whose asset or proposal was changed by anything later, so that they cannot simply be put back."""
        in_force = Q(version__isnull=False)
        another = Q(asset__open_proposal__isnull=False) & (
            Q(proposal__isnull=True) | ~Q(asset__open_proposal=F("proposal"))
        )
        changed = in_force & (~Q(asset__version=F("version")) | another)
        decided = Q(proposal_version__isnull=False) & ~Q(proposal__version=F("proposal_version"))
        return self.filter(changed | decided)


class ChangeLine(models.Model):
    """One asset of a change set: what stood before in the columns that changed, and the versions right after.

    `version` is empty when nothing in force was touched; `proposal` is the one that was made or carried along.
    """

    change_set = models.ForeignKey(ChangeSet, models.PROTECT, related_name="lines", verbose_name="一括の変更")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="+", verbose_name=said_later("{asset}"))
    before = models.JSONField("変更前", default=dict)
    version = models.PositiveIntegerField("変更後の版", null=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+", verbose_name="申請")
    proposal_before = models.JSONField("申請の変更前", default=dict)
    proposal_version = models.PositiveIntegerField("申請の変更後の版", null=True)

    objects = ChangeLineQuerySet.as_manager()

    class Meta:
        verbose_name = "一括の変更の行"
        verbose_name_plural = "一括の変更の行"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["change_set", "asset"], name="assets_change_line_once"),
            models.CheckConstraint(
                condition=Q(version__isnull=False) | Q(proposal__isnull=False), name="assets_change_line_does_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_set} {self.asset_id}"
