"""Long work is done once: however it is begun, killed, called off or refused."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from registry.base.verdict import Conflict
from registry.jobs.holding import hold
from registry.jobs.models import Job, State
from registry.jobs.running import BROKEN, CALLED_OFF, GIVEN_UP, Progress, ask, call_off, finish, run_next
from tests import world
from tests.assets.at_once import at_once

KINDS = ("good", "slow", "conflicting", "forbidden", "broken", "unfinished")


@pytest.fixture(autouse=True)
def _kinds(settings: Any) -> None:
    settings.JOBS = {kind: f"tests.registry.jobs.works.{kind}" for kind in KINDS}


def asked(kind: str = "good", **facts: Any) -> Job:
    return ask(kind, "試し", facts, by=world.person("clerk"))


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def effects(job: Job) -> int:
    return Group.objects.filter(name=f"job {job.pk}").count()


@pytest.mark.django_db
def test_the_oldest_comes_first_and_says_what_came_of_it() -> None:
    first, second = asked(), asked()
    assert run_next() == first
    done = again(first)
    assert (done.state, done.outcome, done.url, done.total) == (State.DONE, "数えました。", "/assets/", 5)
    assert done.begun_at
    assert done.ended_at
    assert again(second).state == State.WAITING
    assert run_next() == second
    assert run_next() is None
    assert effects(first) == effects(second) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("conflicting", "先に変わりました。"),
        ("forbidden", "権限がありません。"),
        ("broken", BROKEN),
        ("unfinished", BROKEN),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(kind: str, outcome: str) -> None:
    job = asked(kind)
    run_next()
    assert (again(job).state, again(job).outcome) == (State.FAILED, outcome)
    assert effects(job) == 0
    assert run_next() is None


@pytest.mark.django_db
def test_what_nobody_has_begun_is_called_off_at_once_and_what_runs_at_its_next_step() -> None:
    waiting, running = asked(), asked()
    call_off(waiting)
    assert (again(waiting).state, again(waiting).outcome) == (State.CANCELLED, CALLED_OFF)
    Job.objects.filter(pk=running.pk).update(state=State.RUNNING)
    call_off(running)
    assert again(running).state == State.RUNNING
    run_next()
    assert again(running).state == State.CANCELLED
    assert effects(waiting) + effects(running) == 0
    with pytest.raises(Conflict, match="中止"):
        call_off(waiting)


@pytest.mark.django_db
def test_a_wish_to_stop_that_comes_before_the_end_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked()

    def wish(self: Progress, stage: str, done: int = 0, total: int = 0) -> None:
        if done == 4:
            call_off(again(job))

    monkeypatch.setattr(Progress, "__call__", wish)
    run_next()
    assert again(job).state == State.CANCELLED
    assert effects(job) == 0


@pytest.mark.django_db
def test_it_takes_effect_once_even_if_it_is_carried_out_twice() -> None:
    job = asked()
    run_next()
    with pytest.raises(Conflict, match="すでに"):
        finish(job, "もう一度")
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, attempts=3)
    assert run_next() is None
    assert (again(job).state, again(job).outcome) == (State.FAILED, GIVEN_UP)


@pytest.mark.usefixtures("committed")
def test_nothing_is_finished_outside_a_transaction_and_nothing_unknown_is_asked_for() -> None:
    job = asked()
    with pytest.raises(KeyError):
        asked("unknown")
    with pytest.raises(RuntimeError, match="transaction"):
        finish(job, "")


@pytest.mark.usefixtures("committed")
def test_many_workers_do_each_job_once() -> None:
    jobs = [asked() for _ in range(4)]
    acts: list[Callable[[], Any]] = [run_next for _ in range(8)]
    at_once(acts)
    while run_next():
        pass
    assert [effects(job) for job in jobs] == [1, 1, 1, 1]
    assert {again(job).state for job in jobs} == {State.DONE}
    assert {again(job).attempts for job in jobs} == {1}


@pytest.mark.usefixtures("committed")
def test_what_another_holds_is_left_alone() -> None:
    job = asked()
    if connection.vendor == "postgresql":
        left = at_once([lambda: _while_held(job.pk)])
        assert left == [None]
    else:
        with hold(job.pk) as held:
            assert held
            assert run_next() is None
    assert run_next() == job


def _while_held(key: int) -> Any:
    """What a second session finds to do while this one holds the only job."""
    with hold(key) as held:
        assert held
        found = at_once([run_next])
    return found[0]


WORKER = """
import django
django.setup()
from django.conf import settings
settings.JOBS = {"slow": "tests.registry.jobs.works.slow"}
from registry.jobs.running import run_next
run_next()
"""


@pytest.mark.usefixtures("committed")
def test_a_killed_worker_loses_nothing_and_repeats_nothing() -> None:
    job = asked("slow", seconds=60)
    killed = subprocess.Popen([sys.executable, "-c", WORKER], env=os.environ | _same_database())
    try:
        end = time.monotonic() + 30
        while again(job).stage != "待っています":
            assert time.monotonic() < end, "the worker did not begin"
            time.sleep(0.1)
        assert run_next() is None
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    Job.objects.filter(pk=job.pk).update(facts={})
    end = time.monotonic() + 10
    while run_next() is None:
        assert time.monotonic() < end, "the job of the killed worker is never begun again"
        time.sleep(0.1)
    assert (again(job).state, again(job).attempts, effects(job)) == (State.DONE, 2, 1)


def _same_database() -> dict[str, str]:
    """The environment in which a process of its own finds the database of this test."""
    given = connection.settings_dict
    url = f"sqlite://{given['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}"
    return {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "registry.settings.testing"}
