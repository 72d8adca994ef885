"""マイページ: what waits for me, and what I have under way."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assets.access import may_decide, may_register_somewhere
from assets.models import Asset, Proposal
from assets.states import TONES, Standing, State
from registry.organization.access import departments_where
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.web.views import page

SHOWN = 20


@page
def home(request: StaffRequest) -> HttpResponse:
    """Waiting for my decision, returned to me, my drafts, mine under way; with 「課の分も表示」 those of my 課."""
    places = departments_where(request.user, Permission.EDIT_ASSETS)
    whole = request.GET.get("whole") == "1"
    scope = Proposal.objects.where(request.user, Permission.EDIT_ASSETS)
    waiting = Proposal.objects.waiting_for(request.user)
    mine = scope if whole else scope.filter(drafted_by=request.user)
    groups = [
        _group(
            "waiting",
            "承認待ち",
            "あなたの確認・審査を待っています。",
            waiting,
            "info",
        ),
        _group(
            "returned",
            "差戻し",
            "作成した人が、コメントを読んで直し、もう一度申請します。"
            if whole
            else "コメントを読んで直し、もう一度申請してください。",
            mine.filter(state=State.RETURNED),
            "warning",
        ),
        _group("draft", "下書き", "まだ申請していません。", mine.filter(state=State.DRAFT), "neutral"),
        _group(
            "under-way",
            "申請中",
            "所属の長の確認か、事務局の審査を待っています。",
            mine.filter(state__in=[State.SUBMITTED, State.CONFIRMED]).exclude(pk__in=waiting.values("pk")),
            "neutral",
        ),
    ]
    if not may_decide(request.user):
        groups = groups[1:]
    registered = Asset.objects.visible_to(request.user).filter(standing=Standing.REGISTERED).count()
    tiles = [
        {"label": g["label"], "count": g["count"], "url": f"#{g['code']}" if g["count"] else "", "tone": g["tone"]}
        for g in groups
    ]
    list_url = f"{reverse('assets:index')}?state={Standing.REGISTERED}"
    tiles.append({"label": "登録済の情報資産", "count": registered, "url": list_url, "tone": "success"})
    context = {
        "tiles": tiles,
        "groups": groups,
        "whole": whole,
        "others": f"{'課' if len(places) == 1 else '担当するすべての課'}の分も表示" if places else "",
        "administrator": request.user.is_superuser and not request.user.appointments_today,
        "idle": not any(group["count"] for group in groups),
        "may_register": bool(may_register_somewhere(request.user)),
        "without_post": not request.user.appointments_today,
    }
    return render(request, "portal/home.html", context)


def _group(code: str, label: str, text: str, found: Any, tone: str) -> dict[str, Any]:
    rows = found.select_related("asset__department", "submitted_by", "drafted_by").order_by("-updated_at", "-id")
    count = found.count()
    return {
        "code": code,
        "label": label,
        "text": text,
        "count": count,
        "tone": tone if count else "neutral",
        "rows": [_row(proposal, code) for proposal in rows[:SHOWN]],
        "more": count - SHOWN if count > SHOWN else 0,
    }


def _row(proposal: Proposal, code: str) -> dict[str, Any]:
    asset = proposal.asset
    url = {
        "waiting": reverse("assets:review", args=[proposal.pk]),
        "returned": reverse("assets:edit", args=[asset.pk]),
        "draft": reverse("assets:edit", args=[asset.pk]),
    }.get(code, asset.get_absolute_url())
    return {
        "url": url,
        "name": str(asset),
        "department": asset.department.name,
        "kind": proposal.get_kind_display(),
        "state": proposal.get_state_display(),
        "tone": TONES[State(proposal.state)],
        "who": (proposal.submitted_by or proposal.drafted_by).name,
        "when": proposal.updated_at,
        "note": proposal.note if code == "returned" else "",
    }
