"""Changing many registered assets as one: put in force at once (事務局) or proposed at once, and undone as one.

All rows or none. Every asset gets its revision or its proposal and its history entry, as if it had been changed alone.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from django.utils import timezone

from assets.access import may_move, may_propose, may_register_directly, posts_stand, takes_assets
from assets.body_columns import columns_of_body
from assets.carrying import put_back
from assets.checking import missing_sentence, row_problems, text_problems
from assets.classification import classification_on
from assets.columns import LEVELS
from assets.holdings import AT_ONCE
from assets.in_force import Move, act_of, begin, finish, moves_of, portions, proposal_of, put_in_force
from assets.models import Asset, Axis, ChangeKind, ChangeLine, ChangeSet, Proposal
from assets.states import SUBMIT, State
from assets.values import Values, missing, snapshot
from registry.base.verdict import ALLOWED, Conflict, Verdict, denied
from registry.history.record import record_many
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.organization.vocabulary import said

NAMED = 3  # assets, in a sentence
FOREIGN = "この区分は、所管{section}が使う分類体系のものではありません。"
# Parts of a larger act, which is taken back as a whole: kind of the change set → where.
PARTS: Mapping[str, str] = {
    ChangeKind.MERGE: "統合は、統合されたほうのページにある「統合を取り消す」で取り消してください。",
    ChangeKind.REORGANIZATION: "組織改編は、「組織改編」のページで元に戻してください。",
}


@in_turn()
def change_at_once(changes: Mapping[int, Values], *, kind: str, reason: str, by: User) -> ChangeSet:
    """Put values (key of asset → values by column, only those that change) in force on many registered assets.

    Needs the right to register directly in every department left and entered. Raises ValidationError (no reason) or
    Conflict (not found, an open proposal in the way, no right, values that may not stand), naming what is in the way.
    To replace departments or posts wherever they stand, open proposals and drafts too: `carrying.replace_at_once`.
    """
    moves = moves_of(changes, by=by)
    if not (verdict := posts_stand(changes.values())):
        raise Conflict(verdict.reason)
    schemes = classification_on()
    _require(moves, lambda move: why_not_directly(move, schemes.axes_of(move.after.department.organ_id), by=by))
    change_set = begin(kind, reason, by=by)
    return finish(change_set, put_in_force(change_set, moves, by=by), by=by)


@in_turn()
def propose_at_once(changes: Mapping[int, Values], *, kind: str, reason: str, by: User) -> ChangeSet:
    """Submit a proposal for each of many registered assets, with one reason; raises as `change_at_once` does."""
    moves = moves_of(changes, by=by)
    if not (verdict := posts_stand(changes.values())):
        raise Conflict(verdict.reason)
    schemes = classification_on()
    _require(moves, lambda move: why_not(move, schemes.axes_of(move.after.department.organ_id), by=by))
    change_set = begin(kind, reason, by=by, proposed=True)
    now = timezone.now()
    proposals = [proposal_of(m, State.SUBMITTED, reason, by, submitted_by=by, submitted_at=now) for m in moves]
    Proposal.objects.bulk_create(proposals, batch_size=AT_ONCE)
    for move, proposal in zip(moves, proposals, strict=True):
        move.before.open_proposal = proposal
    Asset.objects.bulk_update([move.before for move in moves], ["open_proposal"], batch_size=AT_ONCE)
    record_many([act_of(f"asset.{SUBMIT.code}", move, reason) for move in moves], by=by)
    lines = [
        ChangeLine(change_set=change_set, asset=one.asset, proposal=one, proposal_version=one.version)
        for one in proposals
    ]
    return finish(change_set, lines, by=by)


@in_turn()
def undo(change_set: ChangeSet, *, by: User, reason: str, as_part: bool = False) -> ChangeSet:
    """Put back all of a change set: what was in force returns as a new revision, what was proposed is withdrawn.

    Conflict names what was changed since. The undoing of what was put in force is a change set that can be undone in turn.
    What belongs to a larger act (`PARTS`) is only put back `as_part` of taking that act back.
    """
    change_set = ChangeSet.objects.select_for_update(of=("self",)).get(pk=change_set.pk)
    if not (as_part or (verdict := stands_alone(change_set))):
        raise Conflict(verdict.reason)
    if change_set.undone_at or (change_set.undoes_id and change_set.proposed):
        raise Conflict("この変更は、すでに取り消されています。")
    if change_set.lines.touched_since().exists():
        raise Conflict(
            f"{_touched(change_set, by)}は、そのあとに変わったので、まとめて取り消せません。一件ずつ直してください。"
        )
    lines = list(change_set.lines.select_related("asset").order_by("pk"))
    undoing = begin(change_set.kind, reason, by=by, proposed=change_set.proposed)
    undoing.undoes = change_set
    undoing.save(update_fields=["undoes"])
    moves = moves_of({line.asset_id: line.before for line in lines if line.version is not None}, by=by)
    _require(moves, lambda move: may_put_back(move, by=by) and (ALLOWED if as_part else _still_there(move)))
    made = put_back(undoing, lines, put_in_force(undoing, moves, by=by), by=by)
    _stand_again(lines, made)
    change_set.undone_by, change_set.undone_at = by, timezone.now()
    change_set.save(update_fields=["undone_by", "undone_at"])
    return finish(undoing, made, by=by)


def stands_alone(change_set: ChangeSet) -> Verdict:
    """Can this change set be taken back by itself?"""
    return denied(PARTS[change_set.kind]) if change_set.kind in PARTS else ALLOWED


def why_not(move: Move, axes: Iterable[Axis], *, by: User) -> Verdict:
    """May this person propose this, and may the values stand under the scheme with these axes?"""
    asked = chain(
        [may_propose(by, move.before), may_move(by, move.before.department, move.after.department)],
        map(denied, problems(move, axes)),
    )
    return next((verdict for verdict in asked if not verdict), ALLOWED)


def why_not_directly(move: Move, axes: Iterable[Axis], *, by: User) -> Verdict:
    """May this person put this in force without the round of proposal and review?"""
    return may_put_back(move, by=by) and why_not(move, axes, by=by)


def may_put_back(move: Move, *, by: User) -> Verdict:
    """May this person register directly in the department that the asset leaves and in the one it enters?"""
    asked = (may_register_directly(by, place.department_id) for place in (move.before, move.after))
    return next((verdict for verdict in asked if not verdict), ALLOWED)


def _still_there(move: Move) -> Verdict:
    """Can the department that an asset goes back to still have assets?"""
    moves_on = move.before.department_id != move.after.department_id
    return takes_assets(move.after.department) if moves_on else ALLOWED


def problems(move: Move, axes: Iterable[Axis]) -> list[str]:
    """Why values that change may not stand: a text, a level of another scheme, a rule across columns that held
    before, a required column emptied.
    """
    texts = ((column, move.values.get(column.key)) for column in columns_of_body().texts)
    found = [fault for column, text in texts if isinstance(text, str) for fault in text_problems(column, text)]
    before, after = row_problems(snapshot(move.before)), row_problems(snapshot(move.after))
    found += [fault for key in after.keys() - before.keys() for fault in after[key]]
    axes = list(axes)
    known = {None, *(level.pk for axis in axes for level in axis.levels.all())}
    if axes and any(move.values.get(column.key) not in known for column in LEVELS):
        found.append(said(FOREIGN))
    emptied = set(missing(move.after, axes)) - set(missing(move.before, axes))
    return [*found, missing_sentence(sorted(emptied))] if emptied else found


def _stand_again(lines: Iterable[ChangeLine], made: Iterable[ChangeLine]) -> None:
    """What stood before stands again, under a new version: the change sets that led there can be undone in turn."""
    stood = {line.asset_id: (line.version, line.proposal_id, line.proposal_version) for line in lines}
    now = {line.asset_id: line for line in made}
    earlier = [found for keys in portions(stood) for found in ChangeLine.objects.filter(asset__in=keys)]
    moved = []
    for line in earlier:
        version, proposal, proposal_version = stood[line.asset_id]
        if version is not None and line.version == version - 1:
            line.version = now[line.asset_id].version
            moved.append(line)
        if proposal_version is not None and (line.proposal_id, line.proposal_version) == (
            proposal,
            proposal_version - 1,
        ):
            line.proposal_version = now[line.asset_id].proposal_version
            moved.append(line)
    ChangeLine.objects.bulk_update(moved, ["version", "proposal_version"], batch_size=AT_ONCE)


def _require(moves: Iterable[Move], ask: Callable[[Move], Verdict]) -> None:
    """Conflict that names the first asset that cannot be changed like this, says why, and how many there are."""
    refused = [(move.before, verdict) for move in moves if not (verdict := ask(move))]
    if refused:
        first, verdict = refused[0]
        raise Conflict(f"{_some([asset for asset, _ in refused])}は変更できません。「{first}」: {verdict.reason}")


def _touched(change_set: ChangeSet, by: User) -> str:
    """What was changed since, as this person may know it."""
    touched = change_set.lines.touched_since()
    seen = touched.visible_to(by).select_related("asset").order_by("pk")
    return _some([line.asset for line in seen]) or said("ほかの{section}の{asset}")


def _some(assets: list[Asset]) -> str:
    more = f"ほか{len(assets) - NAMED:,}件" if len(assets) > NAMED else ""
    return "、".join(f"「{asset}」" for asset in assets[:NAMED]) + more
