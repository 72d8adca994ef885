"""一括変更: rows picked in the list → what is to become of them → preview → done, as one change with one reason."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assets.classification import class_label, schemes_of_today
from assets.forms.bulk import BulkReason, ValueForm, acts_for
from assets.ledger import bulk_editing
from assets.ledger.background import IN_A_REQUEST
from assets.ledger.listing import Listing
from assets.models import BulkAct, BulkDraft
from assets.values import differences
from registry.base.verdict import Conflict
from registry.jobs.running import ask
from registry.organization.access import holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said
from registry.web.requests import address
from registry.web.views import command, form_page

PAGE = 50
STEPS = ("選ぶ", "変え方", "確かめる", "結果")
NOT_YOU = "{asset}を変更する権限がありません。所管{section}の職員か{secretariat}に依頼してください。"


@command
def new(request: StaffRequest) -> HttpResponse:
    """Take over what was picked in the list: keys, or all of its rows but some."""
    _require_editor(request)
    everything = request.POST.get("all") == "1"
    listing = Listing(request.user, QueryDict(request.POST.get("query", "")), schemes_of_today())
    given = request.POST.get("except" if everything else "keys", "").split(",")
    keys = given if everything else [*given, *request.POST.getlist("chosen")]
    try:
        draft, lost = bulk_editing.pick(listing, keys, everything=everything, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(f"{reverse('assets:index')}?{listing.query.urlencode() or 'view='}")
    if lost:
        messages.warning(request, f"選んだうち{lost:,}件は台帳に見つからないので、除きました。")
    return redirect("assets:bulk", draft.pk)


@form_page
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """Which column, which way, which value; posted, it is weighed and shown."""
    draft = _found(request, pk)
    listing = Listing(request.user, QueryDict(draft.origin), schemes_of_today())
    asked = request.POST if request.method == "POST" else request.GET
    key, act = asked.get("column") or draft.column, asked.get("act") or draft.act
    column = next((column for column in listing.all_columns() if column.key == key and acts_for(column)), None)
    form = None
    if column and act in acts_for(column):
        data = request.POST if request.method == "POST" else None
        label = listing.header(column)
        form = ValueForm(data, column=column, label=label, act=act, axes=listing.axes, user=request.user)
    if request.method == "POST" and column and form and form.is_valid():
        bulk_editing.weigh(draft, column, act, form.values(), by=request.user)
        if notice := form.notice():
            messages.warning(request, notice)
        return redirect("assets:bulk-preview", draft.pk)
    context = {
        "draft": draft,
        "count": len(draft.picked),
        "steps": _steps(1),
        "sections": _sections(listing, key),
        "column": column,
        "label": listing.header(column) if column else "",
        "acts": [
            {"code": one, "label": one.label, "current": one == act}
            for one in (acts_for(column) if column else BulkAct)
        ],
        "act": act if form else "",
        "form": form,
        "list_url": _list_of(draft),
    }
    return render(request, "assets/bulk/choose.html", context)


@form_page
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """In numbers what changes and what does not and why, row by row old → new; a POST weighs it once more."""
    draft = _found(request, pk)
    if request.method == "POST":
        bulk_editing.weigh_again(draft, by=request.user)
        return redirect("assets:bulk-preview", draft.pk)
    if draft.change_set_id:
        return redirect("assets:change", draft.change_set_id)
    if not draft.column:
        return redirect("assets:bulk", draft.pk)
    listing = Listing(request.user, QueryDict(draft.origin), schemes_of_today())
    only_left = request.GET.get("left") == "1"
    reasons = dict(draft.left)
    keys = list(reasons) if only_left else [key for key, _ in draft.fit]
    start, shown = _part(keys, request.GET.get("after", ""))
    moves = bulk_editing.previewed(draft, shown, by=request.user)
    context = {
        "draft": draft,
        "steps": _steps(2),
        "column": listing.header(bulk_editing.column_of(draft)),
        "count": len(draft.fit),
        "left_count": len(draft.left),
        "reasons": [{"text": text, "count": count} for text, count in Counter(reasons.values()).most_common()],
        "only_left": only_left,
        "rows": [_row(move, reasons.get(move.before.pk, "")) for move in moves],
        "form": BulkReason(initial={"reason": draft.reason, "mark": bulk_editing.mark_of(draft)}),
        "list_url": _list_of(draft),
        "class_label": class_label(level for move in moves for level in (*move.before.levels, *move.after.levels)),
        **_pager(request, keys, start, shown),
    }
    return render(request, "assets/bulk/preview.html", context)


@command
def leave_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the chosen rows out again."""
    count = bulk_editing.leave_out(_found(request, pk), request.POST.getlist("chosen"), by=request.user)
    messages.success(request, f"{count:,}件を一括変更から外しました。") if count else messages.error(
        request, "外す行が選ばれていません。行を選んでから押してください。"
    )
    return redirect("assets:bulk-preview", pk)


