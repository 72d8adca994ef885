"""統合: finding the other one, comparing the two, merging them, and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assets.access import may_propose, may_register_directly, may_take_back
from assets.classification import class_label
from assets.duplicates import similar
from assets.forms.merging import MergeForm
from assets.forms.steps import NoteForm
from assets.merging import may_become_one
from assets.models import Asset
from assets.searching import matching
from assets.states import SUBMIT, Standing
from assets.uniting import apply_for_merge, merge_directly, undo_merge
from assets.views.detail import detail_page
from assets.views.finding import find_asset
from assets.views.steps import told
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.web.views import command, form_page

FOUND = 20


@form_page
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    """This asset remains; `with` is the one that goes into it. Without one, the page helps to find it."""
    kept = find_asset(pk, for_user=request.user)
    may_propose(request.user, kept).require()
    other = request.GET.get("with", "")
    if not (other.isdecimal() and len(other) < 10):
        return _choose(request, kept)
    gone = find_asset(int(other), for_user=request.user)
    may_propose(request.user, gone).require()
    may_become_one(kept, gone).require()
    form = MergeForm(request.POST or None, kept=kept, gone=gone)
    direct = all(may_register_directly(request.user, asset.department_id) for asset in (kept, gone))
    if request.method == "POST" and form.is_valid() and (answer := _merged(request, kept, gone, form)):
        return answer
    context = {
        "kept": kept,
        "gone": gone,
        "form": form,
        "direct": direct,
        "carried": Asset.objects.visible_to(request.user).filter(places__holder=gone).count(),
        "class_label": class_label([*kept.levels, *gone.levels]),
    }
    return render(request, "assets/merge.html", context)


@command
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """統合を取り消す, with a reason."""
    gone = find_asset(pk, for_user=request.user)
    may_take_back(request.user, gone).require()
    form = NoteForm(request.POST, needed=True)
    if not form.is_valid():
        messages.error(request, "統合を取り消す理由を入力してください。")
        return detail_page(pk, request)
    gone = undo_merge(gone, by=request.user, reason=form.cleaned_data["note"])
    messages.success(request, f"統合を取り消しました。「{gone}」は {gone.full_number} として台帳に戻っています。")
    return redirect(gone)


def _choose(request: StaffRequest, kept: Asset) -> HttpResponse:
    """The assets like this one, and those found by number or name, that this person may merge into it."""
    asked = request.GET.get("q", "").strip()[:100]
    if asked:
        fitting = matching(_mergeable(request.user), asked).exclude(pk=kept.pk)
        found = [{"asset": one, "how": ""} for one in fitting.order_by("number", "pk")[:FOUND]]
    else:
        like = similar(kept.name, by=request.user, department_id=kept.department_id, besides=kept.pk)
        keys = set(_mergeable(request.user).filter(pk__in=[one.asset.pk for one in like]).values_list("pk", flat=True))
        found = [{"asset": one.asset, "how": one.how} for one in like if one.asset.pk in keys]
    context = {"kept": kept, "asked": asked, "found": found, "class_label": class_label(kept.levels)}
    return render(request, "assets/merge_choice.html", context)


def _mergeable(user: User) -> Any:
    """What this person could merge: registered, theirs to change, nothing under way."""
    mine = departments_where(user, Permission.EDIT_ASSETS)
    found = Asset.objects.visible_to(user).filter(department_id__in=mine, standing=Standing.REGISTERED)
    return found.filter(open_proposal__isnull=True).select_related("department")


def _merged(request: StaffRequest, kept: Asset, gone: Asset, form: MergeForm) -> HttpResponse | None:
    note, versions = form.cleaned_data["note"], form.versions()
    try:
        with transaction.atomic():
            if request.POST.get("act") == "register":
                done = merge_directly(kept, gone, form.values(), versions=versions, by=request.user, reason=note)
                messages.success(request, f"「{gone}」を「{done.asset}」({done.asset.full_number})に統合しました。")
            else:
                done = apply_for_merge(kept, gone, form.values(), versions=versions, by=request.user, note=note)
                messages.success(request, told(done, SUBMIT.code))
    except ValidationError as problem:
        form.add_error(None, problem)
        return None
    return redirect(done.asset)
