"""廃棄: the application of one asset, taking it back, and what is due."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assets.access import may_edit, may_propose, may_take_back
from assets.classification import class_label
from assets.disposal import DESTROY_IT, Particulars, carried, needs_destruction
from assets.due import DUE_ORDER, due, due_by_department, in_days
from assets.forms.disposal import DisposalForm
from assets.forms.steps import NoteForm
from assets.models import Asset, Proposal
from assets.retiring import apply_for_disposal, cancel_disposal
from assets.states import SUBMIT, Kind
from assets.views.detail import detail_page
from assets.views.finding import find_asset
from assets.views.steps import told
from registry.files.storing import let_go, receive_all
from registry.organization.models import User
from registry.organization.requests import StaffRequest
from registry.web.paging import beside, page_of, place_in
from registry.web.requests import address
from registry.web.views import command, page, upload_page

PAGE = 50
NAMED = 20


@upload_page
def apply(request: StaffRequest, pk: int) -> HttpResponse:
    """廃棄の申請: what is done to it, when, by whom; once more when it was returned."""
    asset = find_asset(pk, for_user=request.user)
    returned = _returned(asset)
    (may_edit(request.user, returned) if returned else may_propose(request.user, asset)).require()
    form = DisposalForm(request.POST or None, request.FILES or None, asset=asset, proposal=returned, user=request.user)
    if request.method == "POST" and form.is_valid() and (answer := _applied(request, asset, form)):
        return answer
    seen = carried(asset).visible_to(request.user).order_by("number", "pk")
    context = {
        "asset": asset,
        "form": form,
        "returned": returned,
        "carried": list(seen[:NAMED]),
        "carried_count": seen.count(),
        "is_in_use": carried(asset).exists(),
        "destroy": DESTROY_IT if needs_destruction(asset) else "",
        "class_label": class_label(asset.levels),
    }
    return render(request, "assets/disposal.html", context)


@command
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """廃棄を取り消す, with a reason."""
    asset = find_asset(pk, for_user=request.user)
    may_take_back(request.user, asset).require()
    form = NoteForm(request.POST, needed=True)
    if not form.is_valid():
        messages.error(request, "廃棄を取り消す理由を入力してください。")
        return detail_page(pk, request)
    asset = cancel_disposal(asset, by=request.user, reason=form.cleaned_data["note"])
    messages.success(request, f"「{asset}」の廃棄を取り消しました。{asset.full_number} として台帳に戻っています。")
    return redirect(asset)


@page
def due_list(request: StaffRequest) -> HttpResponse:
    """廃棄予定: what is due within 90 days or overdue, soonest first, and how many there are in each 課."""
    department = int(text) if (text := request.GET.get("department", "")).isdecimal() and len(text) < 10 else None
    departments = due_by_department(request.user)
    found = page_of(due(request.user, department), DUE_ORDER, PAGE, **place_in(request))
    context: dict[str, Any] = {
        "rows": [_row(asset, request.user) for asset in found.rows],
        "departments": [
            {
                **one,
                "current": one["pk"] == department,
                "url": address(request, drop=("after", "before"), department=str(one["pk"])),
            }
            for one in departments
        ],
        "chosen": next((one["name"] for one in departments if one["pk"] == department), ""),
        "total": sum(one["count"] for one in departments),
        "late": sum(one["late"] for one in departments),
        "class_label": class_label(level for asset in found.rows for level in asset.levels),
        **beside(request, found),
    }
    return render(request, "assets/disposals.html", context)


def _row(asset: Asset, user: User) -> dict[str, Any]:
    words, tone = in_days(asset)
    return {
        "asset": asset,
        "words": words,
        "tone": tone,
        "under_way": asset.open_proposal,
        "may_apply": bool(may_propose(user, asset)),
    }


def _returned(asset: Asset) -> Proposal | None:
    proposal = asset.open_proposal
    return proposal if proposal and proposal.kind == Kind.DISPOSAL else None


def _applied(request: StaffRequest, asset: Asset, form: DisposalForm) -> HttpResponse | None:
    said: Particulars = form.particulars()
    received, refused = receive_all(form.cleaned_data["uploads"])
    facts = {"version": form.cleaned_data["version"], "note": form.cleaned_data["note"]}
    done = None
    try:
        if refused:
            form.add_error("uploads", refused)
        else:
            with transaction.atomic():
                done = apply_for_disposal(asset, said, by=request.user, evidence=received, **facts)
    except ValidationError as problem:
        form.add_error(None, problem)
    finally:
        if done is None:
            for file in received:
                let_go(file)
    if done is None:
        return None
    messages.success(request, told(done, SUBMIT.code))
    return redirect(done.asset)
