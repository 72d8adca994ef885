"""The places of units in the tree: an order among siblings, and paths that follow it, rewritten in a few statements."""

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import F, Value
from django.db.models.functions import Concat

from registry.organization.models import Department, Organ

Places = dict[int, tuple[int, str]]
AWAY = "~"


def places_of(organ: Organ) -> Places:
    """Department → its position and path, of all that the organ ever had."""
    rows = Department.objects.filter(organ=organ).values_list("pk", "position", "path")
    return {key: (position, path) for key, position, path in rows}


def arrange(organ: Organ, order: Mapping[int, int]) -> None:
    """Let the departments named in `order` (key → number) stand in that order among their siblings, the others after them."""
    rows = list(Department.objects.filter(organ=organ, annulled=False).order_by("position", "pk"))
    siblings: dict[int | None, list[Department]] = defaultdict(list)
    for row in rows:
        siblings[row.parent_id].append(row)
    positions: dict[int, int] = {}
    for group in siblings.values():
        if any(row.pk in order for row in group):
            group.sort(key=lambda row: order.get(row.pk, len(order) + 1))
            positions |= {row.pk: number for number, row in enumerate(group, 1)}
    put(organ, positions)


def put(organ: Organ, positions: Mapping[int, int]) -> None:
    """Give departments their positions, and every department of the organ the path that follows from them."""
    rows = {row.pk: row for row in Department.objects.filter(organ=organ, annulled=False).order_by("position", "pk")}
    stood = {row.pk: (row.position, row.path) for row in rows.values()}
    taken: dict[int | None, set[int]] = defaultdict(set)
    for row in sorted(rows.values(), key=lambda row: row.pk not in positions):
        row.position = positions.get(row.pk, row.position)
        if row.position in taken[row.parent_id]:
            row.position = max(taken[row.parent_id]) + 1
        taken[row.parent_id].add(row.position)
    written: dict[int, str] = {}
    moved = [row for row in rows.values() if row.path != _path(row, rows, written)]
    keys = [row.pk for row in moved]
    Department.objects.filter(pk__in=keys).update(path=Concat(Value(AWAY), F("path")))
    for row in moved:
        row.path = written[row.pk]
    fresh = [row for row in rows.values() if stood[row.pk] != (row.position, row.path)]
    Department.objects.bulk_update(fresh, ["position", "path"], batch_size=500)


def _path(row: Department, rows: Mapping[int, Department], written: dict[int, str]) -> str:
    """The path of a department; above it only departments of its own organ stand."""
    if row.pk not in written:
        above = rows.get(row.parent_id) if row.parent_id else None
        written[row.pk] = f"{_path(above, rows, written) if above else ''}{row.position:04d}."
    return written[row.pk]
