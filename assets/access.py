"""「May this person do this with this asset?」 — every answer a verdict with its reason."""

from django.utils import timezone

from assets.models import Asset, Proposal
from assets.states import APPROVE, CONFIRM, EDITABLE, PARTS, STEPS, Standing, Step
from registry.base.verdict import ALLOWED, Verdict, denied
from registry.organization.access import holds, holds_anywhere
from registry.organization.models import Department, User
from registry.organization.roles import Permission

NOT_YOURS = "この課の情報資産を変更する権限がありません。所管課の職員か事務局に依頼してください。"


def may_register_somewhere(user: User) -> Verdict:
    """May this person begin a new entry at all?"""
    if holds_anywhere(user, Permission.EDIT_ASSETS):
        return ALLOWED
    return denied("情報資産を登録する権限がありません。任命の内容を事務局に確認してください。")


def may_edit(user: User, proposal: Proposal) -> Verdict:
    """May this person change what the proposal says?"""
    if proposal.state not in EDITABLE:
        return denied("編集できるのは下書きと差戻しだけです。直すときは、差戻しを依頼するか取り下げてください。")
    if not holds(user, Permission.EDIT_ASSETS, proposal.asset.department_id):
        return denied(NOT_YOURS)
    return ALLOWED


def may_propose(user: User, asset: Asset) -> Verdict:
    """May this person propose a change of what is registered?"""
    if asset.standing != Standing.REGISTERED:
        return denied("変更を申請できるのは登録済の情報資産だけです。")
    if asset.open_proposal_id is not None:
        return denied("この情報資産には、まだ決まっていない変更の申請があります。先にそちらを済ませてください。")
    if not holds(user, Permission.EDIT_ASSETS, asset.department_id):
        return denied(NOT_YOURS)
    return ALLOWED


def may_place(user: User, department: Department) -> Verdict:
    """May this person put an asset into this department? It must be theirs, exist today and be in scope."""
    if not holds(user, Permission.EDIT_ASSETS, department.pk):
        return denied(NOT_YOURS)
    return takes_assets(department)


def takes_assets(department: Department) -> Verdict:
    """Can a department have assets today? It must exist and be in scope."""
    if not department.exists_on(timezone.localdate()):
        return denied(f"「{department}」は廃止されています。いまある課を選んでください。")
    if department.excluded:
        return denied(f"「{department}」は台帳の対象外です({department.excluded})。")
    return ALLOWED


def may_move(user: User, before: Department, after: Department) -> Verdict:
    """May this person move an asset from one department to another? Never across the border of an autonomous organ."""
    if after.pk == before.pk:
        return ALLOWED
    if after.organ_id != before.organ_id and (after.organ.autonomous or before.organ.autonomous):
        return denied(
            f"「{before.organ}」と「{after.organ}」のあいだでは、情報資産を移せません。移す先で登録し直してください。"
        )
    return may_place(user, after)


def may_register_directly(user: User, department_id: int) -> Verdict:
    """May this person register without the round of proposal and review (事務局)?"""
    if holds(user, Permission.REGISTER_ASSETS, department_id):
        return ALLOWED
    return denied("直接登録できるのは事務局だけです。")


def may_take(user: User, proposal: Proposal, step: Step) -> Verdict:
    """May this person take this step now? A move to another 課 is approved by who reviews both."""
    if proposal.state not in step.sources:
        return denied(f"いまの状態は「{proposal.get_state_display()}」なので、「{step.label}」はできません。")
    if not holds(user, step.permission, proposal.asset.department_id):
        return denied(f"「{step.label}」の権限がありません。")
    if part := next((part for part in step.not_by if proposal.had_part(user, part)), ""):
        return denied(f"自分が{PARTS[part]}したものなので、「{step.label}」はできません。別の人に依頼してください。")
    if step is APPROVE and not holds(user, step.permission, proposal.target_id):
        return denied("移す先の課の審査をする権限がありません。その課を審査する人に依頼してください。")
    return ALLOWED


def steps_open_to(user: User, proposal: Proposal) -> list[Step]:
    """The steps this person can take on this proposal now, in the order of the table."""
    return [step for step in STEPS.values() if may_take(user, proposal, step)]


def may_decide(user: User) -> bool:
    """Does this person have a review queue at all?"""
    return holds_anywhere(user, CONFIRM.permission) or holds_anywhere(user, APPROVE.permission)
