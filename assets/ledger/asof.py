"""The ledger as it stood at the end of a past day, and what two days differ by (PRODUCT A10)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from assets.body_columns import columns_of_body
from assets.classification import axes_seen_by, class_label, named
from assets.columns import BY_KEY, LEVELS, Column
from assets.ledger.listing import DEFAULT_COLUMNS
from assets.models import Asset, Level, Revision
from assets.models.asset import AssetQuerySet
from assets.models.revision import RevisionQuerySet
from assets.values import label_then
from registry.organization.models import Department, User
from registry.organization.roles import Permission
from registry.web.paging import Order

BY_NUMBER = Order("asset__number")
ADDED, CHANGED, GONE = "追加", "変更", "廃棄"
SHOWN = [BY_KEY[key] for key in DEFAULT_COLUMNS]
Names = list[tuple[Column, str]]


@dataclass(frozen=True)
class Change:
    """What became of one asset between two days: (item, before, after) for each column that differs."""

    kind: str
    asset_id: int
    number: str
    name: str
    department: str
    rows: list[tuple[str, str, str]]

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """What a 新旧対照表 shows of it: every item that differs; of what came or went one line without items."""
        return self.rows if self.kind == CHANGED else [("", "", "")]


def standing(
    user: User,
    day: dt.date,
    department: Department | None = None,
    permission: Permission = Permission.VIEW_ASSETS,
) -> RevisionQuerySet:
    """The states in force at the end of a day that the person may see; of one department as it was then."""
    found = Revision.objects.where(user, permission).on(day).select_related("asset")
    return found.filter(values__section=department.pk) if department else found


def label_of(found: Iterable[Revision]) -> str:
    """The class label of these states as they were."""
    return class_label(Level.objects.filter(pk__in=_level_keys(found)).select_related("axis"))


def label_between(assets: Iterable[Asset], since: dt.date, until: dt.date) -> str:
    """The class label of what these assets were on either day."""
    keys = [asset.pk for asset in assets]
    return label_of(found for day in (since, until) for found in Revision.objects.on(day).filter(asset_id__in=keys))


def names_on(user: User, day: dt.date) -> Names:
    """What the columns were called on a day; before any scheme held, what they are called today."""
    return named(SHOWN, axes_seen_by(user, day) or axes_seen_by(user))


def names_of(revision: Revision) -> Names:
    """What the columns of an old state were called: its levels as the schemes they belong to call their axes."""
    levels = Level.objects.filter(pk__in=_level_keys([revision])).select_related("axis")
    return named(columns_of_body().all, [level.axis for level in levels])


def names_between(user: User, since: dt.date, until: dt.date) -> Names:
    """What the columns that two days differ by are called, under the schemes of either day."""
    return named(columns_of_body().editable, axes_seen_by(user, since, until) or axes_seen_by(user))


def reads_recorded(revision: Revision) -> bool:
    """Whether history has to know who read this old state."""
    return Level.objects.filter(pk__in=_level_keys([revision]), reads_recorded=True).exists()


def _level_keys(found: Iterable[Revision]) -> set[int]:
    return {key for revision in found for column in LEVELS if (key := revision.values.get(column.key))}


def moved(user: User, since: dt.date, until: dt.date, permission: Permission = Permission.VIEW_ASSETS) -> AssetQuerySet:
    """The assets that came, changed or went between the end of one day and the end of another."""
    mine = Revision.objects.filter(asset=OuterRef("pk"))
    then, now = mine.on(since), mine.on(until)
    same = now.filter(pk__in=Revision.objects.on(since).values("pk"))
    return Asset.objects.where(user, permission).filter(Exists(then) | Exists(now)).exclude(Exists(same))


def changes(assets: Iterable[Asset], since: dt.date, until: dt.date, labels: Names) -> list[Change]:
    """What became of these assets, in their order: two queries however many there are."""
    keys = [asset.pk for asset in assets]
    before = {found.asset_id: found for found in Revision.objects.on(since).filter(asset_id__in=keys)}
    after = {found.asset_id: found for found in Revision.objects.on(until).filter(asset_id__in=keys)}
    return [_change(before.get(key), after.get(key), labels) for key in keys]


def _change(before: Revision | None, after: Revision | None, labels: Names) -> Change:
    shown = after or before
    if shown is None:
        raise ValueError("an asset without a state on either day has no change")
    kind = CHANGED if before and after else ADDED if after else GONE
    old, new = (before.texts if before else {}), (after.texts if after else {})
    rows = [
        (label_then(shown.texts, column, label), old.get(column.key, ""), new.get(column.key, ""))
        for column, label in labels
        if old.get(column.key, "") != new.get(column.key, "")
    ]
    texts = shown.texts
    return Change(kind, shown.asset_id, texts["asset_no"], texts["name"], texts["section"], rows)
