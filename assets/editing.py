"""Drafting and changing what is proposed; nothing here touches what is in force."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from assets.access import may_edit, may_move, may_place, may_propose
from assets.extra_values import store_own
from assets.models import Asset, Proposal
from assets.searching import index
from assets.states import WRITTEN_IN_THE_FORM, Kind, Standing
from assets.values import Difference, as_proposed, assign, differences, snapshot
from registry.base.verdict import Conflict
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.organization.vocabulary import said

TWICE = "この登録はすでに受け付けています(二度押し)。台帳かマイページで確かめてください。"


@in_turn()
def draft(values: Mapping[str, Any], *, by: User, token: uuid.UUID | None = None) -> Proposal:
    """Begin a new entry: an unregistered asset and the proposal that asks for it.

    `token` belongs to one showing of the form; sent twice (a double click) it begins nothing: Conflict.
    """
    if token and Proposal.objects.filter(token=token).exists():
        raise Conflict(TWICE)
    asset = assign(Asset(), values)
    may_place(by, asset.department).require()
    asset.save()
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                asset=asset, kind=Kind.NEW, values=snapshot(asset), drafted_by=by, token=token
            )
    except IntegrityError as taken:
        raise Conflict(TWICE) from taken
    asset.open_proposal = proposal
    asset.save(update_fields=["open_proposal"])
    store_own([asset])
    index([asset])
    _record("asset.drafted", asset, differences(None, asset), by=by)
    return proposal


@in_turn()
def propose_change(asset: Asset, values: Mapping[str, Any], *, base_version: int, by: User) -> Proposal:
    """Open a proposal to change a registered asset; Conflict when it was changed since the form was shown."""
    asset = locked(asset.pk)
    may_propose(by, asset).require()
    if asset.version != base_version:
        raise Conflict(
            said("この{asset}は、画面を開いたあとに変更されました。最新の内容を確かめて、もう一度入力してください。")
        )
    proposed = as_proposed(asset, values)
    may_move(by, asset.department, proposed.department).require()
    proposal = Proposal.objects.create(
        asset=asset, kind=Kind.CHANGE, values=snapshot(proposed), base_version=asset.version, drafted_by=by
    )
    asset.open_proposal = proposal
    asset.save(update_fields=["open_proposal"])
    _record("asset.drafted", asset, differences(asset, proposed), by=by)
    return proposal


@in_turn()
def revise(proposal: Proposal, values: Mapping[str, Any], *, version: int, by: User) -> Proposal:
    """Change a draft or a returned proposal; Conflict when somebody else saved it since the form was shown."""
    asset = locked(proposal.asset_id)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    proposal.asset = asset
    may_edit(by, proposal).require()
    if proposal.kind not in WRITTEN_IN_THE_FORM:
        raise Conflict(f"{proposal.get_kind_display()}の申請は、その申請の画面で直してください。")
    if proposal.version != version:
        raise Conflict(
            "入力しているあいだに、別の人がこの申請を保存しました。内容を見くらべて、もう一度保存してください。"
        )
    before = as_proposed(asset, proposal.values)
    after = as_proposed(asset, values)
    may_move(by, before.department, after.department).require()
    changed = differences(before, after)
    proposal.values = snapshot(after)
    proposal.version += 1
    proposal.updated_at = timezone.now()
    proposal.save(update_fields=["values", "version", "updated_at"])
    if by.pk != proposal.drafted_by_id:
        proposal.editors.add(by)
    if asset.standing == Standing.UNREGISTERED:
        mirror(asset, proposal.values)
    if changed:
        _record("asset.revised", asset, changed, by=by)
    return proposal


def mirror(asset: Asset, values: Mapping[str, Any]) -> None:
    """An entry that is not registered yet shows what is proposed: there is no other state to protect."""
    assign(asset, values)
    asset.updated_at = timezone.now()
    asset.save()
    store_own([asset])
    index([asset])


def locked(pk: int) -> Asset:
    """The asset, read again under its row lock."""
    return Asset.objects.select_for_update(of=("self",)).select_related("department__organ").get(pk=pk)


def as_changes(found: list[Difference]) -> list[tuple[str, str, str]]:
    """Differences in the shape that history keeps."""
    return [(difference.label, difference.old, difference.new) for difference in found]


def _record(act: str, asset: Asset, found: list[Difference], *, by: User) -> None:
    record(act, asset, by=by, department_id=asset.department_id, changes=as_changes(found))
