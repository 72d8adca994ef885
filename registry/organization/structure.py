"""Building the organisation: departments, posts and roles, each act recorded and projected to rights."""

import datetime as dt

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Max

from registry.base.verdict import Verdict, denied
from registry.history.record import record
from registry.organization.access import may_manage_organization
from registry.organization.grants import project
from registry.organization.models import Department, Organ, Post, PostRole, User
from registry.organization.roles import Role


def may_build(user: User | None) -> Verdict:
    """Only the 事務局 and the administrator change the organisation; the system itself may when it sets up a body."""
    if user is None or may_manage_organization(user):
        return Verdict(allowed=True)
    return denied("組織を変更できるのは事務局とシステム管理者だけです。")


def place_department(department: Department) -> Department:
    """Give an unsaved department its place in the tree (position, path, full name) and save it."""
    siblings = Department.objects.filter(organ=department.organ, parent=department.parent)
    department.position = (siblings.aggregate(last=Max("position"))["last"] or 0) + 1
    above = department.parent
    department.path = f"{above.path if above else ''}{department.position:04d}."
    department.full_name = f"{above.full_name} {department.name}" if above else department.name
    department.save()
    return department


@transaction.atomic
def create_department(department: Department, *, by: User | None) -> Department:
    """Add a unit to the tree; only what the caller filled in is taken (organ, parent, name, dates …)."""
    may_build(by).require()
    place_department(department)
    record("department.created", department, by=by, department_id=department.pk)
    project()
    return department


@transaction.atomic
def create_post(department: Department, title: str, roles: list[Role], since: dt.date, *, by: User | None) -> Post:
    """Add a post with its roles; it starts empty (空席)."""
    may_build(by).require()
    position = department.posts.count() + 1
    group = Group.objects.create(name=f"post:{department.pk}:{title}:{since.isoformat()}")
    post = Post.objects.create(department=department, title=title, position=position, valid_from=since, group=group)
    PostRole.objects.bulk_create([PostRole(post=post, role=role, valid_from=since) for role in roles])
    labels = "、".join(role.label for role in roles)
    record("post.created", post, by=by, department_id=department.pk, changes=[("役割", "", labels)])
    project()
    return post


@transaction.atomic
def create_organ(organ: Organ, *, by: User | None) -> Organ:
    """Add an organ (実施機関)."""
    may_build(by).require()
    organ.save()
    record("body.changed", organ, by=by, changes=[("実施機関", "", organ.name)])
    return organ
