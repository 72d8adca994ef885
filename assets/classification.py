"""The scheme in force, and the label that classified rows carry."""

from collections.abc import Iterable

from django.utils import timezone

from assets.columns import Column, Kind
from assets.models import Axis, Level, Scheme


def axes_in_force() -> list[Axis]:
    """The axes of the scheme that is valid today, each with its levels; empty before a scheme was loaded."""
    scheme = Scheme.objects.current(timezone.localdate()).order_by("-valid_from").first()
    return list(scheme.axes.prefetch_related("levels").select_related("scheme")) if scheme else []


def named(columns: Iterable[Column], axes: Iterable[Axis]) -> list[tuple[Column, str]]:
    """The columns with what they are called: a level as the scheme calls its axis; axes the scheme lacks are left out."""
    names = {f"level_{axis.slot}": axis.label for axis in axes}
    return [(c, names.get(c.field, c.label)) for c in columns if c.kind is not Kind.LEVEL or c.field in names]


def class_label(levels: Iterable[Level]) -> str:
    """What every page, print and file that shows such rows must carry: the strictest level of the first axis.

    Levels of several schemes may stand side by side, so their severity is compared and not their rank (DOMAIN §1).
    """
    first = [level for level in levels if level.axis.slot == 1]
    strictest = max(first, key=lambda level: (level.severity, level.rank), default=None)
    return f"{strictest.label}情報を含む" if strictest else ""
