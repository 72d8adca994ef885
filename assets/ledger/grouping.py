"""The ledger in groups: counts per 所管課, 区分, 状態 and the like, each with the filter that leads to its rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Concat

from assets.choices import AssetType
from assets.columns import LEVELS
from assets.forms.filters import in_order
from assets.forms.narrowing import EXACT_STATES, NOTHING, exactly
from assets.forms.places import Place
from assets.models import Asset, Classification
from assets.models.asset import AssetQuerySet
from assets.models.scheme import Axis
from assets.segments import Segment
from assets.states import Standing
from registry.organization.vocabulary import said

# The place of a department among all: its organ first, then its path inside the organ.
PLACE = Concat(
    Cast(F("department__organ__position") + 1_000, CharField()),
    Cast(F("department__organ_id") + 1_000_000, CharField()),
    F("department__path"),
)
BY_DEPARTMENT = {"department": "所管{section}", "division": "{division}", "organ": "{organ}"}
BY_CHOICE = {"segment": Segment, "asset_type": AssetType}
STATE = Concat(
    F("standing"),
    Value("."),
    Case(
        When(open_proposal__isnull=True, then=Value(NOTHING)),
        default=Concat(F("open_proposal__state"), Value("."), F("open_proposal__kind")),
    ),
    output_field=CharField(),
)
LAST = 10_000


def groupings(axes: list[Axis]) -> dict[str, str]:
    """What the ledger can be grouped by: key of the address → label."""
    levels: dict[str, dict[str, None]] = {}
    for axis in axes:
        levels.setdefault(LEVELS[axis.slot - 1].field, {})[axis.label] = None
    named = {field: "／".join(labels) for field, labels in sorted(levels.items())}
    units = {key: said(label) for key, label in BY_DEPARTMENT.items()}
    return {**units, **named, "segment": "ネットワーク区分", "asset_type": "資産種別", "state": "登録の状態"}


@dataclass(frozen=True)
class Group:
    """One line of the table of groups. `filter` leads to its rows; a subtotal has none of its own."""

    label: str
    count: int
    registered: int
    filter: tuple[str, str] = ("", "")
    subtotal: bool = False

    @property
    def is_sum(self) -> bool:
        """Does it sum up other groups?"""
        return self.subtotal or not self.filter[0]


class Grouping:
    """The groups of some assets, counted in one query."""

    def __init__(
        self, key: str, assets: AssetQuerySet, places: list[Place], axes: list[Axis], classification: Classification
    ) -> None:
        self.key, self.places, self.axes, self.classification = key, places, axes, classification
        self.label = groupings(axes)[key]
        found = assets.order_by().annotate(group_key=_key(key)).values_list("group_key")
        counts = found.annotate(n=Count("pk"), registered=Count("pk", filter=Q(standing=Standing.REGISTERED)))
        self.counts = {value: (n, registered) for value, n, registered in counts}
        self._labels: dict[Any, tuple[str, str]] = dict(self._known())

    def groups(self) -> list[Group]:
        """The groups that hold something, in the order of their kind; 実施機関 have subtotals where there are several."""
        if self.key in BY_DEPARTMENT:
            return list(self._units())
        return [
            Group(label, *self.counts[value], filter=(self.key, code))
            for value, (label, code) in self._labels.items()
            if value in self.counts
        ]

    def total(self) -> Group:
        """All groups together."""
        return Group("合計", sum(n for n, _ in self.counts.values()), sum(r for _, r in self.counts.values()))

    @property
    def place(self) -> Any:
        """What rows are ordered by, so that those of a group stand together, in the order of the groups."""
        if self.key in BY_DEPARTMENT:
            return PLACE
        order = {value: at for at, value in enumerate(self._labels)}
        cases = [When(**{_field(self.key): value}, then=Value(at)) for value, at in order.items() if value is not None]
        if self.key == "state":
            cases = [When(exactly(value), then=Value(at)) for value, at in order.items()]
        return Case(*cases, default=Value(LAST), output_field=IntegerField())

    def head(self, rows: list[dict[str, Any]], assets: list[Asset]) -> None:
        """Give the first row of each group on a page its heading."""
        units = self._unit_of()
        sizes = Counter[Any]()
        for value, (count, _) in self.counts.items():
            sizes[units[value] if units else value] += count
        previous: Any = object()
        for row, asset in zip(rows, assets, strict=True):
            group = units[asset.department_id] if units else self._value_of(asset)
            if group != previous:
                label = group[1] if units else self._labels[group][0]
                row["group"] = f"{label}({sizes[group]:,}件)"
            previous = group

    def _value_of(self, asset: Asset) -> Any:
        if self.key == "state":
            proposal = asset.open_proposal
            return f"{asset.standing}.{f'{proposal.state}.{proposal.kind}' if proposal else NOTHING}"
        return getattr(asset, _field(self.key))

    def _known(self) -> Iterator[tuple[Any, tuple[str, str]]]:
        """Value → (label, value of the filter), in order; levels of older schemes after those in force."""
        if self.key == "state":
            yield from ((code, (label, code)) for code, label in EXACT_STATES)
        elif choices := BY_CHOICE.get(self.key):
            yield from ((code, (str(label), code)) for code, label in choices.choices)
            yield "", ("(未入力)", NOTHING)
        elif self.key not in BY_DEPARTMENT:
            slot = int(self.key[-1])
            shown = [level for axis in self.axes if axis.slot == slot for level in in_order(axis.levels.all())]
            yield from ((level.pk, (level.label, str(level.pk))) for level in shown)
            others = [self.classification.levels[key] for key in set(self.counts) - {None, *(one.pk for one in shown)}]
            for level in sorted(others, key=lambda level: (-level.severity, level.pk)):
                yield level.pk, (f"{level.label}({level.axis.scheme})", str(level.pk))
            yield None, ("(未分類)", NOTHING)

    def _unit_of(self) -> dict[int, tuple[int, str]]:
        """Department → key and name of the group it belongs to; empty when the groups are no units."""
        match self.key:
            case "department":
                return {place.pk: (place.pk, place.name) for place in self.places}
            case "division":
                return {key: (top.pk, top.name) for key, top in self._tops().items()}
            case "organ":
                return {place.pk: (place.organ, place.organ_name) for place in self.places}
        return {}

    def _tops(self) -> dict[int, Place]:
        """Department → the highest unit above it that one may see: its 部局."""
        found: dict[int, Place] = {}
        top: Place | None = None
        for place in self.places:  # in the order of the tree
            if top is None or top.organ != place.organ or not place.path.startswith(top.path):
                top = place
            found[place.pk] = top
        return found

    def _units(self) -> Iterator[Group]:
        several = len({place.organ for place in self.places if place.pk in self.counts}) > 1
        tops = self._tops()
        organs: dict[int, list[Place]] = {}
        for place in self.places:
            if place.pk in self.counts:
                organs.setdefault(place.organ, []).append(place)
        for organ, found in organs.items():
            whole = Group(f"{found[0].organ_name} 計", *self._sum(found), filter=("organ", str(organ)), subtotal=True)
            if self.key == "organ":
                yield Group(found[0].organ_name, whole.count, whole.registered, filter=whole.filter)
                continue
            if self.key == "department":
                units = [Group(place.words, *self.counts[place.pk], self._leading_to(place)) for place in found]
            else:
                below = {top: [p for p in found if tops[p.pk] == top] for top in (tops[p.pk] for p in found)}
                units = [Group(t.words, *self._sum(ps), ("department", str(t.pk))) for t, ps in below.items()]
            yield from units
            if several and len(units) > 1:
                yield whole

    def _leading_to(self, place: Place) -> tuple[str, str]:
        """The filter of a 課 alone, also where others stand below it."""
        below = sum(one.organ == place.organ and one.path.startswith(place.path) for one in self.places)
        return ("own" if below > 1 else "department", str(place.pk))

    def _sum(self, places: list[Place]) -> tuple[int, int]:
        found = [self.counts[place.pk] for place in places]
        return sum(n for n, _ in found), sum(registered for _, registered in found)


def _key(key: str) -> Any:
    return STATE if key == "state" else F(_field(key))


def _field(key: str) -> str:
    if key in BY_DEPARTMENT:
        return "department_id"
    return f"{key.replace('level', 'applied')}_id" if key.startswith("level_") else key
