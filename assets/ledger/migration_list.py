"""移行: what is still to be confirmed, as a person may see it: how much is left, by proposal, asset by asset."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils import timezone

from assets.classification import classification_on
from assets.forms.migration import UNDER_WAY, MigrationFilter
from assets.handling import follows
from assets.models import Asset, Classification
from assets.models.asset import AssetQuerySet
from assets.models.scheme import LEVEL_FIELDS
from assets.scheme_migration import Group, Plan, plans
from assets.states import Standing, state_words
from registry.history.models import Head
from registry.organization.access import departments_where, holds
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.web.paging import Order, Page, page_of

T = TypeVar("T")
PAGE = 50
AT_ONCE = 1_000  # assets that one press confirms


@dataclass(frozen=True)
class Left:
    """How much is left: of all classified assets, and how many of those wait for a review."""

    count: int
    total: int
    under_way: int

    @property
    def done(self) -> int:
        return self.total - self.count


class MigrationList:
    """One reading of what has to move: who asks, and what the address asks for."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user, self.query = user, query
        self.filter = MigrationFilter(query, user=user)
        self.group = query.get("group", "")

    @cached_property
    def classification(self) -> Classification:
        return classification_on()

    @cached_property
    def plans(self) -> list[Plan]:
        """The ways to every scheme in use."""
        return plans(self.classification)

    @cached_property
    def plan(self) -> Plan | None:
        """The one that is looked at: of the chosen group, else the first on which anything still has to come."""
        keys = [self.group] if self.group else [group.key for group in self.groups]
        return next((one for one in self.plans if any(key.startswith(f"{one.scheme}_") for key in keys)), None)

    def left(self) -> Left:
        """How much of what this person may see is left, whatever the filters say."""
        return self._kept("left", self._count_left)

    def _count_left(self) -> Left:
        visible = Asset.objects.visible_to(self.user)
        under_way = Count("pk", filter=Q(open_proposal__state__in=UNDER_WAY))
        found = visible.to_migrate(self.classification).aggregate(count=Count("pk"), under_way=under_way)
        return Left(found["count"], visible.alive().filter(level_1__isnull=False).count(), found["under_way"])

    @cached_property
    def groups(self) -> list[Group]:
        """What is proposed, for how many of the assets that the filters let through."""
        asked = repr(sorted(self.filter.hidden()))
        visible = Asset.objects.visible_to(self.user)

        def counted() -> list[Group]:
            return [g for plan in self.plans for g in plan.groups(self.filter.narrow(plan.assets(visible)))]

        return self._kept(f"groups:{asked}", counted)

    def assets(self) -> AssetQuerySet:
        """The assets of the page: those of the chosen group, or of the scheme that is looked at."""
        if self.plan is None:
            return Asset.objects.none()
        found = self.filter.narrow(self.plan.bare(Asset.objects.visible_to(self.user)))
        return self.plan.in_group(found, self.group) if self.group else found

    def page(self, **place: str) -> Page[Asset]:
        """One page of them, in the order of the ledger: found by their numbers first, then read with what is proposed."""
        shown = page_of(self.assets().only("number"), Order("number"), PAGE, **place)
        if self.plan is None or not shown.rows:
            return shown
        keys = [asset.pk for asset in shown.rows]
        found = self.plan.proposed(Asset.objects.visible_to(self.user).filter(pk__in=keys))
        read = {asset.pk: asset for asset in found.select_related("department", "open_proposal")}
        return replace(shown, rows=[read[key] for key in keys])

    def ready(self) -> dict[int, int]:
        """Key → version of those of the group that this person can confirm now, at most AT_ONCE of them."""
        mine = departments_where(self.user, Permission.EDIT_ASSETS)
        found = self.assets().filter(standing=Standing.REGISTERED, open_proposal__isnull=True, department__in=mine)
        return dict(found.order_by("number", "pk").values_list("pk", "version")[:AT_ONCE])

    def rows(self, assets: list[Asset]) -> list[dict[str, Any]]:
        """The lines of the page."""
        return [self._row(asset) for asset in assets]

    def _row(self, asset: Asset) -> dict[str, Any]:
        for field in LEVEL_FIELDS:
            setattr(asset, field, self.classification.levels.get(getattr(asset, f"{field}_id")))
        steps = self.plan.steps(asset) if self.plan else []
        proposal = asset.open_proposal
        label, tone = state_words(asset.standing, proposal.state if proposal else None)
        mine = holds(self.user, Permission.EDIT_ASSETS, asset.department_id)
        return {
            "asset": asset,
            "steps": [step for step in steps if step.changes and not step.alike],
            "alike": "、".join(step.old.label for step in steps if step.alike and step.old),
            "mine": mine,
            "ready": mine and proposal is None and all(step.settled for step in steps),
            "chosen": f"{asset.pk}:{asset.version}",
            "keeps_handling": not follows(asset.handling, asset.levels),
            "state": label,
            "tone": tone,
        }

    @cached_property
    def _state(self) -> str:
        """How far history is: what was counted at the same point is still true."""
        return Head.objects.values_list("hash", flat=True).get(pk=1)

    def _kept(self, name: str, count: Callable[[], T]) -> T:
        """What was counted, until anything at all changes in the registry or the day ends."""
        scope = sorted(departments_where(self.user, Permission.VIEW_ASSETS))
        asked = repr((name, scope, self._state, timezone.localdate()))
        found = cache.get_or_set("migration:" + hashlib.sha256(asked.encode()).hexdigest(), count, 600)
        return count() if found is None else found


def digest_of(chosen: dict[int, int]) -> str:
    """What stands for a choice of assets (key → version) between the question and the answer."""
    return hashlib.sha256(repr(sorted(chosen.items())).encode()).hexdigest()
