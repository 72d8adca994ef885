"""The anchor outside the database: how long the chain was and how it ended, appended to a file now and then."""

import hashlib
import hmac
import logging
import os
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from registry.history.models import Head

log = logging.getLogger("registry.anchor")
SECONDS_BETWEEN = 5.0
_last_written: dict[Path, float] = {}


def anchor() -> int:
    """Append (time, count, head, seal) of the chain to the anchor file; the number of entries anchored."""
    head = Head.objects.get(pk=1)
    line = f"{timezone.now().isoformat()} {head.count} {head.hash} {_seal(head.count, head.hash)}\n"
    path = settings.HISTORY_ANCHOR_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    log.info("anchor %s", line.strip())
    return head.count


def anchor_soon() -> None:
    """Anchor unless this process did so within the last seconds; called after a commit that recorded something.

    A file that cannot be written is logged by Django, not told to the person whose act is done; the worker tries again.
    """
    path = settings.HISTORY_ANCHOR_FILE
    if time.monotonic() - _last_written.get(path, -SECONDS_BETWEEN) >= SECONDS_BETWEEN:
        anchor()
        _last_written[path] = time.monotonic()


def read_anchors() -> list[tuple[int, str]]:
    """All anchors (count, head) of the file; ValueError names a line that is not ours."""
    path = settings.HISTORY_ANCHOR_FILE
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        parts = line.split(" ")
        head = parts[2] if len(parts) == 4 else None
        if head is None or not parts[1].isdecimal() or parts[3] != _seal(int(parts[1]), head):
            raise ValueError(f"{path.name} の{number}行目は、このシステムが書いた記録ではありません。")
        if int(parts[1]):
            found.append((int(parts[1]), head))
    return found


def _seal(count: int, head: str) -> str:
    return hmac.new(settings.HISTORY_KEY.encode(), f"{count} {head}".encode(), hashlib.sha256).hexdigest()
