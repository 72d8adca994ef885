"""Keeping files: whole or not at all, whatever moment the machine dies at, and looked at again every day."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from registry.files import storing
from registry.files.models import StoredFile
from registry.files.refusal import Refused
from registry.files.storing import Damaged, Received, content, keep, let_go, place_of, receive, taken, tidy_up
from registry.files.verifying import verify
from registry.history.models import Entry
from registry.history.turn import in_turn
from registry.organization.models import User
from tests import world

ROOT = Path(__file__).resolve().parents[3]
TEXT = "四月一日 廃棄".encode()


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def upload(data: bytes = TEXT, name: str = "廃棄記録.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def kept_file(by: User, data: bytes = TEXT, name: str = "廃棄記録.txt") -> StoredFile:
    received = receive(upload(data, name))
    with in_turn():
        return keep(received, by=by)


def lying(store: Path) -> list[str]:
    """Every file in the store: its folder (of two letters, or `incoming`)."""
    return sorted(path.parent.name for path in store.rglob("*") if path.is_file())


@pytest.mark.usefixtures("committed")
def test_a_kept_file_lies_under_its_fingerprint_and_nobody_else_reads_it(store: Path) -> None:
    stored = kept_file(world.person("clerk"))
    place = place_of(stored.sha256)
    assert (stored.name, stored.kind, stored.size) == ("廃棄記録.txt", "txt", len(TEXT))
    assert lying(store) == [stored.sha256[:2]]
    assert content(stored) == TEXT
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0
    assert not place.suffix, "nothing on the disk says how it could be run"


@pytest.mark.usefixtures("committed")
def test_the_same_bytes_lie_there_once_and_every_bringer_keeps_their_own_name(store: Path) -> None:
    first = kept_file(world.person("clerk"))
    second = kept_file(world.person("stranger"), name="住民課の控え.txt")
    assert len(lying(store)) == 1
    assert taken() == len(TEXT)
    assert {first.name, second.name} == {"廃棄記録.txt", "住民課の控え.txt"}


@pytest.mark.usefixtures("committed")
def test_an_act_that_fails_leaves_neither_row_nor_file(store: Path) -> None:
    received = receive(upload())
    with contextlib.suppress(ZeroDivisionError), in_turn():
        keep(received, by=world.person("clerk"))
        raise ZeroDivisionError
    assert not StoredFile.objects.exists()
    assert lying(store) == ["incoming"]
    let_go(received)
    assert lying(store) == []


@pytest.mark.usefixtures("committed")
def test_dying_between_the_commit_and_the_move_loses_nothing(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(storing, "_settle", lambda sha256, aside: None)
        stored = kept_file(world.person("clerk"))
    assert lying(store) == ["incoming"]
    assert content(stored) == TEXT
    assert lying(store) == [stored.sha256[:2]]


@pytest.mark.usefixtures("committed")
def test_what_was_never_committed_is_cleared_away_after_a_day_and_what_was_is_finished(
    monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(storing, "_settle", lambda sha256, aside: None)
        stored = kept_file(world.person("clerk"))
    fresh, old = receive(upload(b"fresh")), receive(upload(b"old"))
    before = time.time() - storing.SECONDS_TO_COMMIT - 60
    os.utime(old.aside, (before, before))
    assert tidy_up() == 1
    assert place_of(stored.sha256).exists()
    assert fresh.aside.exists()
    assert not old.aside.exists()


KILLED = """
import os, signal, django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from registry.files import storing
from registry.organization.models import User
from registry.history.turn import in_turn
received = storing.receive(SimpleUploadedFile("記録.txt", "{words}".encode()))
if "{moment}" == "after the commit":
    storing._settle = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with in_turn():
    storing.keep(received, by=User.objects.get(username="clerk"))
    if "{moment}" == "before the commit":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no SIGKILL here")
@pytest.mark.parametrize(("moment", "rows"), [("before the commit", 0), ("after the commit", 1)])
@pytest.mark.usefixtures("committed")
def test_a_killed_upload_is_there_whole_or_not_at_all(moment: str, rows: int, store: Path) -> None:
    code = KILLED.format(moment=moment, words=moment).replace("django.setup()", _same_database() + "django.setup()")
    env = {**os.environ, "FILES_DIR": str(store)}
    died = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=False)
    assert died.returncode == -9, died.stderr.decode()
    found = list(StoredFile.objects.all())
    assert len(found) == rows
    for stored in found:
        assert content(stored) == moment.encode()
    before = time.time() - storing.SECONDS_TO_COMMIT - 60
    for aside in (store / "incoming").iterdir():
        os.utime(aside, (before, before))
    assert verify().problems == []
    assert len(lying(store)) == rows


def _same_database() -> str:
    """Words for another process: the settings of this one, on the very database of this test."""
    name, file_dir = connection.settings_dict["NAME"], "os.environ['FILES_DIR']"
    return (
        "from django.conf import settings; from pathlib import Path; "
        f"settings.DATABASES['default']['NAME'] = {str(name)!r}; settings.FILES_DIR = Path({file_dir})\n"
    )


@pytest.mark.usefixtures("committed")
def test_a_full_store_takes_nothing_more_and_says_whom_to_tell(settings: Any, store: Path) -> None:
    received = receive(upload())
    settings.FILES_GIGABYTES = 0
    with pytest.raises(ValidationError, match=r"一杯です.*システム管理者に連絡"), in_turn():
        keep(received, by=world.person("clerk"))
    assert not StoredFile.objects.exists()


def test_a_file_is_not_kept_outside_an_act() -> None:
    received = Received("a.txt", "txt", 1, "0" * 64, Path("nowhere"))
    with pytest.raises(RuntimeError, match="inside the transaction"):
        keep(received, by=None)


def test_a_refusal_names_the_file_and_leaves_nothing(store: Path) -> None:
    with pytest.raises(Refused, match=r"^「見積\.pdf」は添付できません。中身は実行ファイルです。"):
        receive(upload(b"MZ\x90\0" + b"\0" * 90, "見積.pdf"))
    assert lying(store) == []


def spoil(stored: StoredFile) -> None:
    place_of(stored.sha256).write_bytes(TEXT.replace("四".encode(), "五".encode()))


def lose(stored: StoredFile) -> None:
    place_of(stored.sha256).unlink()


@pytest.mark.parametrize(("act", "problem"), [(spoil, "changed"), (lose, "missing")], ids=["changed", "missing"])
@pytest.mark.usefixtures("committed")
def test_what_is_not_what_it_was_is_named_marked_and_never_given_out(
    act: Callable[[StoredFile], None], problem: str, capsys: Any
) -> None:
    stored, whole = kept_file(world.person("clerk")), kept_file(world.person("clerk"), b"other")
    call_command("verify_files")
    assert "保管ファイルは完全です: 2個" in capsys.readouterr().out
    act(stored)
    with pytest.raises(Damaged) as damaged:
        content(stored)
    assert damaged.value.problem == problem
    with pytest.raises(CommandError) as told:
        call_command("verify_files")
    assert stored.sha256 in str(told.value)
    assert whole.sha256 not in str(told.value)
    assert stored.name not in str(told.value), "who runs the server is not told what it was called"
    stored.refresh_from_db()
    assert stored.problem == problem
    place_of(stored.sha256).write_bytes(TEXT)
    call_command("verify_files")
    stored.refresh_from_db()
    assert stored.problem == ""
    acts = Entry.objects.filter(kind="file", subject_id=stored.pk).order_by("sequence")
    assert list(acts.values_list("act", flat=True)) == ["file.damaged", "file.whole-again"]
    assert [entry.subject_label for entry in acts] == [f"保管ファイル {stored.sha256[:12]}"] * 2


@pytest.mark.usefixtures("committed")
def test_damage_that_is_known_is_not_recorded_every_day() -> None:
    lose(kept_file(world.person("clerk")))
    for _ in range(3):
        verify()
    assert Entry.objects.filter(act="file.damaged").count() == 1


@pytest.mark.usefixtures("committed")
def test_files_nobody_knows_are_named_and_left_where_they_are(store: Path) -> None:
    kept_file(world.person("clerk"))
    stray = [store / "ab" / ("ab" + "0" * 62), store / "zz" / "note.txt"]
    for path in stray:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    report = verify()
    assert report.unknown == [str(path.relative_to(store)) for path in stray]
    assert (report.whole, report.missing, report.changed) == (1, [], [])
    assert all(path.exists() for path in stray)


@pytest.mark.usefixtures("committed")
def test_bringing_the_lost_file_again_heals_it() -> None:
    stored = kept_file(world.person("clerk"))
    spoil(stored)
    kept_file(world.person("manager"), name="もう一度.txt")
    assert content(stored) == TEXT
    assert verify().problems == []


def test_verifying_asks_no_more_often_for_many_files(django_assert_max_num_queries: Any, db: None) -> None:
    clerk = world.person("clerk")
    with transaction.atomic():
        for number in range(30):
            keep(receive(upload(f"第{number}号".encode())), by=clerk)
    with django_assert_max_num_queries(40):
        verify()
    with django_assert_max_num_queries(3):
        assert verify().whole == 30
