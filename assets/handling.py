"""取扱制限: the text that goes with the levels of an asset, and when it follows them."""

from collections.abc import Iterable

from assets.models import Level


def default_handling(levels: Iterable[Level]) -> str:
    """The restrictions of these levels, each once and on a line of its own."""
    return "\n".join(dict.fromkeys(text for level in levels for text in level.restrictions))


def follows(text: str, before: Iterable[Level]) -> bool:
    """Does the text say no more than the levels did (or nothing), so that it may follow them to others?"""
    return _lines(text) in ([], _lines(default_handling(before)))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
