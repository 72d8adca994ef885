"""Asking for long work, and carrying it out: how far it is can be seen, it can be called off, and it is done once.

A kind of work does its last step with `finish` in one transaction. Killed before that commits, it is begun again by the
next worker that finds its lock free; afterwards it is done, and never begun again.
"""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from registry.base import operation
from registry.base.verdict import Conflict
from registry.jobs.holding import hold
from registry.jobs.models import Job, State

log = logging.getLogger("registry.jobs")
ATTEMPTS = 3
SECONDS_BETWEEN_NOTES = 0.5
BROKEN = (
    "思いがけない異常で止まりました。何も変わっていません。もう一度頼んでも同じなら、システム管理者に連絡してください。"
)
GIVEN_UP = "途中で止まることが続いたので、やめました。何も変わっていません。システム管理者に連絡してください。"
CALLED_OFF = "中止しました。何も変わっていません。"


class CalledOff(Exception):  # noqa: N818 — an answer to a wish, not a fault
    """Somebody asked to stop; nothing was changed."""


class Progress:
    """How far a job is, written now and then; raises CalledOff when somebody asked to stop."""

    def __init__(self, job: Job) -> None:
        self.job, self.noted = job, 0.0

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done and how far it is; outside any transaction, or nobody sees it before its end."""
        if stage == self.job.stage and time.monotonic() - self.noted < SECONDS_BETWEEN_NOTES and done < total:
            return
        self.noted = time.monotonic()
        self.job.stage, self.job.done, self.job.total = stage, done, total
        Job.objects.filter(pk=self.job.pk).update(stage=stage, done=done, total=total)
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise CalledOff


def ask(kind: str, title: str, facts: dict[str, Any], *, by: Any) -> Job:
    """Ask for a piece of work, inside the transaction of whoever asks; the worker begins within a second or so."""
    if kind not in settings.JOBS:
        raise KeyError(kind)
    return Job.objects.create(kind=kind, title=title[:200], facts=facts, asked_by=by)


def finish(job: Job, outcome: str, url: str = "") -> None:
    """Say that the work is done, in the very transaction in which it takes effect. Refuses what was ended meanwhile."""
    if not connection.in_atomic_block:
        raise RuntimeError("a job is finished inside the transaction in which it takes effect")
    found = Job.objects.select_for_update().get(pk=job.pk)
    if found.cancel_asked:
        raise CalledOff
    if found.state != State.RUNNING:
        raise Conflict("この仕事は、すでに終わっています。")
    _end(found, State.DONE, outcome, url)


def call_off(job: Job) -> None:
    """Stop a job before it takes effect; one that nobody has begun ends at once."""
    with transaction.atomic():
        found = Job.objects.select_for_update().get(pk=job.pk)
        if not found.is_open:
            raise Conflict(f"この仕事は、すでに「{found.get_state_display()}」です。")
        if found.state == State.WAITING:
            _end(found, State.CANCELLED, CALLED_OFF)
        else:
            Job.objects.filter(pk=found.pk).update(cancel_asked=True)


def run_next() -> Job | None:
    """Carry out the oldest job that nobody holds; None when there is none."""
    for key in list(Job.objects.open().values_list("pk", flat=True)):
        with hold(key) as held:
            if held and (job := _begun(key)):
                _carry_out(job)
                return job
    return None


def _begun(key: int) -> Job | None:
    """The job marked as running; None when it ended meanwhile, or was given up."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=key)
        if not job.is_open:
            return None
        if job.cancel_asked:
            _end(job, State.CANCELLED, CALLED_OFF)
            return None
        if job.attempts >= ATTEMPTS:
            _end(job, State.FAILED, GIVEN_UP)
            return None
        job.state, job.attempts = State.RUNNING, job.attempts + 1
        job.begun_at, job.stage, job.done, job.total = timezone.now(), "", 0, 0
        job.save(update_fields=["state", "attempts", "begun_at", "stage", "done", "total"])
    return job


def _carry_out(job: Job) -> None:
    operation.begin()
    try:
        import_string(settings.JOBS[job.kind])(job, Progress(job))
    except CalledOff:
        _ended(job, State.CANCELLED, CALLED_OFF)
    except (Conflict, PermissionDenied) as problem:
        _ended(job, State.FAILED, f"{problem}")
    except ValidationError as problem:
        _ended(job, State.FAILED, " ".join(problem.messages))
    except Exception:
        log.exception("job %s (%s) broke", job.pk, job.kind)
        _ended(job, State.FAILED, BROKEN)
    else:
        _ended(job, State.FAILED, BROKEN)  # whatever did not finish itself did nothing


def _ended(job: Job, state: State, outcome: str) -> None:
    """End a job that is not ended; one that finished in its own transaction stays as it is.

    The `url` that the work has set on its job by then is the way back for who asked.
    """
    with transaction.atomic():
        found = Job.objects.select_for_update().get(pk=job.pk)
        if found.is_open:
            _end(found, state, outcome, job.url)


def _end(job: Job, state: State, outcome: str, url: str = "") -> None:
    job.state, job.outcome, job.url, job.ended_at = state, outcome, url, timezone.now()
    job.save(update_fields=["state", "outcome", "url", "ended_at"])
