"""The steps in words: what a button asks before it acts, and what is said when it was done."""

from dataclasses import dataclass

from assets.access import steps_open_to
from assets.forms.steps import NoteForm
from assets.models import Proposal
from assets.states import STEPS, Kind, State
from registry.organization.models import Post, User
from registry.organization.roles import Role

# Step → what its button asks (nothing where it is easily taken back), the word that goes on, what is said afterwards.
WORDS = {
    "submit": ("", "", "「{asset}」を申請しました。{waits}"),
    "confirm": (
        "「{asset}」を確認し、事務局の審査に送ります。よろしいですか。",
        "確認する",
        "「{asset}」を確認しました。事務局の審査に進みます。",
    ),
    "approve": (
        "「{asset}」1件を承認し、台帳に登録します。よろしいですか。",
        "承認する",
        "「{asset}」を登録しました。資産番号は {asset.full_number} です。",
    ),
    "return": (
        "「{asset}」を申請した人に差し戻します。よろしいですか。",
        "差し戻す",
        "「{asset}」を差し戻しました。申請した人のマイページに表示されます。",
    ),
    "withdraw": (
        "「{asset}」の申請を取り下げます。よろしいですか。",
        "取り下げる",
        "「{asset}」の申請を取り下げました。",
    ),
}
WORDS["send-back"] = WORDS["return"]
WAITS = {
    State.DRAFT: "まだ申請していません。入力をつづけて、申請してください。",
    State.CONFIRMED: "所属の長の確認が済み、事務局の審査を待っています。",
    State.RETURNED: "差し戻されました。直して、もう一度申請してください。",
}
FOR_GOOD = "「{asset}」の登録を取り下げます。内容は台帳に残らず、元に戻せません。よろしいですか。"


@dataclass(frozen=True)
class Button:
    """The button of a step: its name and key, how it looks, what it asks before it acts."""

    code: str
    label: str
    kind: str
    key: str
    question: str
    yes: str
    needs_note: bool = False


def buttons(proposal: Proposal, *, for_user: User) -> list[Button]:
    """One button for every step that the person can take now."""
    return [_button(step.code, proposal) for step in steps_open_to(for_user, proposal)]


def note_form(proposal: Proposal, offered: list[Button]) -> NoteForm:
    """An empty note for the steps on offer; it says beforehand when one of them needs it."""
    return NoteForm(initial={"version": proposal.version}, returning=any(button.needs_note for button in offered))


def waits(proposal: Proposal) -> str:
    """Where an open proposal stands, in a sentence: whom it waits for, or what is to be done."""
    if proposal.state != State.SUBMITTED:
        return WAITS.get(State(proposal.state), "")
    heads = Post.objects.current().with_role(Role.MANAGER).filter(department_id=proposal.asset.department_id)
    titles = "・".join(post.title for post in heads) or "情報セキュリティ管理者(空席)"
    return f"{titles}の確認を待っています。"


def told(done: Proposal, code: str) -> str:
    """What is said once a step was taken."""
    words = WORDS[code][2]
    return words.format(asset=done.asset, waits=waits(done) if "{waits}" in words else "")


def _button(code: str, proposal: Proposal) -> Button:
    step, (question, yes, _) = STEPS[code], WORDS[code]
    if code == "withdraw":
        kind, key = "danger", ""
        question = FOR_GOOD if proposal.kind == Kind.NEW else question
    else:
        kind, key = ("secondary", "r") if step.needs_note else ("primary", "a")
    return Button(code, step.label, kind, key, question.format(asset=proposal.asset), yes, step.needs_note)
