"""The anchor outside the database: written after commits, readable again, and every strange line in it is named."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from registry.history import anchor as anchoring
from registry.history.anchor import anchor, anchor_soon, read_anchors
from registry.history.models import Head
from registry.history.record import record
from tests import world


@pytest.fixture
def anchors(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "history.anchors"
    settings.HISTORY_ANCHOR_FILE = path
    return path


@pytest.mark.django_db
def test_an_anchor_says_how_long_the_chain_is_and_how_it_ends(anchors: Path) -> None:
    head = Head.objects.get(pk=1)
    assert anchor() == head.count
    assert read_anchors() == [(head.count, head.hash)]
    assert anchors.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_without_a_file_there_are_no_anchors(anchors: Path) -> None:
    assert read_anchors() == []


def spoilt(line: str) -> dict[str, str]:
    moment, count, head, seal = line.split(" ")
    return {
        "count raised": f"{moment} {int(count) + 1} {head} {seal}",
        "count lowered": f"{moment} {int(count) - 1} {head} {seal}",
        "head changed": f"{moment} {count} {'0' * 64} {seal}",
        "seal changed": f"{moment} {count} {head} {'0' * 64}",
        "seal missing": f"{moment} {count} {head}",
        "half a line": line[:40],
        "a word more": f"{line} x",
        "not a number": f"{moment} ４番 {head} {seal}",
        "blank": "",
        "something else": "ここから先は消しました",
    }


@pytest.mark.parametrize("how", spoilt("2026-01-01 5 a b"))
@pytest.mark.django_db
def test_a_tampered_line_is_named(anchors: Path, how: str) -> None:
    for _ in range(3):
        anchor()
    lines = anchors.read_text().splitlines()
    lines[1] = spoilt(lines[1])[how]
    anchors.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match=r"history\.anchors の2行目は、このシステムが書いた記録ではありません"):
        read_anchors()
    with pytest.raises(CommandError, match="2行目"):
        call_command("verify_history")


def test_an_anchor_is_written_after_the_commit_and_not_before(anchors: Path, committed: None) -> None:
    with transaction.atomic():
        record("asset.revised", world.department("tax"), by=None)
        assert not anchors.exists()
    head = Head.objects.get(pk=1)
    assert read_anchors() == [(head.count, head.hash)]


def test_what_was_rolled_back_is_not_anchored(anchors: Path, committed: None) -> None:
    with transaction.atomic():
        record("asset.revised", world.department("tax"), by=None)
        transaction.set_rollback(True)
    assert not anchors.exists()


@pytest.mark.django_db
def test_anchors_keep_their_distance(anchors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anchor_soon()
    anchor_soon()
    assert len(read_anchors()) == 1
    monkeypatch.setattr(anchoring, "SECONDS_BETWEEN", 0.0)
    anchor_soon()
    assert len(read_anchors()) == 2
