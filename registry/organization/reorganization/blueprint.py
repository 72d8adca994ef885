"""The staged plan of a reorganisation read against the organisation of its day: what becomes of every unit."""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db import models

from registry.organization.models import Department, Origin, PlannedUnit, Reorganization
from registry.organization.models.reorganization import Certainty


class What(models.TextChoices):
    """What happens to a unit."""

    SAME = "same", "変更なし"
    RENAMED = "renamed", "名称変更"
    MOVED = "moved", "移動"
    FOLLOWS = "follows", "上位の改編に伴う"
    CODE = "code", "コード変更"
    DETAILS = "details", "電話番号などの変更"
    MERGED = "merged", "統合"
    SPLIT = "split", "分割"
    NEW = "new", "新設"
    POST = "post", "職の新設"
    CLOSED = "closed", "廃止"


@dataclass
class Blueprint:
    """A plan in memory: units as they will be (parents first, in tree order), units of today, and who comes from whom."""

    plan: Reorganization
    units: list[PlannedUnit]
    posts: list[PlannedUnit]
    departments: dict[int, Department]
    origins: list[Origin]

    @classmethod
    def of(cls, plan: Reorganization) -> "Blueprint":
        """The plan as it is staged now: three queries however many units there are."""
        origins = list(plan.origins.order_by("pk"))
        staged = list(plan.units.order_by("number", "pk"))
        asked = models.Q(pk__in=plan.origins.values("before")) | models.Q(organ=plan.organ_id)
        found = Department.objects.current(plan.effective_on).filter(asked).select_related("organ").in_tree_order()
        units = in_tree_order([unit for unit in staged if not unit.is_post])
        posts = [unit for unit in staged if unit.is_post]
        return cls(plan, units, posts, {department.pk: department for department in found}, origins)

    @cached_property
    def by_key(self) -> dict[int, PlannedUnit]:
        return {unit.pk: unit for unit in self.units}

    @cached_property
    def origins_of(self) -> dict[int, list[Department]]:
        """Unit → the units of today that it comes from."""
        found: dict[int, list[Department]] = defaultdict(list)
        for origin in self.origins:
            if origin.unit_id and origin.before_id in self.departments:
                found[origin.unit_id].append(self.departments[origin.before_id])
        return found

    @cached_property
    def units_of(self) -> dict[int, list[PlannedUnit]]:
        """Department → the units that it becomes; none for one that closes."""
        place = {unit.pk: index for index, unit in enumerate(self.units)}
        found: dict[int, list[PlannedUnit]] = defaultdict(list)
        for origin in sorted(
            (one for one in self.origins if one.unit_id in self.by_key), key=lambda one: place[one.unit_id or 0]
        ):
            found[origin.before_id].append(self.by_key[origin.unit_id or 0])
        return found

    @cached_property
    def full_names(self) -> dict[int, str]:
        """Unit → its name with those above it, as it will be."""
        found: dict[int, str] = {}
        for unit in self.units:
            above = found.get(unit.parent_id, "") if unit.parent_id else ""
            found[unit.pk] = f"{above} {unit.name}".strip()
        return found

    @cached_property
    def continues(self) -> dict[int, Department]:
        """Unit → the department it simply goes on as: same name, below what goes on itself."""
        found: dict[int, Department] = {}
        taken: set[int] = set()
        for unit in self.units:
            above = found.get(unit.parent_id) if unit.parent_id else None
            if unit.parent_id and above is None:
                continue
            for department in self.origins_of[unit.pk]:
                same = department.name == unit.name and department.parent_id == (above.pk if above else None)
                if same and department.pk not in taken and department.organ_id == self.plan.organ_id:
                    found[unit.pk] = department
                    taken.add(department.pk)
                    break
        return found

    @cached_property
    def carrier(self) -> dict[int, PlannedUnit]:
        """Department → the unit that takes over its posts and assets; itself where it goes on."""
        chosen = {one.before_id: one.unit_id for one in self.origins if one.carries}
        found = {department.pk: self.by_key[key] for key, department in self.continues.items()}
        for key in self.departments:
            if units := self.units_of[key]:
                found.setdefault(key, self.by_key.get(chosen.get(key) or 0, units[0]))
        return found

    @cached_property
    def kept(self) -> set[int]:
        """The departments that go on as they are (perhaps with another code or telephone)."""
        return {department.pk for department in self.continues.values()}

    @property
    def replaced(self) -> dict[int, PlannedUnit]:
        """The departments that end, with the unit that succeeds them."""
        return {key: unit for key, unit in self.carrier.items() if key not in self.kept}

    @property
    def closing(self) -> list[Department]:
        """The departments that end without a successor."""
        planned = {one.before_id for one in self.origins}
        return [one for key, one in self.departments.items() if key in planned and key not in self.carrier]

    @property
    def unplanned(self) -> list[Department]:
        """The departments of the organ that came after the plan was made."""
        planned = {one.before_id for one in self.origins}
        return [one for key, one in self.departments.items() if key not in planned]

    @property
    def vanished(self) -> list[Origin]:
        """The origins whose department no longer exists on the day."""
        return [one for one in self.origins if one.before_id not in self.departments]

    def principal(self, unit: PlannedUnit) -> Department | None:
        """The department whose code and telephone the unit keeps where its own are empty."""
        if unit.pk in self.continues:
            return self.continues[unit.pk]
        found = [one for one in self.origins_of[unit.pk] if self.carrier.get(one.pk) is unit]
        found.sort(key=lambda one: one.name != unit.name)
        return found[0] if found else None

    def told(self, unit: PlannedUnit, name: str) -> str:
        """What a unit will have as `code`, `kind` or `telephone`; empty keeps what its predecessor has."""
        before = self.principal(unit)
        return str(getattr(unit, name) or (getattr(before, name) if before else ""))

    def whats(self, unit: PlannedUnit) -> list[What]:
        """What happens to a unit, the most important first."""
        if unit.is_post:
            return [What.POST]
        origins, before = self.origins_of[unit.pk], self.principal(unit)
        if not origins:
            return [What.NEW]
        found = [What.MERGED] if len(origins) > 1 else []
        if unit.pk not in self.continues:
            found += self._changed(unit, before or origins[0], alone=len(origins) == 1)
        if before and self.told(unit, "code") != before.code:
            found.append(What.CODE)
        elif (
            before and not found and any(self.told(unit, one) != getattr(before, one) for one in ("kind", "telephone"))
        ):
            found.append(What.DETAILS)
        return found or [What.SAME]

    def _changed(self, unit: PlannedUnit, before: Department, *, alone: bool) -> list[What]:
        if alone and len(self.units_of[before.pk]) > 1:
            return [What.SPLIT]
        renamed = [What.RENAMED] if before.name != unit.name and alone else []
        moved = [] if self._below_the_same(unit, before) else [What.MOVED]
        return renamed + moved or ([What.FOLLOWS] if alone else [])

    def _below_the_same(self, unit: PlannedUnit, before: Department) -> bool:
        if unit.parent_id is None or before.parent_id is None:
            return unit.parent_id == before.parent_id
        return any(one.pk == before.parent_id for one in self.origins_of[unit.parent_id])

    @cached_property
    def counts(self) -> Counter[What]:
        """How many units each thing happens to, closures included."""
        found = Counter(self.whats(unit)[0] for unit in (*self.units, *self.posts))
        found[What.CLOSED] = len(self.closing)
        return found

    def in_words(self) -> str:
        """The plan in numbers: 「名称変更1、移動2、廃止3。変更なし364。」"""
        changed = [f"{what.label}{self.counts[what]:,}" for what in What if what != What.SAME and self.counts[what]]
        same = [f"変更なし{self.counts[What.SAME]:,}"] if self.counts[What.SAME] else []
        return "".join(f"{part}。" for part in ("、".join(changed), *same) if part)

    @property
    def doubtful(self) -> int:
        """How many proposals wait for a person: of units, and of departments that would close."""
        units = {one.unit_id or -one.before_id for one in self.origins if one.certainty == Certainty.DOUBTFUL}
        return len(units | {one.pk for one in self.units if one.certainty == Certainty.DOUBTFUL})

    @cached_property
    def digest(self) -> str:
        """A mark of the plan and of the units it is about: it changes when what would happen changes."""
        units = [(u.pk, u.parent_id, u.name, u.code, u.kind, u.telephone) for u in (*self.units, *self.posts)]
        origins = [(o.before_id, o.unit_id, o.carries) for o in self.origins]
        standing = [
            (d.pk, d.organ_id, d.parent_id, d.name, d.code, str(d.valid_from), str(d.valid_until))
            for d in self.departments.values()
        ]
        said = [str(self.plan.effective_on), units, sorted(origins, key=str), sorted(standing)]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def in_tree_order(units: list[PlannedUnit]) -> list[PlannedUnit]:
    """Parents before what stands below them, in their numbers; what stands below itself comes last, as it is."""
    below: dict[int | None, list[PlannedUnit]] = defaultdict(list)
    for unit in units:
        below[unit.parent_id].append(unit)
    found: list[PlannedUnit] = []
    ahead = list(reversed(below[None]))
    while ahead:
        unit = ahead.pop()
        found.append(unit)
        ahead += reversed(below[unit.pk])
    reached = {unit.pk for unit in found}
    return found + [unit for unit in units if unit.pk not in reached]


def circling(units: list[PlannedUnit]) -> list[PlannedUnit]:
    """The units that stand below themselves, or below such a one."""
    reached: set[int | None] = {None}
    waiting = list(units)
    while found := [unit for unit in waiting if unit.parent_id in reached]:
        reached |= {unit.pk for unit in found}
        waiting = [unit for unit in waiting if unit.pk not in reached]
    return waiting
