"""指定値・算定値・適用値: how the class of what is held reaches what holds it. No database here (DOMAIN §1).

指定値 is what a person set, 算定値 the strictest of what the asset holds or carries, 適用値 the one in force: the stricter
of the two, unless a recorded reason (分散, 個別事情) keeps it at what was set.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A level as it counts on one axis: how strict it is, its key, and the asset it comes from (None: set here)."""

    severity: int
    rank: int
    level: int
    source: int | None = None

    def outranks(self, other: "Mark") -> bool:
        return (self.severity, self.rank) > (other.severity, other.rank)


def strictest(marks: Iterable[Mark | None]) -> Mark | None:
    """The strictest mark; of equals the one set here, then the one from the asset with the smallest key."""
    return min(
        (mark for mark in marks if mark),
        key=lambda mark: (-mark.severity, -mark.rank, mark.source is not None, mark.source or 0),
        default=None,
    )


def in_force(own: Mark | None, calculated: Mark | None, *, held_down: bool) -> Mark | None:
    """適用値 from 指定値 and 算定値."""
    if held_down or calculated is None:
        return own
    return calculated if own is None or calculated.outranks(own) else own


def passed_on(mark: Mark | None, asset: int) -> Mark | None:
    """What an asset passes on to what holds it: its 適用値, with the asset where that was set."""
    return mark and Mark(mark.severity, mark.rank, mark.level, mark.source or asset)
