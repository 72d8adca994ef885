"""The rows in which a reorganisation is shown: what becomes of every unit, why, and what goes along."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.base.text import fold, terms
from registry.organization.models import Department, Origin, PlannedUnit
from registry.organization.models.reorganization import Basis, Certainty
from registry.organization.reorganization.blueprint import Blueprint, What
from registry.organization.reorganization.seats import crowded
from registry.organization.vocabulary import word
from registry.portal.reorganizing import Effects

TONES = {
    What.SAME: "neutral",
    What.DETAILS: "neutral",
    What.FOLLOWS: "neutral",
    What.CODE: "neutral",
    What.CLOSED: "error",
    What.NEW: "success",
    What.POST: "success",
}
CERTAIN = {
    Certainty.SURE: "neutral",
    Certainty.LIKELY: "neutral",
    Certainty.DOUBTFUL: "warning",
    Certainty.SETTLED: "success",
}
CHANGED, DOUBTFUL = "", "doubtful"
PEOPLE_SHOWN = 6


@dataclass
class Row:
    """One unit of the plan, or one of today that closes."""

    name: str
    full_name: str
    code: str
    whats: list[What]
    befores: list[str]
    reasons: list[str]
    certainty: Certainty
    unit: PlannedUnit | None = None
    before: Department | None = None

    @property
    def division(self) -> str:
        """The names above it, '' when it stands directly under the organ."""
        return self.full_name.removesuffix(self.name).strip()

    @property
    def doubtful(self) -> bool:
        return self.certainty == Certainty.DOUBTFUL

    @property
    def chips(self) -> list[dict[str, str]]:
        """What happens, each in a word with its tone."""
        return [{"label": what.label, "tone": TONES.get(what, "info")} for what in self.whats]

    @property
    def sure(self) -> dict[str, str]:
        """How sure the proposal is, with its tone."""
        return {"label": self.certainty.label, "tone": CERTAIN[self.certainty]}


@dataclass
class EffectRow:
    """What carrying out does to one unit of today."""

    before: str
    after: str
    chips: list[dict[str, str]]
    posts: list[str]
    people: list[str]
    more: int
    assets: int
    proposals: int
    notes: list[str] = field(default_factory=list)


def plan_rows(blueprint: Blueprint) -> list[Row]:
    """Every unit in tree order, then what closes."""
    by_unit: dict[int, list[Origin]] = {}
    for origin in blueprint.origins:
        if origin.unit_id:
            by_unit.setdefault(origin.unit_id, []).append(origin)
    names = blueprint.full_names
    rows = [_of_unit(blueprint, unit, names[unit.pk], by_unit.get(unit.pk, [])) for unit in blueprint.units]
    for post in blueprint.posts:
        place = f"{names.get(post.parent_id or 0, '')} {post.name}".strip()
        rows.append(Row(post.name, place, "", [What.POST], [], [], Certainty.SURE))
    closed = {origin.before_id: origin for origin in blueprint.origins if origin.unit_id is None}
    rows += [_closing(one, closed.get(one.pk)) for one in blueprint.closing]
    return rows


def _of_unit(blueprint: Blueprint, unit: PlannedUnit, name: str, origins: list[Origin]) -> Row:
    doubts = [Certainty(origin.certainty) for origin in origins] or [Certainty(unit.certainty)]
    order = (Certainty.DOUBTFUL, Certainty.LIKELY, Certainty.SETTLED, Certainty.SURE)
    reasons = [Basis(origin.basis).label for origin in origins] or [Basis(unit.basis).label]
    return Row(
        unit.name,
        name,
        blueprint.told(unit, "code"),
        blueprint.whats(unit),
        [one.full_name for one in blueprint.origins_of[unit.pk]],
        list(dict.fromkeys(reasons)),
        min(doubts, key=order.index),
        unit=unit,
    )


def _closing(department: Department, origin: Origin | None) -> Row:
    reasons = [Basis(origin.basis).label] if origin else []
    certainty = Certainty(origin.certainty) if origin else Certainty.SURE
    return Row(
        "",
        department.full_name,
        department.code,
        [What.CLOSED],
        [department.full_name],
        reasons,
        certainty,
        before=department,
    )


def chosen(rows: list[Row], asked: Mapping[str, str]) -> list[Row]:
    """The rows that the address asks for: what changes unless said otherwise; a search looks at all of them."""
    words, what = terms(asked.get("q", "")), asked.get("what", "")
    if words:
        found = [
            row
            for row in rows
            if all(term in fold(" ".join([row.full_name, row.code, *row.befores])) for term in words)
        ]
        return found if not what else [row for row in found if _answers(row, what)]
    return [row for row in rows if _answers(row, what)]


def _answers(row: Row, what: str) -> bool:
    if what == DOUBTFUL:
        return row.doubtful
    if what in What:
        return What(what) in row.whats
    return row.whats != [What.SAME] or row.doubtful


def filters_of(rows: list[Row], asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """The ways to narrow the rows, each with its count; those that would show nothing are left out."""
    ways: list[tuple[str, str]] = [
        (CHANGED, "変わるもの"),
        (DOUBTFUL, "要確認"),
        *[(what.value, what.label) for what in What],
    ]
    counted = [(key, label, sum(_answers(row, key) for row in rows)) for key, label in ways]
    return [
        {"key": key, "label": label, "count": count, "current": asked.get("what", "") == key}
        for key, label, count in counted
        if count or not key
    ]


def effect_rows(effects: Effects) -> list[EffectRow]:
    """One row for every unit of today that ends, then for what is new."""
    blueprint = effects.blueprint
    full = blueprint.full_names
    rows = []
    for key, department in blueprint.departments.items():
        if key in blueprint.kept:
            continue
        unit = blueprint.carrier.get(key)
        seats = [seat for seat in effects.seats if seat.post.department_id == key]
        people = [f"{holder.user.name}({seat.title})" for seat in seats for holder in seat.holders]
        rows.append(
            EffectRow(
                department.full_name,
                full[unit.pk] if unit else "",
                [
                    {"label": what.label, "tone": TONES.get(what, "info")}
                    for what in (blueprint.whats(unit) if unit else [What.CLOSED])
                ],
                [
                    f"{seat.post.title} → {seat.title}" if seat.title != seat.post.title else seat.title
                    for seat in seats
                ],
                people[:PEOPLE_SHOWN],
                max(len(people) - PEOPLE_SHOWN, 0),
                effects.assets[key],
                effects.proposals[key],
                [f"分割: ほかに{other.name}" for other in blueprint.units_of[key] if unit and other is not unit],
            )
        )
    new = [unit for unit in blueprint.units if not blueprint.origins_of[unit.pk]]
    rows += [
        EffectRow("", full[unit.pk], [{"label": What.NEW.label, "tone": "success"}], [], [], 0, 0, 0) for unit in new
    ]
    return rows


def sentences(effects: Effects) -> list[str]:
    """What deserves a sentence: the moves of assets, largest first, and posts that come together."""
    blueprint = effects.blueprint
    full = blueprint.full_names
    moves = sorted(
        ((effects.assets[key], key, unit) for key, unit in blueprint.replaced.items() if effects.assets[key]),
        key=lambda move: -move[0],
    )
    found = [
        f"{word('asset')} {count:,}件が「{blueprint.departments[key].full_name}」から「{full[unit.pk]}」に移ります。"
        for count, key, unit in moves
    ]
    found += [
        f"職「{full[seat.unit.pk] if seat.unit else ''} {seat.title}」に、{'、'.join(names)}の{len(names)}人が就くことになります。"
        for seat, names in crowded(effects.seats)
    ]
    return found
