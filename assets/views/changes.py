"""一括変更の記録: what was changed at once, by whom and why, and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assets.bulk import stands_alone, undo
from assets.classification import class_label
from assets.forms.bulk import BulkReason
from assets.models import Asset, BulkDraft, ChangeLine, ChangeSet
from assets.values import with_related
from registry.history.models import Entry
from registry.organization.access import departments_where
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.web.paging import Order, beside, page_of, place_in
from registry.web.views import command, page

PAGE = 50
NAMED = 20
DRAFTS = 5
NEWEST_FIRST = Order("made_at", descending=True)
IN_ORDER = Order("pk")


@page
def index(request: StaffRequest) -> HttpResponse:
    """The changes this person made, and those of others that touched what they may register directly."""
    places = departments_where(request.user, Permission.VIEW_ASSETS)
    count = Count("lines", filter=Q(lines__asset__department_id__in=places))
    found = ChangeSet.objects.visible_to(request.user).select_related("made_by").annotate(count=count)
    shown = page_of(found, NEWEST_FIRST, PAGE, **place_in(request))
    context = {
        "drafts": [
            {"pk": draft.pk, "title": str(draft), "when": draft.made_at, "url": reverse(_next(draft), args=[draft.pk])}
            for draft in BulkDraft.objects.visible_to(request.user).unfinished()[:DRAFTS]
        ],
        "changes": [_summary(request, change) for change in shown.rows],
        "count_text": f"{ChangeSet.objects.visible_to(request.user).count():,}件",
        **beside(request, shown),
    }
    return render(request, "assets/changes/index.html", context)


def _next(draft: BulkDraft) -> str:
    return "assets:bulk-preview" if draft.column else "assets:bulk"


@page
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One change: in numbers, row by row, and whether it can be taken back."""
    change = _found(request, pk)
    lines = ChangeLine.objects.visible_to(request.user).filter(change_set=change)
    touched = lines.touched_since().select_related("asset").order_by("pk")
    shown = page_of(lines.select_related("asset__department"), IN_ORDER, PAGE, **place_in(request))
    assets = with_related([line.asset for line in shown.rows])
    change.count = lines.count()  # type: ignore[attr-defined]
    later = set(touched.filter(pk__in=[line.pk for line in shown.rows]).values_list("pk", flat=True))
    said = _said(change, [asset.pk for asset in assets])
    context = {
        "change": _summary(request, change),
        "rows": [_row(line, said.get(line.asset_id, []), line.pk in later) for line in shown.rows],
        "touched": [] if change.undone_at else [str(line.asset) for line in touched[:NAMED]],
        "touched_count": 0 if change.undone_at else touched.count(),
        "form": BulkReason(),
        "count_text": f"{change.count:,}件",  # type: ignore[attr-defined]
        "class_label": class_label(level for asset in assets for level in asset.levels),
        **beside(request, shown),
    }
    return render(request, "assets/changes/detail.html", context)


@command
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Put all of it back as it was, with a reason; nothing of it when anything was touched since."""
    change = _found(request, pk)
    form = BulkReason(request.POST)
    if not form.is_valid():
        messages.error(request, "取り消す理由を入力してください。")
        return redirect("assets:change", pk)
    try:
        undoing = undo(change, by=request.user, reason=form.cleaned_data["reason"])
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("assets:change", pk)
    done = "申請を取り下げました" if change.proposed else "元に戻しました"
    messages.success(request, f"{undoing.lines.count():,}件を{done}。")
    return redirect("assets:change", undoing.pk)


def _found(request: StaffRequest, pk: int) -> ChangeSet:
    found = ChangeSet.objects.visible_to(request.user).select_related(
        "made_by", "undone_by", "undoes", "undone_through"
    )
    return get_object_or_404(found, pk=pk)


def _summary(request: StaffRequest, change: Any) -> dict[str, Any]:
    return {
        "pk": change.pk,
        "title": str(change),
        "when": change.made_at,
        "who": change.made_by.name,
        "mine": change.made_by_id == request.user.pk,
        "reason": change.reason,
        "count": f"{change.count:,}件",
        "proposed": change.proposed,
        "undone_by": change.undone_by.name if change.undone_at else "",
        "undone_at": change.undone_at,
        "undoes": change.undoes_id,
        "part": stands_alone(change).reason,
        "may_undo": not change.undone_at and not (change.undoes_id and change.proposed),
    }


def _said(change: ChangeSet, keys: list[int]) -> dict[int, list[list[str]]]:
    """What history says of each asset in the act of the change: rows of (label, old, new)."""
    own = Entry.objects.filter(kind=change.history_kind, subject_id=change.pk).order_by("sequence").first()
    if own is None:
        return {}
    beside = Entry.objects.filter(operation=own.operation, kind=Asset.history_kind, subject_id__in=keys)
    return {entry.subject_id or 0: entry.changes for entry in beside.order_by("sequence") if entry.changes}


def _row(line: ChangeLine, changes: list[list[str]], later: bool) -> dict[str, Any]:
    asset = line.asset
    return {
        "url": asset.get_absolute_url(),
        "number": asset.full_number,
        "name": str(asset),
        "department": asset.department.name,
        "changes": [{"label": label, "old": old, "new": new} for label, old, new in changes],
        "later": later,
    }
