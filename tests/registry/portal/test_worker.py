"""The worker: rights follow the calendar, history is anchored when it has grown, a failed round is tried again."""

import datetime as dt
import logging
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from assets.attaching import attach
from assets.choices import Evidence
from assets.models import Asset
from assets.states import State
from registry.files.storing import place_of
from registry.history.anchor import read_anchors
from registry.organization.appointments import appoint
from registry.organization.models import Post, User
from registry.portal.management.commands import worker
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Path) -> Path:
    settings.HISTORY_ANCHOR_FILE = tmp_path / "history.anchors"
    return tmp_path / "history.anchors"


def test_an_appointment_of_tomorrow_gives_its_rights_tomorrow() -> None:
    person = User.objects.create_user("coming", "あす来る人")
    tomorrow = timezone.now() + dt.timedelta(days=1)
    appoint(person, Post.objects.get(title="税務課主査"), timezone.localdate(tomorrow), by=None)
    rounds = worker.Rounds()
    rounds.go()
    world.proposal_in(State.APPROVED)
    assert not Asset.objects.visible_to(world.person("coming")).exists()
    with time_machine.travel(tomorrow, tick=False):
        rounds.go()
        assert Asset.objects.visible_to(world.person("coming")).exists()


def test_history_is_anchored_once_for_every_growth() -> None:
    rounds = worker.Rounds()
    rounds.go()
    rounds.go()
    first = read_anchors()
    world.proposal_in(State.DRAFT)
    rounds.go()
    assert len(first) == 1
    assert [count for count, _ in read_anchors()] == [first[0][0], rounds.anchored]
    assert rounds.anchored > first[0][0]


def test_a_failed_round_is_logged_and_tried_again(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken() -> None:
        raise OSError("disk")

    rounds = worker.Rounds()
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "registry.worker"):
        patch.setattr(worker, "project", broken)
        rounds.go()
    assert rounds.hour is None
    rounds.go()
    assert rounds.hour is not None
    assert read_anchors()


def test_sqlite_learns_what_it_holds() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL gathers its statistics by itself")
    world.proposal_in(State.APPROVED)
    worker.learn_what_is_stored()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'assets_asset'")
        assert cursor.fetchone()[0]


def test_kept_files_are_looked_at_once_a_day_and_what_is_lost_is_logged(
    settings: Any, tmp_path: Path, caplog: Any
) -> None:
    settings.FILES_DIR = tmp_path / "files"
    asset = world.proposal_in(State.APPROVED).asset
    upload = SimpleUploadedFile("契約書.txt", "契約".encode())
    stored = attach(asset, upload, Evidence.CONTRACT, by=world.person("clerk")).file
    rounds = worker.Rounds()
    with caplog.at_level(logging.ERROR, "registry.worker"):
        rounds.go()
        assert not caplog.records
        place_of(stored.sha256).unlink()
        rounds.go()
        assert not caplog.records, "once a day is enough"
        with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=False):
            rounds.go()
    assert stored.sha256 in caplog.text
    assert "契約書" not in caplog.text
