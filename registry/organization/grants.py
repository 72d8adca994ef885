"""The projection of appointments to object permissions: the only module that touches guardian's tables."""

import datetime as dt
from collections import defaultdict

from django.contrib.auth.models import Permission as DjangoPermission
from django.utils import timezone

from registry.history.turn import in_turn
from registry.organization.models import (
    Appointment,
    Body,
    Department,
    DepartmentGroupPermission,
    Post,
    PostRole,
    Succession,
    User,
)
from registry.organization.models.post import PostQuerySet
from registry.organization.roles import GRANTS, Permission, Reach, Role, reach_of

Row = tuple[int, int, int]  # group, permission, department


def department_ids(user: User, on: dt.date | None = None) -> dict[Permission, frozenset[int]]:
    """For every permission, the departments on which a post that `user` holds on the day (today) grants it."""
    day = on or timezone.localdate()
    in_office = Appointment.objects.current(day).filter(user=user)
    granted = DepartmentGroupPermission.objects.filter(
        group__post__in=in_office.values("post"), permission__content_type__app_label="organization"
    )
    found: dict[str, set[int]] = defaultdict(set)
    for code, department in granted.values_list("permission__codename", "content_object_id"):
        found[code].add(department)
    return {permission: frozenset(found[permission.value]) for permission in Permission}


def posts_granted(permission: Permission, department_id: int, on: dt.date | None = None) -> PostQuerySet:
    """The posts that exist on the day (today) and grant the permission on a department to who holds them."""
    granted = DepartmentGroupPermission.objects.filter(
        permission__content_type__app_label="organization",
        permission__codename=permission.value,
        content_object_id=department_id,
    )
    return Post.objects.current(on).filter(group__in=granted.values("group_id"))


@in_turn()
def project(on: dt.date | None = None) -> tuple[int, int]:
    """Make guardian's rows say what posts and their roles grant on the day (today), and the groups who is in office.

    Returns how many rows were added and removed. Run after every change of posts, roles or departments, and as time
    passes; after an appointment alone, `project_memberships` is enough.
    """
    day = on or timezone.localdate()
    wanted = _wanted(day)
    existing = {
        (group, permission, department): key
        for key, group, permission, department in DepartmentGroupPermission.objects.values_list(
            "pk", "group_id", "permission_id", "content_object_id"
        )
    }
    gone = [key for row, key in existing.items() if row not in wanted]
    for start in range(0, len(gone), 500):
        DepartmentGroupPermission.objects.filter(pk__in=gone[start : start + 500]).delete()
    new = [
        DepartmentGroupPermission(group_id=group, permission_id=permission, content_object_id=department)
        for group, permission, department in sorted(wanted - existing.keys())
    ]
    DepartmentGroupPermission.objects.bulk_create(new, batch_size=1000)
    project_memberships(day)
    return len(new), len(gone)


def _wanted(day: dt.date) -> set[Row]:
    permissions = dict(
        DjangoPermission.objects.filter(
            content_type__app_label="organization", content_type__model="department"
        ).values_list("codename", "pk")
    )
    departments = _Departments(day)
    posts = {post.pk: post for post in Post.objects.current(day).select_related("department__organ")}
    options = Body.objects.values_list("options", flat=True).first() or {}
    audit_scope = options.get("audit_scope", "whole")
    wanted: set[Row] = set()
    for held in PostRole.objects.current(day).filter(post__in=posts):
        post, role = posts[held.post_id], Role(held.role)
        covered = departments.covered_by(post.department, reach_of(role, audit_scope))
        wanted.update(
            (post.group_id, permissions[permission.value], department)
            for permission in GRANTS[role].permissions
            for department in covered
        )
    return wanted


class _Departments:
    """The tree as it stands, closed departments included: what is left in them still has to be seen by those above,
    and by whoever took over from them.
    """

    def __init__(self, day: dt.date) -> None:
        self.by_organ: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self.autonomous: set[int] = set()
        rows = Department.objects.filter(valid_from__lte=day)
        for organ, path, key, autonomous in rows.values_list("organ_id", "path", "pk", "organ__autonomous"):
            self.by_organ[organ].append((path, key))
            if autonomous:
                self.autonomous.add(organ)
        self.before: dict[int, list[int]] = defaultdict(list)
        took_over = Succession.objects.filter(principal=True, on__lte=day)
        for after, before in took_over.values_list("after_id", "before_id"):
            self.before[after].append(before)

    def covered_by(self, department: Department, reach: Reach) -> list[int]:
        """UNIT: the department and all below. ORGAN: its organ. BODY: everything, except autonomous organs of others."""
        if reach == Reach.UNIT:
            below = [key for path, key in self.by_organ[department.organ_id] if path.startswith(department.path)]
            return self._with_predecessors(below)
        own = department.organ_id
        alone = reach == Reach.ORGAN or own in self.autonomous
        organs = [own] if alone else [organ for organ in self.by_organ if organ not in self.autonomous]
        return [key for organ in organs for _, key in self.by_organ[organ]]

    def _with_predecessors(self, departments: list[int]) -> list[int]:
        found: dict[int, None] = {}
        ahead = list(departments)
        while ahead:
            key = ahead.pop()
            if key not in found:
                found[key] = None
                ahead += self.before[key]
        return list(found)


@in_turn()
def project_memberships(on: dt.date | None = None) -> None:
    """Make the groups of the posts hold who is in office on the day (today) and not stopped."""
    day = on or timezone.localdate()
    membership = User.groups.through
    in_office = Appointment.objects.current(day).filter(user__is_active=True)
    wanted = set(in_office.values_list("user_id", "post__group_id"))
    existing = set(membership.objects.filter(group__post__isnull=False).values_list("user_id", "group_id"))
    gone = existing - wanted
    if gone:
        rows = membership.objects.filter(group__post__isnull=False).values_list("pk", "user_id", "group_id")
        keys = [key for key, user, group in rows if (user, group) in gone]
        for start in range(0, len(keys), 500):
            membership.objects.filter(pk__in=keys[start : start + 500]).delete()
    membership.objects.bulk_create([membership(user_id=user, group_id=group) for user, group in wanted - existing])
