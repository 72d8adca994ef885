"""Which row holds the headers, and which column of the ledger each header means: matched exactly or asked, never guessed."""

import functools
from collections.abc import Sequence

from assets.columns import BY_KEY, LEVELS, ambiguous, synonyms
from assets.models.scheme import Axis
from registry.base.text import header_key
from registry.files.reading import Cell, Sheet

ASIDE = "-"
IGNORED = "row_no"
NUMBER = "asset_no"
OF_THE_SCREEN = "登録の状態"
LOOKED_AT = 30


@functools.cache
def _known() -> dict[str, str]:
    found = {header_key(word): key for key, words in synonyms().items() for word in words}
    return {**found, **{header_key(column.label): column.key for column in BY_KEY.values()}}


@functools.cache
def _asked() -> frozenset[str]:
    own = {header_key(column.label) for column in BY_KEY.values()}
    return frozenset(header_key(word) for word in ambiguous()) - own


def match(header: str) -> str:
    """The key of the column, ASIDE for a running number and what we derive, '' when a person has to say."""
    key = header_key(header)
    if not key or key in _asked():
        return ""
    if key == header_key(OF_THE_SCREEN):
        return ASIDE
    found = _known().get(key, "")
    if found == IGNORED or (found in BY_KEY and not BY_KEY[found].editable and found != NUMBER):
        return ASIDE
    return found


def meant(header: str, axes: Sequence[Axis]) -> str:
    """As `match`, under the scheme in force: its axes go by their own names, and those of other schemes are asked about."""
    own = {header_key(axis.label): LEVELS[axis.slot - 1].key for axis in axes}
    if header_key(header) in own:
        return own[header_key(header)]
    foreign = {column.key for column in LEVELS} - {axis.code for axis in axes}
    found = match(header)
    return "" if found in foreign else found


def header_row(sheet: Sheet) -> int:
    """The index in sheet.rows of the header: the row with the most known headers, else the first that is full of words."""
    rows = sheet.rows[:LOOKED_AT]
    scores = [sum(1 for cell in cells if match(_text(cell))) for _, cells in rows]
    if scores and max(scores) >= 2:
        return scores.index(max(scores))
    widest = max((_words(cells) for _, cells in rows), default=0)
    return next((at for at, (_, cells) in enumerate(rows) if _words(cells) == widest), 0)


def best_sheet(sheets: Sequence[Sheet]) -> Sheet | None:
    """The visible sheet whose header is known best; None when no sheet holds a row."""
    filled = [sheet for sheet in sheets if sheet.rows and not sheet.hidden] or [s for s in sheets if s.rows]
    return max(filled, key=_score, default=None)


def _score(sheet: Sheet) -> tuple[int, int]:
    cells = sheet.rows[header_row(sheet)][1]
    return sum(1 for cell in cells if match(_text(cell))), len(sheet.rows)


def _text(cell: Cell) -> str:
    return cell.value if isinstance(cell.value, str) else ""


def _words(cells: Sequence[Cell]) -> int:
    return sum(1 for cell in cells if _text(cell).strip())
