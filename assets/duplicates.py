"""重複の候補: what in the ledger is like something else, as far as the person may see it (PRODUCT A4)."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from assets.likeness import NEAR, SHORTEST, joined, likeness, near_pairs
from assets.models import Apart, Asset, FoldedName, Proposal
from assets.models.asset import AssetQuerySet
from assets.models.likeness import FOLDED
from assets.states import LISTED, Kind
from registry.base.text import fold
from registry.history.models import Head
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, word

SHOWN = 8  # like assets beside the form
LOOKED_AT = 3_000  # candidates that are compared for it
PIECE = 6  # characters: of as many pieces, one survives what NEAR lets differ
CONTAINED = 4  # characters of a name that is looked for inside others
KEPT = 600  # seconds


@dataclass(frozen=True)
class Similar:
    """An asset like the one that is being entered, and in what way."""

    asset: Asset
    same: bool
    same_department: bool

    @property
    def how(self) -> str:
        if not self.same:
            return "名称が似ています"
        return (
            said("同じ{section}に同じ名称があります")
            if self.same_department
            else said("ほかの{section}に同じ名称があります")
        )


@dataclass(frozen=True)
class Group:
    """Assets that are probably one and the same."""

    assets: list[Asset]

    @property
    def within(self) -> bool:
        """Are two of them in the same department?"""
        return len({asset.department_id for asset in self.assets}) < len(self.assets)


def similar(name: str, *, by: User, department_id: int | None = None, besides: int | None = None) -> list[Similar]:
    """The assets this person may see whose name is equal to this one, holds it or is near it; the nearest first."""
    text = _folded(name)
    if len(text) < 2:
        return []
    found = FoldedName.objects.filter(_candidates(text), asset__in=_listed(by)).exclude(asset_id=besides or 0)
    rows = found.values_list("asset_id", "text", "asset__department_id").order_by("asset_id")[:LOOKED_AT]
    scored = [(_score(text, other), place == department_id, key) for key, other, place in rows]
    best = sorted((one for one in scored if one[0] >= NEAR), key=lambda one: (-one[0], not one[1], one[2]))[:SHOWN]
    assets = Asset.objects.visible_to(by).select_related("department", "open_proposal").in_bulk([k for *_, k in best])
    return [Similar(assets[key], score == 1, here) for score, here, key in best if key in assets]


def names_in(department_id: int) -> set[str]:
    """The folded names of everything in the ledger of a department."""
    listed = Asset.objects.filter(department_id=department_id).listed()
    return set(FoldedName.objects.filter(asset__in=listed).values_list("text", flat=True))


def _folded(name: str) -> str:
    """A name as it is compared; NUL, which is refused as a name, is no text for PostgreSQL either."""
    return fold(name.replace("\0", ""))[:FOLDED]


def doubles_of(asset: Asset) -> AssetQuerySet:
    """What stands in the ledger under the same name in the same department, and was not judged to be another thing."""
    held = Apart.assets.through.objects
    judged = held.filter(apart__in=held.filter(asset=asset.pk).values("apart")).values("asset")
    same = Asset.objects.filter(folded__text=_folded(asset.name), department_id=asset.department_id).listed()
    return same.exclude(pk=asset.pk).exclude(pk__in=judged) if asset.name else same.none()


def undeclared_doubles(proposal: Proposal, proposed: Asset) -> list[Asset]:
    """What stands under the name that a proposal would give in its department, where nobody has said it is another thing.

    Asked of a new entry, and of a change or merge that brings the name or the department anew.
    """
    asset = proposal.asset
    stays = fold(asset.name) == fold(proposed.name) and asset.department_id == proposed.department_id
    if proposal.kind != Kind.NEW and stays:
        return []
    return list(doubles_of(proposed).exclude(pk=proposal.merges_id or 0).order_by("number", "pk")[:SHOWN])


def doubled_sentence(doubles: Collection[Asset]) -> str:
    """What is to be done about them, in a sentence."""
    names = "、".join(f"{asset.full_number or '未採番'}" for asset in doubles)
    return (
        f"同じ{word('section')}に同じ名称の{word('asset')}があります({names})。同じものなら、この申請をやめてそちらを使ってください。"
        "別のものなら、入力の画面で「別のものです」に印を付け、理由を書いてから申請してください。"
    )


def same_names(by: User, department_id: int | None = None) -> list[str]:
    """The folded names under which several assets stand that nobody has judged; those within one 課 first, then by number."""
    rows = (
        _names(by, department_id)
        .values_list("text")
        .annotate(count=Count("asset"), places=Count("asset__department", distinct=True))
    )
    counted = [(text, count, places) for text, count, places in rows.filter(count__gt=1)]
    judged = _judged_by_name(by, department_id)
    left = [(places == count, -count, text) for text, count, places in counted if judged.get(text) != count]
    return [text for *_, text in sorted(left)]


def groups_named(texts: Collection[str], by: User, department_id: int | None = None) -> list[Group]:
    """The groups of some of these names, in their order: one query."""
    members: dict[str, list[Asset]] = defaultdict(list)
    names = _names(by, department_id).filter(text__in=texts)
    for row in names.select_related("asset__department", "asset__open_proposal").order_by(
        "asset__department__path", "asset__standing", "asset__number", "asset_id"
    ):
        members[row.text].append(row.asset)
    return [Group(members[text]) for text in texts if text in members]


def near_names(by: User, department_id: int | None = None) -> list[list[int]]:
    """Keys of the assets of one department whose names are near each other, group by group; kept until anything changes."""
    state = Head.objects.values_list("hash", flat=True).get(pk=1)
    asked = repr((sorted(departments_where(by, Permission.VIEW_ASSETS)), department_id, state))
    key = "near:" + hashlib.sha256(asked.encode()).hexdigest()
    found: list[list[int]] = cache.get_or_set(key, lambda: _near(by, department_id), KEPT) or []
    return found


def groups_of(keys: Iterable[list[int]], by: User) -> list[Group]:
    """The assets of these groups: one query."""
    wanted = list(keys)
    found = Asset.objects.visible_to(by).select_related("department", "open_proposal")
    assets = found.in_bulk([key for group in wanted for key in group])
    return [Group([assets[key] for key in group if key in assets]) for group in wanted]


def _candidates(text: str) -> Q:
    """Names that may be near: of comparable length, with a piece of this one in them; and those that hold all of it."""
    count = max(2, -(-len(text) // PIECE))
    size = -(-len(text) // count)
    shortest, longest = len(text) * NEAR / (2 - NEAR) - 1, len(text) * (2 - NEAR) / NEAR + 1
    found, pieces = Q(text=text), Q()
    for start in range(0, len(text), size):
        pieces |= Q(text__contains=text[start : start + size])
    if len(text) >= SHORTEST:
        found |= Q(length__gte=int(shortest), length__lte=int(longest)) & pieces
    return found | Q(text__contains=text) if len(text) >= CONTAINED else found


def _score(text: str, other: str) -> float:
    """1 when equal; as near as they are; at least NEAR when the other holds this one."""
    holds = NEAR if len(text) >= CONTAINED and text in other else 0.0
    return max(likeness(text, other), holds)


def _listed(by: User) -> AssetQuerySet:
    return Asset.objects.visible_to(by).listed()


def _names(by: User, department_id: int | None) -> QuerySet[FoldedName]:
    found = FoldedName.objects.filter(
        asset__department_id__in=departments_where(by, Permission.VIEW_ASSETS), asset__standing__in=LISTED
    )
    return found.filter(asset__department_id=department_id) if department_id else found


def _judged_by_name(by: User, department_id: int | None) -> dict[str, int]:
    """Of each name: how many of its visible assets one judgement holds apart (the largest of them)."""
    through = Apart.assets.through.objects.filter(asset__folded__in=_names(by, department_id))
    rows = through.values_list("apart_id", "asset__folded__text").annotate(count=Count("asset"))
    judged: dict[str, int] = {}
    for _, text, count in rows:
        judged[text] = max(judged.get(text, 0), count)
    return judged


def _near(by: User, department_id: int | None) -> list[list[int]]:
    places: dict[int, dict[int, str]] = defaultdict(dict)
    for key, place, text in _names(by, department_id).values_list("asset_id", "asset__department_id", "text"):
        places[place][key] = text
    apart = _pairs_apart(by, department_id)
    pairs = (pair for names in places.values() for pair in near_pairs(names) if frozenset(pair) not in apart)
    return sorted(joined(pairs))


def _pairs_apart(by: User, department_id: int | None) -> set[frozenset[int]]:
    held: dict[int, list[int]] = defaultdict(list)
    through = Apart.assets.through.objects.filter(asset__folded__in=_names(by, department_id))
    for apart, asset in through.values_list("apart_id", "asset_id"):
        held[apart].append(asset)
    return {frozenset(pair) for assets in held.values() for pair in combinations(assets, 2)}
