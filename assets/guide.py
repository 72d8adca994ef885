"""Guided classification: from a clerk's answers to a proposed level on each axis, with reasons and restrictions."""

from collections.abc import Mapping
from dataclasses import dataclass

from assets.schemes import Answer, Axis, Level, Question, Scheme

__all__ = ["Answer", "AxisProposal", "Proposal", "Question", "asked", "propose", "questions"]


@dataclass(frozen=True)
class AxisProposal:
    """What the answers say about one axis: the level, or None with the codes of the questions still ``missing``.

    A level may be proposed while questions are missing when no answer could make it stricter.
    """

    axis: Axis
    level: Level | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """The proposal for a whole scheme; ``facts`` are values for yes-or-no columns of the ledger."""

    axes: tuple[AxisProposal, ...]
    restrictions: tuple[str, ...]
    facts: Mapping[str, bool]
    unanswered: tuple[str, ...]

    @property
    def levels(self) -> dict[str, str]:
        """Codes of the proposed levels by code of axis; an axis without proposal is absent."""
        return {one.axis.code: one.level.code for one in self.axes if one.level}


def questions(scheme: Scheme) -> tuple[Question, ...]:
    """All questions of the scheme in the order they are put, follow-ups included."""
    return scheme.guide


def asked(scheme: Scheme, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions that matter after these answers: a follow-up only when what it hangs on was answered so."""
    shown: dict[str, Question] = {}
    for question in scheme.guide:
        if all(code in shown and answers.get(code) in wanted for code, wanted in question.only_if.items()):
            shown[question.code] = question
    return tuple(shown.values())


def propose(scheme: Scheme, answers: Mapping[str, str]) -> Proposal:
    """The proposal for ``answers`` (code of question → code of answer); the strictest level wins on each axis.

    Answers to follow-ups that no longer matter count for nothing. Raises ``ValueError`` with a Japanese sentence
    for questions or answers the scheme does not have.
    """
    chosen = _chosen(scheme, answers)
    open_questions = tuple(question.code for question in asked(scheme, answers) if question.code not in chosen)
    axes = tuple(_axis_proposal(scheme, axis, chosen, open_questions) for axis in scheme.axes)
    restrictions = [text for one in axes if one.level for text in one.level.restrictions]
    facts: dict[str, bool] = {}
    for answer in chosen.values():
        facts |= {key: value or facts.get(key, False) for key, value in answer.facts.items()}
    return Proposal(axes, tuple(dict.fromkeys(restrictions)), facts, open_questions)


def _chosen(scheme: Scheme, answers: Mapping[str, str]) -> dict[str, Answer]:
    """The answers that count, by question; every unknown question or answer is named in the error."""
    known = {question.code: {one.code: one for one in question.answers} for question in scheme.guide}
    faults = []
    for question, answer in answers.items():
        if question not in known:
            faults.append(f"質問「{question}」はありません。画面を開き直してください。")
        elif answer not in known[question]:
            listed = "、".join(known[question])
            faults.append(f"質問「{question}」に答え「{answer}」はありません。{listed} から選んでください。")
    if faults:
        raise ValueError("\n".join(faults))
    return {one.code: known[one.code][answers[one.code]] for one in asked(scheme, answers) if one.code in answers}


def _axis_proposal(
    scheme: Scheme, axis: Axis, chosen: Mapping[str, Answer], open_questions: tuple[str, ...]
) -> AxisProposal:
    """The strictest level asked for, if enough is answered: nothing is missing, or nothing could be stricter."""
    deciding = _deciding(scheme, axis)
    missing = tuple(code for code in open_questions if code in deciding)
    levels = sorted(axis.levels, key=lambda level: level.rank)
    wanted = [axis.level(answer.levels[axis.code]) for answer in chosen.values() if axis.code in answer.levels]
    level = max(wanted, key=lambda one: one.rank, default=levels[0])
    if not deciding or (missing and level != levels[-1]):
        return AxisProposal(axis, None, (), missing)
    reasons = tuple(answer.reason for answer in chosen.values() if answer.levels.get(axis.code) == level.code)
    return AxisProposal(axis, level, reasons or ("より厳しい区分に当たる答えがないため。",), missing)


def _deciding(scheme: Scheme, axis: Axis) -> frozenset[str]:
    """The questions that can decide about the axis, with the questions on which those hang."""
    deciding: set[str] = set()
    for question in reversed(scheme.guide):
        if question.code in deciding or any(axis.code in answer.levels for answer in question.answers):
            deciding |= {question.code, *question.only_if}
    return frozenset(deciding)
