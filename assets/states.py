"""The life of an entry: states and steps as data. The code that takes the steps is `workflow.py`."""

from dataclasses import dataclass

from django.db import models

from registry.organization.roles import Permission


class State(models.TextChoices):
    """Where a proposal stands on its way into the ledger."""

    DRAFT = "draft", "下書き"
    SUBMITTED = "submitted", "申請中"
    CONFIRMED = "confirmed", "確認済(審査待ち)"
    RETURNED = "returned", "差戻し"
    APPROVED = "approved", "登録済"
    WITHDRAWN = "withdrawn", "取下げ"


class Standing(models.TextChoices):
    """Whether an asset is in force in the ledger."""

    UNREGISTERED = "unregistered", "未登録"
    REGISTERED = "registered", "登録済"
    ABANDONED = "abandoned", "登録せず"
    DISPOSED = "disposed", "廃棄済"
    MERGED = "merged", "統合済"


class Kind(models.TextChoices):
    """What a proposal is for."""

    NEW = "new", "新規"
    CHANGE = "change", "変更"
    DISPOSAL = "disposal", "廃棄"
    MERGE = "merge", "統合"


WRITTEN_IN_THE_FORM = frozenset({Kind.NEW, Kind.CHANGE})
LISTED = frozenset({Standing.UNREGISTERED, Standing.REGISTERED})
RETIRED = frozenset({Standing.DISPOSED, Standing.MERGED})
OPEN = frozenset({State.DRAFT, State.SUBMITTED, State.CONFIRMED, State.RETURNED})
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
TONES = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "info",
    State.CONFIRMED: "info",
    State.RETURNED: "warning",
    State.APPROVED: "success",
    State.WITHDRAWN: "neutral",
}


def state_words(standing: str, proposal: str | None, kind: str | None = None) -> tuple[str, str]:
    """登録の状態 in words and its tone: what is in force, and what is under way (state and kind of the open proposal)."""
    if proposal is None:
        return Standing(standing).label, "success" if standing == Standing.REGISTERED else "neutral"
    label, tone = State(proposal).label, TONES[State(proposal)]
    asked = Kind(kind or Kind.CHANGE).label
    return (f"登録済・{asked}{label}" if standing == Standing.REGISTERED else label), tone


@dataclass(frozen=True)
class Step:
    """One move: from which states to which, by whom, and what it asks for.

    `not_by` names the earlier parts that whoever takes the step may not have had (DOMAIN §2, 兼務の禁止).
    """

    code: str
    label: str
    sources: frozenset[State]
    target: State
    permission: Permission
    not_by: tuple[str, ...] = ()
    needs_note: bool = False


PARTS = {"drafted_by": "作成", "submitted_by": "申請", "confirmed_by": "確認", "editors": "内容を変更"}
APPLICANT = ("drafted_by", "submitted_by")
SUBMIT = Step("submit", "申請する", EDITABLE, State.SUBMITTED, Permission.EDIT_ASSETS)
WITHDRAW = Step("withdraw", "取り下げる", OPEN, State.WITHDRAWN, Permission.EDIT_ASSETS)
CONFIRM = Step(
    "confirm", "確認する", frozenset({State.SUBMITTED}), State.CONFIRMED, Permission.CONFIRM_ASSETS, not_by=APPLICANT
)
APPROVE = Step(
    "approve",
    "承認して登録する",
    frozenset({State.CONFIRMED}),
    State.APPROVED,
    Permission.REVIEW_ASSETS,
    not_by=(*APPLICANT, "confirmed_by", "editors"),
)
RETURN_BY_HEAD = Step(
    "return", "差し戻す", frozenset({State.SUBMITTED}), State.RETURNED, Permission.CONFIRM_ASSETS, needs_note=True
)
RETURN_BY_REVIEWER = Step(
    "send-back", "差し戻す", frozenset({State.CONFIRMED}), State.RETURNED, Permission.REVIEW_ASSETS, needs_note=True
)
STEPS = {step.code: step for step in (SUBMIT, CONFIRM, APPROVE, RETURN_BY_HEAD, RETURN_BY_REVIEWER, WITHDRAW)}
