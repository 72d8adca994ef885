"""Doing the same or different things at the same moment, in real threads with connections of their own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections

from registry.base.verdict import Conflict

REFUSALS = (PermissionDenied, ValidationError, Conflict)


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all acts, released together; gives each one's result, or the refusal it was met with.

    Anything but a refusal that a person can be shown (a lock that timed out, a broken constraint) is raised.
    """
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return act()
        except REFUSALS as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(run, act) for act in acts]]


def refused(results: Sequence[Any]) -> list[Exception]:
    """The refusals among the results."""
    return [result for result in results if isinstance(result, REFUSALS)]
