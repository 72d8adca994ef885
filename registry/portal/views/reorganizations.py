"""組織改編 on screen: begun from a list or by hand, looked through, previewed in numbers, carried out, taken back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from registry.base.fiscal import wareki
from registry.organization.access import may_manage_organization, organs_built_by, reorganizations_visible_to
from registry.organization.models import Reorganization
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization import correcting, deciding, staging
from registry.organization.reorganization.blueprint import Blueprint
from registry.organization.reorganization.obstacles import obstacles_of
from registry.organization.reorganization.seats import seats_of
from registry.organization.requests import StaffRequest
from registry.organization.vocabulary import said, word
from registry.portal import reorganizing
from registry.portal.forms.reorganizations import ApplyPlanForm, PlanForm, UndoForm
from registry.portal.reorganization_rows import chosen, effect_rows, filters_of, plan_rows, sentences
from registry.web.views import command, page, upload_page

SHOWN = 20
STEPS = ("計画を始める", "見直す", "影響を確かめる", "反映")
TONES = {
    Stage.DRAFT: "warning",
    Stage.SCHEDULED: "info",
    Stage.APPLIED: "success",
    Stage.UNDONE: "neutral",
    Stage.DISCARDED: "neutral",
}


@upload_page
def index(request: StaffRequest) -> HttpResponse:
    """The reorganisations so far, and the form that begins one."""
    may_manage_organization(request.user).require()
    form = PlanForm(*_sent(request), organs=organs_built_by(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            plan = form.plan()
            if form.listed is not None:
                staging.stage_list(form.listed, plan, by=request.user)
            else:
                staging.stage_current(plan, by=request.user)
        except ValidationError as problem:
            form.add_error("file" if form.listed else None, problem.messages)
        else:
            return redirect("portal:reorganization", pk=plan.pk)
    plans = reorganizations_visible_to(request.user).select_related("organ", "planned_by").defer("done")
    context = {
        "form": form,
        "plans": [_listed(plan) for plan in plans.order_by(F("applied_at").desc(nulls_first=True), "-pk")[:SHOWN]],
        "steps": _steps(0),
        "breadcrumb": [*_above(), {"label": "組織改編", "url": ""}],
    }
    return render(request, "portal/reorganization/index.html", context, status=400 if form.errors else 200)


@page
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """A plan to be looked through; or what became of one that was carried out or given up."""
    plan = _found(request, pk)
    if plan.stage not in {Stage.DRAFT, Stage.SCHEDULED}:
        return _outcome(request, plan)
    blueprint = Blueprint.of(plan)
    rows = plan_rows(blueprint)
    shown = chosen(rows, request.GET)
    doubtful = [row for row in shown if row.doubtful]
    context = {
        **_about(plan, 1),
        "words": blueprint.in_words(),
        "obstacles": obstacles_of(blueprint, seats_of(blueprint)) if plan.stage == Stage.DRAFT else [],
        "behind": bool(blueprint.unplanned or blueprint.vanished),
        "filters": filters_of(rows, request.GET),
        "query": request.GET.get("q", ""),
        "what": request.GET.get("what", ""),
        "rows": shown,
        "doubtful": doubtful,
        "open": plan.stage == Stage.DRAFT,
        "here": request.get_full_path(),
    }
    return render(request, "portal/reorganization/plan.html", context)


@page
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything the plan would do, in numbers, before it does anything."""
    plan = _found(request, pk)
    if plan.stage not in {Stage.DRAFT, Stage.SCHEDULED}:
        return redirect("portal:reorganization", pk=pk)
    effects = reorganizing.effects_of(plan, by=request.user)
    rows = effect_rows(effects)
    context = {
        **_about(plan, 2),
        "words": effects.blueprint.in_words(),
        "obstacles": effects.obstacles,
        "sentences": sentences(effects),
        "totals": _totals(effects),
        "rows": rows,
        "later": plan.effective_on > timezone.localdate(),
        "past": plan.effective_on < timezone.localdate(),
        "form": ApplyPlanForm(initial={"seen": effects.digest, "reason": plan.reason, "with_heads": plan.with_heads}),
    }
    return render(request, "portal/reorganization/preview.html", context)


@command
def apply(request: StaffRequest, pk: int) -> HttpResponse:
    plan = _found(request, pk)
    form = ApplyPlanForm(request.POST)
    form.is_valid()
    given = form.cleaned_data
    try:
        plan = reorganizing.apply(
            plan,
            seen=given.get("seen", ""),
            reason=given.get("reason", ""),
            with_heads=given.get("with_heads", False),
            by=request.user,
        )
    except ValidationError as problem:
        messages.error(request, "".join(problem.messages))
        return redirect("portal:reorganization-preview", pk=pk)
    if plan.stage == Stage.SCHEDULED:
        messages.success(request, f"{wareki(plan.effective_on)}に反映します。それまでは、いつでも準備に戻せます。")
    else:
        messages.success(request, f"「{plan}」を反映しました。")
    return redirect("portal:reorganization", pk=pk)


