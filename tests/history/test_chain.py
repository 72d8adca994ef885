"""Verifying the chain: an attacker who got past the database's own refusal is named the first entry that is broken."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from registry.history.anchor import anchor, read_anchors
from registry.history.chain import seal, values_of, verify
from registry.history.models import Entry, Head
from registry.history.record import Act, record_many
from registry.history.triggers import arm, disarm
from tests import world

FORGED = "0" * 64


@contextmanager
def triggers_lifted() -> Iterator[None]:
    """As somebody with the database's own password would do it."""
    disarm(connection)
    try:
        yield
    finally:
        arm(connection)


@pytest.fixture
def long_history(db: None, settings: Any, tmp_path: Any) -> int:
    """Thirty entries more than the town was built with, and an anchor file of their own."""
    settings.HISTORY_ANCHOR_FILE = tmp_path / "history.anchors"
    tax = world.department("tax")
    record_many([Act("asset.revised", tax, tax.pk, [("概要", "", f"第{n}稿")]) for n in range(30)], by=None)
    return Head.objects.get(pk=1).count


def test_a_whole_history_is_said_to_be_whole(long_history: int) -> None:
    assert (verify().count, verify().problem) == (long_history, "")
    anchor()
    output = io.StringIO()
    call_command("verify_history", stdout=output)
    assert f"履歴は完全です: {long_history:,}件" in output.getvalue()


FIELDS: dict[str, Callable[[], Any]] = {
    "at": timezone.now,
    "act": lambda: "asset.approve",
    "kind": lambda: "asset",
    "subject_id": lambda: 7,
    "subject_label": lambda: "別のもの",
    "actor_id": lambda: world.person("stranger").pk,
    "actor_label": lambda: "別の人",
    "post_label": lambda: "別の職",
    "department_id": lambda: world.department("residents").pk,
    "changes": lambda: [["概要", "", "書き換えた"]],
    "note": lambda: "書き換えた理由",
    "operation": lambda: "12345678-1234-5678-1234-567812345678",
    "hash": lambda: FORGED,
}


@pytest.mark.parametrize("field", FIELDS)
def test_an_edited_entry_is_named_whatever_was_edited(long_history: int, field: str) -> None:
    with triggers_lifted():
        Entry.objects.filter(sequence=long_history - 9).update(**{field: FIELDS[field]()})
    report = verify()
    assert report.count == long_history - 9
    assert report.problem == f"{long_history - 9}番の履歴が書き換えられているか、順序が入れ替わっています。"


def test_a_deleted_entry_is_named(long_history: int) -> None:
    with triggers_lifted():
        Entry.objects.filter(sequence=long_history - 5).delete()
    assert f"{long_history - 5}番の履歴がありません" in verify().problem


def test_a_deleted_entry_is_named_when_the_rest_was_moved_up(long_history: int) -> None:
    with triggers_lifted():
        Entry.objects.filter(sequence=long_history - 5).delete()
        for sequence in range(long_history - 4, long_history + 1):
            Entry.objects.filter(sequence=sequence).update(sequence=sequence - 1)
        Head.objects.update(count=long_history - 1)
    assert verify().problem.startswith(f"{long_history - 5}番の履歴が書き換えられている")


def test_an_inserted_entry_is_named(long_history: int) -> None:
    last = Entry.objects.get(sequence=long_history)
    last.sequence, last.note = long_history + 1, "あとから差し込んだ"
    last.save(force_insert=True)
    Head.objects.update(count=long_history + 1, hash=last.hash)
    assert verify().problem.startswith(f"{long_history + 1}番の履歴が書き換えられている")


def test_two_swapped_entries_are_named(long_history: int) -> None:
    first, second = long_history - 8, long_history - 3
    with triggers_lifted():
        Entry.objects.filter(sequence=first).update(sequence=-1)
        Entry.objects.filter(sequence=second).update(sequence=first)
        Entry.objects.filter(sequence=-1).update(sequence=second)
    assert verify().problem.startswith(f"{first}番の履歴が書き換えられているか、順序が入れ替わっています")


def test_hashes_made_without_the_key_do_not_hold(long_history: int, settings: Any) -> None:
    key = settings.HISTORY_KEY
    with triggers_lifted():
        settings.HISTORY_KEY = "guessed"
        entry = Entry.objects.get(sequence=long_history)
        previous = Entry.objects.get(sequence=long_history - 1)
        entry.note = "書き換えた"
        Entry.objects.filter(pk=entry.pk).update(note=entry.note, hash=seal(previous.hash, values_of(entry)))
        settings.HISTORY_KEY = key
    assert verify().problem.startswith(f"{long_history}番の履歴が書き換えられている")


def test_a_cut_tail_is_found(long_history: int) -> None:
    with triggers_lifted():
        Entry.objects.filter(sequence__gt=long_history - 4).delete()
    assert verify().problem.startswith(f"{long_history - 3}番から後の履歴がありません({long_history}番まで")


def cut_cleanly(last: int) -> None:
    """Cut the tail and put the head where a shorter history would have it: the database alone looks whole."""
    with triggers_lifted():
        Entry.objects.filter(sequence__gt=last).delete()
        Head.objects.update(count=last, hash=Entry.objects.get(sequence=last).hash)


def test_a_cleanly_cut_tail_is_found_by_the_anchor_file_alone(long_history: int) -> None:
    anchor()
    cut_cleanly(long_history - 4)
    assert verify().problem == ""
    assert verify(read_anchors()).problem.startswith(f"{long_history - 3}番から後の履歴がありません")
    with pytest.raises(CommandError, match=f"{long_history - 3}番から後"):
        call_command("verify_history")


def test_an_old_database_put_back_is_found_even_after_new_acts(long_history: int) -> None:
    anchor()
    cut_cleanly(long_history - 10)
    tax = world.department("tax")
    record_many([Act("asset.revised", tax, note="入れ替えたあと")] * 15, by=None)
    assert verify().problem == ""
    assert (
        f"{long_history}番までの履歴が、先頭の記録か、データベースの外に残した記録と一致しません"
        in verify(read_anchors()).problem
    )


def test_an_old_database_put_back_is_found_when_both_were_anchored_at_the_same_length(long_history: int) -> None:
    anchor()
    cut_cleanly(long_history - 1)
    record_many([Act("asset.revised", world.department("tax"), note="別の歴史")], by=None)
    anchor()
    assert len({head for count, head in read_anchors() if count == long_history}) == 2
    assert f"{long_history}番までの履歴が" in verify(read_anchors()).problem


def test_an_emptied_history_is_found(long_history: int) -> None:
    anchor()
    with triggers_lifted():
        Entry.objects.all().delete()
        Head.objects.update(count=0, hash="")
    assert verify().problem == ""
    assert verify(read_anchors()).problem.startswith("1番から後の履歴がありません")


def test_a_head_that_was_removed_is_found(long_history: int) -> None:
    Head.objects.all().delete()
    assert verify().problem != ""


@pytest.mark.django_db
def test_a_long_chain_is_read_in_pieces_and_found_whole() -> None:
    tax, wanted = world.department("tax"), 12_000
    batch = [Act("asset.revised", tax, tax.pk, [("概要", "旧い文", "新しい文")], "年度の見直し")] * 6_000
    with transaction.atomic():
        for _ in range(wanted // len(batch)):
            record_many(batch, by=None)
    report = verify()
    assert report.problem == ""
    assert report.count > wanted
