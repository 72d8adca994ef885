"""The departments whose assets a person may see, as the filters, columns and groups of the list speak of them."""

from dataclasses import dataclass

from django.utils import timezone

from registry.organization.access import departments_where
from registry.organization.models import Department, User
from registry.organization.naming import department_names
from registry.organization.roles import Permission


@dataclass(frozen=True)
class Place:
    """A department whose assets one may see, as filters and columns speak of it."""

    pk: int
    name: str
    full_name: str
    organ: int
    organ_name: str
    path: str
    words: str
    closed: bool
    annulled: bool


def places_seen_by(user: User) -> dict[int, Place]:
    """The departments whose assets this person may see, by key, in the order of the tree; read once per request."""
    known: dict[int, Place] | None = user.__dict__.get("_places_seen")
    if known is None:
        mine = Department.objects.filter(pk__in=departments_where(user, Permission.VIEW_ASSETS))
        found = list(mine.select_related("organ").in_tree_order())
        names = department_names((one.pk, one.name, one.full_name) for one in found)
        known = user.__dict__["_places_seen"] = {one.pk: _place(one, names[one.pk]) for one in found}
    return known


def _place(one: Department, name: str) -> Place:
    ended = one.annulled or (one.valid_until is not None and one.valid_until < timezone.localdate())
    return Place(
        pk=one.pk,
        name=name,
        full_name=one.full_name,
        organ=one.organ_id,
        organ_name=one.organ.name,
        path=one.path,
        words=one.dated_name,
        closed=ended,
        annulled=one.annulled,
    )
