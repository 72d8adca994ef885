"""Taking turns: an act is one transaction, and waits for its turn at the head of the chain before it touches anything."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from registry.history.models import Head


@contextmanager
def in_turn() -> Iterator[None]:
    """One transaction that queues at the head of history first; for acts, as a decorator or around several of them.

    Every act ends there to record itself. Queueing there first means that no two can wait for each other, whatever else
    they lock. SQLite queues writers by itself.
    """
    with transaction.atomic():
        if connection.features.has_select_for_update:
            Head.objects.select_for_update().get(pk=1)
        yield
