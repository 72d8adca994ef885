"""Applying for a disposal, and taking one back: the acts around `disposal`."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone

from assets.access import may_edit, may_propose, may_take_back, stands_on_the_ledger
from assets.attaching import attach_received
from assets.choices import Evidence
from assets.disposal import Particulars
from assets.editing import as_changes, locked
from assets.extra_values import store_own
from assets.holdings import settle
from assets.models import Asset, DisposalRecord, Proposal, Revision
from assets.searching import index
from assets.states import Kind, Standing, State
from assets.values import Values, as_proposed, assign, differences, snapshot
from assets.workflow import submit, write_revision
from registry.base.verdict import Conflict
from registry.files.storing import Received
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User

MOVED_ON = "「{asset}」は、画面を開いたあとに変わりました。最新の内容を確かめてください。"


@in_turn()
def apply_for_disposal(
    asset: Asset, said: Particulars, *, version: int, by: User, note: str = "", evidence: Sequence[Received] = ()
) -> Proposal:
    """Ask for the disposal of a registered asset, or once more after it was returned; submitted at once.

    `evidence`: files that were received before, attached to the asset as 廃棄証明.

    `version` is that of the open proposal, or of the asset where there is none, as the page showed it. Raises
    Conflict (changed since, still in use), PermissionDenied, ValidationError (incomplete, wrong method).
    """
    asset = locked(asset.pk)
    if asset.open_proposal and asset.open_proposal.kind == Kind.DISPOSAL:
        proposal = _written_again(asset, said, version, by)
    else:
        proposal = _begun(asset, said, version, by)
    record("asset.disposal-asked", asset, by=by, department_id=asset.department_id, changes=_changes(said))
    if evidence:
        attach_received(asset, evidence, Evidence.DISPOSAL, by=by)
    return submit(proposal, by=by, note=note)


@in_turn()
def cancel_disposal(asset: Asset, *, by: User, reason: str) -> Asset:
    """廃棄を取り消す (事務局): what stood before is in force again, as a new revision; the record stays, cancelled.

    Raises PermissionDenied, ValidationError without a reason, Conflict while the system it is on is retired itself.
    """
    asset = locked(asset.pk)
    may_take_back(by, asset).require()
    record_of = DisposalRecord.objects.in_force().select_for_update().filter(asset=asset).first()
    if record_of is None:
        raise Conflict(f"「{asset}」には、取り消せる廃棄の記録がありません。")
    record_of.cancelled_by, record_of.cancelled_at = by, timezone.now()
    record_of.save(update_fields=["cancelled_by", "cancelled_at"])
    last = Revision.objects.filter(asset=asset, number__lt=asset.revision_number).order_by("-number").first()
    stood = last.values if last else {}
    values = {key: stood.get(key, empty) for key, empty in (("disposed_on", None), ("disposal_method", ""))}
    return reinstate(asset, values, act="asset.disposal-cancelled", by=by, reason=reason)


def reinstate(asset: Asset, values: Values, *, act: str, by: User, reason: str) -> Asset:
    """Put a retired asset (locked) in force again with these values: an approved proposal, a revision, an entry."""
    if not reason.strip():
        raise ValidationError("取り消す理由を入力してください。")
    if not (verdict := stands_on_the_ledger(asset)):
        raise Conflict(f"{verdict.reason}先にそちらを元に戻すこともできます。")
    now, before = timezone.now(), as_proposed(asset, {})
    assign(asset, values)
    facts = {"submitted_by": by, "submitted_at": now, "decided_by": by, "decided_at": now}
    proposal = Proposal.objects.create(
        asset=asset,
        kind=Kind.CHANGE,
        state=State.APPROVED,
        values=snapshot(asset),
        base_version=asset.version,
        note=reason,
        drafted_by=by,
        **facts,
    )
    asset.standing, asset.merged_into, asset.updated_at = Standing.REGISTERED, None, now
    asset.version += 1
    asset.revision_number += 1
    asset.save()
    store_own([asset])
    settle([asset], by=by)
    index([asset])
    write_revision(proposal, by=by, now=now)
    changes = [
        ("台帳での扱い", before.get_standing_display(), asset.get_standing_display()),
        *as_changes(differences(before, asset)),
    ]
    record(act, asset, by=by, department_id=asset.department_id, changes=changes, note=reason)
    return asset


def _begun(asset: Asset, said: Particulars, version: int, by: User) -> Proposal:
    may_propose(by, asset).require()
    if asset.version != version:
        raise Conflict(MOVED_ON.format(asset=asset))
    values = {**snapshot(asset), **said.as_values()}
    proposal = Proposal.objects.create(
        asset=asset, kind=Kind.DISPOSAL, values=values, base_version=asset.version, drafted_by=by
    )
    asset.open_proposal = proposal
    asset.save(update_fields=["open_proposal"])
    return proposal


def _written_again(asset: Asset, said: Particulars, version: int, by: User) -> Proposal:
    proposal = Proposal.objects.select_for_update().get(pk=asset.open_proposal_id or 0)
    proposal.asset = asset
    may_edit(by, proposal).require()
    if proposal.version != version:
        raise Conflict(MOVED_ON.format(asset=asset))
    proposal.values = {**proposal.values, **said.as_values()}
    proposal.updated_at = timezone.now()
    proposal.save(update_fields=["values", "updated_at"])
    if by.pk != proposal.drafted_by_id:
        proposal.editors.add(by)
    return proposal


def _changes(said: Particulars) -> list[tuple[str, str, str]]:
    return [(label, "", text) for label, text in said.in_words() if text]
