"""The child that reads hostile files can open nothing, grow little, and tells when it dies."""

import subprocess
import sys
from pathlib import Path

import pytest

from registry.files import isolation
from registry.files.isolation import messages
from registry.files.limits import MEGABYTE, cpu_seconds, wall_seconds
from registry.files.refusal import Refused

ROOT = Path(__file__).parents[3]
CONFINED = "from registry.files.child import confine\nimport socket\nconfine(0)\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system sets no limits on a process")


@pytest.mark.parametrize(
    ("attempt", "fault"),
    [
        ("open('/etc/hostname')", "OSError"),
        ("open('stolen.txt', 'w')", "OSError"),
        ("socket.socket()", "OSError"),
        ("bytearray(600 * 1024 * 1024)", "MemoryError"),
    ],
)
def test_a_confined_process_can_open_and_take_nothing(attempt: str, fault: str) -> None:
    code = f"{CONFINED}try:\n    {attempt}\nexcept {fault}:\n    print('stopped')\n"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout == "stopped\n"


def test_the_environment_of_the_server_does_not_reach_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    assert list(messages("csv", b"a,b\n"))[-1] == {"rows": 1, "cells": 2}


def test_a_child_that_dies_is_a_refusal() -> None:
    with pytest.raises(Refused, match="時間かメモリ"):
        list(messages("no such kind", b"a,b\n"))


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "wall_seconds", lambda size: 0)
    with pytest.raises(Refused, match="時間かメモリ"):
        list(messages("csv", b"a,b\n" * 50_000))


def test_time_grows_with_the_file() -> None:
    assert cpu_seconds(0) == 20
    assert cpu_seconds(10 * MEGABYTE) == 30
    assert wall_seconds(0) > cpu_seconds(0)
