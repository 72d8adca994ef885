"""`manage.py worker`: the work nobody waits for.

What people asked for, reorganisations on their day, rights as time passes, old sessions, statistics, kept files, the anchor of history.
"""

import datetime as dt
import logging
import signal
import threading
import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from registry.files.verifying import verify
from registry.history.anchor import anchor
from registry.history.models import Head
from registry.jobs.running import run_next
from registry.organization import vocabulary
from registry.organization.grants import project
from registry.portal.reorganizing import carry_out_due

log = logging.getLogger("registry.worker")
SECONDS_BETWEEN_ROUNDS = 30
SECONDS_BETWEEN_LOOKS = 1


class Command(BaseCommand):
    """Runs until it is told to stop (SIGTERM, Ctrl-C); killing it loses nothing."""

    help = "任命に合わせた権限の更新、履歴の外部記録などを、裏で続けます。"

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        rounds, due = Rounds(), 0.0
        while not stop.is_set():
            close_old_connections()
            if time.monotonic() >= due:
                rounds.go()
                due = time.monotonic() + SECONDS_BETWEEN_ROUNDS
            if not work_off():
                stop.wait(SECONDS_BETWEEN_LOOKS)


class Rounds:
    """What was done last, so that each round does only what is due."""

    hour: dt.datetime | None = None
    day: dt.date | None = None
    anchored = 0

    def go(self) -> None:
        """One round: what is due every hour or day, and the anchor when history has grown. A failure is tried again."""
        vocabulary.begin()
        now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
        try:
            if now != self.hour:
                carry_out_due()
                project()
                call_command("clearsessions")
                learn_what_is_stored()
                self.hour = now
            if Head.objects.get(pk=1).count != self.anchored:
                self.anchored = anchor()
            if now.date() != self.day:
                look_at_kept_files()
                self.day = now.date()
        except Exception:
            log.exception("worker round failed; the next one tries again")


def work_off() -> bool:
    """Carry out the job that has waited longest; whether there was one. A failure is tried again."""
    vocabulary.begin()
    try:
        return run_next() is not None
    except Exception:
        log.exception("no job could be carried out; it is tried again")
        return False


def look_at_kept_files() -> None:
    """Read every kept file again and log which are not what they were; the pages that show them say so as well."""
    for problem in verify().problems:
        log.error("kept file: %s", problem)


def learn_what_is_stored() -> None:
    """Let SQLite count what its tables hold, so that it takes the right index; PostgreSQL does this by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")
