"""Correcting one unit of a reorganisation: what it will be, where it comes from, what becomes of a unit of today."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from registry.base.verdict import Conflict
from registry.organization.access import may_manage_organization, organs_built_by, reorganizations_visible_to
from registry.organization.models import Department, PlannedUnit, Reorganization
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization import correcting
from registry.organization.reorganization.blueprint import Blueprint
from registry.organization.requests import StaffRequest
from registry.portal.forms.reorganizations import SuccessorForm, UnitForm, refused
from registry.web.views import command, form_page


@form_page
def new_unit(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a unit to the plan."""
    return _unit_page(request, _open_plan(request, pk), None)


@form_page
def unit(request: StaffRequest, pk: int, unit: int) -> HttpResponse:
    """Change what a unit will be, and where it comes from."""
    plan = _open_plan(request, pk)
    return _unit_page(request, plan, get_object_or_404(plan.units.filter(is_post=False), pk=unit))


def _unit_page(request: StaffRequest, plan: Reorganization, found: PlannedUnit | None) -> HttpResponse:
    blueprint = Blueprint.of(plan)
    seen = {"seen": correcting.mark_of(found)} if found else {}
    form = UnitForm(
        request.POST if request.method == "POST" else None,
        blueprint=blueprint,
        unit=found,
        abroad=_abroad(request, plan, blueprint),
        initial=seen,
    )
    if request.method == "POST" and form.is_valid():
        try:
            if found is None:
                made = correcting.add_unit(plan, form.wanted(), by=request.user)
            else:
                made = correcting.change_unit(found, form.wanted(), seen=form.cleaned_data["seen"], by=request.user)
        except ValidationError as problem:
            refused(form, problem)
        else:
            messages.success(request, f"「{made.name}」を計画に入れました。")
            return redirect("portal:reorganization", pk=plan.pk)
    befores = blueprint.origins_of[found.pk] if found else []
    context = {
        **_about(plan, found.name if found else "組織を加える"),
        "form": form,
        "unit": found,
        "befores": befores,
        "whats": [what.label for what in blueprint.whats(blueprint.by_key[found.pk])] if found else [],
    }
    return render(request, "portal/reorganization/unit.html", context, status=400 if form.errors else 200)


@command
def remove_unit(request: StaffRequest, pk: int, unit: int) -> HttpResponse:
    plan = _open_plan(request, pk)
    found = get_object_or_404(plan.units.filter(is_post=False), pk=unit)
    try:
        correcting.remove_unit(found, by=request.user)
    except ValidationError as problem:
        raise Conflict("".join(problem.messages)) from problem
    messages.success(request, f"「{found.name}」を計画から外しました。")
    return redirect("portal:reorganization", pk=pk)


@form_page
def department(request: StaffRequest, pk: int, department: int) -> HttpResponse:
    """Say what becomes of a unit of today."""
    plan = _open_plan(request, pk)
    blueprint = Blueprint.of(plan)
    before = blueprint.departments.get(department)
    if before is None or not any(origin.before_id == department for origin in blueprint.origins):
        before = get_object_or_404(Department.objects.none(), pk=department)
    form = SuccessorForm(request.POST if request.method == "POST" else None, blueprint=blueprint, before=before)
    if request.method == "POST" and form.is_valid():
        try:
            correcting.decide(plan, before, form.successors, form.carrier, by=request.user)
        except ValidationError as problem:
            refused(form, problem)
        else:
            names = "、".join(one.name for one in form.successors)
            done = (
                f"「{before.name}」の後継を「{names}」にしました。" if names else f"「{before.name}」は廃止になります。"
            )
            messages.success(request, done)
            return redirect("portal:reorganization", pk=plan.pk)
    context = {**_about(plan, before.name), "form": form, "before": before}
    return render(request, "portal/reorganization/department.html", context, status=400 if form.errors else 200)


def _open_plan(request: StaffRequest, pk: int) -> Reorganization:
    """A plan that is still being prepared."""
    may_manage_organization(request.user).require()
    plan = get_object_or_404(reorganizations_visible_to(request.user).select_related("organ"), pk=pk)
    if plan.stage != Stage.DRAFT:
        raise Conflict(f"この組織改編は「{plan.get_stage_display()}」なので、直せません。")
    return plan


def _abroad(request: StaffRequest, plan: Reorganization, blueprint: Blueprint) -> list[Department]:
    """Units of the other organs that could come over: those this person builds, none across an autonomous border."""
    if plan.organ.autonomous:
        return []
    organs = organs_built_by(request.user).filter(autonomous=False).exclude(pk=plan.organ_id)
    found = Department.objects.current(plan.effective_on).filter(organ__in=organs).select_related("organ")
    return [one for one in found.in_tree_order() if one.pk not in blueprint.departments]


def _about(plan: Reorganization, label: str) -> dict[str, Any]:
    return {
        "plan": plan,
        "breadcrumb": [
            {"label": "組織と職", "url": reverse("organization:index")},
            {"label": "組織改編", "url": reverse("portal:reorganizations")},
            {"label": plan.title, "url": reverse("portal:reorganization", args=[plan.pk])},
            {"label": label, "url": ""},
        ],
    }
