"""A job: what is to be done for whom, how far it is, and what came of it."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.base.constraints import choices_constraint


class State(models.TextChoices):
    """How a job stands."""

    WAITING = "waiting", "順番待ち"
    RUNNING = "running", "実行中"
    DONE = "done", "完了"
    FAILED = "failed", "できませんでした"
    CANCELLED = "cancelled", "中止"


OPEN = (State.WAITING, State.RUNNING)
TONES = {
    State.WAITING: "neutral",
    State.RUNNING: "info",
    State.DONE: "success",
    State.FAILED: "error",
    State.CANCELLED: "neutral",
}


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> Self:
        """What somebody asked for is nobody else's business."""
        return self.filter(asked_by=user)

    def open(self) -> Self:
        """Those that wait or run, the oldest first."""
        return self.filter(state__in=OPEN).order_by("pk")


class Job(models.Model):
    """One piece of long work. Whoever holds its lock carries it out (`running.hold`); the row alone says how it stands."""

    kind = models.CharField("種類", max_length=40)
    title = models.CharField("名前", max_length=200)
    facts = models.JSONField("内容", default=dict)
    state = models.CharField("状態", max_length=10, choices=State, default=State.WAITING)
    stage = models.CharField("いましていること", max_length=100, blank=True)
    done = models.PositiveIntegerField("済んだ数", default=0)
    total = models.PositiveIntegerField("全部の数", default=0)
    attempts = models.PositiveSmallIntegerField("始めた回数", default=0)
    cancel_asked = models.BooleanField("中止を頼んだ", default=False)
    outcome = models.TextField("結果", blank=True)
    url = models.CharField("結果の場所", max_length=200, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="頼んだ人")
    asked_at = models.DateTimeField("頼んだ日時", default=timezone.now)
    begun_at = models.DateTimeField("始めた日時", null=True)
    ended_at = models.DateTimeField("終わった日時", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "裏で進む仕事"
        verbose_name_plural = "裏で進む仕事"
        default_permissions = ()
        constraints = [choices_constraint("state", State)]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state__in=["waiting", "running"]), name="job_open"),
            models.Index(fields=["asked_by", "-id"], name="job_by_person"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        """The colour of its state on screen."""
        return TONES[State(self.state)]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
