"""What the registry says, as one comparable value: to show that a refused request changed nothing."""

from typing import Any

from django.db.models import Model

from assets.models import (
    Asset,
    Attachment,
    Batch,
    BatchRow,
    Comment,
    Mention,
    NumberSeries,
    Proposal,
    Revision,
    Scheme,
)
from assets.models.scheme import Level
from registry.files.models import StoredFile
from registry.history.models import Entry
from registry.jobs.models import Job
from registry.organization.models import Appointment, Body, Department, ListImport, Organ, Post, PostRole, User

TABLES: tuple[type[Model], ...] = (
    *(
        Asset,
        Attachment,
        Comment,
        Mention,
        StoredFile,
        Proposal,
        Revision,
        NumberSeries,
        Batch,
        BatchRow,
        Job,
        Scheme,
        Level,
    ),
    *(Body, Organ, Department, Post, PostRole, Appointment, ListImport),
)
ASIDE = frozenset({"last_login"})
LOOKING = ("asset.read", "asset.attachment-read", "person.logged-in", "person.logged-out")


def fingerprint() -> dict[str, Any]:
    """Every row of the registry. Looking and logging in are no changes."""
    found: dict[str, Any] = {table.__name__: list(table._default_manager.order_by("pk").values()) for table in TABLES}
    people = User.objects.order_by("pk").values()
    found["User"] = [{key: value for key, value in person.items() if key not in ASIDE} for person in people]
    found["Entry"] = list(Entry.objects.exclude(act__in=LOOKING).order_by("pk").values_list("pk", flat=True))
    return found


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The tables that differ."""
    return [table for table in before if before[table] != after[table]]
