"""Asking for a merge of two assets, doing it directly, and taking it back: the acts around `merging`."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from assets import bulk
from assets.access import may_move, may_propose, may_take_back
from assets.editing import as_changes, locked
from assets.merging import may_become_one, told_in
from assets.models import Asset, Merge, Proposal
from assets.retiring import reinstate
from assets.searching import index
from assets.states import Kind
from assets.values import as_proposed, differences, snapshot
from assets.workflow import register_directly, submit
from registry.base.verdict import Conflict
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.organization.vocabulary import said

MOVED_ON = "「{asset}」は、画面を開いたあとに変わりました。もう一度、二つを比べてください。"
Versions = tuple[int, int]  # of the asset that remains and of the one that goes, as the page showed them


@in_turn()
def apply_for_merge(
    kept: Asset, gone: Asset, values: Mapping[str, Any], *, versions: Versions, by: User, note: str
) -> Proposal:
    """Ask that `gone` goes into `kept`, which then says `values`: submitted to the heads and the 事務局.

    Raises PermissionDenied (needs the right to change both), Conflict (changed since, an application under way),
    ValidationError.
    """
    return submit(_propose(kept, gone, values, versions, by), by=by, note=note)


@in_turn()
def merge_directly(
    kept: Asset, gone: Asset, values: Mapping[str, Any], *, versions: Versions, by: User, reason: str
) -> Proposal:
    """The same, in force at once, with a reason: for who may register directly in both departments (事務局)."""
    return register_directly(_propose(kept, gone, values, versions, by), by=by, reason=reason)


@in_turn()
def undo_merge(gone: Asset, *, by: User, reason: str) -> Asset:
    """統合を取り消す (事務局): both stand as before, and what was on the other is back on it.

    Conflict when anything that the merge touched was changed since.
    """
    gone = locked(gone.pk)
    may_take_back(by, gone).require()
    merge = Merge.objects.in_force().select_for_update(of=("self",)).filter(gone=gone).first()
    if merge is None:
        raise Conflict(f"「{gone}」には、取り消せる統合がありません。")
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    gone = reinstate(gone, {}, act="asset.merge-undone", by=by, reason=reason)
    bulk.undo(merge.change_set, by=by, reason=reason, as_part=True)
    index([Asset.objects.get(pk=merge.kept_id)])
    return gone


def _propose(kept: Asset, gone: Asset, values: Mapping[str, Any], versions: Versions, by: User) -> Proposal:
    for key in sorted((kept.pk, gone.pk)):
        locked(key)
    kept, gone = locked(kept.pk), locked(gone.pk)
    for asset, version in zip((kept, gone), versions, strict=True):
        may_propose(by, asset).require()
        if asset.version != version:
            raise Conflict(MOVED_ON.format(asset=asset))
    may_become_one(kept, gone).require()
    proposed = as_proposed(kept, values)
    may_move(by, kept.department, proposed.department).require()
    proposal = Proposal.objects.create(
        asset=kept,
        kind=Kind.MERGE,
        merges=gone,
        values={**snapshot(proposed), "merge": {"version": gone.version}},
        base_version=kept.version,
        drafted_by=by,
    )
    kept.open_proposal = proposal
    kept.save(update_fields=["open_proposal"])
    changes = [(said("統合する{asset}"), "", told_in(kept, gone)), *as_changes(differences(kept, proposed))]
    record("asset.merge-asked", kept, by=by, department_id=kept.department_id, changes=changes)
    return proposal
