"""記入ゆれ: texts that say the same in different spellings, 課 that no longer exist, and making them agree (PRODUCT A4)."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from assets import bulk
from assets.columns import PLACED, SPELLED, Column
from assets.in_force import portions
from assets.likeness import NEAR, likeness, spelling_key
from assets.models import Asset, ChangeKind, ChangeSet, KeptSpelling
from assets.models.asset import AssetQuerySet
from assets.states import Standing
from assets.values import Values
from registry.base.text import fold
from registry.base.verdict import Conflict
from registry.organization.access import departments_where
from registry.organization.models import Department, User
from registry.organization.roles import Permission

WORD = re.compile(r"[^\s、,，・/／()（）「」『』]+")
UNIT = re.compile(r"(?:課|室|局|部|所|係|センター)$")
SHORTEST = 3


@dataclass(frozen=True)
class Variants:
    """The ways in which one thing is written in a column, most frequent first, with the number of assets of each."""

    column: Column
    counts: tuple[tuple[str, int], ...]

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.counts]

    @property
    def count(self) -> int:
        return sum(count for _, count in self.counts)


@dataclass
class Misnamed:
    """A 課 named in texts of a column that does not exist (any more), and the one that is probably meant."""

    column: Column
    word: str
    count: int = 0
    closed: bool = False
    meant: str = ""


def variants(by: User) -> list[Variants]:
    """Where texts of registered assets that this person sees nearly agree and nobody judged them: one query per column."""
    kept = defaultdict(list)
    for column, spellings in KeptSpelling.objects.applying_to(by).values_list("column", "spellings"):
        kept[column].append(frozenset(spellings))
    found = [one for column in SPELLED for one in _variants_of(column, _texts(column, by))]
    left = [one for one in found if not any(set(one.texts) <= judged for judged in kept[one.column.key])]
    return sorted(left, key=lambda one: -one.count)


def misnamed(by: User) -> list[Misnamed]:
    """The names of units in free texts that are not those of today: closed, or nearly like one that exists."""
    today = timezone.localdate()
    rows = Department.objects.values_list("name", "full_name", "valid_from", "valid_until")
    current, closed = set[str](), set[str]()
    for name, full_name, since, until in rows:
        names = current if since <= today and (until is None or until >= today) else closed
        names |= {name, full_name}
    folded = {fold(name): name for name in sorted(current)}
    found: dict[tuple[str, str], Misnamed] = {}
    judged: dict[str, tuple[bool, str] | None] = {}
    for column in PLACED:
        for text, count in _texts(column, by):
            for word in dict.fromkeys(_units_in(text)):
                if word not in judged:
                    judged[word] = _judge(word, current, closed, folded)
                if verdict := judged[word]:
                    gone, meant = verdict
                    one = found.setdefault((column.key, word), Misnamed(column, word, 0, gone, meant))
                    one.count += count
    return sorted(found.values(), key=lambda one: (not one.closed, -one.count, one.word))


def respelled(column: Column, texts: Collection[str], target: str, by: User) -> dict[int, Values]:
    """Key of asset → values, where `column` says one of these texts and would say `target`."""
    assets = _changeable(by).filter(**{f"{column.field}__in": list(texts)}).exclude(**{column.field: target})
    return {key: {column.key: target} for key in assets.values_list("pk", flat=True)}


def renamed(column: Column, word: str, target: str, by: User) -> dict[int, Values]:
    """Key of asset → values, where the text in `column` holds the whole word and would name `target` instead."""
    assets = _changeable(by).filter(**{f"{column.field}__contains": word}).values_list("pk", column.field)
    changes = {key: WORD.sub(lambda found: target if found[0] == word else found[0], text) for key, text in assets}
    return {key: {column.key: changes[key]} for key, text in assets if changes[key] != text}


def _changeable(by: User) -> AssetQuerySet:
    """The registered assets that this person may change and that have no application under way."""
    mine = departments_where(by, Permission.EDIT_ASSETS)
    found = Asset.objects.visible_to(by).filter(department_id__in=mine)
    return found.filter(standing=Standing.REGISTERED, open_proposal__isnull=True)


def align(changes: Mapping[int, Values], *, by: User, reason: str) -> ChangeSet:
    """Make the spellings agree: at once where the person may register directly everywhere (事務局), else as applications."""
    if not changes:
        raise Conflict("そろえるものがありません。画面を開き直してください。")
    act = bulk.change_at_once if may_align_at_once(changes, by) else bulk.propose_at_once
    return act(changes, kind=ChangeKind.SPELLING, reason=reason, by=by)


def may_align_at_once(keys: Iterable[int], by: User) -> bool:
    """May this person register directly in the departments of all these assets?"""
    mine = departments_where(by, Permission.REGISTER_ASSETS)
    foreign = Asset.objects.visible_to(by).exclude(department_id__in=mine)
    return not any(foreign.filter(pk__in=portion).exists() for portion in portions(list(keys)))


def _texts(column: Column, by: User) -> list[tuple[str, int]]:
    """Every text of a column with the number of registered assets that say it."""
    assets = Asset.objects.visible_to(by).filter(standing=Standing.REGISTERED).exclude(Q(**{column.field: ""}))
    return list(assets.values_list(column.field).annotate(count=Count("pk")).order_by())


def _variants_of(column: Column, texts: Sequence[tuple[str, int]]) -> Iterator[Variants]:
    alike: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for text, count in texts:
        alike[spelling_key(text)].append((text, count))
    for found in alike.values():
        if len(found) > 1:
            yield Variants(column, tuple(sorted(found, key=lambda one: (-one[1], one[0]))))


def _units_in(text: str) -> Iterator[str]:
    return (word for word in WORD.findall(text) if len(word) >= SHORTEST and UNIT.search(word))


def _judge(
    word: str, current: Collection[str], closed: Collection[str], folded: Mapping[str, str]
) -> tuple[bool, str] | None:
    """(closed, the one probably meant) of a word that names no unit of today; None when it does, or is like none."""
    if word in current:
        return None
    plain = fold(word)
    if meant := folded.get(plain):
        return False, meant
    nearest = max(folded, key=lambda name: likeness(plain, name), default="")
    meant = folded[nearest] if nearest and likeness(plain, nearest) >= NEAR else ""
    gone = word in closed
    return (gone, meant) if gone or meant else None
