"""Classification schemes as data: axes, levels with ranks, when a scheme is valid and for which organs."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.base.constraints import period_constraint
from registry.organization.models import Organ
from registry.organization.vocabulary import said_later

LEVEL_FIELDS = ("level_1", "level_2", "level_3")  # of an asset, by the slot of the axis


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def current(self, on: dt.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class Scheme(models.Model):
    """A way to classify, valid from a day: the guideline's five levels, the old three, a body's own.

    Without organs it is the scheme of the whole body; with organs it is theirs, and goes before that of the body.
    """

    history_kind = "scheme"

    code = models.CharField("コード", max_length=40, unique=True)
    name = models.CharField("分類体系", max_length=100)
    source = models.TextField("根拠", blank=True)
    valid_from = models.DateField("適用開始日")
    valid_until = models.DateField("適用終了日", null=True, blank=True)
    organs = models.ManyToManyField(Organ, blank=True, related_name="schemes", verbose_name=said_later("使う{organ}"))

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "分類体系"
        verbose_name_plural = "分類体系"
        constraints = [period_constraint()]

    def __str__(self) -> str:
        return self.name

    def is_valid_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def levels(self) -> models.QuerySet[Level]:
        """The levels of all its axes."""
        return Level.objects.filter(axis__scheme=self)

    @property
    def scope(self) -> frozenset[int]:
        """Keys of the organs that use it; empty for the whole body."""
        return frozenset(organ.pk for organ in self.organs.all())


class Axis(models.Model):
    """One axis of a scheme; its slot says in which of the three level columns of an asset it is kept."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="axes", verbose_name="分類体系")
    code = models.CharField("コード", max_length=40)
    label = models.CharField("分類軸", max_length=40)
    help = models.TextField("説明", blank=True)
    slot = models.PositiveSmallIntegerField("順")

    class Meta:
        verbose_name = "分類軸"
        verbose_name_plural = "分類軸"
        ordering = ["slot"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="assets_axis_code_once"),
            models.UniqueConstraint(fields=["scheme", "slot"], name="assets_axis_slot_once"),
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=3), name="assets_axis_slot_known"),
        ]

    def __str__(self) -> str:
        return self.label


class Level(models.Model):
    """One level of an axis. Code compares ranks; it never knows a level by name."""

    axis = models.ForeignKey(Axis, models.PROTECT, related_name="levels", verbose_name="分類軸")
    code = models.CharField("コード", max_length=20)
    label = models.CharField("区分", max_length=60)
    short = models.CharField("略称", max_length=20)
    rank = models.PositiveSmallIntegerField("順位", help_text="大きいほど厳しい取扱いになります。")
    severity = models.PositiveSmallIntegerField(
        "厳しさ", default=0, help_text="ほかの分類体系の区分と比べるための順位です。大きいほど厳しい取扱いになります。"
    )
    criterion = models.TextField("判断基準", blank=True)
    examples = models.TextField("例", blank=True)
    restrictions = models.JSONField("取扱制限", default=list)
    synonyms = models.JSONField("取込での書き方", default=list)
    tone = models.PositiveSmallIntegerField("色", default=0)
    reads_recorded = models.BooleanField("閲覧を記録", default=False)

    class Meta:
        verbose_name = "分類区分"
        verbose_name_plural = "分類区分"
        ordering = ["axis__slot", "-rank"]
        constraints = [
            models.UniqueConstraint(fields=["axis", "code"], name="assets_level_code_once"),
            models.UniqueConstraint(fields=["axis", "rank"], name="assets_level_rank_once"),
        ]

    def __str__(self) -> str:
        return self.label
