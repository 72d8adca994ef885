"""The small town every test lives in: two 課 and an office under the mayor, an autonomous 議会, and people for each role."""

import datetime as dt
from typing import Any

from django.utils import timezone

from assets.editing import draft
from assets.models import Asset, Level, Proposal
from assets.scheme_editing import load_scheme
from assets.setting_apart import declare_apart
from assets.states import Standing, State
from assets.workflow import approve, confirm, register_directly, return_by_head, submit, withdraw
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Body, Department, Organ, Post, User
from registry.organization.roles import Role
from registry.organization.structure import create_department, create_organ, create_post

SINCE = dt.date(2020, 4, 1)
PASSWORD = "a-password-for-tests"
DEPARTMENTS = {
    "tax": ("town", "税務課", "1040"),
    "residents": ("town", "住民課", "1050"),
    "planning": ("town", "企画課", "1010"),
    "council": ("council", "議会事務局", "3010"),
}
PEOPLE = {
    "clerk": ("tax", "税務課主査", [Role.STAFF]),
    "colleague": ("tax", "税務課主事", [Role.STAFF]),
    "manager": ("tax", "税務課長", [Role.MANAGER]),
    "stranger": ("residents", "住民課長", [Role.MANAGER]),
    "stranger_clerk": ("residents", "住民課主事", [Role.STAFF]),
    "reviewer": ("planning", "企画課長", [Role.CHIEF]),
    "secretariat": ("planning", "情報政策係長", [Role.SECRETARIAT]),
    "auditor": ("planning", "監査担当", [Role.AUDITOR]),
    "councillor": ("council", "議会事務局書記", [Role.STAFF]),
    "council_head": ("council", "議会事務局長", [Role.MANAGER]),
    "disabled": ("tax", "税務課主任", [Role.STAFF]),
    "former": ("tax", "税務課嘱託", [Role.STAFF]),
}


def build() -> None:
    """Make the town through the acts of the application; does nothing when it stands."""
    if Body.objects.exists():
        return
    Body.objects.create(pk=1, profile="ina", name="伊奈町", kind="町", code="113018")
    load_scheme("r8-five-level", by=None)
    organs = {
        "town": create_organ(Organ(code="town", name="町長部局", position=1), by=None),
        "council": create_organ(Organ(code="council", name="議会", autonomous=True, position=2), by=None),
    }
    departments = {
        key: create_department(Department(organ=organs[organ], name=name, code=code, valid_from=SINCE), by=None)
        for key, (organ, name, code) in DEPARTMENTS.items()
    }
    for username, (department, title, roles) in PEOPLE.items():
        post = create_post(departments[department], title, roles, SINCE, by=None)
        appoint(User.objects.create_user(username, f"{title}の人", PASSWORD), post, SINCE, by=None)
    User.objects.create_user("sysadmin", "システム管理者の人", PASSWORD, is_superuser=True)
    User.objects.create_user("postless", "任命のない人", PASSWORD)
    User.objects.filter(username="disabled").update(is_active=False)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    end_appointment(Appointment.objects.get(user__username="former"), yesterday, by=None)


def person(username: str) -> User:
    """A person of the town, freshly read."""
    return User.objects.get(username=username)


def department(key: str) -> Department:
    """A department of the town by its short name."""
    return Department.objects.get(code=DEPARTMENTS[key][2])


def head_of(key: str) -> Post:
    """The post of the information security manager of a department."""
    return Post.objects.current().with_role(Role.MANAGER).get(department=department(key))


def level(axis: str, code: str, scheme: str = "r8-five-level") -> Level:
    return Level.objects.get(axis__scheme__code=scheme, axis__code=axis, code=code)


def old_levels(confidentiality: str = "2", integrity: str = "2", availability: str = "1") -> dict[str, Any]:
    """Levels of the three-level scheme, as values of an asset; it must have been loaded."""
    wanted = {"confidentiality": confidentiality, "integrity": integrity, "availability": availability}
    return {axis: level(axis, code, "r2-three-level").pk for axis, code in wanted.items()}


def values(place: str = "tax", **changes: Any) -> dict[str, Any]:
    """The required nine (and nothing else) of an asset in a department, as JSON values."""
    head = Post.objects.current().with_role(Role.MANAGER).filter(department=department(place)).first()
    complete = {
        "name": "固定資産税課税台帳",
        "asset_type": "information",
        "section": department(place).pk,
        "sec_manager": head.pk if head else head_of("tax").pk,
        "confidentiality": level("confidentiality", "3B").pk,
        "integrity": level("integrity", "2").pk,
        "availability": level("availability", "2").pk,
        "segment": "mynumber",
        "location": "本庁舎サーバ室",
    }
    return {**complete, **changes}


# What the row of an asset that was disposed of says: tests that only need one there write this.
DISPOSED = {"standing": Standing.DISPOSED, "disposed_on": SINCE, "disposal_method": "shred"}
CLERK_OF = {"tax": "clerk", "residents": "stranger_clerk", "council": "councillor", "planning": "secretariat"}
HEAD_OF = {"tax": "manager", "residents": "stranger", "council": "council_head"}


def proposal_in(state: State, place: str = "tax", **changes: Any) -> Proposal:
    """A new entry brought to a state by the right people through the acts."""
    clerk, head = person(CLERK_OF[place]), person(HEAD_OF[place])
    proposal = draft(values(place, **changes), by=clerk)
    if state == State.DRAFT:
        return proposal
    if state == State.WITHDRAWN:
        return withdraw(proposal, by=clerk)
    declare_apart(proposal, "試験で何度も使う名称", by=clerk)
    proposal = submit(proposal, by=clerk)
    if state == State.SUBMITTED:
        return proposal
    if state == State.RETURNED:
        return return_by_head(proposal, by=head, note="保管場所を直してください。")
    proposal = confirm(proposal, by=head)
    if state == State.CONFIRMED:
        return proposal
    return approve(proposal, by=person("secretariat"), note="よい")


def registered(place: str = "tax", **changes: Any) -> Asset:
    """An entry that the 事務局 registered directly."""
    office = person("secretariat")
    proposal = draft(values(place, **changes), by=office)
    declare_apart(proposal, "試験で何度も使う名称", by=office)
    return register_directly(proposal, by=office, reason="試験").asset
