"""「別のものです」: keeping what people judged about things that only look alike."""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError

from assets.access import may_judge_spellings, may_set_apart
from assets.duplicates import undeclared_doubles
from assets.models import Apart, Asset, KeptSpelling, Proposal
from assets.values import as_proposed
from registry.base.verdict import Conflict
from registry.history.record import Act, record, record_many
from registry.history.turn import in_turn
from registry.organization.access import departments_where
from registry.organization.models import Organ, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said

WHY = "別のものと分かる理由を書いてください。"
NAMED = 5


@in_turn()
def set_apart(keys: Collection[int], *, by: User, reason: str) -> Apart:
    """Remember that these assets are different things, so that they are not shown as duplicates of each other again.

    Raises Conflict (not found, fewer than two), PermissionDenied (needs the right to change them all), ValidationError.
    """
    assets = list(Asset.objects.visible_to(by).filter(pk__in=keys).select_related("department").order_by("pk"))
    if len(assets) < len(set(keys)) or len(assets) < 2:
        raise Conflict(said("選んだ{asset}のなかに、見つからないものがあります。画面を開き直してください。"))
    may_set_apart(by, assets).require()
    if not reason.strip():
        raise ValidationError(WHY)
    apart = Apart.objects.create(reason=reason, made_by=by)
    apart.assets.set(assets)
    record_many([_act(asset, assets, reason) for asset in assets], by=by)
    return apart


@in_turn()
def declare_apart(proposal: Proposal, reason: str, *, by: User) -> None:
    """Say of a proposal that what stands under its name in its department is another thing; nothing where there is none."""
    proposed = as_proposed(proposal.asset, proposal.values)
    if doubles := undeclared_doubles(proposal, proposed):
        set_apart([proposal.asset_id, *(asset.pk for asset in doubles)], by=by, reason=reason)


@in_turn()
def keep_spellings(column: str, label: str, spellings: Sequence[str], *, by: User, reason: str) -> KeptSpelling:
    """Remember that these ways of writing mean different things (事務局). Raises PermissionDenied, ValidationError."""
    may_judge_spellings(by).require()
    if not reason.strip():
        raise ValidationError(WHY)
    own = Organ.objects.filter(departments__in=departments_where(by, Permission.REGISTER_ASSETS))
    organ = own.order_by("autonomous", "position", "pk")[0]
    kept = KeptSpelling.objects.create(
        organ=organ, column=column, spellings=sorted(spellings), reason=reason, made_by=by
    )
    changes = [(label, "", str(kept))]
    record("spelling.kept", kept, by=by, department_id=by.home_department_id(), changes=changes, note=reason)
    return kept


def _act(asset: Asset, assets: Sequence[Asset], reason: str) -> Act:
    """What the history of one of them says: those of other departments are counted, who reads it may not see them."""
    beside = [one for one in assets if one.pk != asset.pk]
    own = [one for one in beside if one.department_id == asset.department_id]
    others = [f"{one}({one.full_number})" if one.number else str(one) for one in own]
    more = f"ほか{len(others) - NAMED:,}件" if len(others) > NAMED else ""
    parts = ["、".join(others[:NAMED]) + more] if others else []
    if elsewhere := len(beside) - len(own):
        parts.append(said(f"ほかの{{section}}の{{asset}}{elsewhere:,}件"))
    changes = [("別のもの", "", "、".join(parts))]
    return Act("asset.set-apart", asset, asset.department_id, changes, reason)
