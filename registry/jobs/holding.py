"""Who carries a job out: one lock per job that dies with its holder, so that a killed worker leaves nothing running.

PostgreSQL: an advisory lock of the session. SQLite (one machine): a lock on a file beside the database.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

SPACE = 4711  # the first half of our advisory locks


@contextmanager
def hold(key: int) -> Iterator[bool]:
    """Try to be the one who carries out the job of this key: True inside when nobody else does, else False."""
    with _in_session(key) if connection.vendor == "postgresql" else _in_file(key) as held:
        yield held


@contextmanager
def _in_session(key: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SPACE, key])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SPACE, key])


@contextmanager
def _in_file(key: int) -> Iterator[bool]:
    folder = Path(settings.JOBS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{key}.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)
