"""The organisation on one page: every organ with its departments, posts, roles and who holds them today."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from registry.base.fiscal import wareki
from registry.base.text import fold, terms
from registry.base.verdict import ALLOWED, Verdict, denied
from registry.organization.access import may_manage_organization
from registry.organization.models import Appointment, Department, Organ, Post, PostRole, Succession, User
from registry.organization.requests import StaffRequest
from registry.organization.standing_in import records_absences
from registry.organization.vocabulary import body_or_none, said, word
from registry.web.views import page


@dataclass
class Seat:
    """A post as a row shows it."""

    title: str
    roles: list[str]
    holders: list[dict[str, Any]]
    dates: str
    closed: bool
    coming: bool

    @property
    def vacant(self) -> bool:
        """Is the post there today with nobody in it who could act?"""
        return not (self.closed or self.coming or any(holder["active"] for holder in self.holders))


@dataclass
class Branch:
    """A department as a row shows it."""

    department: Department
    listed_as: str
    dates: str
    seats: list[Seat] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def before_words(self) -> str:
        return f"前身: {'、'.join(self.before)}"

    @property
    def after_words(self) -> str:
        return f"後継: {'、'.join(self.after)}"


def may_look(user: User) -> Verdict:
    """The organisation is open to everyone who holds a post today and to those who manage it."""
    if user.appointments_today or may_manage_organization(user):
        return ALLOWED
    return denied(
        said("組織を見られるのは、任命のある職員と{secretariat}です。任命の内容を{secretariat}に確認してください。")
    )


@page
def index(request: StaffRequest) -> HttpResponse:
    may_look(request.user).require()
    with_closed = request.GET.get("closed") == "1"
    query = request.GET.get("q", "").strip()
    today = timezone.localdate()
    branches = [branch for branch in _branches(today, with_closed) if _found(branch, terms(query))]
    organs = [
        {"organ": organ, "branches": [branch for branch in branches if branch.department.organ_id == organ.pk]}
        for organ in Organ.objects.order_by("position", "id")
    ]
    context = {
        "organs": [group for group in organs if group["branches"] or not query],
        "query": query,
        "with_closed": with_closed,
        "count": len(branches),
        "today": wareki(today),
        "manages": bool(may_manage_organization(request.user)),
        "records_absences": bool(records_absences(request.user)),
        "vacant": sum(seat.vacant for branch in branches for seat in branch.seats) if not query else None,
    }
    return render(request, "organization/index.html", context)


def _branches(today: dt.date, with_closed: bool) -> list[Branch]:
    rows = Department.objects.real().in_tree_order()
    alive = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    departments = list(rows if with_closed else rows.filter(alive))
    seats, listed = _seats(today, with_closed), _listed()
    before, after = _successions()
    return [
        Branch(
            department,
            listed.get(department.excluded, word("out_of_scope")) if department.excluded else "",
            _dates(department.valid_from, department.valid_until, today),
            seats[department.pk],
            before[department.pk],
            after[department.pk],
        )
        for department in departments
    ]


def _successions() -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Department → the names of whom it succeeded, and of who succeeded it."""
    before: dict[int, list[str]] = defaultdict(list)
    after: dict[int, list[str]] = defaultdict(list)
    rows = Succession.objects.order_by("pk").values_list("before", "after", "before__name", "after__name")
    for one, other, old, new in rows:
        before[other].append(old)
        after[one].append(new)
    return before, after


def _listed() -> dict[str, str]:
    """Why something is out of scope → how the profile wants that listed."""
    body = body_or_none()
    return {one["reason"]: one["listed_as"] for one in body.exclusions} if body else {}


def _seats(today: dt.date, with_closed: bool) -> dict[int, list[Seat]]:
    roles: dict[int, list[str]] = defaultdict(list)
    for held in PostRole.objects.current(today).order_by("pk"):
        roles[held.post_id].append(held.get_role_display())
    holders: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for appointment in Appointment.objects.current(today).select_related("user").order_by("valid_from", "pk"):
        main = appointment.kind == Appointment.Kind.MAIN
        name = appointment.user.name + ("" if appointment.user.is_active else "(停止中)")
        mark = "" if main else appointment.get_kind_display()
        holders[appointment.post_id].append({"name": name, "mark": mark, "active": appointment.user.is_active})
    seats: dict[int, list[Seat]] = defaultdict(list)
    posts = Post.objects.real().order_by("position", "pk")
    alive = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    for post in posts if with_closed else posts.filter(alive):
        dates = _dates(post.valid_from, post.valid_until, today)
        closed = post.valid_until is not None and post.valid_until < today
        seats[post.department_id].append(
            Seat(post.title, roles[post.pk], holders[post.pk], dates, closed, post.valid_from > today)
        )
    return seats


def _dates(since: dt.date, until: dt.date | None, today: dt.date) -> str:
    """What has to be said about a period seen from today; '' for what simply exists."""
    if since > today:
        return f"{wareki(since)}設置予定"
    if until is None:
        return ""
    return f"{wareki(until)}廃止" + ("予定" if until >= today else "")


def _found(branch: Branch, words: list[str]) -> bool:
    """Does the row answer the search? Every word has to stand in its names, code, posts or holders, folded."""
    if not words:
        return True
    texts = [branch.department.full_name, branch.department.code, *branch.before, *branch.after]
    for seat in branch.seats:
        texts += [seat.title, *(holder["name"] for holder in seat.holders)]
    text = " ".join(map(fold, texts))
    return all(word in text for word in words)
