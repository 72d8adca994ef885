"""Carrying a plan out in the organisation: units, posts with their roles, and people in office, as of its day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registry.base.fiscal import wareki
from registry.history.record import Act
from registry.organization.list_plan import SECTION_KIND
from registry.organization.models import Department, PlannedUnit, Succession
from registry.organization.reorganization.blueprint import Blueprint, What
from registry.organization.reorganization.places import Places, arrange, places_of
from registry.organization.reorganization.seating import Seating
from registry.organization.reorganization.seats import Seat
from registry.organization.reorganization.trace import Trace

AT_ONCE = 500
IN_PLACE = {"code": "所属コード", "kind": "機構分類", "telephone": "電話番号"}


@dataclass
class Done:
    """What was carried out: which unit and post replaces which, what to record, what it takes to go back."""

    departments: dict[int, int]
    posts: dict[int, int]
    acts: list[Act]
    trace: Trace
    places: Places

    def as_json(self) -> dict[str, Any]:
        """What is kept of it with the plan."""
        return {**self.trace.as_json(), "places": self.places}


def carry_out(blueprint: Blueprint, seats: list[Seat], *, with_heads: bool) -> Done:
    """Write all of it; the caller holds the turn, has asked for rights and obstacles, records the acts and projects rights."""
    work = _Work(blueprint)
    before = places_of(blueprint.plan.organ)
    work.end_units()
    work.change_in_place()
    work.make_units()
    work.succeed()
    seating = Seating(blueprint.plan.effective_on, work.after, work.trace)
    seating.take_over(seats)
    seating.open_new([(work.after[post.parent_id or 0], post.name) for post in blueprint.posts])
    if with_heads:
        seating.open_heads([work.after[unit.pk] for unit in headless(blueprint)])
    arrange(blueprint.plan.organ, {work.after[unit.pk].pk: number for number, unit in enumerate(blueprint.units)})
    after = places_of(blueprint.plan.organ)
    changed = {key: place for key, place in before.items() if place != after[key]}
    return Done(work.successors(), seating.successors, [*work.acts, *seating.acts], work.trace, changed)


def headless(blueprint: Blueprint) -> list[PlannedUnit]:
    """The new 課 that take over no posts from anybody."""
    taking = {unit.pk for unit in blueprint.carrier.values()}
    return [unit for unit in blueprint.units if blueprint.told(unit, "kind") == SECTION_KIND and unit.pk not in taking]


class _Work:
    """The units: `after` says for every planned unit which department it has become."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint, self.plan = blueprint, blueprint.plan
        self.day = blueprint.plan.effective_on
        self.last = self.day - dt.timedelta(days=1)
        self.after: dict[int, Department] = dict(blueprint.continues)
        self.trace = Trace()
        self.acts: list[Act] = []

    def end_units(self) -> None:
        """Close what does not go on: it exists until the day before."""
        ending = [one for key, one in self.blueprint.departments.items() if key not in self.blueprint.kept]
        self.trace.changing("department", ending)
        for department in ending:
            before = wareki(department.valid_until) if department.valid_until else ""
            department.valid_until = self.last
            heirs = "、".join(unit.name for unit in self.blueprint.units_of[department.pk])
            changes = [("廃止日", before, wareki(self.last))] + ([("後継", "", heirs)] if heirs else [])
            self.acts.append(Act("department.closed", department, department.pk, changes))
        Department.objects.bulk_update(ending, ["valid_until"], batch_size=AT_ONCE)

    def change_in_place(self) -> None:
        """Codes, kinds and telephones of what goes on; all changing codes are freed before any is given."""
        changed = []
        for key, department in self.blueprint.continues.items():
            unit = self.blueprint.by_key[key]
            fresh = {name: self.blueprint.told(unit, name) for name in IN_PLACE}
            changes = [
                (label, getattr(department, name), fresh[name])
                for name, label in IN_PLACE.items()
                if getattr(department, name) != fresh[name]
            ]
            if changes:
                self.trace.changing("department", [department])
                changed.append((department, fresh))
                self.acts.append(Act("department.changed", department, department.pk, changes))
        freed = [department.pk for department, fresh in changed if department.code != fresh["code"]]
        Department.objects.filter(pk__in=freed).update(code="")
        for department, fresh in changed:
            for name, value in fresh.items():
                setattr(department, name, value)
        Department.objects.bulk_update([one for one, _ in changed], list(IN_PLACE), batch_size=AT_ONCE)

    def make_units(self) -> None:
        """Open what is new or follows something that ended, one statement per level of the tree."""
        depths: dict[int, int] = {}
        levels: dict[int, list[PlannedUnit]] = defaultdict(list)
        for unit in self.blueprint.units:
            depths[unit.pk] = depths[unit.parent_id] + 1 if unit.parent_id else 1
            if unit.pk not in self.after:
                levels[depths[unit.pk]].append(unit)
        for _, units in sorted(levels.items()):
            made = Department.objects.bulk_create([self._department(unit) for unit in units], batch_size=AT_ONCE)
            self.after |= {unit.pk: department for unit, department in zip(units, made, strict=True)}
            self.trace.made("department", made)
            self.acts += [self._created(unit) for unit in units]

    def _department(self, unit: PlannedUnit) -> Department:
        above = self.after[unit.parent_id] if unit.parent_id else None
        before = self.blueprint.principal(unit)
        return Department(
            organ=self.plan.organ,
            parent=above,
            name=unit.name,
            full_name=f"{above.full_name} {unit.name}" if above else unit.name,
            excluded=before.excluded if before else above.excluded if above else "",
            valid_from=self.day,
            path=f"+{unit.pk}.",
            **{name: self.blueprint.told(unit, name) for name in IN_PLACE},
        )

    def _created(self, unit: PlannedUnit) -> Act:
        made = self.after[unit.pk]
        names = "、".join(one.full_name for one in self.blueprint.origins_of[unit.pk])
        told = [(label, "", getattr(made, name)) for name, label in IN_PLACE.items() if getattr(made, name)]
        changes = [("改編", "", "・".join(what.label for what in self.blueprint.whats(unit)))]
        return Act(
            "department.created",
            made,
            made.pk,
            [*changes, *([("前身", names, made.full_name)] if names else []), *told],
        )

    def succeed(self) -> None:
        """Keep as data who succeeds whom."""
        carrier, departments = self.blueprint.carrier, self.blueprint.departments
        Succession.objects.bulk_create(
            [
                Succession(
                    reorganization=self.plan,
                    before=department,
                    after=self.after[unit.pk],
                    on=self.day,
                    principal=carrier[department.pk] is unit,
                )
                for department in departments.values()
                for unit in self.blueprint.units_of[department.pk]
                if self.after[unit.pk].pk != department.pk
            ],
            batch_size=AT_ONCE,
        )

    def successors(self) -> dict[int, int]:
        """Department that ended → the one that takes over its posts and assets."""
        return {key: self.after[unit.pk].pk for key, unit in self.blueprint.replaced.items()}


def summary(blueprint: Blueprint, more: Iterable[tuple[str, int]]) -> Sequence[tuple[str, str, str]]:
    """The numbers of a reorganisation as history keeps them."""
    counts = [(what.label, blueprint.counts[what]) for what in What if what != What.SAME]
    return [(label, "", f"{count:,}") for label, count in (*counts, *more) if count]
