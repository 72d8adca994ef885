"""不在と代理 on screen: who acts for whom until when, and recording an absence."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from registry.base.fiscal import wareki
from registry.base.text import tidy
from registry.base.verdict import Conflict
from registry.organization import standing_in
from registry.organization.models import Appointment, User
from registry.organization.requests import StaffRequest
from registry.organization.standing_in import holders_for, records_absences, stand_ins_seen_by
from registry.web.fields import DayField, QuickSelect
from registry.web.views import command, form_page


class AbsenceForm(forms.Form):
    """Who is away, who acts, from when until when, and why."""

    holder = forms.TypedChoiceField(label="不在の人と職", coerce=int, widget=QuickSelect)
    deputy = forms.TypedChoiceField(
        label="代理をする人", coerce=int, widget=QuickSelect, help_text="この期間だけ、その職の権限をもちます。"
    )
    since = DayField(label="いつから", initial=timezone.localdate)
    until = DayField(label="いつまで", help_text="この日まで代理をします。次の日から権限がなくなります。")
    reason = forms.CharField(label="不在の理由", max_length=200, required=False, help_text="例: 出張、休暇、病気")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {held.pk: held for held in holders_for(by)}
        organs = {held.post.department.organ_id for held in self.holders.values()}
        in_office = Appointment.objects.current().filter(post__department__organ__in=organs)
        people = User.objects.filter(is_active=True, appointments__in=in_office).exclude(pk=by.pk).distinct()
        self.people = {user.pk: user for user in people.order_by("name", "username")}
        holder: Any = self.fields["holder"]
        holder.choices = [
            ("", "選んでください"),
            *[(key, f"{held.user.name}（{held.post.full_title}）") for key, held in self.holders.items()],
        ]
        deputy: Any = self.fields["deputy"]
        deputy.choices = [("", "選んでください"), *[(key, user.name) for key, user in self.people.items()]]

    def clean_reason(self) -> str:
        return tidy(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "「いつから」以後の日を入力してください。")
        return given


@form_page
def index(request: StaffRequest) -> HttpResponse:
    records_absences(request.user).require()
    form = AbsenceForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        holder, deputy = form.holders[given["holder"]], form.people[given["deputy"]]
        try:
            standing_in.stand_in(
                holder, deputy, given["since"], given["until"], reason=given["reason"], by=request.user
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            period = f"{wareki(given['since'])}から{wareki(given['until'])}まで"
            messages.success(request, f"{period}、{deputy.name}さんが{holder.post.full_title}代理になります。")
            return redirect("organization:absences")
    today = timezone.localdate()
    context = {
        "form": form,
        "rows": [{"acting": acting, "now": acting.valid_from <= today} for acting in stand_ins_seen_by(request.user)],
        "breadcrumb": [{"label": "組織と職", "url": reverse("organization:index")}, {"label": "不在と代理", "url": ""}],
    }
    return render(request, "organization/absences.html", context, status=400 if form.errors else 200)


@command
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """The holder is back: the deputy acts for the last time today, or not at all where it has not begun."""
    records_absences(request.user).require()
    acting = get_object_or_404(stand_ins_seen_by(request.user), pk=pk)
    begun = acting.valid_from <= timezone.localdate()
    try:
        standing_in.end_stand_in(acting, by=request.user)
    except ValidationError as problem:
        raise Conflict("".join(problem.messages)) from problem
    done = "は、今日で終わります。" if begun else "を取りやめました。"
    messages.success(request, f"{acting.user.name}さんの{acting.post.full_title}代理{done}")
    return redirect("organization:absences")
