"""How each filter of the ledger narrows it: values of one filter widen each other, filters narrow each other."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from assets.body_columns import columns_of_body
from assets.columns import Column, Kind
from assets.models import Attachment, ExtraValue
from assets.models.asset import AssetQuerySet
from assets.models.classification import Classification
from assets.models.revision import end_of
from assets.models.scheme import Axis
from assets.searching import matching
from assets.states import OPEN, RETIRED, Standing, State, state_words
from assets.states import Kind as ProposalKind
from registry.base.fiscal import fiscal_year
from registry.organization.succession import successors_of
from registry.organization.vocabulary import said_later

NOTHING = "none"
NOTHING_GIVEN = (NOTHING, "未入力")
STATES = [
    ("registered", "登録済"),
    ("changing", "登録済(変更の申請あり)"),
    ("draft", "下書き"),
    ("submitted", "申請中"),
    ("confirmed", "確認済(審査待ち)"),
    ("returned", "差戻し"),
    ("disposed", "廃棄済"),
    ("merged", "統合済"),
]
_UNDER_WAY = sorted(OPEN, key=list(State).index)
_KINDS = {
    Standing.REGISTERED: [ProposalKind.CHANGE, ProposalKind.DISPOSAL, ProposalKind.MERGE],
    Standing.UNREGISTERED: [ProposalKind.NEW],
}
# Each combination of what is in force and what is under way, by which grouped lists lead to their rows.
EXACT_STATES = [
    *((f"{standing}.{NOTHING}", state_words(standing, None)[0]) for standing in Standing),
    *(
        (f"{standing}.{state}.{kind}", state_words(standing, state, kind)[0])
        for standing, kinds in _KINDS.items()
        for kind in kinds
        for state in _UNDER_WAY
    ),
]
CONCERNS = [
    ("unclassified", "未分類"),
    ("incomplete", "必須の項目が未入力"),
    ("overdue", "廃棄予定日を過ぎている"),
    ("ended", "契約が終わっている"),
    ("uncounted", said_later("今年度の{inventory}がまだ")),
    ("closed", said_later("廃止された{section}のもの")),
]
Places = Mapping[str, Any]


def narrowed(
    assets: AssetQuerySet, chosen: Mapping[str, Any], places: Places, classification: Classification
) -> AssetQuerySet:
    """The assets that every chosen filter lets through; keys and values are those of a valid `LedgerFilter`."""
    for key, value in chosen.items():
        if key == "q":
            assets = matching(assets, value)
        elif key in DAYS:
            assets = assets.filter(DAYS[key](value))
        elif key == "department":
            assets = assets.filter(department_id__in=_below(places, value))
        elif key == "migration":
            assets = assets.to_migrate(classification)
        elif key == "attached":
            assets = assets.filter(reduce(or_, map(_attached, value)))
        elif key == "holder":
            assets = assets.filter(places__holder=value)
        elif key == "concern":
            assets = assets.filter(reduce(or_, (_concern(one, places, classification) for one in value)))
        else:
            assets = assets.filter(reduce(or_, (_one(key, one) for one in value)))
    return assets


def _below(places: Places, tops: Iterable[str]) -> set[int]:
    """The departments and all that stand below them; of those that were reorganised, what their successors have now."""
    chosen = [places[key] for key in tops]
    found, gone = set[int](), set[int]()
    for place in places.values():
        above = [top for top in chosen if place.organ == top.organ and place.path.startswith(top.path)]
        if above:
            found.add(place.pk)
        if any(top.closed for top in above):
            gone.add(place.pk)
    return found | successors_of(gone) if gone else found


def _one(key: str, value: str) -> Q:
    match key:
        case "own":
            return Q(department_id=int(value))
        case "organ":
            return Q(department__organ_id=int(value))
        case "state":
            return _state(value)
        case "pi":
            return {"mynumber": Q(pi_mynumber=True), NOTHING: Q(pi__isnull=True)}.get(value, Q(pi=value == "yes"))
    if key.startswith("level_"):  # by the level in force (適用値)
        applied = key.replace("level", "applied")
        return Q(**{f"{applied}__isnull": True}) if value == NOTHING else Q(**{f"{applied}_id": int(value)})
    return Q(**{key: "" if value == NOTHING else value})


def _attached(answer: str) -> Q:
    there = Q(Exists(Attachment.objects.in_place().filter(asset=OuterRef("pk"))))
    return there if answer == "yes" else ~there


def _state(value: str) -> Q:
    if "." in value:
        return exactly(value)
    if value in RETIRED:
        return Q(standing=value)
    match value:
        case "registered":
            return Q(standing=Standing.REGISTERED)
        case "changing":
            return Q(standing=Standing.REGISTERED, open_proposal__isnull=False)
    return Q(open_proposal__state=State(value))


def exactly(code: str) -> Q:
    """The rows of one of the exact states."""
    standing, proposal, *kind = code.split(".")
    if proposal == NOTHING:
        return Q(standing=standing, open_proposal__isnull=True)
    return Q(standing=standing, open_proposal__state=proposal, open_proposal__kind=kind[0])


def _concern(code: str, places: Places, classification: Classification) -> Q:
    today = classification.day
    match code:
        case "overdue":
            return Q(disposal_due__lt=today, disposed_on__isnull=True)
        case "ended":
            return Q(contract_until__lt=today)
        case "uncounted":
            since = dt.date(fiscal_year(today), 4, 1)
            counted = Q(inventoried_on__isnull=True) | Q(inventoried_on__lt=since)
            return Q(standing=Standing.REGISTERED) & counted
        case "closed":
            return Q(department_id__in=[place.pk for place in places.values() if place.closed])
    return _any(
        _of(organs, places) & _any(_empty(column) for column in _asked(code, classification.axes_in(scheme)))
        for scheme, organs in _by_scheme(places, classification).items()
    )


def _by_scheme(places: Places, classification: Classification) -> dict[int, set[int]]:
    """The schemes that are used → the 実施機関 that use them."""
    found: dict[int, set[int]] = {}
    for organ in {place.organ for place in places.values()}:
        found.setdefault(classification.scheme_of(organ) or 0, set()).add(organ)
    return found


def _of(organs: set[int], places: Places) -> Q:
    return Q(department_id__in=[place.pk for place in places.values() if place.organ in organs])


def _asked(code: str, axes: list[Axis]) -> list[Column]:
    """The required columns under a scheme; of what is 未分類 its levels only."""
    fields = {f"level_{axis.slot}" for axis in axes}
    columns = columns_of_body().required
    asked = [column for column in columns if column.kind is not Kind.LEVEL or column.field in fields]
    return [column for column in asked if code == "incomplete" or column.kind is Kind.LEVEL]


def _any(conditions: Iterable[Q]) -> Q:
    """One of the conditions; of none, nothing."""
    return reduce(or_, conditions, Q(pk__in=()))


def _empty(column: Column) -> Q:
    if column.own:
        return ~Q(Exists(ExtraValue.objects.filter(column=column.own, asset=OuterRef("pk"))))
    name = column.attribute
    return Q(**{name: ""}) if column.kind in {Kind.TEXT, Kind.LONG, Kind.CHOICE} else Q(**{f"{name}__isnull": True})


DAYS: dict[str, Callable[[dt.date], Q]] = {
    "disposal_since": lambda day: Q(disposal_due__gte=day),
    "disposal_until": lambda day: Q(disposal_due__lte=day),
    "contract_since": lambda day: Q(contract_until__gte=day),
    "contract_until": lambda day: Q(contract_until__lte=day),
    "updated_since": lambda day: Q(updated_at__gte=end_of(day - dt.timedelta(days=1))),
    "updated_until": lambda day: Q(updated_at__lt=end_of(day)),
}
