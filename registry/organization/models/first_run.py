"""The first settings while they are being made: who is at it, and what was decided so far."""

from django.db import models
from django.db.models import Q

from registry.organization.vocabulary import DEFAULT_WORDS


class FirstRun(models.Model):
    """One row between the first start and the moment the body is set up; then it is deleted.

    The code stands on the terminal of whoever installs; here is only its keyed hash. `holder` is the mark in the session
    of the one browser that goes through the steps.
    """

    history_kind = "first-run"

    code_hash = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True)
    draft = models.JSONField(default=dict)

    class Meta:
        verbose_name = "最初の設定"
        verbose_name_plural = "最初の設定"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="organization_first_run_only_one")]

    def __str__(self) -> str:
        return f"{DEFAULT_WORDS['ledger']}の最初の設定"
