"""What a reorganisation did to rows, kept so that all of it can be checked and taken back: made rows, and before and after."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from registry.organization.models import Appointment, Department, Post, PostRole

Row = Department | Post | PostRole | Appointment
State = dict[str, Any]
MODELS: Mapping[str, type[Row]] = {
    "department": Department,
    "post": Post,
    "role": PostRole,
    "appointment": Appointment,
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "department": (
        *("organ_id", "parent_id", "code", "name", "full_name", "kind", "telephone", "excluded"),
        *("valid_from", "valid_until", "annulled"),
    ),
    "post": ("department_id", "title", "valid_from", "valid_until", "annulled"),
    "role": ("post_id", "role", "valid_from", "valid_until"),
    "appointment": ("user_id", "post_id", "kind", "valid_from", "valid_until", "absentee_id", "reason"),
}


class Trace:
    """Gathers rows before and after; `as_json` is what is kept."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, Row]] = {name: {} for name in MODELS}
        self.before: dict[str, dict[int, State | None]] = {name: {} for name in MODELS}

    def changing(self, name: str, rows: Iterable[Row]) -> None:
        """Remember rows as they are before they change."""
        for row in rows:
            self.rows[name][row.pk] = row
            self.before[name].setdefault(row.pk, state_of(name, row))

    def made(self, name: str, rows: Iterable[Row]) -> None:
        """Remember rows that were not there before."""
        for row in rows:
            self.rows[name][row.pk] = row
            self.before[name][row.pk] = None

    def count(self, name: str) -> int:
        """How many rows were made."""
        return sum(before is None for before in self.before[name].values())

    def as_json(self) -> dict[str, Any]:
        """Name of the table → rows of (key, before or None for a made one, after)."""
        return {
            name: [[key, before, state_of(name, self.rows[name][key])] for key, before in found.items()]
            for name, found in self.before.items()
        }


def state_of(name: str, row: Row) -> State:
    """The columns that count, fit for JSON."""
    return {field: _plain(getattr(row, field)) for field in FIELDS[name]}


def restore(name: str, row: Row, state: State) -> Row:
    """Set the columns of a row back to a state (unsaved)."""
    for field, value in state.items():
        kind = row._meta.get_field(field.removesuffix("_id"))
        day = isinstance(kind, models.DateField) and isinstance(value, str)
        setattr(row, field, dt.date.fromisoformat(value) if day else value)
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
