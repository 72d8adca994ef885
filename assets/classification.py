"""The scheme in force, the label of a set of rows, and the guide as the form shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from assets import guide, schemes
from assets.columns import LEVELS
from assets.forms.asset import AssetForm
from assets.models import Asset, Axis, Level, Scheme
from registry.history.record import record
from registry.organization.models import User

PREFIX = "guide-"


def axes_in_force() -> list[Axis]:
    """The axes of the scheme that is valid today, each with its levels; empty before a scheme was loaded."""
    scheme = Scheme.objects.current(timezone.localdate()).order_by("-valid_from").first()
    return list(scheme.axes.prefetch_related("levels").select_related("scheme")) if scheme else []


def class_label(levels: Iterable[Level]) -> str:
    """What every page, print and file that shows such rows must carry: the strictest level of the first axis."""
    first = [level for level in levels if level.axis.slot == 1]
    strictest = max(first, key=lambda level: level.rank, default=None)
    if strictest is None:
        return ""
    name = (
        strictest.short
        if strictest.short.startswith(strictest.axis.label)
        else f"{strictest.axis.label}{strictest.short}"
    )
    return f"{name}情報を含む"


@transaction.atomic
def load_scheme(code: str, *, by: User | None) -> Scheme:
    """Bring a preset into the database; levels that exist keep their key, so loading again is harmless."""
    preset = schemes.read_preset(code)
    facts = {
        "name": preset.name,
        "source": preset.source,
        "valid_from": preset.valid_from,
        "valid_until": preset.valid_until,
    }
    scheme, created = Scheme.objects.update_or_create(code=code, defaults=facts)
    for slot, axis in enumerate(preset.axes, 1):
        kept, _ = Axis.objects.update_or_create(
            scheme=scheme, code=axis.code, defaults={"label": axis.label, "help": axis.help, "slot": slot}
        )
        for level in axis.levels:
            Level.objects.update_or_create(axis=kept, code=level.code, defaults=_level_facts(level))
    if created:
        record("scheme.loaded", scheme, by=by)
    return scheme


def _level_facts(level: schemes.Level) -> dict[str, Any]:
    return {
        "label": level.label,
        "short": level.short,
        "rank": level.rank,
        "criterion": level.criterion,
        "examples": "、".join(level.examples),
        "restrictions": list(level.restrictions),
        "synonyms": list(level.synonyms),
        "tone": level.tone,
        "reads_recorded": level.reads_recorded,
    }


@dataclass
class GuidePanel:
    """The questions with the answers given so far, and what they lead to."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    proposed: list[dict[str, Any]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    restrictions: list[str] = field(default_factory=list)
    facts: Mapping[str, bool] = field(default_factory=dict)

    def filled_in(self, form: AssetForm, user: User) -> AssetForm:
        """The same form with the proposed levels, reasons, restrictions and facts in place of what stood there."""
        posted: Any = form.data
        data: QueryDict = posted.copy()
        for axis in self.proposed:
            data[axis["key"]] = str(axis["level_pk"])
        if self.proposed:
            data["handling"] = "\n".join(self.restrictions)
            data["class_reason"] = "\n".join(reason for axis in self.proposed for reason in axis["reasons"])
        for key, value in self.facts.items():
            data[key] = "yes" if value else "no"
        return AssetForm(data, asset=form.asset, axes=form.axes, user=user)

    def agrees(self, form: AssetForm) -> bool:
        """A level other than the proposed one needs a reason of the person's own; says so at the field."""
        proposed_reason = "\n".join(reason for axis in self.proposed for reason in axis["reasons"])
        reason = str(form.cleaned_data.get("class_reason") or "")
        for axis in self.proposed:
            chosen = form.cleaned_data.get(axis["key"])
            if chosen is not None and chosen.pk != axis["level_pk"] and reason.strip() in {"", proposed_reason.strip()}:
                form.add_error(
                    "class_reason",
                    f"{axis['label']}を提案の「{axis['level']}」から変えています。変える理由を書いてください。",
                )
                return False
        return True


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
        unanswered=[question.text for question in questions if question.code in proposal.unanswered] if answers else [],
        restrictions=list(proposal.restrictions),
        facts=proposal.facts if answers else {},
    )


def _question(question: guide.Question, answers: Mapping[str, str]) -> dict[str, Any]:
    chosen = answers.get(question.code)
    return {
        "code": question.code,
        "text": question.text,
        "help": question.help,
        "answers": [{"code": a.code, "text": a.text, "chosen": a.code == chosen} for a in question.answers],
    }


def _proposed(proposal: guide.Proposal, axes: list[Axis]) -> list[dict[str, Any]]:
    advised = {advice.axis.code: advice for advice in proposal.axes}
    found = []
    for axis in axes:
        advice = advised.get(axis.code)
        if advice is None or advice.level is None:
            continue
        level = next(level for level in axis.levels.all() if level.code == advice.level.code)
        found.append(
            {
                "key": LEVELS[axis.slot - 1].key,
                "label": axis.label,
                "level": level.label,
                "level_pk": level.pk,
                "tone": level.tone,
                "reasons": list(advice.reasons),
            }
        )
    return found
