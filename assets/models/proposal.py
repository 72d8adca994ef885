"""A proposal: what somebody wants the ledger to say about an asset, on its way to approval."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from assets.models.asset import Asset
from assets.models.batch import Batch
from assets.states import APPROVE, CONFIRM, OPEN, Kind, State
from registry.base.constraints import choices_constraint, together_constraint
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


def _person() -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: User) -> Self:
        return self.where(user, Permission.VIEW_ASSETS)

    def where(self, user: User, permission: Permission) -> Self:
        return self.filter(asset__department_id__in=departments_where(user, permission))

    def waiting_for(self, user: User) -> Self:
        """What this person can decide now: confirm as head, or review; never what they had an earlier part in."""
        waiting = models.Q(pk__in=())
        for step in (CONFIRM, APPROVE):
            places = departments_where(user, step.permission)
            both = models.Q(merges__isnull=True) | models.Q(merges__department_id__in=places)
            here = models.Q(asset__department_id__in=places) & both
            own = models.Q(*((part, user) for part in step.not_by), _connector=models.Q.OR)
            waiting |= models.Q(state__in=step.sources) & here & ~own
        return self.filter(waiting)

    def oldest_first(self) -> Self:
        return self.order_by("submitted_at", "id")


class Proposal(models.Model):
    """The full set of proposed values of one asset; at most one is open per asset."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="proposals", verbose_name=said_later("{asset}"))
    kind = models.CharField("種類", max_length=10, choices=Kind)
    merges = models.ForeignKey(
        Asset, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=said_later("統合する{asset}")
    )
    state = models.CharField("状態", max_length=20, choices=State, default=State.DRAFT, editable=False)
    values = models.JSONField("申請する内容", default=dict)
    base_version = models.PositiveIntegerField("もとの版", default=0)
    version = models.PositiveIntegerField("申請の版", default=1)
    token = models.UUIDField("画面の番号", null=True, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="proposals", verbose_name="取込")
    note = models.TextField("直近のコメント", blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="作成者")
    drafted_at = models.DateTimeField("作成日時", default=timezone.now)
    updated_at = models.DateTimeField("更新日時", default=timezone.now)
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, editable=False, related_name="+", verbose_name="内容を変更した人"
    )
    submitted_by = _person()
    submitted_at = models.DateTimeField("申請日時", null=True, editable=False)
    confirmed_by = _person()
    confirmed_at = models.DateTimeField("確認日時", null=True, editable=False)
    decided_by = _person()
    decided_at = models.DateTimeField("決定日時", null=True, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "申請"
        verbose_name_plural = "申請"
        default_permissions = ()
        constraints = [
            choices_constraint("state", State),
            choices_constraint("kind", Kind),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.MERGE, merges__isnull=False)
                | (~models.Q(kind=Kind.MERGE) & models.Q(merges__isnull=True)),
                name="assets_proposal_merge_names_the_other",
            ),
            together_constraint("submitted_by", "submitted_at"),
            together_constraint("confirmed_by", "confirmed_at"),
            together_constraint("decided_by", "decided_at"),
            models.UniqueConstraint(
                fields=["asset"], condition=models.Q(state__in=sorted(OPEN)), name="assets_proposal_one_open"
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="proposal_by_state")]

    def __str__(self) -> str:
        return f"{self.asset} {self.get_kind_display()}"

    def had_part(self, user: User, part: str) -> bool:
        """Did the person have this part in the proposal so far? (names of people's columns, as in `Step.not_by`)"""
        if part == "editors":
            return self.editors.filter(pk=user.pk).exists()
        return bool(getattr(self, f"{part}_id") == user.pk)

    @property
    def target_id(self) -> int:
        """The department in which the asset would be."""
        return int(self.values.get("section") or self.asset.department_id)
