"""「May this person do this with this asset?」 — every answer a verdict with its reason."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from assets.body_columns import columns_of_body
from assets.columns import Kind as ColumnKind
from assets.models import Asset, Attachment, Comment, Proposal, SavedView, ViewScope
from assets.states import APPROVE, CONFIRM, EDITABLE, PARTS, RETIRED, STEPS, Kind, Standing, Step
from registry.base.verdict import ALLOWED, Verdict, denied
from registry.organization.access import departments_where, holds, holds_anywhere, posts_where
from registry.organization.models import Department, Post, User
from registry.organization.models.post import PostQuerySet
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, word

NOT_YOURS = "この{section}の{asset}を変更する権限がありません。所管{section}の職員か{secretariat}に依頼してください。"


def may_register_somewhere(user: User) -> Verdict:
    """May this person begin a new entry at all?"""
    if holds_anywhere(user, Permission.EDIT_ASSETS):
        return ALLOWED
    return denied(said("{asset}を登録する権限がありません。任命の内容を{secretariat}に確認してください。"))


def may_edit(user: User, proposal: Proposal) -> Verdict:
    """May this person change what the proposal says?"""
    if proposal.state not in EDITABLE:
        return denied("編集できるのは下書きと差戻しだけです。直すときは、差戻しを依頼するか取り下げてください。")
    if not holds(user, Permission.EDIT_ASSETS, proposal.asset.department_id):
        return denied(said(NOT_YOURS))
    return ALLOWED


def may_propose(user: User, asset: Asset) -> Verdict:
    """May this person propose a change of what is registered?"""
    if asset.standing != Standing.REGISTERED:
        return denied(said("変更を申請できるのは登録済の{asset}だけです。"))
    if asset.open_proposal_id is not None:
        return denied(said("この{asset}には、まだ決まっていない変更の申請があります。先にそちらを済ませてください。"))
    if not holds(user, Permission.EDIT_ASSETS, asset.department_id):
        return denied(said(NOT_YOURS))
    return ALLOWED


def may_place(user: User, department: Department) -> Verdict:
    """May this person put an asset into this department? It must be theirs, exist today and be in scope."""
    if not holds(user, Permission.EDIT_ASSETS, department.pk):
        return denied(said(NOT_YOURS))
    return takes_assets(department)


def takes_assets(department: Department) -> Verdict:
    """Can a department have assets today? It must exist and be in scope."""
    if not department.exists_on(timezone.localdate()):
        return denied(f"「{department}」は廃止されています。いまある{word('section')}を選んでください。")
    if department.excluded:
        return denied(f"「{department}」は台帳の{word('out_of_scope')}です({department.excluded})。")
    return ALLOWED


def posts_stand(said: Iterable[Mapping[str, Any]]) -> Verdict:
    """Do all posts that these values (by column) name exist today?"""
    columns = [column.key for column in columns_of_body().all if column.kind is ColumnKind.POST]
    named = {key for values in said for column in columns if (key := values.get(column))}
    ended = Post.objects.filter(pk__in=named).exclude(pk__in=Post.objects.current().values("pk")) if named else None
    gone = ended.select_related("department").order_by("pk").first() if ended else None
    if gone is None:
        return ALLOWED
    return denied(f"職「{gone.full_title}」は、いまはありません。いまある職を選び直してください。")


def stands_on_the_ledger(asset: Asset) -> Verdict:
    """Is everything that an asset is in or on still in the ledger?"""
    keys = [*asset.holder_keys, *([asset.system_id] if asset.system_id else [])]
    gone = Asset.objects.filter(pk__in=keys, standing__in=RETIRED).first() if keys else None
    if gone is None:
        return ALLOWED
    words = gone.get_standing_display()
    return denied(f"「{gone}」は{words}です。「保管・搭載先」か「{word('system')}名」を直してから進めてください。")


def may_move(user: User, before: Department, after: Department) -> Verdict:
    """May this person move an asset from one department to another? Never across the border of an autonomous organ."""
    if after.pk == before.pk:
        return ALLOWED
    if after.organ_id != before.organ_id and (after.organ.autonomous or before.organ.autonomous):
        return denied(
            f"「{before.organ}」と「{after.organ}」のあいだでは、{word('asset')}を移せません。移す先で登録し直してください。"
        )
    return may_place(user, after)


def may_attach(user: User, asset: Asset) -> Verdict:
    """May this person attach evidence and take it off? Who edits the asset, and who reviews it, as long as it stands."""
    if asset.standing == Standing.ABANDONED:
        return denied(said("登録を取り下げた{asset}には添付できません。"))
    rights = (Permission.EDIT_ASSETS, Permission.REVIEW_ASSETS)
    if any(holds(user, right, asset.department_id) for right in rights):
        return ALLOWED
    return denied(
        said(
            "添付できるのは、所管{section}の職員、{secretariat}、分類を審査する人だけです。所管{section}か{secretariat}に依頼してください。"
        )
    )


def may_open(user: User, attachment: Attachment) -> Verdict:
    """May this person open the file? Who sees the asset; not while it is taken off."""
    if attachment.removed_at is not None:
        return denied("このファイルは取り外されています。開くには、添付できる人に元に戻してもらってください。")
    if holds(user, Permission.VIEW_ASSETS, attachment.asset.department_id):
        return ALLOWED
    return denied(said("この{asset}を見る権限がありません。"))


def may_comment(user: User, asset: Asset) -> Verdict:
    """May this person comment? Everybody who sees the asset, because everybody who sees it can be asked."""
    if asset.standing == Standing.ABANDONED:
        return denied(said("登録を取り下げた{asset}にはコメントできません。"))
    if holds(user, Permission.VIEW_ASSETS, asset.department_id):
        return ALLOWED
    return denied(said("この{asset}を見る権限がありません。"))


def may_withdraw_comment(user: User, comment: Comment) -> Verdict:
    """May this person withdraw a comment? Only who wrote it, and once."""
    if comment.author_id != user.pk:
        return denied("取り消せるのは、書いた本人だけです。")
    if comment.withdrawn_at is not None:
        return denied("このコメントは、すでに取り消されています。")
    return ALLOWED


def may_confirm_comment(user: User, comment: Comment) -> Verdict:
    """May this person say that a comment was read? Who holds one of the posts it is for, while it stands."""
    if comment.withdrawn_at is not None:
        return denied("このコメントは、取り消されています。")
    mine = [appointment.post_id for appointment in user.appointments_today]
    if comment.mentions.filter(post__in=mine).exists():
        return ALLOWED
    return denied("確認できるのは、宛先の職に就いている人だけです。")


def posts_to_ask(asset: Asset) -> PostQuerySet:
    """The posts a comment on an asset can be for: those that may see it today."""
    return posts_where(Permission.VIEW_ASSETS, asset.department_id)


def may_register_directly(user: User, department_id: int) -> Verdict:
    """May this person register without the round of proposal and review (事務局)?"""
    if holds(user, Permission.REGISTER_ASSETS, department_id):
        return ALLOWED
    return denied(said("直接登録できるのは{secretariat}だけです。"))


def may_skip_the_round(proposal: Proposal) -> Verdict:
    """Can this be registered directly? A disposal cannot: it needs somebody who permits it (DOMAIN §1)."""
    if proposal.kind == Kind.DISPOSAL:
        return denied("廃棄は直接登録できません。所属の長の確認(許可)と審査を受けてください。")
    return ALLOWED


def may_take_back(user: User, asset: Asset) -> Verdict:
    """May this person put a retired asset in force again?"""
    if asset.standing not in RETIRED:
        return denied(said("取り消せるのは、廃棄済か統合済の{asset}だけです。"))
    return may_register_directly(user, asset.department_id)


def may_take(user: User, proposal: Proposal, step: Step) -> Verdict:
    """May this person take this step now? A move to another 課 is approved by who reviews both."""
    if proposal.state not in step.sources:
        return denied(f"いまの状態は「{proposal.get_state_display()}」なので、「{step.label}」はできません。")
    if not holds(user, step.permission, proposal.asset.department_id):
        return denied(f"「{step.label}」の権限がありません。")
    if part := next((part for part in step.not_by if proposal.had_part(user, part)), ""):
        return denied(f"自分が{PARTS[part]}したものなので、「{step.label}」はできません。別の人に依頼してください。")
    if proposal.merges and not holds(user, step.permission, proposal.merges.department_id):
        return denied(
            said(
                "統合する相手の{section}の権限がありません。両方の{section}を受け持つ上位の職か{secretariat}に依頼してください。"
            )
        )
    if step is APPROVE and not holds(user, step.permission, proposal.target_id):
        return denied(
            said("移す先の{section}の審査をする権限がありません。その{section}を審査する人に依頼してください。")
        )
    return ALLOWED


def steps_open_to(user: User, proposal: Proposal) -> list[Step]:
    """The steps this person can take on this proposal now, in the order of the table."""
    return [step for step in STEPS.values() if may_take(user, proposal, step)]


def may_set_apart(user: User, assets: Iterable[Asset]) -> Verdict:
    """May this person say that these assets are different things?"""
    if all(holds(user, Permission.EDIT_ASSETS, asset.department_id) for asset in assets):
        return ALLOWED
    return denied(
        said(
            "ほかの{section}の{asset}が含まれています。両方の{section}を受け持つ上位の職か{secretariat}に依頼してください。"
        )
    )


def may_judge_spellings(user: User) -> Verdict:
    """May this person say that two ways of writing are both right, for everybody?"""
    if holds_anywhere(user, Permission.REGISTER_ASSETS):
        return ALLOWED
    return denied(said("書き方の違いを残すと決められるのは{secretariat}だけです。"))


def may_decide(user: User) -> bool:
    """Does this person have a review queue at all?"""
    return holds_anywhere(user, CONFIRM.permission) or holds_anywhere(user, APPROVE.permission)


def may_share_with(user: User, scope: str, department: Department | None) -> Verdict:
    """May this person keep a view of the ledger for these? For a 課 who edits there, for everybody the 事務局."""
    if scope == ViewScope.OWN:
        return ALLOWED if holds_anywhere(user, Permission.VIEW_ASSETS) else denied("台帳を見る権限がありません。")
    if scope == ViewScope.EVERYONE:
        return _speaks_for_everybody(user)
    if department is None or not _works_in(user, department.pk):
        return denied(said("{section}の表示を保存できるのは、その{section}の職にある人だけです。"))
    if not holds(user, Permission.EDIT_ASSETS, department.pk):
        return denied(said("{section}の表示を保存できるのは、その{section}の{asset}を変更できる人だけです。"))
    return ALLOWED


def may_change_view(user: User, view: SavedView) -> Verdict:
    """May this person rename, overwrite or delete a view? The maker, the 課長; of a maker who left, who edits there."""
    if view.scope == ViewScope.OWN:
        return ALLOWED if view.owner_id == user.pk and user.is_active else denied("ほかの人の表示は変えられません。")
    shares = may_share_with(user, view.scope, view.department)
    if view.scope == ViewScope.EVERYONE or not shares:
        return shares
    heads = holds(user, Permission.CONFIRM_ASSETS, view.department_id or 0)
    if view.owner_id == user.pk or heads or not view.maker_here:
        return ALLOWED
    return denied(f"この表示を変えられるのは、作成した{view.owner.name}さんと課長です。別の名前で保存してください。")


def _works_in(user: User, department_id: int) -> bool:
    return user.is_active and any(a.post.department_id == department_id for a in user.appointments_today)


def _speaks_for_everybody(user: User) -> Verdict:
    """The 事務局 of the body itself, asked once per request; that of an autonomous organ speaks for its organ only."""
    known: bool | None = user.__dict__.get("_speaks_for_everybody")
    if known is None:
        places = Department.objects.filter(pk__in=departments_where(user, Permission.REGISTER_ASSETS))
        known = user.__dict__["_speaks_for_everybody"] = places.filter(organ__autonomous=False).exists()
    return ALLOWED if known else denied(said("全員の表示を決められるのは、{secretariat}だけです。"))
