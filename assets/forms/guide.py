"""The guide on the form: the questions, the answers given so far, what they lead to, and whether the form agrees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from assets import guide, schemes
from assets.columns import BY_KEY, LEVELS
from assets.forms.asset import AssetForm
from assets.models import Asset, Axis
from registry.organization.models import User
from registry.organization.vocabulary import said

PREFIX = "guide-"
LAST = "guided-"


@dataclass
class GuidePanel:
    """The questions with the answers given so far, and what they lead to."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    proposed: list[dict[str, Any]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    restrictions: list[str] = field(default_factory=list)
    facts: Mapping[str, bool] = field(default_factory=dict)
    about: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.texts = {
            "class_reason": "\n".join(reason for axis in self.proposed for reason in axis["reasons"]),
            "handling": "\n".join(self.restrictions) if self.proposed else "",
        }
        self.kept: list[str] = []

    def filled_in(self, form: AssetForm, user: User) -> AssetForm:
        """The same form with the proposed levels and facts; the reason and restrictions too, unless somebody wrote others.

        What the guide itself put there last comes back beside the answers, so that it can be told from what was typed.
        """
        posted: Any = form.data
        data: QueryDict = posted.copy()
        for axis in self.proposed:
            data[axis["key"]] = str(axis["level_pk"])
        for key, text in self.texts.items():
            if _lines(data.get(key)) in ([], _lines(data.get(f"{LAST}{key}"))):
                data[key] = text
            elif _lines(data.get(key)) != _lines(text):
                self.kept.append(BY_KEY[key].label)
        for key, value in self.facts.items():
            data[key] = "yes" if value else "no"
        return AssetForm(data, asset=form.asset, axes=form.axes, user=user)

    def agrees(self, form: AssetForm) -> bool:
        """A level other than the proposed one needs a reason of the person's own; says so at the field."""
        own = _lines(form.cleaned_data.get("class_reason")) not in ([], _lines(self.texts["class_reason"]))
        for axis in self.proposed:
            chosen = form.cleaned_data.get(axis["key"])
            if chosen is not None and chosen.pk != axis["level_pk"] and not own:
                form.add_error(
                    "class_reason",
                    f"{axis['label']}を提案の「{axis['level']}」から変えています。変える理由を書いてください。",
                )
                return False
        return True

    def last(self) -> list[tuple[str, str]]:
        """What the guide proposes as text now, as (name, value) of hidden fields: the next answer is compared with it."""
        return [(f"{LAST}{key}", text) for key, text in self.texts.items()]


def _lines(text: Any) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def guide_panel(data: Mapping[str, Any], asset: Asset, axes: list[Axis]) -> GuidePanel:
    """The guide of the scheme in force, with the answers posted or, before a post, those kept with the asset."""
    if not axes:
        return GuidePanel()
    preset = schemes.read_preset(axes[0].scheme.code)
    known = {question.code: {answer.code for answer in question.answers} for question in guide.questions(preset)}
    given = {key.removeprefix(PREFIX): str(data[key]) for key in data if key.startswith(PREFIX)} or asset.guide_answers
    answers = {code: answer for code, answer in given.items() if answer in known.get(code, ())}
    proposal = guide.propose(preset, answers)
    questions = guide.asked(preset, answers)
    return GuidePanel(
        questions=[_question(question, answers) for question in questions],
        answers=answers,
        proposed=_proposed(proposal, axes) if answers else [],
        unanswered=[said(question.text) for question in questions if question.code in proposal.unanswered]
        if answers
        else [],
        restrictions=list(proposal.restrictions),
        facts=proposal.facts if answers else {},
        about=sorted({fact for question in preset.guide for answer in question.answers for fact in answer.facts}),
    )


def _question(question: guide.Question, answers: Mapping[str, str]) -> dict[str, Any]:
    chosen = answers.get(question.code)
    return {
        "code": question.code,
        "text": said(question.text),
        "help": said(question.help),
        "answers": [{"code": a.code, "text": said(a.text), "chosen": a.code == chosen} for a in question.answers],
    }


def _proposed(proposal: guide.Proposal, axes: list[Axis]) -> list[dict[str, Any]]:
    advised = {advice.axis.code: advice for advice in proposal.axes}
    found = []
    for axis in axes:
        advice = advised.get(axis.code)
        if advice is None or advice.level is None:
            continue
        level = next((level for level in axis.levels.all() if level.code == advice.level.code), None)
        if level is None:  # the body has taken this level out of its scheme
            continue
        found.append(
            {
                "key": LEVELS[axis.slot - 1].key,
                "label": axis.label,
                "level": level.label,
                "short": level.short,
                "level_pk": level.pk,
                "tone": level.tone,
                "reasons": [said(reason) for reason in advice.reasons],
            }
        )
    return found
