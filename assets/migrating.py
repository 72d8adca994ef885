"""Confirming what was proposed for the move to another scheme: one asset or many, put in force or submitted for review."""

from collections.abc import Iterator, Mapping
from typing import Any

from assets.bulk import change_at_once, propose_at_once
from assets.classification import classification_on
from assets.columns import LEVELS
from assets.handling import default_handling, follows
from assets.in_force import portions
from assets.models import Asset, ChangeSet, Level
from assets.models.change_set import ChangeKind
from assets.models.scheme import LEVEL_FIELDS
from assets.scheme_migration import Plan, Step, plans
from assets.values import Values, with_related
from registry.base.verdict import Conflict
from registry.history.turn import in_turn
from registry.organization.models import User

GONE = "選んだなかに、もう確認が済んだものか、画面を開いたあとに変わったものがあります。一覧を開き直してください。"


def values_for(asset: Asset, levels: Mapping[str, Level | None], *, anew: bool = False) -> Values:
    """The values of an asset under other levels (by field). Answers to the guide of the earlier scheme go.

    取扱制限 follow the levels when they said no more than the earlier ones did, or when asked to (`anew`); else they stay.
    """
    before = asset.levels
    after = [level for field in LEVEL_FIELDS if (level := levels.get(field, getattr(asset, field)))]
    values: Values = {
        column.key: (level.pk if (level := levels[column.field]) else None)
        for column in LEVELS
        if column.field in levels
    }
    if anew or follows(asset.handling, before):
        values["handling"] = default_handling(after)
    return {**values, "guide": {}} if asset.guide_answers else values


@in_turn()
def confirm_many(chosen: Mapping[int, int], *, reason: str, by: User, directly: bool) -> ChangeSet:
    """Take what is proposed for many assets (key → version that was on screen): all or none.

    directly: in force at once (事務局), else submitted for review. Conflict when one was confirmed or changed meanwhile,
    or has no complete proposal.
    """
    changes: dict[int, Values] = {}
    for asset, steps in proposals(list(chosen), by=by):
        if asset.version != chosen[asset.pk]:
            raise Conflict(GONE)
        if not all(step.settled for step in steps):
            raise Conflict(f"「{asset}」には提案のない区分があります。一件ずつ開いて、区分を選んでください。")
        changes[asset.pk] = values_for(asset, {step.field: step.new for step in steps})
    if len(changes) < len(chosen):
        raise Conflict(GONE)
    act = change_at_once if directly else propose_at_once
    return act(changes, kind=ChangeKind.MIGRATION, reason=reason, by=by)


@in_turn()
def confirm_one(
    asset: Asset, levels: Mapping[str, Level | None], *, reason: str, by: User, directly: bool, anew: bool = False
) -> ChangeSet:
    """Give one asset the levels that a person chose (by field); as `confirm_many`."""
    found = [one for one, _ in proposals([asset.pk], by=by)]
    if not found or found[0].version != asset.version:
        raise Conflict(GONE)
    act = change_at_once if directly else propose_at_once
    changes = {asset.pk: values_for(found[0], levels, anew=anew)}
    return act(changes, kind=ChangeKind.MIGRATION, reason=reason, by=by)


def proposals(keys: list[int], *, by: User) -> Iterator[tuple[Any, list[Step]]]:
    """The assets of these keys that still have to come to another scheme, each with what is proposed for it."""
    for plan in plans(classification_on()):
        for portion in portions(dict.fromkeys(keys)):
            found = plan.assets(Asset.objects.visible_to(by)).filter(pk__in=portion)
            yield from ((asset, plan.steps(asset)) for asset in with_related(list(found.order_by("pk"))))


def plan_for(asset: Asset) -> tuple[Plan | None, list[Step]]:
    """The plan by which an asset comes to another scheme, with what is proposed; no plan when it need not."""
    for plan in plans(classification_on()):
        found = plan.assets(Asset.objects.filter(pk=asset.pk)).first()
        if found is not None:
            return plan, plan.steps(with_related([found])[0])
    return None, []
