"""Making a plan of a reorganisation: from a list that was read, or from the organisation as it stands."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError

from registry.base.fiscal import wareki
from registry.base.verdict import Conflict
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.list_plan import Item, Plan, Severity, Standing, What, plan_of
from registry.organization.list_reading import OrganizationList
from registry.organization.models import Department, Origin, PlannedUnit, Post, Reorganization, User
from registry.organization.models.reorganization import Basis, Certainty, Stage
from registry.organization.reorganization.blueprint import Blueprint
from registry.organization.reorganization.matching import Node, Pair, match

AT_ONCE = 500
PROBLEMS_SHOWN = 20


@in_turn()
def stage_list(listed: OrganizationList, plan: Reorganization, *, by: User) -> Reorganization:
    """Keep a plan (organ, day, title and file filled in) that makes the organ what the list says.

    Every unit of the list and of today gets a proposal. ValidationError names every row that cannot be read, and says
    when there is no organisation yet that could be reorganised.
    """
    may_build(by, plan.organ).require()
    standing = list(Department.objects.current(plan.effective_on).filter(organ=plan.organ).in_tree_order())
    if not standing:
        raise ValidationError(
            f"「{plan.organ}」には、{wareki(plan.effective_on)}の組織がありません。最初の一覧は「組織一覧の取込」から入れてください。"
        )
    read = plan_of(listed.rows, Standing({}, {}, {}, {}, frozenset()), plan.effective_on)
    if wrong := _errors(read):
        raise ValidationError(wrong)
    plan.planned_by, plan.stage = by, Stage.DRAFT
    plan.notices = [*listed.warnings, *_warnings(read)]
    plan.save()
    units = _units(plan, read)
    pairs = match(map(_node, standing), [_listed(index, item) for index, item in _departments(read)])
    _keep(plan, units, pairs, {department.pk: department for department in standing})
    _drop_known_posts(plan)
    changes = [
        ("行数", "", f"{len(listed.rows):,}"),
        ("SHA-256", "", plan.sha256),
        ("施行日", "", wareki(plan.effective_on)),
    ]
    record("reorganization.planned", plan, by=by, changes=changes)
    return plan


@in_turn()
def stage_current(plan: Reorganization, *, by: User) -> Reorganization:
    """Keep a plan that begins with the organisation as it stands on its day, to be changed by hand."""
    may_build(by, plan.organ).require()
    standing = list(Department.objects.current(plan.effective_on).filter(organ=plan.organ).in_tree_order())
    if not standing:
        raise ValidationError(f"「{plan.organ}」には、{wareki(plan.effective_on)}の組織がありません。")
    plan.planned_by, plan.stage = by, Stage.DRAFT
    plan.save()
    copy_into(plan, standing)
    record("reorganization.planned", plan, by=by, changes=[("施行日", "", wareki(plan.effective_on))])
    return plan


def copy_into(plan: Reorganization, departments: Iterable[Department]) -> None:
    """Add departments (parents first) to a plan as they stand."""
    known = {one.before_id: one.unit for one in plan.origins.select_related("unit")}
    for number, department in enumerate(departments, plan.units.count() + 1):
        above = known.get(department.parent_id) if department.parent_id else None
        unit = PlannedUnit(plan=plan, number=number, parent=above, basis=Basis.COPY, certainty=Certainty.SURE)
        unit.name, unit.code = department.name, department.code
        unit.kind, unit.telephone = department.kind, department.telephone
        known[department.pk] = unit
    fresh = {key: unit for key, unit in known.items() if unit is not None and unit.pk is None}
    _create([unit for unit in fresh.values() if unit is not None])
    Origin.objects.bulk_create(
        [
            Origin(plan=plan, before_id=key, unit=unit, basis=Basis.COPY, certainty=Certainty.SURE)
            for key, unit in fresh.items()
        ],
        batch_size=AT_ONCE,
    )


@in_turn()
def catch_up(plan: Reorganization, *, by: User) -> Reorganization:
    """Bring the plan to the organisation as it stands: what came since is added as it is, what went is dropped."""
    plan = locked(plan, by)
    blueprint = Blueprint.of(plan)
    Origin.objects.filter(pk__in=[one.pk for one in blueprint.vanished]).delete()
    copy_into(plan, blueprint.unplanned)
    return plan


def locked(plan: Reorganization, by: User, stages: Iterable[str] = (Stage.DRAFT,)) -> Reorganization:
    """The plan under its lock, in one of the stages, for somebody who builds its organ; Conflict when it has moved on."""
    found = Reorganization.objects.select_for_update(of=("self",)).select_related("organ").get(pk=plan.pk)
    may_build(by, found.organ).require()
    if found.stage not in set(stages):
        raise Conflict(f"この組織改編は、すでに「{found.get_stage_display()}」です。一覧から開き直してください。")
    return found


def _errors(read: Plan) -> list[str]:
    found = [
        f"{item.row.number}行目: {one.text}"
        for item in read.items
        for one in item.findings
        if one.severity == Severity.ERROR
    ]
    more = len(found) - PROBLEMS_SHOWN
    return [*found[:PROBLEMS_SHOWN], *([f"ほかに{more:,}か所あります。"] if more > 0 else [])]


def _warnings(read: Plan) -> list[str]:
    return [
        f"{item.row.number}行目: {one.text}"
        for item in read.items
        for one in item.findings
        if one.severity == Severity.WARNING
    ]


def _departments(read: Plan) -> list[tuple[int, Item]]:
    return [(index, item) for index, item in enumerate(read.items) if item.what == What.DEPARTMENT]


def _node(department: Department) -> Node:
    return Node(department.pk, department.parent_id, department.name, department.code)


def _listed(index: int, item: Item) -> Node:
    return Node(index, item.above, item.name, item.row.code)


def _units(plan: Reorganization, read: Plan) -> dict[int, PlannedUnit]:
    """Row of the list → the unit it describes; levels of the tree are saved one after the other."""
    units: dict[int, PlannedUnit] = {}
    for index, item in enumerate(read.items):
        unit = PlannedUnit(plan=plan, number=index + 1, row=item.row.number, is_post=item.what == What.POST)
        unit.parent = units[item.above] if item.above is not None else None
        unit.name, unit.code, unit.kind, unit.telephone = item.name, item.row.code, item.row.kind, item.row.telephone
        unit.basis, unit.certainty = Basis.NEW, Certainty.SURE
        units[index] = unit
    return units


def _keep(
    plan: Reorganization, units: Mapping[int, PlannedUnit], pairs: list[Pair], standing: Mapping[int, Department]
) -> None:
    origins: list[Origin] = []
    for pair in pairs:
        unit = units[pair.after] if pair.after is not None else None
        if unit is not None and pair.before is None:
            unit.basis, unit.certainty = pair.basis, pair.certainty
        elif unit is not None:
            unit.basis, unit.certainty = pair.basis, Certainty.SURE
        if pair.before is not None:
            made = Origin(plan=plan, before=standing[pair.before], unit=unit)
            made.basis, made.certainty = pair.basis, pair.certainty
            origins.append(made)
    _create(list(units.values()))
    for origin in origins:
        origin.unit = origin.unit  # its key is known now
    Origin.objects.bulk_create(origins, batch_size=AT_ONCE)


def _create(units: list[PlannedUnit]) -> None:
    """Save units whose parents are among them or saved already: one statement per level."""
    while units:
        ready = [unit for unit in units if unit.parent is None or unit.parent.pk is not None]
        for unit in ready:
            unit.parent = unit.parent  # its key is known now
        PlannedUnit.objects.bulk_create(ready, batch_size=AT_ONCE)
        units = [unit for unit in units if unit.pk is None]


def _drop_known_posts(plan: Reorganization) -> None:
    """Rows of the list that describe posts which are there already need nothing."""
    blueprint = Blueprint.of(plan)
    held: dict[int, int] = {
        department.pk: unit.pk for unit in blueprint.units for department in blueprint.origins_of[unit.pk]
    }
    posts = Post.objects.current(plan.effective_on).filter(department__in=held)
    there = {(held[key], title) for key, title in posts.values_list("department_id", "title")}
    known = [unit.pk for unit in blueprint.posts if (unit.parent_id, unit.name) in there]
    PlannedUnit.objects.filter(pk__in=known).delete()


def default_title(day: dt.date) -> str:
    """What a reorganisation is called unless somebody says otherwise."""
    return f"{wareki(day)}の組織改編"
