"""履歴: the trail of what happened, for those who may read history."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from assets.readings import READINGS
from assets.views.history import paged
from registry.history.models import ACT_LABELS, EntryQuerySet
from registry.organization.access import entries_visible_to, holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.web.fields import DayField, QuickSelect
from registry.web.views import page

# What changes nothing and happens all day: shown when asked for.
PASSING = (*READINGS, "person.logged-in", "person.logged-out")


class TrailFilter(forms.Form):
    """What narrows the trail; what cannot be understood is shown as an error and narrows nothing."""

    act = forms.ChoiceField(
        label="操作", choices=[("", "すべて"), *ACT_LABELS.items()], widget=QuickSelect, required=False
    )
    words = forms.CharField(label="対象か氏名", max_length=100, required=False)
    since = DayField(label="いつから", required=False)
    until = DayField(label="いつまで", required=False)
    readings = forms.BooleanField(label="閲覧とログインも表示", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "「いつから」以後の日を入力してください。")
        return given

    def narrow(self, entries: EntryQuerySet) -> EntryQuerySet:
        """The entries that every given filter lets through."""
        self.is_valid()
        given = self.cleaned_data
        if act := given.get("act"):
            entries = entries.filter(act=act)
        elif not given.get("readings"):
            entries = entries.exclude(act__in=PASSING)
        if words := given.get("words"):
            entries = entries.filter(Q(subject_label__icontains=words) | Q(actor_label__icontains=words))
        if since := given.get("since"):
            entries = entries.filter(at__gte=_moment(since, dt.time.min))
        if until := given.get("until"):
            entries = entries.filter(at__lte=_moment(until, dt.time.max))
        return entries


@page
def history(request: StaffRequest) -> HttpResponse:
    """The entries of the departments one may read, newest first; who merely read or logged in, on demand."""
    if not holds_anywhere(request.user, Permission.VIEW_HISTORY):
        raise PermissionDenied("履歴を見る権限がありません。")
    form = TrailFilter(request.GET)
    context = {"form": form, **paged(form.narrow(entries_visible_to(request.user)), request)}
    return render(request, "portal/history.html", context)


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))
