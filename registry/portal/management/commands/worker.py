"""`manage.py worker`: the work nobody waits for: rights at the turn of the day, the anchor of history, old sessions."""

import logging
import signal
import threading
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from registry.history.anchor import anchor, read_anchors
from registry.history.models import Head
from registry.organization.grants import project

log = logging.getLogger("registry.worker")
SECONDS_BETWEEN_ROUNDS = 30


class Command(BaseCommand):
    """Runs until it is told to stop (SIGTERM, Ctrl-C); killing it loses nothing."""

    help = "日次の権限更新、履歴の外部記録などを行います。"

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        day = None
        while not stop.is_set():
            day = self._round(day)
            stop.wait(SECONDS_BETWEEN_ROUNDS)

    def _round(self, day: Any) -> Any:
        close_old_connections()
        today = timezone.localdate()
        try:
            if today != day:
                project()
                call_command("clearsessions")
            anchors = read_anchors()
            if (anchors[-1][0] if anchors else 0) < Head.objects.get(pk=1).count:
                anchor()
        except Exception:
            log.exception("worker round failed; the next one tries again")
            return day
        return today
