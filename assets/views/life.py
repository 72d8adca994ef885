"""The end of an asset on its page: what became of it, what went into it, and what can be done about it."""

from typing import Any

from django.utils import timezone

from assets.access import may_attach, may_propose, may_take_back
from assets.choices import Evidence
from assets.forms.steps import NoteForm
from assets.models import Asset, DisposalRecord
from assets.states import Standing
from registry.base.fiscal import wareki_moment
from registry.organization.models import User


def life_of(asset: Asset, *, for_user: User) -> dict[str, Any]:
    """What the partial `life.html` shows; everything named in it is something the person may see."""
    retired = asset.standing in {Standing.DISPOSED, Standing.MERGED}
    record = _record(asset) if asset.standing == Standing.DISPOSED else None
    visible = Asset.objects.visible_to(for_user)
    registered = asset.standing == Standing.REGISTERED
    return {
        "asset": asset,
        "retired": retired,
        "merged": asset.standing == Standing.MERGED,
        "into": visible.filter(pk=asset.merged_into_id).first() if asset.merged_into_id else None,
        "absorbed": list(visible.filter(merged_into=asset.pk).order_by("number")) if asset.number else [],
        "record": _facts(record) if record else [],
        "proofs": list(asset.attachments.in_place().filter(kind=Evidence.DISPOSAL).listed()) if record else [],
        "may_attach": bool(record and may_attach(for_user, asset)),
        "may_end": registered and bool(may_propose(for_user, asset)),
        "may_take_back": retired and bool(may_take_back(for_user, asset)),
        "reason": NoteForm(auto_id="take-back-%s", needed=True) if retired else None,
    }


def _record(asset: Asset) -> DisposalRecord | None:
    return (
        DisposalRecord.objects.in_force()
        .filter(asset=asset)
        .select_related("permitted_by", "proposal__decided_by")
        .first()
    )


def _facts(record: DisposalRecord) -> list[dict[str, str]]:
    def when(moment: Any) -> str:
        return wareki_moment(timezone.localtime(moment))

    decided = record.proposal.decided_by
    return [
        {"label": "廃棄の日時", "value": when(record.disposed_at)},
        {"label": "担当者", "value": record.handled_by},
        {"label": "廃棄方法", "value": record.get_method_display()},
        {"label": "処理内容", "value": record.work},
        {"label": "許可", "value": f"{record.permitted_by.name}({when(record.permitted_at)})"},
        {"label": "審査", "value": f"{decided.name}" if decided else ""},
        {"label": "証拠の所在", "value": record.evidence},
    ]
