"""What a workbook means by the words it writes for levels: those of the scheme in force, or of the one before it."""

from collections.abc import Iterable

from assets.columns import Column
from assets.models import Axis, Classification, Level
from registry.base.text import fold

Words = dict[str, Level]


class LevelWords:
    """The words for levels by column and organ. A word that only an earlier scheme knows means a level of that scheme.

    Words that both know (「2」) mean the scheme in force, unless the rest of the column speaks the earlier one: a ledger
    that writes 3, 2, 1 was made under it, and its 2 must not be turned into the 2 of today (DOMAIN §1).
    """

    def __init__(self, classification: Classification) -> None:
        self.classification = classification
        self.former: set[str] = set()
        self._known: dict[tuple[str, int | None], tuple[Words, Words]] = {}

    def now(self, column: Column, organ: int | None) -> Words:
        """The words of the scheme in force, folded."""
        return self._words(column, organ)[0]

    def before(self, column: Column, organ: int | None) -> Words:
        """The words of the schemes before it, folded; the latest scheme has the say."""
        return self._words(column, organ)[1]

    def settle(self, column: Column, written: Iterable[tuple[str, int | None]]) -> None:
        """Decide by all that a column says (with the organ of each row) whether it speaks the earlier scheme."""
        found = {(fold(word), organ) for word, organ in written if word}
        now = any(w in self.now(column, o) and w not in self.before(column, o) for w, o in found)
        before = any(w in self.before(column, o) and w not in self.now(column, o) for w, o in found)
        (self.former.add if before and not now else self.former.discard)(column.key)

    def meant(self, column: Column, written: str, organ: int | None) -> Level | None:
        """The level a word stands for; None when no scheme knows it."""
        tables = self._words(column, organ)
        ordered = reversed(tables) if column.key in self.former else tables
        return next((table[fold(written)] for table in ordered if fold(written) in table), None)

    def _words(self, column: Column, organ: int | None) -> tuple[Words, Words]:
        if (column.key, organ) not in self._known:
            slot, schemes = int(column.field[-1]), self.classification
            tables = (schemes.axes_of(organ), schemes.former_axes(organ))
            now, before = (_table(axis for axis in axes if axis.slot == slot) for axes in tables)
            self._known[column.key, organ] = (now, before)
        return self._known[column.key, organ]


def _table(axes: Iterable[Axis]) -> Words:
    found: Words = {}
    for axis in axes:
        for level in axis.levels.all():
            for word in (level.code, level.label, level.short, *level.synonyms):
                found.setdefault(fold(word), level)
    return found
