"""The steps in words: what a button asks before it acts, and what is said when it was done."""

from dataclasses import dataclass

from assets.access import steps_open_to
from assets.disposal import Particulars
from assets.forms.steps import NoteForm
from assets.models import Asset, Proposal
from assets.states import STEPS, Kind, State
from registry.organization.models import Post, User
from registry.organization.roles import Role
from registry.organization.vocabulary import said, title

# Step → what its button asks (nothing where it is easily taken back), the word that goes on, what is said afterwards.
WORDS = {
    "submit": ("", "", "「{name}」を申請しました。{waits}"),
    "confirm": (
        "「{name}」を確認し、{secretariat}の審査に送ります。よろしいですか。",
        "確認する",
        "「{name}」を確認しました。{secretariat}の審査に進みます。",
    ),
    "approve": (
        "「{name}」1件を承認し、台帳に登録します。よろしいですか。",
        "承認する",
        "「{name}」を登録しました。資産番号は {number} です。",
    ),
    "return": (
        "「{name}」を申請した人に差し戻します。よろしいですか。",
        "差し戻す",
        "「{name}」を差し戻しました。申請した人のマイページに表示されます。",
    ),
    "withdraw": (
        "「{name}」の申請を取り下げます。よろしいですか。",
        "取り下げる",
        "「{name}」の申請を取り下げました。",
    ),
}
WORDS["send-back"] = WORDS["return"]
# The same where approving does not register but ends something.
WORDS_OF_KIND = {
    (Kind.DISPOSAL, "confirm"): (
        "「{name}」の廃棄を許可し、{secretariat}の審査に送ります。よろしいですか。",
        "許可する",
        "「{name}」の廃棄を許可しました。{secretariat}の審査に進みます。",
    ),
    (Kind.DISPOSAL, "approve"): (
        "「{name}」1件の廃棄を承認します。台帳の一覧から外れ、変更できなくなります。よろしいですか。",
        "廃棄を承認する",
        "「{name}」の廃棄を登録しました。資産番号 {short} は、もう使いません。",
    ),
    (Kind.MERGE, "approve"): (
        "「{name}」に「{other}」を統合します。「{other}」は台帳の一覧から外れます。よろしいですか。",
        "統合を承認する",
        "「{name}」に統合しました。",
    ),
}
LABELS = {
    (Kind.DISPOSAL, "confirm"): "廃棄を許可する",
    (Kind.DISPOSAL, "approve"): "廃棄を承認する",
    (Kind.MERGE, "approve"): "統合を承認する",
}
WAITS = {
    State.DRAFT: "まだ申請していません。入力をつづけて、申請してください。",
    State.CONFIRMED: "所属の長の確認が済み、{secretariat}の審査を待っています。",
    State.RETURNED: "差し戻されました。直して、もう一度申請してください。",
}
FOR_GOOD = "「{name}」の登録を取り下げます。内容は台帳に残らず、元に戻せません。よろしいですか。"


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
        return said(WAITS.get(State(proposal.state), ""))
    heads = Post.objects.current().with_role(Role.MANAGER).filter(department_id=proposal.asset.department_id)
    titles = "・".join(post.title for post in heads) or f"{title('manager')}(空席)"
    return f"{titles}の確認を待っています。"


def told(done: Proposal, code: str) -> str:
    """What is said once a step was taken."""
    words = said(_words(code, done)[2])
    waiting = waits(done) if "{waits}" in words else ""
    return words.format(
        name=done.asset, number=done.asset.full_number, short=done.asset.number, other=done.merges, waits=waiting
    )


def particulars(proposal: Proposal, *, for_user: User) -> list[dict[str, str]]:
    """What an application says beside the columns: of a disposal how and when, of a merge which other asset goes."""
    if proposal.kind == Kind.DISPOSAL:
        return [{"label": label, "value": words} for label, words in Particulars.of(proposal).in_words()]
    if proposal.merges is None:
        return []
    seen = Asset.objects.visible_to(for_user).filter(pk=proposal.merges_id or 0).exists()
    other = f"{proposal.merges}({proposal.merges.full_number})" if seen else said("ほかの{section}の{asset}")
    return [{"label": said("統合されて一覧から外れる{asset}"), "value": other}]


def _words(code: str, proposal: Proposal) -> tuple[str, str, str]:
    return WORDS_OF_KIND.get((Kind(proposal.kind), code), WORDS[code])


def _button(code: str, proposal: Proposal) -> Button:
    step, (question, yes, _) = STEPS[code], _words(code, proposal)
    if code == "withdraw":
        kind, key = "danger", ""
        question = FOR_GOOD if proposal.kind == Kind.NEW else question
    else:
        kind, key = ("secondary", "r") if step.needs_note else ("primary", "a")
    question = said(question).format(name=proposal.asset, other=proposal.merges)
    label = LABELS.get((Kind(proposal.kind), code), step.label)
    return Button(code, label, kind, key, question, yes, step.needs_note)
