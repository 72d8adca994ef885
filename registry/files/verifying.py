"""Are all kept files still what they were? Every byte is read again and compared with the database."""

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from django.conf import settings

from registry.files.models import StoredFile
from registry.files.storing import INCOMING, place_of, tidy_up
from registry.history.record import record
from registry.history.turn import in_turn

AT_ONCE = 500


@dataclass
class Report:
    """What was found: how many files are whole, and the places of those that are not."""

    whole: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """A line per file that is not as it should be, without the name it was brought under."""
        found = [f"見つからない: {place}" for place in self.missing]
        found += [f"内容が変わっている: {place}" for place in self.changed]
        return found + [f"台帳の知らないファイル: {place}" for place in self.unknown]


def verify() -> Report:
    """Read every kept file again; what is missing or changed is marked and recorded, and so is its coming back."""
    tidy_up()
    report = Report()
    known = list(StoredFile.objects.order_by("sha256").values_list("sha256", "problem").distinct())
    for sha256, rows in itertools.groupby(known, key=itemgetter(0)):
        place = place_of(sha256)
        problem = _problem(place, sha256)
        if {noted for _, noted in rows} != {problem}:
            note_problem(sha256, problem)
        if not problem:
            report.whole += 1
        else:
            (report.missing if problem == StoredFile.Problem.MISSING else report.changed).append(_shown(place))
    report.unknown += [_shown(place) for place in _unknown()]
    return report


def note_problem(sha256: str, problem: str) -> None:
    """Mark what is wrong with these bytes ('' for nothing) and record it, unless that is known already."""
    words = dict(StoredFile.Problem.choices)
    with in_turn():
        rows = list(StoredFile.objects.filter(sha256=sha256).exclude(problem=problem).order_by("pk"))
        StoredFile.objects.filter(pk__in=[row.pk for row in rows]).update(problem=problem)
        for row in rows:
            changes = [("異常", words.get(row.problem, ""), words.get(problem, ""))]
            record("file.damaged" if problem else "file.whole-again", row, by=None, changes=changes)


def _problem(place: Path, sha256: str) -> str:
    try:
        with place.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return StoredFile.Problem.MISSING
    return "" if found == sha256 else StoredFile.Problem.CHANGED


def _unknown() -> Iterator[Path]:
    """Files in place of which the database knows nothing: left by a restored backup, or put there by somebody."""
    found = sorted(place for place in Path(settings.FILES_DIR).rglob("*") if place.is_file())
    for start in range(0, len(found), AT_ONCE):
        places = [place for place in found[start : start + AT_ONCE] if place.parent.name != INCOMING]
        names = StoredFile.objects.filter(sha256__in=[place.name for place in places])
        known = set(names.values_list("sha256", flat=True))
        yield from (place for place in places if place.name not in known or place != place_of(place.name))


def _shown(place: Path) -> str:
    return str(place.relative_to(settings.FILES_DIR))
