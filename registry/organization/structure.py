"""Building the organisation: departments, posts and roles, each act recorded and projected to rights."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max, Model, Q

from registry.base.fiscal import wareki
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.grants import project
from registry.organization.models import Appointment, Department, Organ, Post, PostRole, User
from registry.organization.roles import Role
from registry.organization.vocabulary import word

CHANGEABLE = ("code", "kind", "telephone", "excluded")
NAMES_SHOWN = 5
OWN_APPS = {"organization", "history"}


def place_department(department: Department) -> Department:
    """Give an unsaved department its place in the tree (position, path, full name) and save it."""
    siblings = Department.objects.filter(organ=department.organ, parent=department.parent)
    department.position = (siblings.aggregate(last=Max("position"))["last"] or 0) + 1
    above = department.parent
    department.path = f"{above.path if above else ''}{department.position:04d}."
    department.full_name = f"{above.full_name} {department.name}" if above else department.name
    department.save()
    return department


def problem_with_code(code: str, but: int | None = None) -> str:
    """Why a department (another than the one with the key `but`) cannot have this code today; '' when it can."""
    if not code:
        return ""
    others = Department.objects.filter(code=code, valid_until__isnull=True)
    found = (others if but is None else others.exclude(pk=but)).first()
    return f"所属コード{code}は、いまの「{found}」が使っています。コードを確かめてください。" if found else ""


@in_turn()
def create_department(department: Department, *, by: User | None) -> Department:
    """Add a unit to the tree; only what the caller filled in is taken (organ, parent, name, dates …)."""
    may_build(by, department.organ).require()
    if problem := problem_with_code(department.code):
        raise ValidationError(problem)
    place_department(department)
    record("department.created", department, by=by, department_id=department.pk)
    project()
    return department


@in_turn()
def change_department(department: Department, values: Mapping[str, str], *, by: User | None) -> Department:
    """Change what does not touch the identity of a unit: code, kind, telephone, reason for being out of scope.

    A new name or place is a reorganisation, which closes the unit and opens its successor.
    """
    if others := set(values) - set(CHANGEABLE):
        raise ValueError(f"not to be changed in place: {sorted(others)}")
    department = _locked(department)
    may_build(by, department.organ).require()
    if problem := problem_with_code(values.get("code", ""), but=department.pk):
        raise ValidationError(problem)
    _change(department, values, "department.changed", department_id=department.pk, by=by)
    return department


def obstacles_to_closing(department: Department, last_day: dt.date) -> list[str]:
    """Everything that keeps a unit from ending with a day, in words; empty when nothing does."""
    if last_day < department.valid_from:
        return ["廃止日が設置日より前です。日付を確かめてください。"]
    if department.valid_until is not None and department.valid_until <= last_day:
        return ["すでに廃止されています。"]
    later = Q(valid_until__isnull=True) | Q(valid_until__gt=last_day)
    children = [child.name for child in department.children.filter(later).order_by("path")]
    holders = Appointment.objects.filter(later, post__department=department).select_related("user", "post")
    seats = [f"{appointment.post.title}({appointment.user.name})" for appointment in holders]
    found = [f"下の組織 {_some(children)} が残っています。先に廃止してください。"] if children else []
    return found + ([f"在任者のいる職 {_some(seats)} があります。先に任命を終了してください。"] if seats else [])


def left_behind(departments: Iterable[Department]) -> str:
    """What other parts of the registry keep in these units, in words (「情報資産 2件」); it stays there when they close."""
    found = []
    for relation in Department._meta.related_objects:
        kept: Any = relation.related_model
        if kept._meta.app_label not in OWN_APPS:
            count = kept._default_manager.filter(**{f"{relation.field.name}__in": departments}).count()
            found += [f"{kept._meta.verbose_name} {count:,}件"] if count else []
    return "、".join(found)


@in_turn()
def close_department(department: Department, last_day: dt.date, *, by: User | None) -> Department:
    """Let a unit exist until a day (included); its vacant posts end with it. ValidationError says what stands in the way."""
    department = _locked(department)
    may_build(by, department.organ).require()
    if obstacles := obstacles_to_closing(department, last_day):
        raise ValidationError([f"「{department}」は廃止できません。{obstacle}" for obstacle in obstacles])
    for post in department.posts.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=last_day)):
        _end_post(post, last_day, by=by)
    _change(department, {"valid_until": last_day}, "department.closed", department_id=department.pk, by=by)
    project()
    return department


def place_post(post: Post, roles: list[Role]) -> Post:
    """Give an unsaved post its place among the others and its group, and save it with its roles."""
    post.position = (post.department.posts.aggregate(last=Max("position"))["last"] or 0) + 1
    post.group = Group.objects.create(name=f"post:{post.department_id}:{post.position}:{post.valid_from.isoformat()}")
    post.save()
    PostRole.objects.bulk_create([PostRole(post=post, role=role, valid_from=post.valid_from) for role in roles])
    return post


@in_turn()
def create_post(department: Department, title: str, roles: list[Role], since: dt.date, *, by: User | None) -> Post:
    """Add a post with its roles; it starts empty (空席)."""
    return open_post(Post(department=department, title=title, valid_from=since), roles, by=by)


@in_turn()
def open_post(post: Post, roles: list[Role], *, by: User | None) -> Post:
    """Add an unsaved post (department, title and day filled in) with its roles; it starts empty (空席)."""
    may_build(by, post.department.organ).require()
    place_post(post, roles)
    labels = "、".join(str(role.label) for role in roles)
    record("post.created", post, by=by, department_id=post.department_id, changes=[("役割", "", labels)])
    project()
    return post


@in_turn()
def close_post(post: Post, last_day: dt.date, *, by: User | None) -> Post:
    """Let a vacant post exist until a day (included); its roles end with it."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    may_build(by, post.department.organ).require()
    later = Q(valid_until__isnull=True) | Q(valid_until__gt=last_day)
    holders = [held.user.name for held in post.appointments.filter(later).select_related("user")]
    if holders:
        raise ValidationError(f"「{post}」には在任者 {_some(holders)} がいます。先に任命を終了してください。")
    if last_day < post.valid_from:
        raise ValidationError(f"「{post}」の廃止日が設置日より前です。日付を確かめてください。")
    _end_post(post, last_day, by=by)
    project()
    return post


