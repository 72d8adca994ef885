"""The ledger as of a day, one asset as of a day, and two days side by side (新旧対照)."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assets.columns import Section
from assets.forms.days import DayForm, TwoDaysForm
from assets.ledger import asof
from assets.ledger.asof import Names
from assets.ledger.asof_exporting import write_changes, write_day
from assets.ledger.exporting import Export
from assets.models import Revision
from assets.models.revision import RevisionQuerySet
from assets.readings import note_export, note_reading
from assets.values import label_then
from assets.views.finding import find_asset
from registry.base.fiscal import fiscal_year, wareki
from registry.organization.access import holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, the_body
from registry.web.downloads import XLSX, file_answer
from registry.web.paging import Order, beside, page_of, place_in
from registry.web.views import afterwards, download, page

PAGE = 50


@page
def ledger(request: StaffRequest) -> HttpResponse:
    """The whole ledger as it stood at the end of a day."""
    form = DayForm(request.GET or None, user=request.user)
    context: dict[str, Any] = {"form": form, "suggested": _suggested(), "query_string": request.GET.urlencode()}
    if form.is_valid():
        day, department = form.cleaned_data["day"], form.cleaned_data["department"]
        found = asof.standing(request.user, day, department)
        shown = page_of(found, asof.BY_NUMBER, PAGE, **place_in(request))
        columns = asof.names_on(request.user, day)
        context |= {
            "day": wareki(day),
            "total": found.count(),
            "headers": [label for _, label in columns],
            "rows": [_row(revision, columns, day) for revision in shown.rows],
            "class_label": asof.label_of(shown.rows),
            "may_export": holds_anywhere(request.user, Permission.EXPORT_ASSETS),
            **beside(request, shown),
        }
    return render(request, "assets/asof/ledger.html", context)


@page
def asset(request: StaffRequest, pk: int) -> HttpResponse:
    """One asset as it stood at the end of a day."""
    found = find_asset(pk, for_user=request.user)
    form = DayForm(request.GET or None, user=request.user)
    states = Revision.objects.visible_to(request.user).filter(asset_id=pk)
    context: dict[str, Any] = {"asset": found, "form": form, "first": _first_day(states)}
    if form.is_valid():
        day = form.cleaned_data["day"]
        revision = states.on(day).select_related("approved_by").first()
        context |= {"day": wareki(day), "revision": revision}
        if revision:
            if found.reads_recorded or asof.reads_recorded(revision):
                afterwards(request, lambda: note_reading(found, by=request.user))
            labels = asof.names_of(revision)
            context |= {"sections": _sections(revision, labels), "class_label": asof.label_of([revision])}
    return render(request, "assets/asof/asset.html", context)


@page
def comparison(request: StaffRequest) -> HttpResponse:
    """What became of the ledger between the end of one day and the end of another."""
    form = TwoDaysForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "query_string": request.GET.urlencode()}
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        moved = asof.moved(request.user, since, until)
        shown = page_of(moved, Order("number"), PAGE, **place_in(request))
        context |= {
            "since": wareki(since),
            "until": wareki(until),
            "total": moved.count(),
            "changes": asof.changes(shown.rows, since, until, asof.names_between(request.user, since, until)),
            "class_label": asof.label_between(shown.rows, since, until),
            "may_export": holds_anywhere(request.user, Permission.EXPORT_ASSETS),
            **beside(request, shown),
        }
    return render(request, "assets/asof/comparison.html", context)


@download
def export_day(request: StaffRequest) -> HttpResponseBase:
    """The ledger of a past day as a workbook."""
    form = DayForm(_asked(request), user=request.user)
    if not form.is_valid():
        return redirect("assets:as-of")
    made = write_day(request.user, form.cleaned_data["day"], form.cleaned_data["department"])
    return _sent(request, made, "assets:as-of")


@download
def export_comparison(request: StaffRequest) -> HttpResponseBase:
    """Two days side by side as a workbook."""
    form = TwoDaysForm(_asked(request))
    if not form.is_valid():
        return redirect("assets:comparison")
    made = write_changes(request.user, form.cleaned_data["since"], form.cleaned_data["until"])
    return _sent(request, made, "assets:comparison")


def _asked(request: StaffRequest) -> QueryDict:
    if not holds_anywhere(request.user, Permission.EXPORT_ASSETS):
        raise PermissionDenied("台帳を出力する権限がありません。")
    return QueryDict(request.POST.get("query", ""))


def _sent(request: StaffRequest, made: Export, back: str) -> HttpResponseBase:
    """The file, logged; without a single row nothing is sent and one is led back."""
    if not made.rows:
        made.file.close()
        messages.warning(request, said("出力する行がありません。日付や所管{section}を見直してください。"))
        return redirect(f"{reverse(back)}?{request.POST.get('query', '')}")
    facts = [
        ("条件", made.conditions),
        ("行数", f"{made.rows:,}"),
        ("最高の分類", made.label),
        ("SHA-256", made.sha256),
    ]
    body = the_body()
    afterwards(request, lambda: note_export(body, facts, made.filename, by=request.user))
    return file_answer(made.file, made.filename, XLSX)


def _suggested() -> list[dict[str, str]]:
    """The days people mean most often: the beginning of this 年度 and the end of the last."""
    year = fiscal_year(timezone.localdate())
    days = [("今年度のはじめ", dt.date(year, 4, 1)), ("前年度の終わり", dt.date(year, 3, 31))]
    return [{"label": f"{label}({wareki(day)})", "url": f"?day={day.isoformat()}"} for label, day in days]


def _row(revision: Revision, columns: list[Any], day: dt.date) -> dict[str, Any]:
    cells = [
        {"label": label, "text": revision.texts.get(column.key, ""), "is_name": column.key == "name"}
        for column, label in columns
    ]
    return {"url": f"/assets/{revision.asset_id}/as-of/?day={day.isoformat()}", "cells": cells}


def _sections(revision: Revision, labels: Names) -> list[dict[str, Any]]:
    texts = revision.texts
    found = []
    for section in Section:
        items = [
            {"label": label_then(texts, c, label), "value": texts[c.key]}
            for c, label in labels
            if c.section is section and texts.get(c.key)
        ]
        if items:
            found.append({"title": section.title, "items": items})
    return found


def _first_day(states: RevisionQuerySet) -> str:
    """Since when the asset has been in the ledger, in a sentence."""
    first = states.order_by("number").first()
    return (
        f"{wareki(timezone.localdate(first.valid_from))}から登録されています。"
        if first
        else "いまも登録されていません。"
    )
