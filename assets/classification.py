"""The scheme in force for an organ on a day, and the label that classified rows carry: the one door to the schemes."""

import datetime as dt
from collections.abc import Iterable

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from assets.columns import Column, Kind
from assets.models import Axis, Classification, Level
from registry.organization.access import departments_where
from registry.organization.models import Organ, User
from registry.organization.roles import Permission

BESIDE = "／"


def classification_on(day: dt.date | None = None) -> Classification:
    """Every scheme with its axes and levels, as they stand on a day (today)."""
    return Classification(_every_axis(), day or timezone.localdate())


def _every_axis() -> QuerySet[Axis]:
    axes = Axis.objects.select_related("scheme").prefetch_related("levels", "scheme__organs")
    return axes.order_by("scheme_id", "slot")


def schemes_of_today() -> Classification:
    """The schemes as they stand today, which hardly ever change: read once a minute."""
    found = cache.get_or_set(f"classification:{timezone.localdate()}", classification_on, 60)
    return found or classification_on()


def axes_in_force(organ_id: int | None = None, on: dt.date | None = None) -> list[Axis]:
    """The axes by which an organ (the whole body) classifies on a day, with their levels; empty before any scheme."""
    return classification_on(on).axes_of(organ_id)


def axes_seen_by(user: User, *days: dt.date) -> list[Axis]:
    """The axes of every scheme that the organs whose assets this person may see use on one of the days (today)."""
    mine = departments_where(user, Permission.VIEW_ASSETS)
    organs = list(Organ.objects.filter(departments__in=mine).distinct().values_list("pk", flat=True))
    axes = list(_every_axis())
    return [axis for day in days or (timezone.localdate(),) for axis in Classification(axes, day).axes_among(organs)]


def named(columns: Iterable[Column], axes: Iterable[Axis]) -> list[tuple[Column, str]]:
    """The columns with what they are called: a level as the schemes call its axis; axes they lack are left out.

    Where several schemes share a column it bears the names of all: 「自治体機密性／重要性」.
    """
    names: dict[str, dict[str, None]] = {}
    for axis in axes:
        names.setdefault(f"level_{axis.slot}", {})[axis.label] = None
        names.setdefault(f"applied_{axis.slot}", {})[applied_name(axis)] = None
    labels = {field: BESIDE.join(found) for field, found in names.items()}
    of_axes = {Kind.LEVEL, Kind.APPLIED}
    return [(c, labels.get(c.field, c.label)) for c in columns if c.kind not in of_axes or c.field in labels]


def applied_name(axis: Axis) -> str:
    """What the value in force on an axis is called."""
    return f"{axis.label}(適用値)"


def class_label(levels: Iterable[Level]) -> str:
    """What every page, print and file that shows such rows must carry: the strictest level of the first axis.

    Levels of several schemes may stand side by side, so their severity is compared and not their rank (DOMAIN §1).
    """
    first = [level for level in levels if level.axis.slot == 1]
    strictest = max(first, key=lambda level: (level.severity, level.rank), default=None)
    return f"{strictest.label}情報を含む" if strictest else ""
