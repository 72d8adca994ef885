"""Under which headers the columns of the ledger are found in workbooks: our own words, and the synonyms of others."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from assets.columns import COLUMNS
from registry.base.text import header_key


@functools.cache
def synonyms() -> dict[str, list[str]]:
    """Key → the headers under which the column is found in the workbooks of municipalities."""
    return dict(_synonym_file()["synonyms"])


@functools.cache
def ambiguous() -> frozenset[str]:
    """Headers that must be asked, never guessed."""
    return frozenset(_synonym_file()["ambiguous"])


def headers() -> Mapping[str, str]:
    """What the canonical columns are called in files, as headers are compared → key; the body's own words before all."""
    return _headers(tuple(column.label for column in COLUMNS))


@functools.cache
def _headers(labels: tuple[str, ...]) -> Mapping[str, str]:
    found = {header_key(word): key for key, words in synonyms().items() for word in words}
    return {**found, **{header_key(label): column.key for label, column in zip(labels, COLUMNS, strict=True)}}


def _synonym_file() -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).with_name("column_synonyms.json")
    found: dict[str, dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    return found
