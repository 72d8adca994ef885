"""Plans of reorganisations in the small town: made by hand, corrected, carried out by the 事務局."""

import datetime as dt
from typing import Any

from registry.organization.models import Department, Organ, PlannedUnit, Reorganization
from registry.organization.reorganization.correcting import Wanted, add_unit, change_unit, decide, mark_of
from registry.organization.reorganization.staging import stage_current
from registry.portal.reorganizing import apply, effects_of
from tests import world

DAY = dt.date(2026, 4, 1)
WHY = "令和8年規則第3号"


def by_hand(day: dt.date = DAY, organ: str = "town") -> Reorganization:
    plan = Reorganization(organ=Organ.objects.get(code=organ), title="春の改編", effective_on=day)
    return stage_current(plan, by=world.person("secretariat" if organ == "town" else "sysadmin"))


def unit_of(plan: Reorganization, name: str) -> PlannedUnit:
    return plan.units.get(name=name)


def wanted(unit: PlannedUnit | None, **changes: Any) -> Wanted:
    """What a unit will be: as it is staged, except for the changes (name, code, kind, telephone, parent, origins)."""
    names = ("name", "code", "kind", "telephone")
    words = {name: changes.get(name, getattr(unit, name, "")) for name in names}
    parent = changes["parent"] if "parent" in changes else getattr(unit, "parent", None)
    mine = Department.objects.filter(pk__in=unit.origins.values("before")) if unit else []
    return Wanted(words, parent, list(changes.get("origins", mine)))


def changed(plan: Reorganization, unit_name: str, /, **changes: Any) -> PlannedUnit:
    unit = unit_of(plan, unit_name)
    return change_unit(unit, wanted(unit, **changes), seen=mark_of(unit), by=world.person("secretariat"))


def added(plan: Reorganization, name: str, /, **changes: Any) -> PlannedUnit:
    return add_unit(plan, wanted(None, name=name, **changes), by=world.person("secretariat"))


def becomes(plan: Reorganization, place: str, *names: str, carries: str = "") -> None:
    units = [unit_of(plan, name) for name in names]
    carrier = unit_of(plan, carries) if carries else None
    decide(plan, world.department(place), units, carrier, by=world.person("secretariat"))


def renamed(day: dt.date = DAY, name: str = "課税課") -> Reorganization:
    """A plan that gives 税務課 another name."""
    plan = by_hand(day)
    changed(plan, "税務課", name=name)
    return plan


def carried_out(plan: Reorganization, username: str = "secretariat", *, with_heads: bool = False) -> Reorganization:
    by = world.person(username)
    return apply(plan, seen=effects_of(plan, by=by).digest, reason=WHY, with_heads=with_heads, by=by)


def obstacles(plan: Reorganization, username: str = "secretariat") -> str:
    """Everything in the way, as one text."""
    plan.refresh_from_db()
    return "\n".join(effects_of(plan, by=world.person(username)).obstacles)
