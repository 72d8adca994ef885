"""Taking the steps: each locks, asks, moves, saves and records, in one transaction."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from assets import disposal, merging
from assets.access import (
    may_place,
    may_register_directly,
    may_skip_the_round,
    may_take,
    stands_on_the_ledger,
    takes_assets,
)
from assets.checking import missing_sentence
from assets.classification import axes_in_force
from assets.duplicates import doubled_sentence, undeclared_doubles
from assets.editing import as_changes, locked
from assets.extra_values import store_own
from assets.holdings import as_if_in_force, concerns, find_circle, settle, told_circle
from assets.models import Asset, Proposal, Revision
from assets.numbering import next_number
from assets.searching import index
from assets.states import (
    APPROVE,
    CONFIRM,
    RETIRED,
    RETURN_BY_HEAD,
    RETURN_BY_REVIEWER,
    SUBMIT,
    WITHDRAW,
    Kind,
    Standing,
    State,
    Step,
)
from assets.values import as_proposed, assign, differences, missing, snapshot, texts
from registry.base.verdict import Conflict
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User

STALE = "「{asset}」は、画面を開いたあとに変わりました(いまは「{state}」)。最新の内容を確かめてください。"


@in_turn()
def submit(proposal: Proposal, *, by: User, note: str = "", version: int | None = None) -> Proposal:
    """申請: from here on the department head decides. The required nine must be filled."""
    proposal = _begin(proposal, SUBMIT, by, note, version)
    _require_fit(proposal, by)
    proposal.submitted_by, proposal.submitted_at = by, timezone.now()
    proposal.confirmed_by = proposal.confirmed_at = None
    return _finish(proposal, SUBMIT, by, note, ["submitted_by", "submitted_at", "confirmed_by", "confirmed_at"])


@in_turn()
def confirm(proposal: Proposal, *, by: User, note: str = "", version: int | None = None) -> Proposal:
    """確認(課長): the head answers for what is proposed; the 事務局 reviews next."""
    proposal = _begin(proposal, CONFIRM, by, note, version)
    proposal.confirmed_by, proposal.confirmed_at = by, timezone.now()
    return _finish(proposal, CONFIRM, by, note, ["confirmed_by", "confirmed_at"])


@in_turn()
def approve(proposal: Proposal, *, by: User, note: str = "", version: int | None = None) -> Proposal:
    """審査(事務局): what was proposed is now in force, with a revision and a registration number."""
    proposal = _begin(proposal, APPROVE, by, note, version)
    return _put_in_force(proposal, APPROVE.code, by, note)


@in_turn()
def return_by_head(proposal: Proposal, *, by: User, note: str = "", version: int | None = None) -> Proposal:
    """差戻し by the head before confirming, with a note that says what to do."""
    proposal = _begin(proposal, RETURN_BY_HEAD, by, note, version)
    return _finish(proposal, RETURN_BY_HEAD, by, note, [])


@in_turn()
def return_by_reviewer(proposal: Proposal, *, by: User, note: str = "", version: int | None = None) -> Proposal:
    """差戻し by the reviewer of the classification, with a note that says what to do."""
    proposal = _begin(proposal, RETURN_BY_REVIEWER, by, note, version)
    return _finish(proposal, RETURN_BY_REVIEWER, by, note, [])


@in_turn()
def withdraw(proposal: Proposal, *, by: User, note: str = "", version: int | None = None) -> Proposal:
    """取下げ: the proposal ends; what is in force stays, a new entry is given up."""
    proposal = _begin(proposal, WITHDRAW, by, note, version)
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    asset = proposal.asset
    asset.open_proposal = None
    if proposal.kind == Kind.NEW:
        asset.standing = Standing.ABANDONED
    asset.save(update_fields=["open_proposal", "standing"])
    return _finish(proposal, WITHDRAW, by, note, ["decided_by", "decided_at"])


@in_turn()
def decide_many(chosen: Sequence[tuple[int, int]], step: Step, *, by: User, note: str) -> list[Proposal]:
    """Confirm or approve many (key, version) with one reason: all of them, or none and the first that is in the way."""
    found = Proposal.objects.visible_to(by).in_bulk([key for key, _ in chosen])
    if len(found) < len(chosen):
        raise Conflict("選んだ申請のなかに、見つからないものがあります。一覧を開き直してください。")
    act = TAKE[step.code]
    return [act(found[key], by=by, note=note, version=version) for key, version in sorted(chosen)]


@in_turn()
def register_directly(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    """The 事務局 puts a draft in force without the round, with a reason; that too is a revision. Never a disposal."""
    proposal = _read_again(proposal)
    may_skip_the_round(proposal).require()
    gone = {proposal.merges.department_id} if proposal.merges else set()
    for department in {proposal.asset.department_id, proposal.target_id} | gone:
        may_register_directly(by, department).require()
    if proposal.state not in SUBMIT.sources:
        raise Conflict(STALE.format(asset=proposal.asset, state=proposal.get_state_display()))
    if not reason.strip():
        raise ValidationError("直接登録する理由を入力してください。")
    _require_fit(proposal, by)
    proposal.submitted_by, proposal.submitted_at = by, timezone.now()
    proposal.confirmed_by = proposal.confirmed_at = None
    return _put_in_force(proposal, "registered-directly", by, reason)


TAKE = {
    SUBMIT.code: submit,
    CONFIRM.code: confirm,
    APPROVE.code: approve,
    RETURN_BY_HEAD.code: return_by_head,
    RETURN_BY_REVIEWER.code: return_by_reviewer,
    WITHDRAW.code: withdraw,
}


def _check_whole(proposed: Asset, by: User) -> None:
    """What is applied for must have the required nine, and must not end up inside itself."""
    if empty := missing(proposed, axes_in_force(proposed.department.organ_id)):
        raise ValidationError(missing_sentence(empty))
    if circle := find_circle([as_if_in_force(proposed)]):
        raise ValidationError(told_circle(circle, by))


def _read_again(proposal: Proposal) -> Proposal:
    asset = locked(proposal.asset_id)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    proposal.asset = asset
    return proposal


def _require_fit(proposal: Proposal, by: User) -> None:
    """Refuse what is asked for while it may not go on: ValidationError, PermissionDenied or Conflict says why."""
    if proposal.kind == Kind.DISPOSAL:
        disposal.require_fit(proposal, by=by)
        return
    proposed = as_proposed(proposal.asset, proposal.values)
    _check_whole(proposed, by)
    may_place(by, proposed.department).require()
    if proposal.kind == Kind.MERGE:
        merging.require_fit(proposal, by=by)
    if doubled := undeclared_doubles(proposal, proposed):
        raise ValidationError(doubled_sentence(doubled))


def _begin(proposal: Proposal, step: Step, by: User, note: str, version: int | None) -> Proposal:
    proposal = _read_again(proposal)
    if version is not None and proposal.version != version:
        raise Conflict(STALE.format(asset=proposal.asset, state=proposal.get_state_display()))
    may_take(by, proposal, step).require()
    if step.needs_note and not note.strip():
        raise ValidationError(f"「{step.label}」には、何を直してほしいかのコメントが必要です。")
    return proposal


def _finish(proposal: Proposal, step: Step, by: User, note: str, fields: list[str]) -> Proposal:
    before = proposal.get_state_display()
    proposal.state, proposal.note, proposal.updated_at = step.target, note, timezone.now()
    proposal.version += 1
    proposal.save(update_fields=["state", "note", "version", "updated_at", *fields])
    _record(step.code, proposal, by, note, [("状態", before, proposal.get_state_display())])
    return proposal


def _put_in_force(proposal: Proposal, code: str, by: User, note: str) -> Proposal:
    asset = proposal.asset
    if asset.version != proposal.base_version:
        raise Conflict(
            f"「{asset}」は、この申請のあとに別の変更が登録されました。差し戻して作り直してもらってください。"
        )
    now = timezone.now()
    before = None if proposal.kind == Kind.NEW else as_proposed(asset, {})
    stood = snapshot(asset)
    assign(asset, proposal.values)
    _stamp(asset, now)
    if proposal.kind == Kind.DISPOSAL:
        disposal.retire(proposal, by=by, now=now)
    else:
        takes_assets(asset.department).require()
        stands_on_the_ledger(asset).require()
    changes = as_changes(differences(before, asset))
    asset.open_proposal = None
    asset.save()
    store_own([asset])
    if concerns(before, asset):
        settle([asset], by=by)
    index([asset])
    proposal.state, proposal.note, proposal.updated_at = State.APPROVED, note, now
    proposal.decided_by, proposal.decided_at = by, now
    proposal.version += 1
    proposal.save()
    write_revision(proposal, by=by, now=now)
    _record(code, proposal, by, note, [*changes, ("資産番号", "", asset.full_number)])
    if proposal.kind == Kind.MERGE:
        changed = {key: old for key, old in stood.items() if old != proposal.values.get(key)}
        merging.absorb(proposal, changed, by=by, note=note, now=now)
    return proposal


def write_revision(proposal: Proposal, *, by: User, now: dt.datetime) -> Revision:
    """Keep what is in force from now on; of what is retired, the last state, over in the moment it was approved."""
    asset = proposal.asset
    Revision.objects.filter(asset=asset, valid_until__isnull=True).update(valid_until=now)
    return Revision.objects.create(
        asset=asset,
        number=asset.revision_number,
        proposal=proposal,
        values=snapshot(asset),
        texts=texts(asset),
        approved_by=by,
        valid_from=now,
        valid_until=now if asset.standing in RETIRED else None,
    )


def _stamp(asset: Asset, now: Any) -> None:
    asset.version += 1
    asset.revision_number += 1
    asset.updated_at = now
    if not asset.number:
        asset.number = next_number(asset.department, timezone.localdate(now))
        asset.registered_at = now
    asset.standing = Standing.REGISTERED


def _record(code: str, proposal: Proposal, by: User, note: str, changes: list[tuple[str, str, str]]) -> None:
    asset = proposal.asset
    record(f"asset.{code}", asset, by=by, department_id=asset.department_id, changes=changes, note=note)
