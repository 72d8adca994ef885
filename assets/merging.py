"""統合: what an application for it needs, and one asset going into another with everything that was on it."""

import datetime as dt

from django.db.models import Q

from assets.disposal import naming
from assets.editing import locked
from assets.holdings import places_of, settle
from assets.in_force import begin, finish, moves_of, put_in_force
from assets.models import Asset, ChangeKind, ChangeLine, Holding, Merge, Proposal, Revision
from assets.models.proposal import ProposalQuerySet
from assets.searching import index
from assets.states import OPEN, Standing
from assets.values import Values
from registry.base.verdict import ALLOWED, Conflict, Verdict, denied
from registry.history.record import record
from registry.organization.models import User
from registry.organization.vocabulary import said, word

NAMED = 3


def may_become_one(kept: Asset, gone: Asset) -> Verdict:
    """Can these two be merged at all? Both registered, not the same, neither on the other, no autonomous border between."""
    if kept.pk == gone.pk:
        return denied(said("同じ{asset}どうしは統合できません。"))
    for asset in (kept, gone):
        if asset.standing != Standing.REGISTERED:
            return denied(
                f"「{asset}」は{asset.get_standing_display()}です。統合できるのは登録済の{word('asset')}だけです。"
            )
    if gone.pk in places_of(kept) or kept.pk in places_of(gone):
        return denied(
            said("一方が他方に保管・搭載されています。先に「保管・搭載先」か「{system}名」を直してください。")
        )
    places = (kept.department, gone.department)
    if places[0].organ_id != places[1].organ_id and any(place.organ.autonomous for place in places):
        return denied(said("自律機関(議会など)とのあいだでは、{asset}を統合できません。"))
    return ALLOWED


def require_fit(proposal: Proposal, *, by: User) -> Asset:
    """The asset that is to go, locked; Conflict says why it cannot go now."""
    gone = locked(proposal.merges_id or 0)
    if not (verdict := may_become_one(proposal.asset, gone)):
        raise Conflict(verdict.reason)
    if gone.version != proposal.values["merge"]["version"]:
        raise Conflict(f"「{gone}」は、この申請のあとに変更されました。取り下げて、比べ直してください。")
    if gone.open_proposal_id:
        raise Conflict(f"「{gone}」には、まだ決まっていない申請があります。先にそちらを済ませてください。")
    on_it = under_way_on(gone)
    if waiting := list(on_it.visible_to(by).select_related("asset").order_by("pk")[:NAMED]):
        names = "、".join(f"「{one.asset}」" for one in waiting)
        raise Conflict(f"「{gone}」に載っている{names}に、まだ決まっていない申請があります。先に済ませてください。")
    carried = Asset.objects.filter(places__holder=gone)
    if on_it.exists() or carried.count() > carried.visible_to(by).count():
        raise Conflict(
            f"「{gone}」には、ほかの{word('section')}の{word('asset')}が載っています。{word('secretariat')}に依頼してください。"
        )
    return gone


def under_way_on(asset: Asset) -> ProposalQuerySet:
    """Open proposals of what is in or on an asset, and those that would put something there."""
    held = Holding.objects.filter(holder=asset).values("held")
    return Proposal.objects.filter(Q(asset__in=held, state__in=OPEN) | Q(pk__in=naming(asset)))


def absorb(proposal: Proposal, before: Values, *, by: User, note: str, now: dt.datetime) -> Merge:
    """Let the other asset go into the one of the proposal, which is in force already; `before`: what it said.

    What was on the other is put on this one, each with its revision; the change set can reverse all of it.
    """
    kept, gone = proposal.asset, require_fit(proposal, by=by)
    change_set = begin(ChangeKind.MERGE, note or said("同じ{asset}のため"), by=by)
    carried = Asset.objects.filter(places__holder=gone).only("system", "holder_keys")
    moves = moves_of({asset.pk: _moved(asset, gone, kept) for asset in carried}, by=by)
    lines = put_in_force(change_set, moves, by=by)
    lines.append(ChangeLine(change_set=change_set, asset=kept, before=before, version=kept.version))
    finish(change_set, lines, by=by)
    gone.standing, gone.merged_into, gone.updated_at = Standing.MERGED, kept, now
    gone.version += 1
    gone.save(update_fields=["standing", "merged_into", "updated_at", "version"])
    settle([gone], by=by)
    Revision.objects.filter(asset=gone, valid_until__isnull=True).update(valid_until=now)
    index([kept])
    into, was = told_in(gone, kept), told_in(kept, gone)
    record("asset.merged", gone, by=by, department_id=gone.department_id, changes=[("統合先", "", into)], note=note)
    record("asset.absorbed", kept, by=by, department_id=kept.department_id, changes=[("統合", "", was)], note=note)
    return Merge.objects.create(kept=kept, gone=gone, proposal=proposal, change_set=change_set)


def told_in(asset: Asset, other: Asset) -> str:
    """How the history of an asset, which its own section reads, speaks of the other one."""
    same = other.department_id == asset.department_id
    return f"{other}({other.full_number})" if same else said("ほかの{section}の{asset}")


def _moved(asset: Asset, gone: Asset, kept: Asset) -> Values:
    """Where an asset is, with the one that remains in the place of the one that goes."""
    values: Values = {}
    if asset.system_id == gone.pk:
        values["system"] = kept.pk
    if gone.pk in asset.holder_keys:
        values["holders"] = list(dict.fromkeys(kept.pk if key == gone.pk else key for key in asset.holder_keys))
    return values
