"""Taking a reorganisation back: what was touched since, in words, and every row as it stood before."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from registry.organization.models import Appointment, Department, Post, PostRole, Reorganization
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization.places import put
from registry.organization.reorganization.trace import FIELDS, MODELS, Row, restore, state_of

AT_ONCE = 500
SPOKEN = {"department": "組織", "post": "職", "role": "役割", "appointment": "任命"}


def touched_since(plan: Reorganization) -> list[str]:
    """What newer acts did to what the reorganisation made or changed, in words; empty when it can be taken back."""
    later = Reorganization.objects.filter(organ=plan.organ_id, stage=Stage.APPLIED, applied_at__gt=plan.applied_at)
    found = [f"後の組織改編「{one}」が反映されています" for one in later.order_by("-applied_at")]
    for name in MODELS:
        rows = _rows(name, plan)
        for key, _, after in plan.done[name]:
            row = rows.get(key)
            if row is None or state_of(name, row) != after:
                found.append(f"{SPOKEN[name]}「{_name(row) if row else key}」が、そのあとに変わっています")
    return [*found, *_codes_taken(plan), *_hanging(plan)]


def take_back(plan: Reorganization) -> None:
    """Put every row back; what was made is gone, or where history and old revisions name it, annulled."""
    for name in ("appointment", "role"):
        MODELS[name].objects.filter(pk__in=made(name, plan)).delete()
    _annul(plan)
    freed = [key for key, before, after in plan.done["department"] if before and before["code"] != after["code"]]
    Department.objects.filter(pk__in=freed).update(code="")
    for name, model in MODELS.items():
        rows = _rows(name, plan)
        back = [restore(name, rows[key], before) for key, before, _ in plan.done[name] if before]
        manager: Any = model.objects
        manager.bulk_update(back, [field.removesuffix("_id") for field in FIELDS[name]], batch_size=AT_ONCE)
    plan.successions.all().delete()
    stood = {int(key): place[0] for key, place in plan.done["places"].items()}
    put(plan.organ, stood)


def made(name: str, plan: Reorganization) -> list[int]:
    """The keys of the rows that were made."""
    return [key for key, before, _ in plan.done[name] if before is None]


def _annul(plan: Reorganization) -> None:
    for name in ("post", "department"):
        rows: list[Any] = [row for key, row in _rows(name, plan).items() if key in set(made(name, plan))]
        for row in rows:
            row.annulled, row.valid_until = True, row.valid_from
            if name == "department":
                row.path = f"x{row.pk}."
        fields = ["annulled", "valid_until", *(["path"] if name == "department" else [])]
        manager: Any = MODELS[name].objects
        manager.bulk_update(rows, fields, batch_size=AT_ONCE)


def _rows(name: str, plan: Reorganization) -> dict[int, Row]:
    manager: Any = MODELS[name].objects
    found: dict[int, Row] = manager.in_bulk([key for key, _, _ in plan.done[name]])
    return found


def _codes_taken(plan: Reorganization) -> Iterator[str]:
    """Codes that units had before and that were given to others since."""
    rows = plan.done["department"]
    codes = {before["code"] for _, before, _ in rows if before and before["code"]}
    others = Department.objects.filter(code__in=codes, valid_until__isnull=True)
    for other in others.exclude(pk__in=[key for key, _, _ in rows]):
        yield f"所属コード{other.code}を、いまは「{other}」が使っています"


def _hanging(plan: Reorganization) -> Iterator[str]:
    """New rows that hang on what was made."""
    departments, posts = made("department", plan), made("post", plan)
    for below in Department.objects.real().filter(parent__in=departments).exclude(pk__in=departments):
        yield f"組織「{below}」が、そのあとに置かれています"
    for post in Post.objects.real().filter(department__in=departments).exclude(pk__in=_known("post", plan)):
        yield f"職「{post.full_title}」が、そのあとに置かれています"
    new = Q(post__in=posts)
    for held in PostRole.objects.filter(new).exclude(pk__in=_known("role", plan)):
        yield f"役割「{_name(held)}」が、そのあとに付けられています"
    for sits in (
        Appointment.objects.filter(new).exclude(pk__in=_known("appointment", plan)).select_related("post", "user")
    ):
        yield f"任命「{_name(sits)}」が、そのあとに行われています"


def _known(name: str, plan: Reorganization) -> list[int]:
    return [key for key, _, _ in plan.done[name]]


def _name(row: Row) -> str:
    match row:
        case Appointment():
            return f"{row.post.full_title} {row.user.name}"
        case PostRole():
            return f"{row.post.full_title} {row.get_role_display()}"
        case Post():
            return row.full_title
        case _:
            return str(row)
