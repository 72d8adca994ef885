"""Writing history: every act records itself, in its own transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from registry.base import operation
from registry.history.anchor import anchor_soon
from registry.history.chain import seal, values_of
from registry.history.models import Entry, Head

SYSTEM = "システム"


class Actor(Protocol):
    """A person as history knows them."""

    pk: Any
    name: str

    def post_label(self) -> str:
        """The posts held today, in words."""


class Subject(Protocol):
    """A thing that history speaks about: a short stable code, a key, a name."""

    pk: Any
    history_kind: str


@dataclass(frozen=True)
class Act:
    """One thing to be recorded. Changes are rows of (label, old text, new text)."""

    act: str
    subject: Subject
    department_id: int | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    note: str = ""


def record(
    act: str,
    subject: Subject,
    *,
    by: Actor | None,
    department_id: int | None = None,
    changes: Iterable[tuple[str, str, str]] = (),
    note: str = "",
) -> None:
    """Write one entry. `by` is the person, None only for the system itself; refuses to work outside a transaction."""
    record_many([Act(act, subject, department_id, list(changes), note)], by=by)


def record_many(acts: Iterable[Act], *, by: Actor | None) -> int:
    """Write one entry per act, chained in order; returns how many. One lock, one insert, however many there are."""
    if not connection.in_atomic_block:
        raise RuntimeError("history is recorded inside the transaction of the act")
    head = Head.objects.select_for_update().get(pk=1)
    who = (by.pk, by.name, by.post_label()) if by else (None, SYSTEM, "")
    entries = [_entry(act, who) for act in acts]
    for entry in entries:
        head.count += 1
        entry.sequence = head.count
        head.hash = entry.hash = seal(head.hash, values_of(entry))
    Entry.objects.bulk_create(entries, batch_size=500)
    head.save(update_fields=["count", "hash"])
    transaction.on_commit(anchor_soon, robust=True)
    return len(entries)


def _entry(act: Act, who: tuple[Any, str, str]) -> Entry:
    return Entry(
        at=timezone.now(),
        act=act.act,
        kind=act.subject.history_kind,
        subject_id=act.subject.pk,
        subject_label=str(act.subject)[:400],
        actor_id=who[0],
        actor_label=who[1],
        post_label=who[2][:300],
        department_id=act.department_id,
        changes=[list(change) for change in act.changes],
        note=act.note,
        operation=operation.current(),
    )
