"""Registering a checked batch: all rows or none, each a proposal, approved as one (or submitted for review)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from assets.access import may_place, may_register_directly, posts_stand
from assets.editing import as_changes
from assets.extra_values import store_own
from assets.holdings import places_of, settle
from assets.ledger.doubles import already_there
from assets.ledger.staging import locked
from assets.models import Asset, Batch, Proposal, Revision
from assets.numbering import next_numbers
from assets.searching import index
from assets.states import Kind, Standing, State
from assets.values import assign, differences, snapshot, texts, with_related
from registry.base.verdict import Conflict
from registry.history.record import Act, record, record_many
from registry.history.turn import in_turn
from registry.organization.models import Department, User
from registry.organization.vocabulary import word


@in_turn()
def register(batch: Batch, *, by: User, reason: str) -> int:
    """Put all rows of a checked batch in force (事務局), with one reason; returns how many. All rows or none."""
    batch = _ready(batch, by, reason)
    assets = _assets(batch, by)
    for department in {asset.department_id for asset in assets}:
        may_register_directly(by, department).require()
    now = timezone.now()
    _number(assets)
    for asset in assets:
        asset.standing, asset.version, asset.revision_number = Standing.REGISTERED, 1, 1
        asset.registered_at = asset.updated_at = now
    Asset.objects.bulk_create(assets, batch_size=200)
    settle([asset for asset in assets if places_of(asset)], by=by)
    facts = {"submitted_by": by, "submitted_at": now, "decided_by": by, "decided_at": now}
    proposals = [_proposal(batch, asset, State.APPROVED, by, reason, facts) for asset in assets]
    Proposal.objects.bulk_create(proposals, batch_size=200)
    Revision.objects.bulk_create([_revision(proposal, by, now) for proposal in proposals], batch_size=200)
    return _finish(batch, assets, "asset.registered-directly", by, reason)


@in_turn()
def submit(batch: Batch, *, by: User, reason: str) -> int:
    """Submit all rows of a checked batch for confirmation and review; returns how many. All rows or none."""
    batch = _ready(batch, by, reason)
    assets = _assets(batch, by)
    Asset.objects.bulk_create(assets, batch_size=200)
    facts = {"submitted_by": by, "submitted_at": timezone.now()}
    proposals = [_proposal(batch, asset, State.SUBMITTED, by, reason, facts) for asset in assets]
    Proposal.objects.bulk_create(proposals, batch_size=200)
    for asset, proposal in zip(assets, proposals, strict=True):
        asset.open_proposal = proposal
    Asset.objects.bulk_update(assets, ["open_proposal"], batch_size=200)
    return _finish(batch, assets, "asset.submit", by, reason)


def _ready(batch: Batch, by: User, reason: str) -> Batch:
    _one_at_a_time(batch)
    batch = locked(batch, by, {Batch.Stage.CHECKED})
    if not reason.strip():
        raise ValidationError("取込の理由を入力してください。")
    if wrong := batch.rows.exclude(findings=[]).count():
        raise Conflict(f"{wrong:,}行に直すところが残っているので、登録できません。")
    if Batch.objects.filter(sha256=batch.sha256, stage=Batch.Stage.DONE).exists():
        raise Conflict("このファイルは、すでに取込済みです。同じものは二度取り込めません。")
    return batch


def _one_at_a_time(batch: Batch) -> None:
    """Two uploads of one file wait for each other here, so that the second sees what the first has become."""
    list(Batch.objects.select_for_update().filter(sha256=batch.sha256).order_by("pk"))


def _assets(batch: Batch, by: User) -> list[Asset]:
    rows = list(batch.rows.all())
    if moved := already_there(rows, by=by):
        raise Conflict(
            f"確かめたあとに、{moved:,}行と同じ{word('section')}・同じ名称の{word('asset')}が台帳に入りました。列の対応に戻り、もう一度確かめてください。"
        )
    if not (verdict := posts_stand(row.values for row in rows)):
        raise Conflict(f"{verdict.reason}列の対応に戻り、もう一度確かめてください。")
    assets = with_related([assign(Asset(), row.values) for row in rows])
    departments = Department.objects.in_bulk({asset.department_id for asset in assets})
    for department in departments.values():
        may_place(by, department).require()
    return assets


def _number(assets: Iterable[Asset]) -> None:
    by_department: dict[int, list[Asset]] = defaultdict(list)
    for asset in assets:
        by_department[asset.department_id].append(asset)
    for _, found in sorted(by_department.items()):
        numbers = next_numbers(found[0].department, timezone.localdate(), len(found))
        for asset, number in zip(found, numbers, strict=True):
            asset.number = number


def _proposal(batch: Batch, asset: Asset, state: State, by: User, reason: str, facts: dict[str, Any]) -> Proposal:
    return Proposal(
        asset=asset,
        kind=Kind.NEW,
        state=state,
        values=snapshot(asset),
        batch=batch,
        note=reason,
        drafted_by=by,
        **facts,
    )


def _revision(proposal: Proposal, by: User, now: Any) -> Revision:
    asset = proposal.asset
    return Revision(
        asset=asset,
        number=1,
        proposal=proposal,
        values=proposal.values,
        texts=texts(asset),
        approved_by=by,
        valid_from=now,
    )


def _act(code: str, asset: Asset, reason: str) -> Act:
    changes = as_changes(differences(None, asset))
    if asset.number:
        changes.append(("資産番号", "", asset.full_number))
    return Act(code, asset, asset.department_id, changes, reason)


def _finish(batch: Batch, assets: list[Asset], act: str, by: User, reason: str) -> int:
    store_own(assets)
    index(assets)
    record_many([_act(act, asset, reason) for asset in assets], by=by)
    batch.rows.all().delete()
    batch.stage, batch.note, batch.finished_at = Batch.Stage.DONE, reason, timezone.now()
    batch.save(update_fields=["stage", "note", "finished_at"])
    changes = [("登録した件数", "", f"{len(assets):,}"), ("SHA-256", "", batch.sha256)]
    home = by.home_department_id()
    record("ledger.imported", batch, by=by, department_id=home, changes=changes, note=reason)
    return len(assets)
