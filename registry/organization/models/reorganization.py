"""Reorganisations (組織改編): the plan as it is prepared, what was done on its day, and who succeeds whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.base.constraints import choices_constraint, together_constraint
from registry.organization.models.body import Organ
from registry.organization.models.department import Department
from registry.organization.models.user import User
from registry.organization.vocabulary import said_later


class Stage(models.TextChoices):
    """How far a reorganisation has come."""

    DRAFT = "draft", "準備中"
    SCHEDULED = "scheduled", "施行日待ち"
    APPLIED = "applied", "反映済み"
    UNDONE = "undone", "元に戻した"
    DISCARDED = "discarded", "中止"


class Basis(models.TextChoices):
    """Why two units were taken for the same, or why none was found."""

    CODE = "code", "所属コードと名称が同じ"
    NAME = "name", "上位と名称が同じ"
    RENAMED = "renamed", "所属コードが同じで、名称が近い"
    NEAR = "near", "上位が同じで、名称が近い"
    ELSEWHERE = "elsewhere", "同じ名称が、別の上位の下にある"
    CHILDREN = "children", "下の組織の多くが同じ"
    REUSED = "reused", "所属コードは同じだが、名称が違う"
    NEW = "new", "いまの組織に、当てはまるものがない"
    GONE = "gone", "新しい一覧に、当てはまるものがない"
    COPY = "copy", "いまの組織のまま"
    HAND = "hand", "手で決めた"


class Certainty(models.TextChoices):
    """How sure a proposal is; what is doubtful waits for a person."""

    SURE = "sure", "確か"
    LIKELY = "likely", "おおむね確か"
    DOUBTFUL = "doubtful", "要確認"
    SETTLED = "settled", "確認済み"


def _person(label: str) -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=label
    )


class Reorganization(models.Model):
    """One reorganisation of an organ by a day (施行日), from the first proposal to what became of it."""

    history_kind = "reorganization"

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name=said_later("{organ}"))
    title = models.CharField("名称", max_length=100)
    effective_on = models.DateField("施行日")
    stage = models.CharField("段階", max_length=10, choices=Stage, default=Stage.DRAFT, editable=False)
    filename = models.CharField("ファイル名", max_length=200, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    notices = models.JSONField("ファイルの注意", default=list)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="作成者")
    planned_at = models.DateTimeField("作成日時", default=timezone.now)
    with_heads = models.BooleanField(said_later("新しい{section}に所属長を置く"), default=False)
    reason = models.TextField("理由", blank=True)
    seen = models.CharField("確かめた内容の印", max_length=64, blank=True)
    held = models.TextField("施行日に反映できなかった理由", blank=True)
    scheduled_by = _person("予定した人")
    scheduled_at = models.DateTimeField("予定日時", null=True, editable=False)
    applied_by = _person("反映した人")
    applied_at = models.DateTimeField("反映日時", null=True, editable=False)
    undone_by = _person("元に戻した人")
    undone_at = models.DateTimeField("元に戻した日時", null=True, editable=False)
    summary = models.TextField("したこと", blank=True)
    done = models.JSONField("変えた行", default=dict)
    change_set = models.BigIntegerField("台帳の一括変更の番号", null=True, editable=False)

    class Meta:
        verbose_name = "組織改編"
        verbose_name_plural = "組織改編"
        default_permissions = ()
        constraints = [
            choices_constraint("stage", Stage),
            together_constraint("scheduled_by", "scheduled_at"),
            together_constraint("applied_by", "applied_at"),
            together_constraint("undone_by", "undone_at"),
        ]
        indexes = [models.Index(fields=["stage", "effective_on"], name="reorganization_by_stage")]

    def __str__(self) -> str:
        return self.title


class PlannedUnit(models.Model):
    """A unit as it will be from the day on; without an origin it is new. An empty code, kind or telephone keeps the old."""

    plan = models.ForeignKey(Reorganization, models.CASCADE, related_name="units")
    number = models.PositiveIntegerField("並び順")
    row = models.PositiveIntegerField("行", null=True)
    is_post = models.BooleanField("職", default=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="+", verbose_name="上位")
    name = models.CharField("名称", max_length=100)
    code = models.CharField("所属コード", max_length=20, blank=True)
    kind = models.CharField("機構分類", max_length=20, blank=True)
    telephone = models.CharField("電話番号", max_length=30, blank=True)
    basis = models.CharField("提案の理由", max_length=10, choices=Basis)
    certainty = models.CharField("確かさ", max_length=10, choices=Certainty)

    class Meta:
        verbose_name = "改編後の組織"
        verbose_name_plural = "改編後の組織"
        default_permissions = ()
        ordering = ["number", "id"]
        constraints = [choices_constraint("basis", Basis), choices_constraint("certainty", Certainty)]

    def __str__(self) -> str:
        return self.name


class Origin(models.Model):
    """What becomes of a unit: its successor (分割 has several), or none (unit empty: 廃止)."""

    plan = models.ForeignKey(Reorganization, models.CASCADE, related_name="origins")
    before = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="いまの組織")
    unit = models.ForeignKey(
        PlannedUnit, models.CASCADE, null=True, related_name="origins", verbose_name="改編後の組織"
    )
    carries = models.BooleanField(said_later("職と{asset}を引き継ぐ"), default=False)
    basis = models.CharField("提案の理由", max_length=10, choices=Basis)
    certainty = models.CharField("確かさ", max_length=10, choices=Certainty)

    class Meta:
        verbose_name = "前身と後継"
        verbose_name_plural = "前身と後継"
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "before", "unit"], name="organization_origin_once"),
            models.UniqueConstraint(
                fields=["plan", "before"], condition=Q(unit__isnull=True), name="organization_origin_closed_once"
            ),
            choices_constraint("basis", Basis),
            choices_constraint("certainty", Certainty),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.unit or '廃止'}"


class Succession(models.Model):
    """Who succeeded whom on a day. principal: the successor that took over the posts and the assets."""

    reorganization = models.ForeignKey(
        Reorganization, models.PROTECT, related_name="successions", verbose_name="組織改編"
    )
    before = models.ForeignKey(Department, models.PROTECT, related_name="successors", verbose_name="前身")
    after = models.ForeignKey(Department, models.PROTECT, related_name="predecessors", verbose_name="後継")
    on = models.DateField("承継日")
    principal = models.BooleanField(said_later("職と{asset}を引き継いだ"), default=True)

    class Meta:
        verbose_name = "前身と後継の記録"
        verbose_name_plural = "前身と後継の記録"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["before", "after"], name="organization_succession_once")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
