"""Which row holds the headers, and which column of the ledger each header means: matched exactly or asked, never guessed."""

import functools
from collections.abc import Mapping, Sequence

from assets.body_columns import columns_of_body
from assets.classification import applied_name, named
from assets.columns import APPLIED, BY_KEY, LEVELS, OF_THE_SCREEN
from assets.headers import ambiguous, headers
from assets.models.scheme import Axis
from registry.base.text import header_key
from registry.files.reading import Cell, Sheet

ASIDE = "-"
IGNORED = "row_no"
NUMBER = "asset_no"
LOOKED_AT = 30


@functools.cache
def _asked() -> frozenset[str]:
    return frozenset(map(header_key, ambiguous()))


def _own() -> Mapping[str, str]:
    """Our own headers, in the words of the body; the standard ones are among the synonyms."""
    return _keyed(tuple(column.label for column in BY_KEY.values()))


@functools.cache
def _keyed(labels: tuple[str, ...]) -> Mapping[str, str]:
    return dict(zip(map(header_key, labels), BY_KEY, strict=True))


def match(header: str) -> str:
    """The key of the column, ASIDE for a running number and what we derive, '' when a person has to say."""
    key, own = header_key(header), _own()
    if not key or (key in _asked() and key not in own):
        return ""
    if key == header_key(OF_THE_SCREEN):
        return ASIDE
    found = headers().get(key) or columns_of_body().headers.get(key, "")
    if found == IGNORED or (found in BY_KEY and not BY_KEY[found].editable and found != NUMBER):
        return ASIDE
    return found


def meant(header: str, axes: Sequence[Axis]) -> str:
    """As `match`, under the schemes in force: their axes go by their own names, and those of others are asked about."""
    own = {header_key(axis.label): LEVELS[axis.slot - 1].key for axis in axes}
    own |= {header_key(name): column.key for column, name in named(LEVELS, axes)}
    own |= {header_key(applied_name(axis)): ASIDE for axis in axes}
    own |= {header_key(name): ASIDE for _, name in named(APPLIED, axes)}
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
