"""What holds what, worked out set by set: 算定値 and 適用値 up the links, cycles, and how far a change reaches.

One round per storey of links, each of a constant number of queries, however many assets there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from assets.classification import applied_name
from assets.inheritance import Mark, in_force, passed_on, strictest
from assets.models import Asset, Holding, Level
from assets.models.asset import APPLIED_FIELDS, CALCULATED_FIELDS, SLOTS, SOURCE_FIELDS
from assets.models.scheme import LEVEL_FIELDS
from assets.states import RETIRED, Standing
from assets.values import as_proposed
from registry.base.verdict import Conflict
from registry.history.record import Act, record_many
from registry.organization.models import User
from registry.organization.vocabulary import said

AT_ONCE = 500  # rows written in one statement
Marks = dict[int, Mark | None]  # by slot
WRITTEN = (*CALCULATED_FIELDS, *SOURCE_FIELDS, *APPLIED_FIELDS)
ELSEWHERE = "(ほかの{section}の{asset})"
NO_PLACE = "{name}は{standing}です。「保管・搭載先」か「{{system}}名」には、台帳にあるものを選んでください。"


def places_of(asset: Asset) -> set[int]:
    """Keys of everything an asset says it is in or on: 保管・搭載先 and 情報システム. Nothing while it is not in force."""
    if asset.standing != Standing.REGISTERED:
        return set()
    return {*asset.holder_keys, *([asset.system_id] if asset.system_id else [])}


class Reach:
    """How far a change of some assets reaches; nothing is written until `settle` does."""

    def __init__(self, changed: Sequence[Asset]) -> None:
        self.levels = {level.pk: level for level in Level.objects.select_related("axis")}
        self.nodes = {asset.pk: asset for asset in changed}
        self.given = frozenset(self.nodes)
        self.places: dict[int, set[int]] = {asset.pk: places_of(asset) for asset in changed}
        self.stood = {asset.pk: _stood(asset) for asset in changed}
        self.touched: set[int] = set()
        left = Holding.objects.filter(held__in=self.given).values_list("holder_id", flat=True)
        waiting = {*self.given, *left, *(place for places in self.places.values() for place in places)}
        while waiting:
            waiting = self._round(waiting)

    def above(self) -> list[Asset]:
        """The assets that were not changed themselves but get another 適用値."""
        return [self.nodes[key] for key in sorted(self.touched - self.given) if self._differs(key)]

    def _differs(self, key: int) -> bool:
        return any(self.stood[key][name] != getattr(self.nodes[key], name) for name in _ids(APPLIED_FIELDS))

    def _round(self, waiting: set[int]) -> set[int]:
        """Work out what waits; gives back what holds those whose mark changed."""
        self._read(waiting - self.nodes.keys())
        below: dict[int, set[int]] = defaultdict(set)
        for held, places in self.places.items():
            for place in places & waiting:
                below[place].add(held)
        best = self._strongest(waiting)
        moved = {key for key in waiting if self._work_out(key, best[key], below[key])}
        self.touched |= moved
        return {place for key in moved for place in self.places[key]}

    def _read(self, keys: set[int]) -> None:
        fields = (
            "name",
            "department_id",
            "standing",
            "deviation",
            *(f"level_{slot}_id" for slot in SLOTS),
            *_ids(WRITTEN),
        )
        for asset in Asset.objects.filter(pk__in=keys).only(*fields):
            self.nodes[asset.pk] = asset
            self.stood[asset.pk] = _stood(asset)
            self.places[asset.pk] = set()
        for held, holder in Holding.objects.filter(held__in=keys).values_list("held_id", "holder_id"):
            self.places[held].add(holder)

    def _strongest(self, holders: set[int]) -> dict[int, Marks]:
        """Holder → the strictest mark on each axis among what it holds and nothing here has in hand."""
        found: dict[int, Marks] = defaultdict(dict)
        links = Holding.objects.filter(holder__in=holders).exclude(held__in=self.nodes.keys())
        for slot in SLOTS:
            level, source = f"held__applied_{slot}", f"held__source_{slot}_id"
            order = [F(f"{level}__severity").desc(), F(f"{level}__rank").desc(), F("held_id").asc()]
            place = Window(RowNumber(), partition_by=["holder_id"], order_by=order)
            first = links.filter(**{f"{level}__isnull": False}).annotate(place=place).filter(place=1)
            own = f"held__level_{slot}_id"
            for holder, held, key, set_here, origin in first.values_list(
                "holder_id", "held_id", f"{level}_id", own, source
            ):
                found[holder][slot] = self._mark(key, held if key == set_here else origin or held)
        return found

    def _mark(self, key: int | None, source: int | None = None) -> Mark | None:
        level = self.levels.get(key or 0)
        return Mark(level.severity, level.rank, level.pk, source) if level else None

    def _in_force(self, asset: Asset, slot: int) -> Mark | None:
        own = self._mark(getattr(asset, f"level_{slot}_id"))
        calculated = self._mark(getattr(asset, f"calculated_{slot}_id"), getattr(asset, f"source_{slot}_id"))
        return in_force(own, calculated, held_down=asset.held_down)

    def _work_out(self, key: int, best: Marks, below: Iterable[int]) -> bool:
        """Set 算定値, where it came from, and 適用値 of one asset; True when it now passes on something else."""
        asset = self.nodes[key]
        before = _stood(asset)
        for slot in SLOTS:
            held = (passed_on(self._in_force(self.nodes[one], slot), one) for one in sorted(below))
            calculated = strictest([best.get(slot), *held])
            setattr(asset, f"calculated_{slot}", calculated and self.levels[calculated.level])
            setattr(asset, f"source_{slot}_id", calculated and calculated.source)
            mark = self._in_force(asset, slot)
            setattr(asset, f"applied_{slot}", mark and self.levels[mark.level])
        return _stood(asset) != before or (key in self.given and key not in self.touched)


def settle(changed: Sequence[Asset], *, by: User | None) -> list[Asset]:
    """Bring links, 算定値 and 適用値 up to date after assets came into force or left it; inside their transaction.

    Gives back the assets above whose 適用値 changed, each with its entry in history. Conflict when the links run in a
    circle, or lead to something that was disposed of or merged into another.
    """
    _require_places(changed, by)
    if circle := find_circle(changed):
        raise Conflict(told_circle(circle, by))
    reach = Reach(changed)
    _link(changed)
    written = [reach.nodes[key] for key in sorted(reach.touched)]
    Asset.objects.bulk_update(written, WRITTEN, batch_size=AT_ONCE)
    above = reach.above()
    record_many([_inherited(asset, reach) for asset in above], by=by)
    return above


def _require_places(changed: Sequence[Asset], by: User | None) -> None:
    places = set().union(*(places_of(asset) for asset in changed))
    gone = Asset.objects.filter(pk__in=places, standing__in=RETIRED).order_by("pk").first() if places else None
    if gone is not None:
        seen = by is None or Asset.objects.visible_to(by).filter(pk=gone.pk).exists()
        name = f"「{gone}」" if seen else said(ELSEWHERE)
        raise Conflict(said(NO_PLACE.format(name=name, standing=gone.get_standing_display())))


def affected(proposed: Asset) -> tuple[Asset, list[Asset]]:
    """A proposed state as it would be in force, with its 算定値, and the assets above whose 適用値 would change.

    Nothing is written.
    """
    asset = as_if_in_force(proposed)
    return asset, Reach([asset]).above()


def as_if_in_force(proposed: Asset) -> Asset:
    """A copy of a proposed state that counts as registered: what it says it is in holds; never saved."""
    asset = as_proposed(proposed, {})
    asset.standing = Standing.REGISTERED
    return asset


def concerns(before: Asset | None, after: Asset) -> bool:
    """Does a change touch what 算定値 and 適用値 rest on?"""
    names = (*_ids(LEVEL_FIELDS), "deviation", "standing")
    if before is None or places_of(before) != places_of(after):
        return True
    return any(getattr(before, name) != getattr(after, name) for name in names)


def find_circle(changed: Sequence[Asset]) -> list[int]:
    """Keys of a circle that the links would run in, from an asset back to itself; empty when there is none."""
    said = {asset.pk: places_of(asset) for asset in changed}
    suspects = said.keys() & _above(set().union(*said.values()), said, {}).keys()
    for suspect in sorted(suspects):
        came_from = _above(said[suspect], said, dict.fromkeys(said[suspect], suspect))
        if suspect in came_from:
            return _path(suspect, came_from)
    return []


def told_circle(circle: Sequence[int], user: User | None) -> str:
    """The circle in a sentence; assets that the person may not see go without their names."""
    seen = Asset.objects.visible_to(user).in_bulk(circle) if user else Asset.objects.in_bulk(circle)
    names = " → ".join(f"「{seen[key]}」" if key in seen else said(ELSEWHERE) for key in circle)
    return f"保管・搭載先がひと回りしています: {names}。どれか一つの保管・搭載先を直してください。"


def _above(places: set[int], said: Mapping[int, set[int]], came_from: dict[int, int]) -> dict[int, int]:
    """Everything on the way up from these places, storey by storey, each with what led to it first."""
    came_from = {key: came_from.get(key, 0) for key in places}
    waiting = places
    while waiting:
        new: dict[int, int] = {}
        for held, above in _places(waiting, said).items():
            new |= dict.fromkeys(above - came_from.keys(), held)
        came_from |= new
        waiting = set(new)
    return came_from


def _path(end: int, came_from: Mapping[int, int]) -> list[int]:
    path, at = [end], came_from[end]
    while at != end:
        path.append(at)
        at = came_from[at]
    return [*path, end][::-1]


def _places(keys: Collection[int], said: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """Asset → what holds it: as the changed ones say, else as it is in force."""
    found: dict[int, set[int]] = {key: said[key] for key in keys if key in said}
    for held, holder in Holding.objects.filter(held__in=set(keys) - said.keys()).values_list("held_id", "holder_id"):
        found.setdefault(held, set()).add(holder)
    return found


def _link(changed: Sequence[Asset]) -> None:
    """Make the links in force say what the assets say."""
    wanted = {(place, asset.pk) for asset in changed for place in places_of(asset)}
    links = Holding.objects.filter(held__in=[asset.pk for asset in changed])
    there = {(link.holder_id, link.held_id): link.pk for link in links}
    Holding.objects.filter(pk__in=[key for pair, key in there.items() if pair not in wanted]).delete()
    new = [Holding(holder_id=holder, held_id=held) for holder, held in sorted(wanted - there.keys())]
    Holding.objects.bulk_create(new, batch_size=AT_ONCE)


def _ids(fields: Iterable[str]) -> list[str]:
    return [f"{name}_id" for name in fields]


def _stood(asset: Asset) -> dict[str, int | None]:
    return {name: getattr(asset, name) for name in _ids(WRITTEN)}


def _inherited(asset: Asset, reach: Reach) -> Act:
    changes = []
    for slot in SLOTS:
        old = reach.levels.get(reach.stood[asset.pk][f"applied_{slot}_id"] or 0)
        new = getattr(asset, f"applied_{slot}")
        if old != new:
            axis = next(level.axis for level in (new, old) if level)
            changes.append((applied_name(axis), str(old or ""), str(new or "")))
    return Act("asset.class-inherited", asset, asset.department_id, changes, said("保管・搭載する{asset}の分類から"))