@command
def carry_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Do it; when something moved since the preview, nothing is done and the preview is made anew."""
    draft = _found(request, pk)
    if draft.change_set_id:
        raise Conflict("この一括変更は、すでに行いました。「一括変更の記録」で確かめてください。")
    form = BulkReason(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for errors in form.errors.values() for text in errors))
        return redirect("assets:bulk-preview", pk)
    reason, mark = form.cleaned_data["reason"], form.cleaned_data["mark"]
    directly = request.POST.get("ending") == "register"
    if len(draft.fit) > IN_A_REQUEST:
        facts = {"draft": draft.pk, "reason": reason, "mark": mark, "directly": directly}
        return redirect(
            "portal:job", ask("change-at-once", f"{len(draft.fit):,}件の一括変更", facts, by=request.user).pk
        )
    try:
        made = bulk_editing.carry_out(draft, by=request.user, reason=reason, mark=mark, directly=directly)
    except Conflict as moved:
        bulk_editing.weigh_again(draft, by=request.user, reason=reason)
        messages.error(request, f"{moved}何も変更していません。下の内容をもう一度確かめてください。")
        return redirect("assets:bulk-preview", pk)
    count = len(draft.fit)
    messages.success(request, f"{count:,}件を{'変更し' if directly else '変える申請をし'}ました。")
    return redirect("assets:change", made.pk)


def _require_editor(request: StaffRequest) -> None:
    if not holds_anywhere(request.user, Permission.EDIT_ASSETS):
        raise PermissionDenied(said(NOT_YOU))


def _found(request: StaffRequest, pk: int) -> BulkDraft:
    return get_object_or_404(BulkDraft.objects.visible_to(request.user), pk=pk)


def _steps(current: int) -> list[dict[str, str]]:
    states = ["done" if at < current else "current" if at == current else "todo" for at in range(len(STEPS))]
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=True)]


def _sections(listing: Listing, chosen: str) -> list[dict[str, Any]]:
    """The columns that can be changed together, part by part."""
    found: dict[str, list[dict[str, Any]]] = {}
    for column in listing.all_columns():
        if acts_for(column):
            one = {"key": column.key, "label": listing.header(column), "current": column.key == chosen}
            found.setdefault(column.section.title, []).append(one)
    return [{"title": title, "columns": columns} for title, columns in found.items()]


def _part(keys: list[int], after: str) -> tuple[int, list[int]]:
    """The keys of a page: those behind the key `after`, from the first when it is not among them."""
    at = keys.index(int(after)) + 1 if after.isdecimal() and len(after) < 19 and int(after) in keys else 0
    return at, keys[at : at + PAGE]


def _pager(request: StaffRequest, keys: list[int], start: int, shown: list[int]) -> dict[str, str]:
    before = keys[start - PAGE - 1] if start > PAGE else None
    previous = address(request, after=str(before)) if before else address(request, drop=("after",))
    return {
        "count_text": f"{len(keys):,}件",
        "position_text": f"{start + 1:,}〜{start + len(shown):,}件目" if len(keys) > PAGE else "",
        "first_url": address(request, drop=("after",)) if start else "",
        "previous_url": previous if start else "",
        "next_url": address(request, after=str(shown[-1])) if start + PAGE < len(keys) else "",
    }


def _row(move: Any, reason: str) -> dict[str, Any]:
    asset = move.before
    return {
        "pk": asset.pk,
        "url": asset.get_absolute_url(),
        "number": asset.full_number,
        "name": str(asset),
        "department": asset.department.name,
        "changes": differences(asset, move.after) if not reason else [],
        "reason": reason,
    }


def _list_of(draft: BulkDraft) -> str:
    """The list in which the rows were picked."""
    return f"{reverse('assets:index')}?{draft.origin or 'view='}"
