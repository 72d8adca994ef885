"""Taking over an organisation list on screen: file, preview, take over or give up, result."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from registry.base.fiscal import parse_date, wareki
from registry.history.models import Entry
from registry.organization import importing
from registry.organization.access import lists_visible_to, may_manage_organization, organs_built_by
from registry.organization.forms import ApplyForm, ListUploadForm
from registry.organization.list_plan import Item, Severity, What
from registry.organization.list_reading import OrganizationList
from registry.organization.models import ListImport
from registry.organization.requests import StaffRequest
from registry.web.views import command, page, upload_page

WAITING_SHOWN = 20
TONES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}
WORDS = {Severity.ERROR: "誤り", Severity.WARNING: "確認", Severity.NOTE: "参考"}
DONE = {What.DEPARTMENT: "組織を追加", What.POST: "職を追加", What.KNOWN: "変更なし"}
STEPS = ("ファイル", "確認", "結果")


@dataclass(frozen=True)
class Line:
    """A row of the preview."""

    item: Item
    done: str
    findings: list[dict[str, str]]


@upload_page
def upload(request: StaffRequest) -> HttpResponse:
    may_manage_organization(request.user).require()
    form = ListUploadForm(request.POST or None, request.FILES or None, organs=organs_built_by(request.user))
    if request.method == "POST" and form.is_valid() and form.listed is not None:
        batch = importing.stage(form.listed, form.batch(), by=request.user)
        return redirect("organization:list", pk=batch.pk)
    batches = lists_visible_to(request.user).select_related("organ", "uploaded_by").defer("rows")
    context = {
        "form": form,
        "batches": batches.order_by(F("applied_at").desc(nulls_first=True), "-pk")[:WAITING_SHOWN],
        "steps": _steps(0),
        "breadcrumb": [*_above(), {"label": "組織一覧の取込", "url": ""}],
    }
    return render(request, "organization/list_upload.html", context, status=400 if form.errors else 200)


@page
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    may_manage_organization(request.user).require()
    batch = get_object_or_404(lists_visible_to(request.user).select_related("organ", "uploaded_by"), pk=pk)
    return _result(request, batch) if batch.applied_at else _preview(request, batch)


@command
def apply(request: StaffRequest, pk: int) -> HttpResponse:
    may_manage_organization(request.user).require()
    batch = get_object_or_404(lists_visible_to(request.user).select_related("organ"), pk=pk)
    form = ApplyForm(request.POST)
    form.is_valid()
    seen, with_heads = form.cleaned_data.get("seen", ""), form.cleaned_data.get("with_heads", False)
    try:
        importing.apply_list(batch, seen=seen, with_heads=with_heads, by=request.user)
    except importing.AlreadyApplied as already:
        messages.info(request, str(already))
    return redirect("organization:list", pk=pk)


@command
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    may_manage_organization(request.user).require()
    batch = get_object_or_404(lists_visible_to(request.user), pk=pk)
    importing.discard(batch, by=request.user)
    messages.success(request, f"「{batch.filename}」の取込を中止しました。組織は変わっていません。")
    return redirect("organization:list-upload")


def _preview(request: StaffRequest, batch: ListImport) -> HttpResponse:
    listed, plan = importing.read_back(batch), importing.preview(batch)
    only_found = request.GET.get("only") == "findings"
    errors, warnings = plan.count(Severity.ERROR), plan.count(Severity.WARNING)
    context = {
        **_about(batch, 1),
        "listed": listed,
        "plan_words": plan.in_words(),
        "levels": [{"label": label, "value": f"{count:,}"} for label, count in plan.by_level()],
        "lines": [_line(item) for item in plan.items if not only_found or item.findings],
        "only_found": only_found,
        "notices": _notices(batch, listed),
        "errors": errors,
        "warnings": warnings,
        "sections": len(plan.sections),
        "form": ApplyForm(initial={"seen": plan.digest}),
        "may_apply": not errors and bool(plan.new_departments or plan.new_posts),
    }
    return render(request, "organization/list_preview.html", context)


def _result(request: StaffRequest, batch: ListImport) -> HttpResponse:
    entry = Entry.objects.about(batch.history_kind, batch.pk).filter(act="organization.imported").first()
    counts = {label: new for label, _, new in entry.changes} if entry else {}
    added = "、".join(f"{label}{counts[label]}" for label in ("組織", "職") if counts.get(label, "0") != "0")
    context = {**_about(batch, len(STEPS)), "added": f"{added}を追加しました。"}
    return render(request, "organization/list_result.html", context)


def _about(batch: ListImport, step: int) -> dict[str, object]:
    upload_page = {"label": "組織一覧の取込", "url": reverse("organization:list-upload")}
    return {
        "batch": batch,
        "effective_on": wareki(batch.effective_on),
        "steps": _steps(step),
        "breadcrumb": [*_above(), upload_page, {"label": batch.filename, "url": ""}],
    }


def _notices(batch: ListImport, listed: OrganizationList) -> list[str]:
    """What should be known about the whole file before taking it over."""
    days = sorted({_day(row.day) for row in listed.rows if row.day} - {wareki(batch.effective_on)})
    notices = list(listed.warnings)
    if days:
        notices.append(
            f"一覧の適用日は{'、'.join(days[:3])}ですが、適用日に{wareki(batch.effective_on)}を選んでいます。"
        )
    if listed.unused:
        notices.append(f"使わない列: {'、'.join(listed.unused)}")
    return notices


def _day(written: str) -> str:
    """A day of the file in 和暦; as it is written when it cannot be read."""
    try:
        return wareki(parse_date(written))
    except ValueError:
        return written


def _line(item: Item) -> Line:
    findings = [
        {"tone": TONES[found.severity], "word": WORDS[found.severity], "text": found.text} for found in item.findings
    ]
    wrong = any(found.severity == Severity.ERROR for found in item.findings)
    return Line(item, "追加できません" if wrong else DONE[item.what], findings)


def _above() -> list[dict[str, str]]:
    return [{"label": "組織", "url": reverse("organization:index")}]


def _steps(current: int) -> list[dict[str, str]]:
    states = ["done" if place < current else "current" if place == current else "todo" for place in range(len(STEPS))]
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=True)]
