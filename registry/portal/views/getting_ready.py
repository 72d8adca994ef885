"""はじめの準備: what is still missing, and the organisation as its first part."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from registry.base.fiscal import fiscal_year
from registry.organization.access import may_manage_organization, organs_built_by
from registry.organization.models import Department
from registry.organization.requests import StaffRequest
from registry.organization.roles import Role
from registry.organization.structure import create_department, create_post
from registry.portal import getting_ready
from registry.portal.forms.getting_ready import DepartmentForm
from registry.portal.views.first_run import STEPS
from registry.web.views import form_page, page

APRIL = 4


@page
def checklist(request: StaffRequest) -> HttpResponse:
    """Everything in the order in which it is done; it stays until nothing is open."""
    may_manage_organization(request.user).require()
    items = getting_ready.items(request.user)
    context = {"items": items, "left": sum(bool(item.open) for item in items), "steps": _steps(4)}
    return render(request, "portal/getting_ready/checklist.html", context)


@form_page
def organization(request: StaffRequest) -> HttpResponse:
    """The organisation: from its list in Excel, one department by hand, or later."""
    may_manage_organization(request.user).require()
    first_day = {"valid_from": dt.date(fiscal_year(timezone.localdate()), APRIL, 1)}
    form = DepartmentForm(request.POST or None, organs=organs_built_by(request.user), initial=first_day)
    if request.method == "POST" and form.is_valid():
        made = _make(form, request)
        messages.success(request, f"「{made}」を追加しました。続けて追加できます。")
        return redirect("portal:getting-ready-organization")
    context = {"form": form, "steps": _steps(3), "count": Department.objects.current().count()}
    return render(request, "portal/getting_ready/organization.html", context)


def _make(form: DepartmentForm, request: StaffRequest) -> Department:
    given = form.cleaned_data
    department = Department(**{name: given[name] for name in ("organ", "name", "code", "valid_from")})
    made = create_department(department, by=request.user)
    if given["head"]:
        create_post(made, given["head"], [Role.MANAGER], given["valid_from"], by=request.user)
    return made


def _steps(current: int) -> list[dict[str, str]]:
    states = ["done" if at < current else "current" if at == current else "todo" for at in range(len(STEPS))]
    return [{"label": label, "state": state, "url": ""} for (label, _), state in zip(STEPS, states, strict=True)]
