"""Clocks and counters: acts timed in turn, queries counted, processor time of Python and of the database."""

import functools
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
PROCESS_CLOCK = 2  # the clock of another process, by its number: clock_getcpuclockid(3)

Do = Callable[[], Any]


@dataclass
class Timing:
    """What an act took each time, in milliseconds: of processor time, and by the clock on the wall."""

    spent: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def run(self, act: Do) -> None:
        """Run the act once more and note what it took."""
        began, spent = time.perf_counter(), processor_seconds()
        act()
        self.spent.append((processor_seconds() - spent) * 1000)
        self.waited.append((time.perf_counter() - began) * 1000)

    @property
    def p50(self) -> float:
        return statistics.median(self.spent)

    @property
    def p95(self) -> float:
        return sorted(self.spent)[min(len(self.spent) - 1, int(len(self.spent) * 0.95))]

    @property
    def wall(self) -> float:
        return statistics.median(self.waited)


def processor_seconds() -> float:
    """Processor time so far of this process and, on PostgreSQL, of the one that serves us (Linux)."""
    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    return own + time.clock_gettime((~_server(connection.connection) << 3) | PROCESS_CLOCK)


@functools.lru_cache(maxsize=1)
def _server(opened: Any) -> int:
    return int(opened.info.backend_pid)


def in_turn(acts: Mapping[str, Do], *, fewest: int = FEWEST) -> dict[str, Timing]:
    """What several acts take, one after the other in every round, so that a busy machine is unfair to none."""
    for act in acts.values():
        for _ in range(WARM_UP):
            act()
    found = {name: Timing() for name in acts}
    end = time.perf_counter() + SECONDS * len(acts)
    for done in range(MOST):
        if done >= fewest and time.perf_counter() > end:
            break
        for name, act in acts.items():
            found[name].run(act)
    return found


def one_by_one(acts: list[Do]) -> Timing:
    """What acts of the same kind take that each work only once; the first few warm up."""
    for act in acts[:WARM_UP]:
        act()
    found = Timing()
    for act in acts[WARM_UP:]:
        found.run(act)
    return found


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
