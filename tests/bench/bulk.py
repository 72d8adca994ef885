"""Writes many objects of a model at once, keys included: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import DateField, Field, JSONField, Max, Model, UUIDField

CONVERTED = (DateField, JSONField, UUIDField)


def insert(model: type[Model], objects: Sequence[Any]) -> None:
    """Give the objects the next keys and write all their columns; nothing is checked but what the database checks."""
    manager = model._meta.default_manager
    assert manager is not None
    following = (manager.aggregate(last=Max("pk"))["last"] or 0) + 1
    for key, thing in enumerate(objects, following):
        thing.pk = thing.pk or key
    fields: Sequence[Any] = model._meta.concrete_fields
    readers = [_reader(field) for field in fields]
    rows = ([read(thing) for read in readers] for thing in objects)
    _write(model._meta.db_table, [field.column for field in fields], rows)


def renumber(model: type[Model]) -> None:
    """Let the database give the next key after the ones written here."""
    if connection.vendor == "postgresql":
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608 — names of our own tables


def _reader(field: Field) -> Callable[[Any], Any]:
    name = field.attname
    if isinstance(field, JSONField) and connection.vendor == "postgresql":
        return lambda thing: field.get_db_prep_save(getattr(thing, name), connection).dumps(getattr(thing, name))
    if isinstance(field, CONVERTED):
        return lambda thing: field.get_db_prep_save(getattr(thing, name), connection)
    return lambda thing: getattr(thing, name)


def _write(table: str, columns: list[str], rows: Iterator[list[Any]]) -> None:
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({quoted}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', list(rows))  # noqa: S608 — likewise
