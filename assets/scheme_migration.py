"""移行: what the rules of the scheme in force propose for assets that still carry levels of an earlier one (DOMAIN §1).

The rules are data of the preset; the database applies them, so that a hundred thousand rows are grouped in one query.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, Value, When

from assets import schemes
from assets.models import Asset, Axis, Classification, Level
from assets.models.asset import AssetQuerySet
from assets.models.scheme import LEVEL_FIELDS

STAYS, NO_RULE, CLEARED = 0, -1, -2
SEARCHED = ("name", "description")


@dataclass(frozen=True)
class Rule:
    """A rule of the preset with the levels it speaks about."""

    old: Level
    new: Level
    words: tuple[str, ...]
    facts: dict[str, bool]
    reason: str

    @property
    def condition(self) -> Q:
        """Which assets it fits."""
        found = Q(**{LEVEL_FIELDS[self.old.axis.slot - 1]: self.old.pk}, **self.facts)
        texts = [(f"{column}__contains", word) for column in SEARCHED for word in self.words]
        return found & Q(*texts, _connector=Q.OR) if texts else found

    @property
    def plain(self) -> bool:
        """Does it only say that nothing changes but the scheme?"""
        return not self.words and not self.facts and self.old.code == self.new.code

    def reason_for(self, asset: Asset) -> str:
        """Why it proposes its level for this asset."""
        texts = [str(getattr(asset, column)).casefold() for column in SEARCHED]
        word = next((word for word in self.words if any(word.casefold() in text for text in texts)), "")
        return self.reason.format(word=word)


@dataclass(frozen=True)
class Step:
    """What is proposed for one level of an asset; `settled` is false where a person has to choose."""

    field: str
    label: str
    old: Level | None
    new: Level | None
    reason: str
    settled: bool

    @property
    def changes(self) -> bool:
        return (self.old and self.old.pk) != (self.new and self.new.pk)

    @property
    def words(self) -> str:
        """The step in a sentence."""
        old = self.old.label if self.old else "（なし）"
        new = f"{self.new.label}（提案）" if self.new else "（なし）" if self.settled else "選んでください"
        return f"{self.label}: {old} → {new}。{self.reason}"

    @property
    def alike(self) -> bool:
        """Does the level only move to the one of the same name?"""
        return self.changes and self.old is not None and self.new is not None and self.old.label == self.new.label


@dataclass(frozen=True)
class Group:
    """Assets for which the same is proposed: how many, and how many of them nobody has taken in hand yet."""

    key: str
    text: str
    reason: str
    count: int
    settled: bool


class Plan:
    """The way to one scheme: which assets still have to come, and what is proposed for each of them."""

    def __init__(self, classification: Classification, scheme: int) -> None:
        self.classification, self.scheme = classification, scheme
        self.axes = {axis.slot: axis for axis in classification.axes_in(scheme)}
        self.rules = {slot: list(self._rules(axis)) for slot, axis in self.axes.items()}

    def _rules(self, axis: Axis) -> Iterator[Rule]:
        """The rules of the preset for an axis; those about levels that this body does not have are left out."""
        known = {(lv.axis.scheme.code, lv.axis.code, lv.code): lv for lv in self.classification.levels.values()}
        for rule in schemes.read_preset(axis.scheme.code).migration:
            old = known.get((rule.scheme, rule.axis, rule.old))
            new = known.get((axis.scheme.code, axis.code, rule.new))
            if (rule.to or rule.axis) == axis.code and old and new:
                yield Rule(old, new, rule.words, dict(rule.facts), rule.reason)

    def bare(self, among: AssetQuerySet) -> AssetQuerySet:
        """Those among the assets that still have to come, without what is proposed for them."""
        return among.alive().filter(self.classification.foreign_to(self.scheme))

    def assets(self, among: AssetQuerySet) -> AssetQuerySet:
        """Those among the assets that still have to come, each with the number of the rule that fits, per column."""
        return self.proposed(self.bare(among))

    def proposed(self, assets: AssetQuerySet) -> AssetQuerySet:
        """The assets, each with the number of the rule that fits, per column."""
        return assets.annotate(**{f"rule_{slot}": self._case(slot) for slot in range(1, len(LEVEL_FIELDS) + 1)})

    def _case(self, slot: int) -> Case:
        field = LEVEL_FIELDS[slot - 1]
        axis = self.axes.get(slot)
        if axis is None:
            kept = When(**{f"{field}__isnull": True}, then=Value(STAYS))
            return Case(kept, default=Value(CLEARED), output_field=IntegerField())
        kept = When(**{f"{field}__in": [level.pk for level in axis.levels.all()]}, then=Value(STAYS))
        fitting = [When(rule.condition, then=Value(number)) for number, rule in enumerate(self.rules[slot], 1)]
        return Case(kept, *fitting, default=Value(NO_RULE), output_field=IntegerField())

    @cached_property
    def telling(self) -> list[int]:
        """The columns by which proposals differ; those where every rule only changes the scheme tell nothing."""
        slots = range(1, len(LEVEL_FIELDS) + 1)
        return [slot for slot in slots if slot in self.axes and not all(rule.plain for rule in self.rules[slot])] or [1]

    def groups(self, assets: AssetQuerySet) -> list[Group]:
        """The assets (as `assets` gives them) by what is proposed, in the order of the rules; one query."""
        names = [f"rule_{slot}" for slot in self.telling]
        found = assets.order_by().values(*names).annotate(count=Count("pk"))
        rows = sorted(found, key=lambda row: [row[name] if row[name] > 0 else 10_000 for name in names])
        return [self._group([row[name] for name in names], row["count"]) for row in rows]

    def _group(self, numbers: list[int], count: int) -> Group:
        pairs = list(zip(self.telling, numbers, strict=True))
        fitting = [self.rules[slot][number - 1] for slot, number in pairs if number > 0]
        texts = [f"{rule.old.label} → {rule.new.label}" for rule in fitting]
        texts += [f"{self.axes[slot].label}は提案なし" for slot, number in pairs if number == NO_RULE]
        reasons = [rule.reason.format(word="」「".join(rule.words)) for rule in fitting]
        text, reason = "、".join(texts) or "ほかの区分だけ", " ".join(dict.fromkeys(reasons))
        return Group(self.key_of(numbers), text, reason, count, NO_RULE not in numbers)

    def key_of(self, numbers: Iterable[int]) -> str:
        """How a group is named in addresses."""
        return "_".join(map(str, [self.scheme, *numbers]))

    def in_group(self, assets: AssetQuerySet, key: str) -> AssetQuerySet:
        """Those of the assets (as `bare` gives them) that belong to a group; none when there is no such group here."""
        numbers = key.split("_")[1:]
        if not key.startswith(f"{self.scheme}_") or len(numbers) != len(self.telling):
            return assets.none()
        known = {str(number) for number in range(CLEARED, 1 + max(map(len, self.rules.values()), default=0))}
        if not set(numbers) <= known:
            return assets.none()
        for slot, number in zip(self.telling, map(int, numbers), strict=True):
            name = f"rule_{slot}"
            assets = assets.alias(**{name: self._case(slot)}).filter(**{name: number})
            if 0 < number <= len(self.rules[slot]):  # said once more, so that an index leads to the rows
                old = self.rules[slot][number - 1].old
                assets = assets.filter(**{LEVEL_FIELDS[old.axis.slot - 1]: old.pk})
        return assets

    def steps(self, asset: Any) -> list[Step]:
        """What is proposed for an asset (with its rules and its levels read), column by column."""
        return [step for slot in range(1, len(LEVEL_FIELDS) + 1) for step in self._step(asset, slot)]

    def _step(self, asset: Any, slot: int) -> Iterator[Step]:
        field, axis, number = LEVEL_FIELDS[slot - 1], self.axes.get(slot), getattr(asset, f"rule_{slot}")
        old = getattr(asset, field)
        if axis is None:
            if old is not None:
                yield Step(
                    field, old.axis.label, old, None, f"「{old.axis.label}」は、いまの分類体系にないため。", True
                )
        elif number > 0:
            rule = self.rules[slot][number - 1]
            yield Step(field, axis.label, old, rule.new, rule.reason_for(asset), True)
        else:
            settled = number == STAYS
            yield Step(
                field, axis.label, old, old if settled else None, "" if settled else "提案はありません。", settled
            )


def plans(classification: Classification) -> list[Plan]:
    """One plan for every scheme in use that assets may have to come to."""
    return [Plan(classification, scheme) for scheme in classification.schemes_in_use()]
