"""The demonstration's organisation: departments, posts and fictitious people, whose one password everybody may know."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from registry.history.record import Act, record_many
from registry.organization.appointments import appoint
from registry.organization.grants import project
from registry.organization.models import Department, Organ, Post, User
from registry.organization.profiles.parts import DemoPost, Profile
from registry.organization.roles import Role
from registry.organization.structure import place_department, place_post

PASSWORD = "demo-daicho-2026"  # noqa: S105 — printed by load_demo, which refuses to run without DEMO=1


@transaction.atomic
def load_demo_organization(profile: Profile) -> list[User]:
    """Make the demonstration's departments, posts and people; an empty list when there are departments already."""
    if Department.objects.exists():
        return []
    departments = _departments(profile)
    posts = {post.code: _post(post, departments[post.department], profile) for post in profile.demo.posts}
    built = [Act("department.created", made, made.pk) for made in departments.values()]
    for planned in profile.demo.posts:
        labels = "、".join(str(Role(code).label) for code in planned.roles)
        post = posts[planned.code]
        built.append(Act("post.created", post, post.department_id, [("役割", "", labels)]))
    record_many(built, by=None)
    project()
    return _people(profile, posts)


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
        made[planned.code] = place_department(department)
    return made


def _post(planned: DemoPost, department: Department, profile: Profile) -> Post:
    post = Post(department=department, title=planned.title, valid_from=profile.demo.valid_from)
    return place_post(post, [Role(code) for code in planned.roles])


def _people(profile: Profile, posts: dict[str, Post]) -> list[User]:
    """Everybody with the same hash: hashing is slow on purpose, and here there is nothing to protect."""
    password = make_password(PASSWORD)
    people = [
        User(
            username=person.username,
            name=person.name,
            password=password,
            is_active=person.active,
            is_superuser=person.superuser,
        )
        for person in profile.demo.people
    ]
    for user in people:
        user.full_clean()
        user.save()
    record_many([Act("person.created", user) for user in people], by=None)
    for user, person in zip(people, profile.demo.people, strict=True):
        for held in person.appointments:
            appoint(user, posts[held.post], held.valid_from, held.valid_until, kind=held.kind, by=None)
    return people
