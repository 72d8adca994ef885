"""履歴: the trail of what happened, for those who may read history."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from assets.views.history import paged
from registry.history.models import ACT_LABELS
from registry.organization.access import entries_visible_to, holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.web.views import page


@page
def history(request: StaffRequest) -> HttpResponse:
    """The entries of the departments one may read, newest first, narrowed by act and by words of the thing or person."""
    if not holds_anywhere(request.user, Permission.VIEW_HISTORY):
        raise PermissionDenied("履歴を見る権限がありません。")
    entries = entries_visible_to(request.user)
    act, words = request.GET.get("act", ""), request.GET.get("words", "").replace("\x00", "").strip()
    if act in ACT_LABELS:
        entries = entries.filter(act=act)
    if words:
        entries = entries.filter(Q(subject_label__icontains=words) | Q(actor_label__icontains=words))
    context = {
        "acts": [{"code": code, "label": label, "current": code == act} for code, label in ACT_LABELS.items()],
        "words": words,
        **paged(entries, request),
    }
    return render(request, "portal/history.html", context)
