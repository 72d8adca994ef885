"""Which unit of a new list is which unit of today: pairs with why and how sure, made from codes, names and the tree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product

from registry.base.text import fold
from registry.organization.models.reorganization import Basis, Certainty

NEAR = 0.6
NEAR_WITH_CODE = 0.4
DISTINCT_NAME = 3
ENDINGS = tuple(
    fold(word)
    for word in (
        *("認定こども園", "こども園", "幼稚園", "保育所", "保育園", "事務局", "事務所", "センター"),
        *("推進課", "推進室", "推進部", "分室", "課", "室", "係", "部", "局", "所", "館", "班"),
    )
)


@dataclass(frozen=True)
class Node:
    """A unit as matching sees it. key: any number of its side; parent: the key of the unit above, None at the top."""

    key: int
    parent: int | None
    name: str
    code: str = ""


@dataclass(frozen=True)
class Pair:
    """A unit of today and what it becomes: after=None closes it, before=None is new."""

    before: int | None
    after: int | None
    basis: Basis
    certainty: Certainty


def nearness(one: str, other: str) -> float:
    """How near two names are, from 0 to 1, without the kind of unit at their ends (浅野保育所 and 浅野こども園: 1)."""
    return SequenceMatcher(None, _stem(fold(one)), _stem(fold(other)), autojunk=False).ratio()


def match(before: Iterable[Node], after: Iterable[Node]) -> list[Pair]:
    """Every unit of both sides in at least one pair, units of the list (parents first) in their order, closures last."""
    matcher = _Matcher(list(before), list(after))
    matcher.by_code_and_name()
    near, children = matcher.by_near_name, matcher.by_children
    for step in (matcher.by_code_and_near_name, near, matcher.elsewhere, children, near):
        matcher.below_what_is_known()
        step()
    return list(matcher.pairs())


class _Matcher:
    """Pairs what is still free, surest evidence first; `partner` maps a key of the list to the key it continues."""

    def __init__(self, before: list[Node], after: list[Node]) -> None:
        self.before = {node.key: node for node in before}
        self.after = {node.key: node for node in after}
        self.free = dict(self.before)
        self.partner: dict[int, Pair] = {}
        self.merged: list[Pair] = []
        self.below_before, self.below_after = _children(before), _children(after)
        self.by_code = {node.code: node for node in before if node.code}

    def take(self, before: Node, after: Node, basis: Basis, certainty: Certainty) -> None:
        del self.free[before.key]
        pair = Pair(before.key, after.key, basis, certainty)
        if after.key in self.partner:
            self.merged.append(pair)
        else:
            self.partner[after.key] = pair

    def open(self) -> list[Node]:
        """The units of the list that have no partner yet, in their order."""
        return [node for node in self.after.values() if node.key not in self.partner]

    def parent_of(self, node: Node) -> tuple[bool, int | None]:
        """Whether it is known what the unit above was, and which."""
        if node.parent is None:
            return True, None
        pair = self.partner.get(node.parent)
        return (pair is not None, pair.before if pair else None)

    def by_code_and_name(self) -> None:
        for node in self.open():
            found = self.free.get(self.by_code[node.code].key) if node.code in self.by_code else None
            if found and fold(found.name) == fold(node.name):
                self.take(found, node, Basis.CODE, Certainty.SURE)

    def by_code_and_near_name(self) -> None:
        for node in self.open():
            found = self.free.get(self.by_code[node.code].key) if node.code in self.by_code else None
            if found and nearness(found.name, node.name) >= NEAR_WITH_CODE:
                self.take(found, node, Basis.RENAMED, Certainty.LIKELY)

    def below_what_is_known(self) -> None:
        """Same name under the same unit, from the top down; namesakes are told apart by what stands below them."""
        for node in self.after.values():
            known, above = self.parent_of(node)
            if node.key in self.partner or not known:
                continue
            names = [
                other for other in self.below_before[above] if other.key in self.free and _same(other.name, node.name)
            ]
            rivals = [
                o for o in self.below_after[node.parent] if o.key not in self.partner and _same(o.name, node.name)
            ]
            if names and len(names) == len(rivals) == 1:
                sure = Certainty.LIKELY if node.code and names[0].code else Certainty.SURE
                self.take(names[0], node, Basis.NAME, sure)
            elif names:
                self._tell_apart(names, rivals)

    def _tell_apart(self, before: list[Node], after: list[Node]) -> None:
        shared = {(one.key, two.key): self._in_common(one, two) for one, two in product(before, after)}
        for one, two in sorted(product(before, after), key=lambda both: -shared[both[0].key, both[1].key]):
            if one.key in self.free and two.key not in self.partner:
                rivals = [shared[one.key, o.key] for o in after if o is not two]
                rivals += [shared[o.key, two.key] for o in before if o is not one]
                clear = shared[one.key, two.key] > max(rivals, default=0)
                self.take(one, two, Basis.NAME, Certainty.LIKELY if clear else Certainty.DOUBTFUL)

    def _in_common(self, one: Node, two: Node) -> int:
        names = Counter(fold(node.name) for node in self.below_before[one.key])
        return sum((names & Counter(fold(node.name) for node in self.below_after[two.key])).values())

    def by_near_name(self) -> None:
        """Free units look for the nearest new name under the same unit; several may come together in one (統合)."""
        wanted = [(node, *self.parent_of(node)) for node in self.open()]
        names = {fold(node.name) for node, *_ in wanted}
        found: list[tuple[float, Node, Node]] = []
        for old in (node for node in self.free.values() if fold(node.name) not in names):
            near = [
                (nearness(old.name, new.name), new) for new, known, above in wanted if known and above == old.parent
            ]
            score, best = max(near, key=lambda pair: pair[0], default=(0.0, None))
            if best and score >= NEAR and not self._reuses(best):
                found.append((score, old, best))
        for _, old, new in sorted(found, key=lambda triple: -triple[0]):
            self.take(old, new, Basis.NEAR, Certainty.DOUBTFUL)

    def elsewhere(self) -> None:
        """The same name under another unit, where it is free only once on both sides."""
        old, new = _by_name(self.free.values()), _by_name(self.open())
        often = Counter(fold(node.name) for node in (*self.before.values(), *self.after.values()))
        for name in old.keys() & new.keys():
            if len(old[name]) == len(new[name]) == 1:
                distinct = often[name] == 2 and len(name) >= DISTINCT_NAME
                self.take(
                    old[name][0], new[name][0], Basis.ELSEWHERE, Certainty.LIKELY if distinct else Certainty.DOUBTFUL
                )

    def by_children(self) -> None:
        """A unit of which most of what stands below came from one free unit is probably that one under a new name."""
        for node in reversed(self.open()):
            above = Counter(
                self.before[pair.before].parent
                for child in self.below_after[node.key]
                if (pair := self.partner.get(child.key)) and pair.before is not None
            )
            for key, count in above.most_common(1):
                if key in self.free and count > 1 and count * 2 > len(self.below_before[key]):
                    self.take(self.free[key], node, Basis.CHILDREN, Certainty.DOUBTFUL)

    def pairs(self) -> Iterator[Pair]:
        for node in self.after.values():
            yield self.partner.get(node.key) or self._new(node)
            yield from (pair for pair in self.merged if pair.after == node.key)
        reused = {node.code for node in self.open() if node.code}
        for old in self.free.values():
            yield Pair(old.key, None, Basis.REUSED if old.code in reused else Basis.GONE, Certainty.DOUBTFUL)

    def _new(self, node: Node) -> Pair:
        if self._reuses(node):
            return Pair(None, node.key, Basis.REUSED, Certainty.DOUBTFUL)
        return Pair(None, node.key, Basis.NEW, Certainty.LIKELY if self.free else Certainty.SURE)

    def _reuses(self, node: Node) -> bool:
        return node.code in self.by_code and self.by_code[node.code].key in self.free


def _children(nodes: Iterable[Node]) -> dict[int | None, list[Node]]:
    below: dict[int | None, list[Node]] = defaultdict(list)
    for node in nodes:
        below[node.parent].append(node)
    return below


def _by_name(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        found[fold(node.name)].append(node)
    return found


def _same(one: str, other: str) -> bool:
    return fold(one) == fold(other)


def _stem(folded: str) -> str:
    return next(
        (folded.removesuffix(ending) for ending in ENDINGS if folded.endswith(ending) and folded != ending), folded
    )
