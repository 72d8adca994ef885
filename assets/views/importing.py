"""取込: file → columns → check → result."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assets.access import may_register_somewhere
from assets.classification import axes_seen_by, class_label, named
from assets.columns import BY_KEY, Column, Kind
from assets.forms.importing import ColumnsForm, ReasonForm, UploadForm
from assets.ledger import importing, staging
from assets.ledger.background import IN_A_REQUEST
from assets.ledger.listing import WORDS, state_of
from assets.models import Asset, Batch, BatchRow
from assets.states import Standing
from assets.values import assign, text, with_related
from registry.files.reading import Refused, read
from registry.jobs.running import ask
from registry.organization.access import holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.web.requests import address
from registry.web.views import command, form_page, page, upload_page

STEPS = ("ファイル", str(Batch.Stage.COLUMNS.label), str(Batch.Stage.CHECKED.label), "結果")
ROWS = 50
SHOWN = ("asset_type", "section", "confidentiality", "integrity", "availability", "segment", "location")


@page
def index(request: StaffRequest) -> HttpResponse:
    """The imports this person has brought, newest first."""
    may_register_somewhere(request.user).require()
    batches = Batch.objects.visible_to(request.user).order_by("-uploaded_at")[:100]
    return render(request, "assets/imports/index.html", {"batches": batches})


@upload_page
def upload(request: StaffRequest) -> HttpResponse:
    """Step 1: the file is read in a child process with limits, then staged."""
    may_register_somewhere(request.user).require()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        try:
            batch = staging.stage(read(data, file.name), data, file.name, by=request.user)
            return redirect("assets:import-columns", batch.pk)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        except ValidationError as problem:
            form.add_error("file", problem)
    return render(request, "assets/imports/upload.html", {"form": form, "steps": _steps(0)})


@form_page
def columns(request: StaffRequest, pk: int) -> HttpResponse:
    """Step 2: what each column means; what was not recognised is decided by hand."""
    batch = _found(request, pk)
    if batch.stage not in staging.OPEN:
        return redirect("assets:import-check", batch.pk)
    form = ColumnsForm(request.POST or None, batch=batch, axes=axes_seen_by(request.user), user=request.user)
    if request.method == "POST" and form.is_valid():
        if batch.rows.count() > IN_A_REQUEST:
            facts = {"batch": batch.pk, "mapping": form.mapping(), "fixed": form.fixed_values()}
            return redirect("portal:job", ask("import-check", f"「{batch}」の確認", facts, by=request.user).pk)
        staging.check(batch, form.mapping(), form.fixed_values(), by=request.user)
        return redirect("assets:import-check", batch.pk)
    open_columns = staging.undecided(batch.mapping)
    context = {"batch": batch, "form": form, "steps": _steps(1), "open": len(open_columns), "rows": batch.rows.count()}
    return render(request, "assets/imports/columns.html", context)


@page
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """Step 3: every row as it would be registered, every finding with its row. Step 4, once it is done: the result."""
    batch = _found(request, pk)
    if batch.stage == Batch.Stage.COLUMNS:
        return redirect("assets:import-columns", batch.pk)
    return _result(request, batch) if batch.stage == Batch.Stage.DONE else _preview(request, batch)


def _preview(request: StaffRequest, batch: Batch) -> HttpResponse:
    rows, wrong = batch.rows.all(), batch.rows.exclude(findings=[]).count()
    total = rows.count()
    only_wrong = request.GET.get("only") == "wrong"
    shown = Paginator(rows.exclude(findings=[]) if only_wrong else rows, ROWS).get_page(request.GET.get("page"))
    read_rows = list(shown.object_list)
    axes = axes_seen_by(request.user)
    schemes = {axis.scheme_id for axis in axes}
    shown_columns = named(map(BY_KEY.__getitem__, SHOWN), axes)
    assets = with_related([assign(Asset(), row.values) for row in read_rows])
    context = {
        "batch": batch,
        "steps": _steps(2),
        "total": total,
        "wrong": wrong,
        "good": total - wrong,
        "only_wrong": only_wrong,
        "headers": [{"label": label, "level": column.kind is Kind.LEVEL} for column, label in shown_columns],
        "entries": _entries(read_rows, assets, shown_columns, schemes),
        "class_label": class_label(asset.applied_1 for asset in assets if asset.applied_1),
        "notes": [text for text in batch.warnings if text.endswith(staging.TO_MIGRATE)],
        "reason": ReasonForm(),
        "direct": holds_anywhere(request.user, Permission.REGISTER_ASSETS),
        **_pager(request, shown, "行"),
    }
    return render(request, "assets/imports/check.html", context)


def _result(request: StaffRequest, batch: Batch) -> HttpResponse:
    """The assets that the rows have become, each a link, in the words that are true of them now."""
    assets = Asset.objects.visible_to(request.user).filter(proposals__batch=batch)
    joined = assets.select_related("department", "open_proposal", "applied_1__axis").order_by("number", "pk")
    shown = Paginator(joined, ROWS).get_page(request.GET.get("page"))
    count, registered = shown.paginator.count, assets.filter(standing=Standing.REGISTERED).count()
    context = {
        "batch": batch,
        "steps": _steps(len(STEPS)),
        "done": f"{count:,}件を{'登録' if count == registered else '申請'}しました。",
        "entries": [{"asset": asset, "state": state_of(asset)} for asset in shown],
        "class_label": class_label(asset.applied_1 for asset in shown if asset.applied_1),
        **_pager(request, shown, "件"),
    }
    return render(request, "assets/imports/result.html", context)


@command
def register(request: StaffRequest, pk: int) -> HttpResponse:
    """Register the whole batch directly (事務局) or submit it for review: all rows or none."""
    batch = _found(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(f"「取込の理由」: {error}" for error in form.errors["reason"]))
        return redirect("assets:import-check", batch.pk)
    direct = request.POST.get("ending") == "register"
    if batch.rows.count() > IN_A_REQUEST:
        facts = {"batch": batch.pk, "reason": form.cleaned_data["reason"], "directly": direct}
        return redirect("portal:job", ask("import-register", f"「{batch}」の取込", facts, by=request.user).pk)
    act = importing.register if direct else importing.submit
    act(batch, by=request.user, reason=form.cleaned_data["reason"])
    return redirect("assets:import-check", batch.pk)


@command
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the import up; nothing was registered."""
    staging.discard(_found(request, pk), by=request.user)
    messages.success(request, "取込を中止しました。台帳は何も変わっていません。")
    return redirect("assets:imports")


