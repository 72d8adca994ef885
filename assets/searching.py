"""Search by part of a name: folded text and its one- and two-character grams, indexed on both databases.

PostgreSQL: an array of grams under GIN. SQLite: FTS5 over the grams written as plain ASCII words.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL

from assets.models import Asset
from assets.models.asset import AssetQuerySet
from registry.base.text import fold, grams, terms

IN_SQLITE = "SELECT rowid FROM assets_search WHERE assets_search MATCH %s"
IN_POSTGRESQL = "SELECT asset_id FROM assets_search WHERE grams @> %s::text[]"


def index(assets: Iterable[Asset]) -> None:
    """Write the search rows of the assets; call after every change of a searched column."""
    rows = [(asset.pk, folded, grams(folded)) for asset in assets for folded in [_searched(asset)]]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("DELETE FROM assets_search WHERE rowid = %s", [(key,) for key, _, _ in rows])
            cursor.executemany(
                "INSERT INTO assets_search (rowid, grams, folded) VALUES (%s, %s, %s)",
                [(key, " ".join(map(_word, found)), folded) for key, folded, found in rows],
            )
        else:
            cursor.executemany(
                "INSERT INTO assets_search (asset_id, folded, grams) VALUES (%s, %s, %s) "
                "ON CONFLICT (asset_id) DO UPDATE SET folded = excluded.folded, grams = excluded.grams",
                rows,
            )


def matching(assets: AssetQuerySet, query: str) -> AssetQuerySet:
    """The assets whose number, name, 業務名, 概要 or 保管場所 holds every word of the query; no words, no filter."""
    for word in (fold(term) for term in terms(query)):
        if word:
            assets = assets.filter(pk__in=_keys(word))
    return assets


def _keys(word: str) -> RawSQL:
    """The keys of what holds the word. Up to two characters are a gram themselves; of more, the text is looked at."""
    wanted = [gram for gram in grams(word) if len(gram) == min(2, len(word))]
    pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    embedded = connection.vendor == "sqlite"
    match = " AND ".join(map(_word, wanted)) if embedded else wanted
    sql = IN_SQLITE if embedded else IN_POSTGRESQL
    if len(word) <= 2:
        return RawSQL(sql, (match,))  # noqa: S611 — the value is a parameter
    return RawSQL(rf"{sql} AND folded LIKE %s ESCAPE '\'", (match, pattern))  # noqa: S611 — both are parameters


def _word(gram: str) -> str:
    return "g" + gram.encode().hex()


def _searched(asset: Asset) -> str:
    parts = (asset.full_number, asset.name, asset.business, asset.description, asset.location)
    return "\n".join(fold(part) for part in parts)
