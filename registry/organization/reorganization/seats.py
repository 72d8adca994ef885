"""What a reorganisation does to posts and people: where every post of a unit that ends is opened again."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from registry.organization.models import Appointment, Department, PlannedUnit, Post, PostRole
from registry.organization.reorganization.blueprint import Blueprint


@dataclass(eq=False)
class Seat:
    """A post of a unit that ends. unit: where it goes (None: it ends); into: the post there that takes it up, if any."""

    post: Post
    unit: PlannedUnit | None
    title: str
    into: Post | None = None
    holders: list[Appointment] = field(default_factory=list)
    roles: list[PostRole] = field(default_factory=list)


def retitled(title: str, before: str, after: str) -> str:
    """A title that begins with the name of its unit takes the new name (税務課長 → 課税課長)."""
    return after + title.removeprefix(before) if title.startswith(before) else title


def seats_of(blueprint: Blueprint) -> list[Seat]:
    """Every post that a unit which ends still has on the day or later, with roles and people: three queries."""
    day = blueprint.plan.effective_on
    later = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    replaced = blueprint.replaced
    ending = {*replaced, *(department.pk for department in blueprint.closing)}
    taking = {one.pk for unit in replaced.values() if (one := blueprint.continues.get(unit.pk))}
    posts = Post.objects.real().filter(later, department__in=ending | taking).select_related("department")
    found = list(posts.order_by("department__path", "position", "pk"))
    standing = {(post.department_id, post.title): post for post in found if post.department_id in taking}
    seats = [
        _seat(post, replaced.get(post.department_id), blueprint, standing)
        for post in found
        if post.department_id in ending
    ]
    by_post = {seat.post.pk: seat for seat in seats}
    for role in PostRole.objects.filter(later, post__in=by_post).order_by("pk"):
        by_post[role.post_id].roles.append(role)
    holders = Appointment.objects.filter(later, post__in=by_post).select_related("user")
    for holder in holders.order_by("valid_from", "pk"):
        by_post[holder.post_id].holders.append(holder)
    return seats


def _seat(post: Post, unit: PlannedUnit | None, blueprint: Blueprint, standing: dict[tuple[int, str], Post]) -> Seat:
    if unit is None:
        return Seat(post, None, post.title)
    title = retitled(post.title, post.department.name, unit.name)
    kept = blueprint.continues.get(unit.pk)
    return Seat(post, unit, title, standing.get((kept.pk, title)) if kept else None)


def crowded(seats: list[Seat]) -> list[tuple[Seat, list[str]]]:
    """Where posts come together in one: its first seat and the people who would hold it, where there are two or more."""
    together: dict[tuple[int, str], list[Seat]] = defaultdict(list)
    for seat in seats:
        if seat.unit is not None:
            together[seat.unit.pk, seat.title].append(seat)
    found = []
    for group in together.values():
        names = list(dict.fromkeys(holder.user.name for seat in group for holder in seat.holders))
        if len(group) > 1 and len(names) > 1:
            found.append((group[0], names))
    return found


def of_department(seats: list[Seat], department: Department) -> list[Seat]:
    """The seats of one unit that ends."""
    return [seat for seat in seats if seat.post.department_id == department.pk]
