"""Kinds of work for the tests: each leaves a trace that shows how often it took effect."""

import time

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from registry.base.verdict import Conflict
from registry.history.turn import in_turn
from registry.jobs.models import Job
from registry.jobs.running import Progress, finish

STEPS = 5


def good(job: Job, progress: Progress) -> None:
    for n in range(STEPS):
        progress("数えています", n, STEPS)
    with in_turn():
        Group.objects.create(name=f"job {job.pk}")
        finish(job, "数えました。", "/assets/")


def slow(job: Job, progress: Progress) -> None:
    """Takes its time before it takes effect, and says where it is."""
    while True:
        progress("待っています", 1, 2)
        if job.facts.get("seconds", 0) <= 0:
            break
        job.facts["seconds"] -= 1
        time.sleep(1)
    good(job, progress)


def conflicting(job: Job, progress: Progress) -> None:
    raise Conflict("先に変わりました。")


def forbidden(job: Job, progress: Progress) -> None:
    raise PermissionDenied("権限がありません。")


def broken(job: Job, progress: Progress) -> None:
    with in_turn():
        Group.objects.create(name=f"job {job.pk}")
        raise RuntimeError("unforeseen")


def unfinished(job: Job, progress: Progress) -> None:
    """Comes back without saying that it is done."""