@command
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """「このままでよい」 for the doubtful rows that were sent."""
    plan = _found(request, pk)
    units, befores = (_keys(request.POST.getlist(name)) for name in ("unit", "before"))
    correcting.settle(plan, units=units, befores=befores, by=request.user)
    messages.success(request, f"{len(units) + len(befores):,}件を、このままでよいとしました。")
    return redirect(_back(request, plan))


@command
def catch_up(request: StaffRequest, pk: int) -> HttpResponse:
    plan = staging.catch_up(_found(request, pk), by=request.user)
    messages.success(request, "計画を、いまの組織に合わせました。")
    return redirect("portal:reorganization", pk=plan.pk)


@command
def recall(request: StaffRequest, pk: int) -> HttpResponse:
    plan = deciding.recall(_found(request, pk), by=request.user)
    messages.success(request, "準備に戻しました。施行日が来ても、反映されません。")
    return redirect("portal:reorganization", pk=plan.pk)


@command
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    plan = deciding.discard(_found(request, pk), by=request.user)
    messages.success(request, f"「{plan}」を中止しました。組織は変わっていません。")
    return redirect("portal:reorganizations")


@command
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    plan = _found(request, pk)
    form = UndoForm(request.POST)
    form.is_valid()
    try:
        reorganizing.undo(plan, reason=form.cleaned_data.get("reason", ""), by=request.user)
    except ValidationError as problem:
        messages.error(request, "".join(problem.messages))
    else:
        messages.success(request, f"「{plan}」を元に戻しました。組織も{word('asset')}も、反映する前のとおりです。")
    return redirect("portal:reorganization", pk=pk)


def _outcome(request: StaffRequest, plan: Reorganization) -> HttpResponse:
    successions = plan.successions.select_related("before", "after").order_by("before__path")
    context = {
        **_about(plan, len(STEPS)),
        "successions": successions,
        "applied": plan.stage == Stage.APPLIED,
        "form": UndoForm(),
    }
    return render(request, "portal/reorganization/outcome.html", context)


def _found(request: StaffRequest, pk: int) -> Reorganization:
    may_manage_organization(request.user).require()
    plans = reorganizations_visible_to(request.user)
    return get_object_or_404(plans.select_related("organ", "planned_by", "applied_by", "undone_by"), pk=pk)


def _listed(plan: Reorganization) -> dict[str, Any]:
    return {"plan": plan, "stage": plan.get_stage_display(), "tone": "error" if plan.held else TONES[Stage(plan.stage)]}


def _about(plan: Reorganization, step: int) -> dict[str, Any]:
    trail = [*_above(), {"label": "組織改編", "url": reverse("portal:reorganizations")}]
    here = {"label": plan.title, "url": "" if step != 2 else reverse("portal:reorganization", args=[plan.pk])}
    return {
        "plan": plan,
        "effective_on": wareki(plan.effective_on),
        "stage": _listed(plan),
        "steps": _steps(step),
        "breadcrumb": [*trail, here, *([{"label": "影響の確認", "url": ""}] if step == 2 else [])],
    }


def _totals(effects: reorganizing.Effects) -> list[dict[str, Any]]:
    seats = [seat for seat in effects.seats if seat.unit is not None]
    people = {holder.user_id for seat in seats for holder in seat.holders}
    waiting = sum(effects.proposals[key] for key in effects.blueprint.replaced)
    numbers = [
        ("変わる組織", len(effects.blueprint.replaced) + len(effects.blueprint.closing), "か所"),
        ("置き直す職", len(seats), ""),
        ("職が替わる人", len(people), "人"),
        (said("{section}が替わる{asset}"), effects.moving, "件"),
        (said("責任者の職だけが替わる{asset}"), effects.elsewhere, "件"),
        ("引き継ぐ申請・下書き", waiting, "件"),
    ]
    return [{"label": label, "value": f"{count:,}{unit}"} for label, count, unit in numbers]


def _sent(request: StaffRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _keys(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18]


def _back(request: StaffRequest, plan: Reorganization) -> str:
    """The page of the plan with the filter it was sent from."""
    own = reverse("portal:reorganization", args=[plan.pk])
    sent = request.POST.get("back", "")
    return sent if sent.startswith(f"{own}?") else own


def _above() -> list[dict[str, str]]:
    return [{"label": "組織と職", "url": reverse("organization:index")}]


def _steps(current: int) -> list[dict[str, str]]:
    states = ["done" if place < current else "current" if place == current else "todo" for place in range(len(STEPS))]
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=True)]