def _found(request: StaffRequest, pk: int) -> Batch:
    may_register_somewhere(request.user).require()
    return get_object_or_404(Batch.objects.visible_to(request.user), pk=pk)


def _steps(at: int) -> list[dict[str, str]]:
    states = ["done" if n < at else "current" if n == at else "todo" for n in range(len(STEPS))]
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=True)]


def _entries(
    rows: list[BatchRow], assets: list[Asset], columns: list[tuple[Column, str]], schemes: set[int]
) -> list[dict[str, Any]]:
    """The rows in words. A row whose 課 could not be read is shown without the words that hang on it."""
    found = []
    for row, asset in zip(rows, assets, strict=True):
        cells = [
            {"label": label, **_cell(asset, column, schemes)} if row.values.get(column.key) is not None else {}
            for column, label in columns
        ]
        found.append({"line": row.line, "name": asset.name, "cells": cells, "findings": row.findings})
    return found


def _cell(asset: Asset, column: Column, schemes: set[int]) -> dict[str, Any]:
    """A cell in words; a level says itself in full where it is not of the one scheme there is."""
    if column.kind is Kind.LEVEL:
        level = getattr(asset, column.field)
        shown = level.short if schemes == {level.axis.scheme_id} else level.label
        return {"kind": "level", "text": shown, "tone": str(level.tone)}
    shown = text(asset, column)
    if column.key == "segment":
        return {"kind": "segment", "text": shown, "words": WORDS.findall(shown), "tone": asset.segment}
    return {"kind": "text", "text": shown, "whole": column.kind is not Kind.TEXT}


def _pager(request: StaffRequest, shown: Page[Any], unit: str) -> dict[str, str]:
    """The pages of a table; nothing but the count while one page holds it all."""
    number = shown.number
    several = shown.has_other_pages()
    return {
        "count_text": f"{shown.paginator.count:,}{unit}",
        "position_text": f"{shown.start_index():,}〜{shown.end_index():,}{unit}目" if several else "",
        "previous_url": address(request, page=str(number - 1)) if shown.has_previous() else "",
        "next_url": address(request, page=str(number + 1)) if shown.has_next() else "",
    }
