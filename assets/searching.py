"""Search by part of a name: folded text and its one- and two-character grams, indexed on both databases.

PostgreSQL: an array of grams under GIN. SQLite: FTS5 over the grams written as plain ASCII words.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

from assets.extra_values import own_texts, read_own
from assets.models import Asset, FoldedName
from assets.models.asset import AssetQuerySet
from assets.models.likeness import FOLDED
from registry.base.text import fold, grams, terms

IN_SQLITE = "SELECT rowid FROM assets_search WHERE assets_search MATCH %s"
IN_POSTGRESQL = "SELECT asset_id FROM assets_search WHERE grams @> %s::text[]"


def index(assets: Sequence[Asset]) -> None:
    """Write the search rows of the assets; call after every change of a searched column.

    What was merged into an asset is found by its old number: the number stands in the row of the one that remains.
    """
    read_own(assets)
    old = _absorbed_numbers([asset.pk for asset in assets if asset.number])
    searched = ((asset.pk, "\n".join([_searched(asset), *old.get(asset.pk, ())])) for asset in assets)
    rows = [(key, folded, grams(folded)) for key, folded in searched]
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
    _fold_names(assets)


def _fold_names(assets: Sequence[Asset]) -> None:
    """Keep the names as duplicates are looked for among them."""
    folded = [(asset.pk, fold(asset.name)[:FOLDED]) for asset in assets]
    FoldedName.objects.bulk_create(
        [FoldedName(asset_id=key, text=text, length=len(text)) for key, text in folded],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["asset"],
        update_fields=["text", "length"],
    )


def _absorbed_numbers(keys: list[int]) -> dict[int, list[str]]:
    """Key of an asset → the folded numbers of all that was merged into it, also by way of another."""
    found: dict[int, list[str]] = {}
    into = {key: key for key in keys}
    while into:
        rows = Asset.objects.filter(merged_into__in=into).values_list(
            "pk", "merged_into_id", "number", "revision_number"
        )
        gone = list(rows)
        for _, kept, number, revision in gone:
            found.setdefault(into[kept], []).append(fold(f"{number}-{revision:02d}"))
        into = {key: into[kept] for key, kept, *_ in gone}
    return found


def matching(assets: AssetQuerySet, query: str) -> AssetQuerySet:
    """The assets whose number, name, 業務名, 概要, 保管場所 or own text columns hold every word; no words, no filter."""
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
    parts = (asset.full_number, asset.name, asset.business, asset.description, asset.location, *own_texts(asset))
    return "\n".join(fold(part) for part in parts)
