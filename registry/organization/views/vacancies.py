"""空席: the posts nobody sits in on a day, and the appointments that end soon."""

import datetime as dt

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from registry.base.fiscal import fiscal_year, wareki
from registry.organization.requests import StaffRequest
from registry.organization.vacancies import SOON, endings_after, vacancies_on
from registry.organization.views.tree import may_look
from registry.web.fields import DayField
from registry.web.views import page


class VacancyFilter(forms.Form):
    """The day, and whether posts without any role are of interest."""

    day = DayField(label="基準日", required=False)
    roles = forms.BooleanField(label="役割のある職だけ", required=False)


@page
def index(request: StaffRequest) -> HttpResponse:
    may_look(request.user).require()
    form = VacancyFilter(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    day = given.get("day") or today
    found = vacancies_on(day, with_roles_only=bool(given.get("roles")))
    april = dt.date(fiscal_year(today) + 1, 4, 1)
    context = {
        "form": form if form.is_bound else VacancyFilter(initial={"day": today}),
        "day": wareki(day),
        "rows": [
            {
                "vacancy": vacancy,
                "roles": [role.label for role in vacancy.roles],
                "since": f"{wareki(vacancy.since)}まで在任" if vacancy.since else "在任者の記録なし",
            }
            for vacancy in found
        ],
        "endings": [
            {
                "ending": ending,
                "last": wareki(ending.appointment.valid_until),
                "left": (ending.appointment.valid_until - day).days,
            }
            for ending in endings_after(day)
            if ending.appointment.valid_until
        ],
        "soon": SOON,
        "april": {"label": wareki(april), "day": april.isoformat()},
        "breadcrumb": [{"label": "組織と職", "url": reverse("organization:index")}, {"label": "空席", "url": ""}],
    }
    return render(request, "organization/vacancies.html", context)
