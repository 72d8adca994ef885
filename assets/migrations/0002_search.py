"""The search table: an array of grams under GIN on PostgreSQL, FTS5 on SQLite."""

from typing import Any

from django.db import migrations

POSTGRESQL = [
    "CREATE TABLE assets_search (asset_id bigint PRIMARY KEY, folded text NOT NULL, grams text[] NOT NULL)",
    "CREATE INDEX assets_search_grams ON assets_search USING gin (grams) WITH (fastupdate = off)",
]
SQLITE = ["CREATE VIRTUAL TABLE assets_search USING fts5(grams, folded UNINDEXED, detail = 'none')"]


def create(apps: Any, schema_editor: Any) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE assets_search")


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_first")]

    operations = [migrations.RunPython(create, drop)]
