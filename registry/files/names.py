"""Names of files as people give them: fit for a sentence, fit to be kept."""

import re
import unicodedata
from pathlib import PurePath
from typing import Final

LONGEST: Final = 150
_UNSHOWABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


def showable(filename: str) -> str:
    """Return a file name fit for a sentence: no folders, no invisible characters, not endless."""
    name = _bare(filename) or "ファイル"
    return name if len(name) <= 80 else f"{name[:60]}…{name[-12:]}"


def kept(filename: str) -> str:
    """Return a file name as it is kept: NFC, no folders, nothing invisible; of a long one the end of the stem is cut."""
    name = PurePath(unicodedata.normalize("NFC", _bare(filename)))
    return f"{name.stem[: LONGEST - len(name.suffix[:10])]}{name.suffix[:10]}"


def ending_of(filename: str) -> str:
    """Return how a file name ends (「.pdf」), in small half-width letters; '' when it has no ending."""
    return PurePath(unicodedata.normalize("NFKC", filename).strip()).suffix.casefold()


def _bare(filename: str) -> str:
    return _UNSHOWABLE.sub("", re.split(r"[/\\]", filename)[-1]).strip()
