"""Putting a new state of many assets in force in one go, each with its approved proposal, revision and history entry.

The acts that may do so stand in `bulk` and `carrying`; they ask for rights and hold the turn.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from assets.body_columns import columns_of_body
from assets.columns import BY_KEY
from assets.editing import as_changes
from assets.extra_values import store_own
from assets.holdings import AT_ONCE, concerns, settle
from assets.models import Asset, ChangeLine, ChangeSet, Proposal, Revision
from assets.searching import index
from assets.states import Kind, Standing, State
from assets.values import Values, as_proposed, assign, differences, snapshot, stored, texts, with_related
from registry.base.verdict import Conflict
from registry.history.record import Act, record, record_many
from registry.organization.models import User
from registry.organization.vocabulary import said

NOT_THERE = "選んだ{asset}のなかに、見つからないか、登録済でないものがあります。一覧を開き直してください。"


@dataclass(frozen=True)
class Move:
    """One asset as it stands and as it is to be; `values` are the columns that change."""

    before: Asset
    after: Asset
    values: Values


def begin(kind: str, reason: str, *, by: User, proposed: bool = False) -> ChangeSet:
    """A new change set; ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError("変更の理由を入力してください。")
    return ChangeSet.objects.create(kind=kind, reason=reason, made_by=by, proposed=proposed)


def moves_of(changes: Mapping[int, Values], *, by: User) -> list[Move]:
    """The registered assets, locked, as they stand and as they are to be. Conflict when this person does not find them all."""
    found = [asset for keys in portions(changes) for asset in _locked(keys, by)]
    if len(found) < len(changes):
        raise Conflict(said(NOT_THERE))
    return moved(found, changes)


def moved(assets: list[Asset], changes: Mapping[int, Values]) -> list[Move]:
    """Assets beside what they would be under the values (key of asset → values); nothing is saved."""
    with_related(assets)
    moves = [Move(asset, assign(as_proposed(asset, {}), changes[asset.pk]), changes[asset.pk]) for asset in assets]
    with_related([move.after for move in moves])
    return moves


def put_in_force(change_set: ChangeSet, moves: Sequence[Move], *, by: User) -> list[ChangeLine]:
    """Write the new state of every asset; gives back the lines of the change set, not yet saved."""
    now, reason = timezone.now(), change_set.reason
    for move in moves:
        move.after.version += 1
        move.after.revision_number += 1
        move.after.updated_at = now
    after = [move.after for move in moves]
    write(moves, version=F("version") + 1, revision_number=F("revision_number") + 1, updated_at=now)
    settle([move.after for move in moves if concerns(move.before, move.after)], by=by)
    facts = {"submitted_by": by, "submitted_at": now, "decided_by": by, "decided_at": now}
    proposals = [proposal_of(move, State.APPROVED, reason, by, **facts) for move in moves]
    Proposal.objects.bulk_create(proposals, batch_size=AT_ONCE)
    for keys in portions([asset.pk for asset in after]):
        Revision.objects.filter(asset__in=keys, valid_until__isnull=True).update(valid_until=now)
    revisions = [_revision(move.after, proposal, by, now) for move, proposal in zip(moves, proposals, strict=True)]
    Revision.objects.bulk_create(revisions, batch_size=AT_ONCE)
    record_many([act_of("asset.changed-at-once", move, reason) for move in moves], by=by)
    return [
        ChangeLine(change_set=change_set, asset=move.after, before=_before(move), version=move.after.version)
        for move in moves
    ]


def finish(change_set: ChangeSet, lines: list[ChangeLine], *, by: User) -> ChangeSet:
    """Keep the lines and record the change set as a whole."""
    ChangeLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    act = "ledger.undone-at-once" if change_set.undoes_id else "ledger.changed-at-once"
    changes = [("件数", "", f"{len(lines):,}"), ("扱い", "", "審査に提出" if change_set.proposed else "登録")]
    record(act, change_set, by=by, department_id=by.home_department_id(), changes=changes, note=change_set.reason)
    return change_set


def write(moves: Sequence[Move], **stamps: Any) -> None:
    """Save the columns that change, and what is the same for all of them, of every asset; search follows."""
    after = [move.after for move in moves]
    keys = {key for move in moves for key in move.values}
    fields = [BY_KEY[key].attribute for key in keys if key in BY_KEY] + ["guide_answers"] * ("guide" in keys)
    if after and fields:
        Asset.objects.bulk_update(after, fields, batch_size=AT_ONCE)
    for part in portions([asset.pk for asset in after]):
        Asset.objects.filter(pk__in=part).update(**stamps)
    if keys - BY_KEY.keys() - {"guide"}:
        store_own(after)
    index(after)


def proposal_of(move: Move, state: State, reason: str, by: User, **facts: Any) -> Proposal:
    """The unsaved proposal that asks for the new state of a registered asset."""
    return Proposal(
        asset=move.before,
        kind=Kind.CHANGE,
        state=state,
        values=snapshot(move.after),
        base_version=move.before.version,
        note=reason,
        drafted_by=by,
        **facts,
    )


def act_of(code: str, move: Move, reason: str) -> Act:
    """What history says of one asset among many."""
    return Act(code, move.after, move.after.department_id, as_changes(differences(move.before, move.after)), reason)


def portions(keys: Collection[int] | Mapping[int, Any]) -> Iterator[list[int]]:
    """The keys in order, in portions that a statement can carry."""
    waiting = iter(sorted(keys))
    while portion := list(islice(waiting, AT_ONCE)):
        yield portion


def _locked(keys: list[int], by: User) -> list[Asset]:
    found = Asset.objects.visible_to(by).filter(pk__in=keys, standing=Standing.REGISTERED)
    return list(found.select_for_update(of=("self",)).order_by("pk"))


def _before(move: Move) -> Values:
    columns = columns_of_body().by_key
    return {k: stored(move.before, columns[k]) if k in columns else move.before.guide_answers for k in move.values}


def _revision(asset: Asset, proposal: Proposal, by: User, now: Any) -> Revision:
    return Revision(
        asset=asset,
        number=asset.revision_number,
        proposal=proposal,
        values=proposal.values,
        texts=texts(asset),
        approved_by=by,
        valid_from=now,
    )
