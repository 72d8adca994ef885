"""Clocks and counters: acts timed in turn, queries counted, processor time of Python and of the database."""

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

SECONDS = 4.0
FEWEST, MOST = 15, 60
WARM_UP = 3
RESET_PEAK = "5"
TICK = os.sysconf("SC_CLK_TCK")

Do = Callable[[], Any]


@dataclass
class Timing:
    """Times of one act in milliseconds."""

    times: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * 0.95))]


def in_turn(acts: Mapping[str, Do], *, fewest: int = FEWEST) -> dict[str, Timing]:
    """Times of several acts, one after the other in every round, so that a busy machine is unfair to none."""
    for act in acts.values():
        for _ in range(WARM_UP):
            act()
    found = {name: Timing() for name in acts}
    end = time.perf_counter() + SECONDS * len(acts)
    for done in range(MOST):
        if done >= fewest and time.perf_counter() > end:
            break
        for name, act in acts.items():
            began = time.perf_counter()
            act()
            found[name].times.append((time.perf_counter() - began) * 1000)
    return found


def processor(acts: list[Do]) -> Timing:
    """Milliseconds of processor time per act, Python and the database's process together; the first few warm up."""
    for act in acts[:WARM_UP]:
        act()
    measured = acts[WARM_UP:]
    before, server = time.process_time(), _server_seconds()
    for act in measured:
        act()
    spent = time.process_time() - before + _server_seconds() - server
    return Timing([spent * 1000 / len(measured)])


def queries(act: Do) -> int:
    """How many statements an act sends to the database, once it is warm (settings of the connection not counted)."""
    act()
    with counted() as sent:
        act()
    return len(sent)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collects the statements sent inside."""
    sent: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.startswith(("PRAGMA", "SET ")):
            sent.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield sent


class Memory:
    """Resident memory of this process in megabytes: now, and the highest since the last reset (Linux)."""

    def __init__(self) -> None:
        """Forget earlier peaks, where the system lets us; elsewhere the peak is that of the whole life."""
        self.resets = Path("/proc/self/clear_refs").exists()
        if self.resets:
            Path("/proc/self/clear_refs").write_text(RESET_PEAK)
        self.before = self._read("VmRSS")

    def grown(self) -> float:
        """By how much the highest since the reset is above what it was then."""
        return self._read("VmHWM") - self.before

    def _read(self, name: str) -> float:
        if not self.resets:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def _server_seconds() -> float:
    """Processor time of the PostgreSQL process that serves us; 0 where the database lives in our own process."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        path = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not path.exists():
        return 0.0
    fields = path.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK
