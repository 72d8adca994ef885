"""What a newcomer meets at `python3 run.py` when something is in the way."""

import os
import socket
import stat

import pytest

import run
from tests import rounds


def test_a_taken_port_is_named_with_a_free_one_beside_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"{port} は使えません.*--port \d+"):
            run.refuse_taken_port("127.0.0.1", port)


def test_somebody_who_may_not_install_is_told_exactly_what_to_install(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=r"apt-get install python3-venv$"):
        run.install_packages(["python3-venv"], "仮想環境を作れません。")


def test_a_command_that_fails_shows_what_it_said_and_why_it_matters():
    with pytest.raises(SystemExit, match=r"(?s)困りました.*だめでした"):
        run.quietly(["sh", "-c", "echo 困りました >&2; exit 3"], "だめでした")


def test_keys_are_made_once_and_only_their_owner_reads_them(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "VAR", tmp_path / "var")
    first = run.make_secrets()
    keys = {name: (tmp_path / "var/secrets" / name).read_text() for name in ("secret_key", "history_key")}
    assert len(set(keys.values())) == 2
    assert run.make_secrets() == first
    for name, key in keys.items():
        path = tmp_path / "var/secrets" / name
        assert path.read_text() == key
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_profile_has_a_database_files_and_anchors_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "VAR", tmp_path)
    ina, setagaya = (run.demo_environment(profile, "127.0.0.1") for profile in ("ina", "setagaya"))
    assert ina["DATABASE_URL"] == f"sqlite://{tmp_path}/ina.sqlite3"
    own = ("DATABASE_URL", "FILES_DIR", "HISTORY_ANCHOR_FILE")
    assert not {ina[name] for name in own} & {setagaya[name] for name in own}


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["-k", "ledger", "-x"], True),
        (["tests"], True),
        (["tests/browser"], True),
        (["tests/house/test_run.py::test_each_profile"], False),
        (["tests/house", "-x"], False),
    ],
)
def test_a_part_without_browser_tests_needs_no_browser(arguments, wanted):
    assert rounds.wants_browser(arguments) is wanted
