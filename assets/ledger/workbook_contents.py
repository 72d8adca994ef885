"""What a ledger workbook is to hold: its columns, and the facts that stand above, over and under the table."""

import datetime
from dataclasses import dataclass
from typing import Literal, TypeAlias

from registry.base.fiscal import wareki

SheetKind: TypeAlias = Literal["text", "long", "date", "integer", "choice"]
JAPAN = datetime.timezone(datetime.timedelta(hours=9))


@dataclass(frozen=True)
class Column:
    """One column of the table; width is in characters of the workbook's font, choices become a drop-down."""

    header: str
    kind: SheetKind
    width: float
    choices: tuple[str, ...] = ()
    required: bool = False

    @property
    def heading(self) -> str:
        """The header as printed: ※ marks what must be filled in (the header match of the import drops it again)."""
        return f"{self.header}※" if self.required else self.header


@dataclass(frozen=True)
class Cover:
    """Who made which table of what, when; class_label (the highest class of the rows) and counts (in parts) may be empty."""

    title: str
    body_name: str
    class_label: str
    as_of: datetime.date
    made_at: datetime.datetime
    made_by: str
    conditions: str
    row_count: int
    counts: str = ""

    @property
    def as_of_text(self) -> str:
        """基準日 in words, for a reader."""
        return f"{wareki(self.as_of)}現在"

    @property
    def made_at_text(self) -> str:
        """The time of making in words, in Japanese time; a time without zone is taken as Japanese."""
        moment = self.made_at_in_japan
        return f"{wareki(moment.date())} {moment.hour}時{moment.minute:02}分"

    @property
    def made_at_in_japan(self) -> datetime.datetime:
        """The time of making with the zone of Japan."""
        if self.made_at.tzinfo is None:
            return self.made_at.replace(tzinfo=JAPAN)
        return self.made_at.astimezone(JAPAN)


@dataclass(frozen=True)
class Tally:
    """A table of counts for a sheet of its own: what is counted, and (label, numbers, is it a sum) line by line."""

    headers: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int, ...], bool], ...]
