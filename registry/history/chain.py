"""The hash chain: every entry is sealed with the one before it, so that no entry can be changed unseen."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from registry.history.models import Entry, Head

FIELDS = (
    "sequence",
    "at",
    "act",
    "kind",
    "subject_id",
    "subject_label",
    "actor_id",
    "actor_label",
    "post_label",
    "department_id",
    "changes",
    "note",
    "operation",
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str).encode


@dataclass(frozen=True)
class Report:
    """What a verification found: entries read, and the first thing that is wrong ('' when whole)."""

    count: int
    head: str
    problem: str = ""


def seal(previous: str, values: Iterable[Any]) -> str:
    """The hash of an entry: HMAC-SHA256 over the hash before it and its content in one fixed spelling."""
    content = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in values]
    key = settings.HISTORY_KEY.encode()
    return hmac.new(key, previous.encode() + _encode(content).encode(), hashlib.sha256).hexdigest()


def values_of(entry: Entry) -> tuple[Any, ...]:
    """The sealed content of an entry, in the order of FIELDS."""
    return tuple(getattr(entry, field) for field in FIELDS)


def verify(anchors: Iterable[tuple[int, str]] = ()) -> Report:
    """Read the whole chain and compare it with its head and with the anchors (count, head) kept outside the database.

    People may act meanwhile: the head is read first, and entries written after that are as good as the others.
    """
    wanted: dict[int, set[str]] = {}
    for length, head_then in (*anchors, *_head()):
        wanted.setdefault(length, set()).add(head_then)
    count, previous = 0, ""
    for sequence, found, values in _entries():
        count += 1
        if sequence != count:
            return Report(count - 1, previous, f"{count}番の履歴がありません(次にあるのは{sequence}番です)。")
        previous = seal(previous, values)
        if previous != found:
            return Report(count, previous, f"{count}番の履歴が書き換えられているか、順序が入れ替わっています。")
        if wanted.pop(count, {found}) != {found}:
            return Report(
                count, previous, f"{count}番までの履歴が、先頭の記録か、データベースの外に残した記録と一致しません。"
            )
    return Report(count, previous, _problem_at_the_end(count, wanted))


def _problem_at_the_end(count: int, unmet: Mapping[int, set[str]]) -> str:
    """What the anchors that were not met, or the head as it is now, say about a chain that ends here."""
    if unmet:
        return f"{count + 1}番から後の履歴がありません({max(unmet)}番まであったことが記録されています)。"
    known = [length for length, _ in _head()]
    if not known and count:
        return f"連鎖の先頭の記録がありません(履歴は{count}番まで読めました)。"
    return f"{known[0] + 1}番から後に、数えられていない履歴があります。" if known and known[0] < count else ""


def _head() -> list[tuple[int, str]]:
    """Length and end of the chain as the database has them; nothing before the first entry."""
    return list(Head.objects.filter(pk=1, count__gt=0).values_list("count", "hash"))


def _entries() -> Iterator[tuple[int, str, tuple[Any, ...]]]:
    rows = Entry.objects.order_by("sequence").values_list(*FIELDS, "hash")
    for row in rows.iterator(chunk_size=5000):
        yield row[0], row[-1], row[:-1]