@in_turn()
def assign_role(post: Post, role: Role, since: dt.date, *, by: User | None) -> PostRole:
    """Give a post a role from a day; ValidationError when it holds the role already."""
    may_build(by, post.department.organ).require()
    if post.roles.filter(role=role, valid_until__isnull=True).exists():
        raise ValidationError(f"「{post}」には、すでに「{role.label}」の役割があります。")
    held = PostRole.objects.create(post=post, role=role, valid_from=since)
    changes = [("役割", "", str(role.label)), ("開始日", "", wareki(since))]
    record("role.assigned", post, by=by, department_id=post.department_id, changes=changes)
    project()
    return held


@in_turn()
def end_role(held: PostRole, last_day: dt.date, *, by: User | None) -> PostRole:
    """Let a role of a post end with a day; from the next day on its rights are gone."""
    held = PostRole.objects.select_for_update(of=("self",)).select_related("post").get(pk=held.pk)
    may_build(by, held.post.department.organ).require()
    if last_day < held.valid_from:
        raise ValidationError("終了日が開始日より前です。日付を確かめてください。")
    if held.valid_until is not None and last_day > held.valid_until:
        raise ValidationError("終わる日が決まっている役割は延ばせません。続けるときは、新しく付けてください。")
    _end_role(held, last_day, by=by)
    project()
    return held


@in_turn()
def create_organ(organ: Organ, *, by: User | None) -> Organ:
    """Add an organ (実施機関)."""
    may_build(by).require()
    organ.save()
    record("body.changed", organ, by=by, changes=[(word("organ"), "", organ.name)])
    return organ


@in_turn()
def change_organ(organ: Organ, values: Mapping[str, Any], *, by: User | None) -> Organ:
    """Change an organ's name, head, order or autonomy; rights follow, for autonomy closes it to the others' roles."""
    organ = Organ.objects.select_for_update().get(pk=organ.pk)
    may_build(by, organ).require()
    if values.get("autonomous", organ.autonomous) != organ.autonomous and by is not None and not by.is_superuser:
        raise PermissionDenied("自律機関の指定を変えられるのは、システム管理者だけです。")
    _change(organ, values, "body.changed", by=by)
    project()
    return organ


def _locked(department: Department) -> Department:
    return Department.objects.select_for_update(of=("self",)).select_related("organ").get(pk=department.pk)


def _end_post(post: Post, last_day: dt.date, *, by: User | None) -> None:
    later = Q(valid_until__isnull=True) | Q(valid_until__gt=last_day)
    for held in post.roles.filter(later).select_related("post"):
        _end_role(held, max(last_day, held.valid_from), by=by)
    ends = {"valid_until": max(last_day, post.valid_from)}
    _change(post, ends, "post.changed", department_id=post.department_id, by=by)


def _end_role(held: PostRole, last_day: dt.date, *, by: User | None) -> None:
    before, held.valid_until = _text(held.valid_until), last_day
    held.save(update_fields=["valid_until"])
    role = held.get_role_display()
    changes = [("役割", role, role), ("終了日", before, wareki(last_day))]
    record("role.ended", held.post, by=by, department_id=held.post.department_id, changes=changes)


def _change(
    thing: Any, values: Mapping[str, Any], act: str, *, by: User | None, department_id: int | None = None
) -> None:
    """Set what differs and record old and new; nothing happens when nothing differs."""
    fresh = {name: value for name, value in values.items() if getattr(thing, name) != value}
    if not fresh:
        return
    changes = [(_label(thing, name), _text(getattr(thing, name)), _text(value)) for name, value in fresh.items()]
    for name, value in fresh.items():
        setattr(thing, name, value)
    thing.save(update_fields=list(fresh))
    record(act, thing, by=by, department_id=department_id, changes=changes)


def _label(thing: Model, name: str) -> str:
    return str(getattr(thing._meta.get_field(name), "verbose_name", name))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, dt.date):
        return wareki(value)
    return "" if value is None else str(value)


def _some(names: list[str]) -> str:
    more = f" ほか{len(names) - NAMES_SHOWN}" if len(names) > NAMES_SHOWN else ""
    return "、".join(f"「{name}」" for name in names[:NAMES_SHOWN]) + more
