"""What the profile set for the body, item by item: said by its policy, or our proposal until a person confirms it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.base.constraints import choices_constraint, together_constraint
from registry.organization.vocabulary import said, said_later


class PresetKind(models.TextChoices):
    """What can be set."""

    ORGAN = "organ", said_later("{organ}")
    ROLE = "role", "役割の呼び名"
    WORD = "word", "用語"
    SETTING = "setting", "定めの選択"
    DECISION = "decision", "決定の流れ"
    DOCUMENT = "document", "文書の公開"
    EXCLUSION = "exclusion", said_later("{out_of_scope}")


class PresetQuerySet(models.QuerySet["Preset"]):
    def unconfirmed(self) -> Self:
        """要確認: neither said by the policy nor confirmed by a person."""
        return self.filter(in_policy=False, confirmed_at=None)


class Preset(models.Model):
    """One item of the body's settings: where it comes from, and who confirmed it. The value stands where it is used."""

    history_kind = "preset"

    kind = models.CharField("種類", max_length=20, choices=PresetKind)
    code = models.CharField("コード", max_length=60)
    label = models.CharField("項目", max_length=200)
    note = models.TextField("典拠と確かめること", blank=True)
    in_policy = models.BooleanField("規程で確かめた")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="確認した人"
    )
    confirmed_at = models.DateTimeField("確認日時", null=True)

    objects = PresetQuerySet.as_manager()

    class Meta:
        verbose_name = "団体の設定の確認"
        verbose_name_plural = "団体の設定の確認"
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            choices_constraint("kind", PresetKind),
            together_constraint("confirmed_by", "confirmed_at"),
            models.UniqueConstraint(fields=["kind", "code"], name="organization_preset_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(in_policy=False, confirmed_at=None), name="preset_unconfirmed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}「{said(self.label)}」"
