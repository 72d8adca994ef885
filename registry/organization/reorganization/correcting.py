"""Correcting a plan by hand: what a unit will be, where it comes from, what becomes of a unit of today."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Max

from registry.base.verdict import Conflict
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.models import Department, Origin, PlannedUnit, Reorganization, User
from registry.organization.models.reorganization import Basis, Certainty
from registry.organization.reorganization.blueprint import circling
from registry.organization.reorganization.obstacles import ACROSS, some
from registry.organization.reorganization.staging import locked

OVERTAKEN = "入力しているあいだに、別の人がこの組織を直しました。内容を確かめて、もう一度保存してください。"
COLUMNS = ("name", "code", "kind", "telephone")


@dataclass(frozen=True)
class Wanted:
    """What a unit will be: its words by column, the unit above, the departments it comes from."""

    words: Mapping[str, str]
    parent: PlannedUnit | None
    origins: Collection[Department]


def mark_of(unit: PlannedUnit) -> str:
    """A mark of a unit as it is staged, to notice that somebody else changed it."""
    origins = sorted(unit.origins.values_list("before_id", flat=True))
    return repr((unit.parent_id, *(getattr(unit, name) for name in COLUMNS), origins))


@in_turn()
def add_unit(plan: Reorganization, wanted: Wanted, *, by: User) -> PlannedUnit:
    """Add a unit to the plan, behind the others; it counts as looked at."""
    plan = locked(plan, by)
    number = (plan.units.aggregate(last=Max("number"))["last"] or 0) + 1
    unit = PlannedUnit(plan=plan, number=number, basis=Basis.HAND, certainty=Certainty.SETTLED)
    return _write(plan, unit, wanted, by=by)


@in_turn()
def change_unit(unit: PlannedUnit, wanted: Wanted, *, seen: str, by: User) -> PlannedUnit:
    """Change what a unit will be and where it comes from; Conflict when somebody else changed it since (`seen`)."""
    plan = locked(unit.plan, by)
    unit = _unit(plan, unit)
    if mark_of(unit) != seen:
        raise Conflict(OVERTAKEN)
    return _write(plan, unit, wanted, by=by)


@in_turn()
def remove_unit(unit: PlannedUnit, *, by: User) -> None:
    """Take a unit out of the plan; what it came from closes unless it has another successor."""
    plan = locked(unit.plan, by)
    unit = _unit(plan, unit)
    if unit.row is not None:
        raise Conflict("一覧のファイルにある組織は外せません。ファイルを直して、計画を作り直してください。")
    befores = [origin.before for origin in unit.origins.select_related("before")]
    _drop(plan, unit)
    _close_the_rest(plan, befores)


@in_turn()
def decide(
    plan: Reorganization, before: Department, units: Collection[PlannedUnit], carries: PlannedUnit | None, *, by: User
) -> None:
    """Say what becomes of a department: its successors, of which one takes posts and assets; none closes it."""
    plan = locked(plan, by)
    _ask(plan, [before], by)
    there = {origin.unit_id: origin for origin in plan.origins.filter(before=before).select_related("unit")}
    copies = [o.unit for o in there.values() if o.unit and o.unit not in units and _is_copy_of(o.unit, before)]
    Origin.objects.filter(pk__in=[origin.pk for origin in there.values()]).delete()
    for copied in copies:
        _drop(plan, copied)
    _link(plan, [(before, unit) for unit in units], carries)
    _close_the_rest(plan, [before])


@in_turn()
def settle(plan: Reorganization, *, units: Iterable[int] = (), befores: Iterable[int] = (), by: User) -> int:
    """「このままでよい」 for doubtful proposals, of units and of departments that close; returns how many rows that were."""
    plan = locked(plan, by)
    doubtful = {"certainty": Certainty.DOUBTFUL}
    settled = {"certainty": Certainty.SETTLED}
    keys = list(units)
    count = plan.units.filter(pk__in=keys, **doubtful).update(**settled)
    count += plan.origins.filter(unit__in=keys, **doubtful).update(**settled)
    return count + plan.origins.filter(before__in=list(befores), unit__isnull=True, **doubtful).update(**settled)


def _write(plan: Reorganization, unit: PlannedUnit, wanted: Wanted, *, by: User) -> PlannedUnit:
    for name in COLUMNS:
        setattr(unit, name, wanted.words[name])
    unit.parent, unit.certainty = wanted.parent, Certainty.SETTLED
    others = [one for one in plan.units.filter(is_post=False) if one.pk != unit.pk]
    if unit.pk and any(one.pk == unit.pk for one in circling([*others, unit])):
        raise ValidationError({"parent": f"「{unit.name}」は、自分自身の下には置けません。別の上位を選んでください。"})
    _ask(plan, wanted.origins, by)
    unit.save()
    there = {origin.before_id: origin for origin in unit.origins.select_related("before")}
    keys = {department.pk for department in wanted.origins}
    gone = [origin for key, origin in there.items() if key not in keys]
    unit.origins.filter(pk__in=[origin.pk for origin in gone]).delete()
    unit.origins.update(basis=Basis.HAND, certainty=Certainty.SETTLED)
    new = [department for department in wanted.origins if department.pk not in there]
    for department in new:
        _let_go(plan, department, unit)
    _link(plan, [(department, unit) for department in new], None)
    _close_the_rest(plan, [origin.before for origin in gone])
    return unit


def _let_go(plan: Reorganization, before: Department, but: PlannedUnit) -> None:
    """A department that comes to this unit leaves the mere copy of itself, and is closed no longer."""
    for origin in plan.origins.filter(before=before).exclude(unit=but).select_related("unit"):
        if origin.unit is None:
            origin.delete()
        elif _is_copy_of(origin.unit, before):
            _drop(plan, origin.unit)


def _is_copy_of(unit: PlannedUnit, before: Department) -> bool:
    """Is the unit there only because the department stands today, under no new name and from nothing else?"""
    only = not unit.origins.exclude(before=before).exists()
    return unit.row is None and unit.basis == Basis.COPY and unit.name == before.name and only


def _drop(plan: Reorganization, unit: PlannedUnit) -> None:
    below = list(plan.units.filter(parent=unit).values_list("name", flat=True))
    if below:
        raise ValidationError(f"「{unit}」の下に{some(below)}があります。先にその上位か後継を決めてください。")
    unit.delete()


def _link(plan: Reorganization, pairs: Collection[tuple[Department, PlannedUnit]], carries: PlannedUnit | None) -> None:
    Origin.objects.bulk_create(
        [
            Origin(
                plan=plan,
                before=before,
                unit=unit,
                carries=carries is not None and unit.pk == carries.pk,
                basis=Basis.HAND,
                certainty=Certainty.SETTLED,
            )
            for before, unit in pairs
        ]
    )


def _close_the_rest(plan: Reorganization, befores: Iterable[Department]) -> None:
    """Departments of the organ without any successor close; those of another organ are no longer part of the plan."""
    for before in befores:
        if before.organ_id == plan.organ_id and not plan.origins.filter(before=before).exists():
            Origin.objects.create(plan=plan, before=before, basis=Basis.HAND, certainty=Certainty.SETTLED)


def _ask(plan: Reorganization, departments: Iterable[Department], by: User) -> None:
    """Units may come from another organ that this person builds too, never across the border of an autonomous one."""
    for department in departments:
        may_build(by, department.organ).require()
        closed = next((organ for organ in (plan.organ, department.organ) if organ.autonomous), None)
        if closed and department.organ_id != plan.organ_id:
            raise ValidationError({"origins": ACROSS.format(organ=closed.name)})


def _unit(plan: Reorganization, unit: PlannedUnit) -> PlannedUnit:
    found = plan.units.filter(pk=unit.pk).first()
    if found is None:
        raise Conflict(OVERTAKEN)
    return found
