"""Rows that are in the ledger already, or twice in one file: an import adds what is new and never adds it again."""

from collections import defaultdict
from collections.abc import Iterable

from assets.columns import BY_KEY
from assets.models import Asset, BatchRow
from registry.base.text import fold
from registry.organization.models import User
from registry.organization.vocabulary import word

NAMED = 5  # lines, in a sentence
Known = dict[tuple[int, str], str]


def mark_doubles(rows: Iterable[BatchRow], *, by: User) -> None:
    """Add a finding to every row whose 名称 and 所管課 stand elsewhere in the file, or in the ledger as this person sees it."""
    named = [row for row in rows if row.values.get("name") and row.values.get("section")]
    lines: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in named:
        lines[_key(row)].append(row.line)
    known = _known({key for key, _ in lines}, by)
    for row in named:
        if len(lines[_key(row)]) > 1:
            others = [str(line) for line in lines[_key(row)][: NAMED + 1] if line != row.line][:NAMED]
            _find(
                row, f"同じ{word('section')}の同じ名称が{'、'.join(others)}行目にもあります。どれか一つにしてください。"
            )
        if (number := known.get(_key(row))) is not None:
            _find(
                row,
                f"この{word('section')}の台帳にすでにあります({number or '未採番'})。新しい資産でなければ、この行を消してください。",
            )


def already_there(rows: Iterable[BatchRow], *, by: User) -> int:
    """How many of the rows have come into the ledger since they were checked."""
    keys = [_key(row) for row in rows]
    known = _known({place for place, _ in keys}, by)
    return sum(key in known for key in keys)


def _key(row: BatchRow) -> tuple[int, str]:
    return int(row.values["section"]), fold(str(row.values["name"]))


def _known(departments: set[int], by: User) -> Known:
    assets = Asset.objects.visible_to(by).listed().filter(department_id__in=departments)
    return {
        (place, fold(name)): number for place, name, number in assets.values_list("department_id", "name", "number")
    }


def _find(row: BatchRow, text: str) -> None:
    row.findings.append({"place": f"{row.line}行目", "column": BY_KEY["name"].label, "text": text})
