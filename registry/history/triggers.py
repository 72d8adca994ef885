"""The database's own refusal to change or delete history, on both databases."""

from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "history is append-only"
REFUSAL = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
# INSERT OR REPLACE deletes the row that it replaces without firing a DELETE trigger.
KNOWN = "EXISTS (SELECT 1 FROM history_entry WHERE sequence = NEW.sequence)"
SQLITE = [
    f"CREATE TRIGGER history_no_update BEFORE UPDATE ON history_entry {REFUSAL}",
    f"CREATE TRIGGER history_no_delete BEFORE DELETE ON history_entry {REFUSAL}",
    f"CREATE TRIGGER history_no_replace BEFORE INSERT ON history_entry WHEN {KNOWN} {REFUSAL}",
]
POSTGRESQL = [
    (
        "CREATE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        "CREATE TRIGGER history_no_change BEFORE UPDATE OR DELETE ON history_entry "
        "FOR EACH ROW EXECUTE FUNCTION history_refuse()"
    ),
    (
        "CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()"
    ),
]
SQLITE_OFF = [f"DROP TRIGGER IF EXISTS history_no_{act}" for act in ("update", "delete", "replace")]
POSTGRESQL_OFF = ["DROP FUNCTION IF EXISTS history_refuse() CASCADE"]


def arm(connection: BaseDatabaseWrapper) -> None:
    """From here on the table refuses UPDATE, DELETE and TRUNCATE."""
    _run(connection, SQLITE if connection.vendor == "sqlite" else POSTGRESQL)


def disarm(connection: BaseDatabaseWrapper) -> None:
    """Lift the refusal: only for undoing the migration and for emptying a test database."""
    _run(connection, SQLITE_OFF if connection.vendor == "sqlite" else POSTGRESQL_OFF)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
