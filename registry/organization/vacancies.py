"""Posts nobody sits in on a day, and appointments that end soon."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Q

from registry.organization.models import Appointment, Department, Post, PostRole
from registry.organization.roles import Role

SOON = 60


@dataclass(frozen=True)
class Vacancy:
    """A post that nobody in office holds. since: the last day somebody did; stopped: holders whose login is stopped."""

    post: Post
    roles: list[Role]
    since: dt.date | None
    stopped: list[str]


@dataclass(frozen=True)
class Ending:
    """An appointment that ends soon, and who goes on in the post (nobody: it falls vacant)."""

    appointment: Appointment
    followed_by: list[str]


def vacancies_on(day: dt.date, *, with_roles_only: bool = False) -> list[Vacancy]:
    """The posts of a day without anybody in office, in tree order: four queries."""
    sitting = Appointment.objects.current(day).filter(user__is_active=True)
    posts = Post.objects.current(day).exclude(pk__in=sitting.values("post"))
    posts = (
        posts.filter(department__in=Department.objects.current(day)).select_related("department__organ").in_tree_order()
    )
    roles = roles_on(day, posts)
    earlier = Appointment.objects.filter(valid_until__lt=day).values_list("post").annotate(last=Max("valid_until"))
    last = dict(earlier.filter(post__in=posts.values("pk")).values_list("post", "last"))
    stopped: dict[int, list[str]] = defaultdict(list)
    idle = Appointment.objects.current(day).filter(user__is_active=False).values_list("post", "user__name")
    for post, name in idle:
        stopped[post].append(name)
    found = [Vacancy(post, roles[post.pk], last.get(post.pk), stopped[post.pk]) for post in posts]
    return [vacancy for vacancy in found if vacancy.roles] if with_roles_only else found


def endings_after(day: dt.date) -> list[Ending]:
    """The appointments that end within 60 days of a day, the first to end first: two queries."""
    within = Q(valid_until__gte=day, valid_until__lte=day + dt.timedelta(days=SOON))
    ending = Appointment.objects.current(day).filter(within, user__is_active=True, post__annulled=False)
    rows = list(
        ending.select_related("user", "post__department").order_by("valid_until", "post__department__path", "pk")
    )
    others = Appointment.objects.filter(post__in=[row.post_id for row in rows], user__is_active=True)
    by_post: dict[int, list[Appointment]] = defaultdict(list)
    for other in others.select_related("user").order_by("valid_from", "pk"):
        by_post[other.post_id].append(other)
    return [Ending(row, _after(row, by_post[row.post_id])) for row in rows]


def roles_on(day: dt.date, posts: Iterable[Post]) -> dict[int, list[Role]]:
    """Post → the roles it holds that day."""
    found: dict[int, list[Role]] = defaultdict(list)
    for held in PostRole.objects.current(day).filter(post__in=[post.pk for post in posts]).order_by("pk"):
        found[held.post_id].append(Role(held.role))
    return found


def _after(row: Appointment, others: list[Appointment]) -> list[str]:
    if row.valid_until is None:
        return []
    following = row.valid_until + dt.timedelta(days=1)
    return [
        other.user.name
        for other in others
        if other.pk != row.pk
        and other.valid_from <= following
        and (other.valid_until is None or other.valid_until >= following)
    ]
