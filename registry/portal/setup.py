"""Setting up a body: its profile, and, for a demonstration, an organisation with people and assets."""

from typing import Any

from django.db import transaction

from assets.classification import load_scheme
from registry.history.record import record
from registry.organization.appointments import appoint
from registry.organization.models import Body, Department, Organ, Post, User
from registry.organization.profiles.parts import Demo, DemoPost, Profile
from registry.organization.profiles.reading import read
from registry.organization.roles import Role
from registry.organization.structure import create_department, create_organ, create_post


@transaction.atomic
def load_profile(key: str) -> tuple[Profile, bool]:
    """Make this installation serve the body of a profile; true when anything was new. A second body is refused."""
    profile = read(key)
    body = Body.objects.filter(pk=1).first()
    if body is not None and body.profile != key:
        raise ValueError(f"この環境は、すでに「{body.name}」のものです。別の団体には別のデータベースを使ってください。")
    load_scheme(profile.scheme, by=None)
    facts = _facts(profile)
    if body is not None:
        return profile, False
    body = Body(pk=1, profile=key, **facts)
    body.full_clean()
    body.save()
    for position, organ in enumerate(profile.organs, 1):
        made = Organ(code=organ.code, name=organ.name, head_title=organ.head_title, autonomous=organ.autonomous)
        made.position = position
        create_organ(made, by=None)
    record("body.loaded", body, by=None, changes=[("設定", "", key)])
    return profile, True


def _facts(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "kind": profile.kind,
        "code": profile.code,
        "words": dict(profile.words),
        "role_titles": {role.code: role.title for role in profile.roles},
        "decision_chain": [{"step": d.step, "role": d.role, "title": d.title} for d in profile.decision],
        "exclusions": [
            {"organ": e.organ, "department": e.department, "reason": e.reason, "listed_as": e.listed_as}
            for e in profile.exclusions
        ],
        "options": {key: setting.value for key, setting in profile.settings.items()},
    }


@transaction.atomic
def load_demo_organization(profile: Profile, password: str) -> list[User]:
    """The demonstration's departments, posts and people with one password; nothing when they are there already."""
    demo = profile.demo
    if Department.objects.exists():
        return []
    departments = _departments(profile)
    posts = {post.code: _post(post, departments[post.department], demo) for post in demo.posts}
    people = []
    for person in demo.people:
        user = User.objects.create_user(
            person.username, person.name, password, is_active=person.active, is_superuser=person.superuser
        )
        record("person.created", user, by=None)
        for held in person.appointments:
            appoint(user, posts[held.post], held.valid_from, held.valid_until, kind=held.kind, by=None)
        people.append(user)
    return people


def _departments(profile: Profile) -> dict[str, Department]:
    organs = {organ.code: organ for organ in Organ.objects.all()}
    excluded = {exclusion.department: exclusion.reason for exclusion in profile.exclusions if exclusion.department}
    made: dict[str, Department] = {}
    for planned in profile.demo.departments:
        above = made.get(planned.parent)
        department = Department(
            organ=organs[planned.organ],
            parent=above,
            code=planned.code,
            name=planned.name,
            excluded=excluded.get(planned.code, above.excluded if above else ""),
            valid_from=profile.demo.valid_from,
        )
        made[planned.code] = create_department(department, by=None)
    return made


def _post(planned: DemoPost, department: Department, demo: Demo) -> Post:
    return create_post(department, planned.title, [Role(code) for code in planned.roles], demo.valid_from, by=None)
