"""マイページ: what waits for me, and what I have under way."""

from typing import Any

from django.db.models import Count, Window
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from assets.access import may_decide, may_register_somewhere
from assets.due import due_to_do, in_days
from assets.ledger.migration_list import MigrationList
from assets.models import Asset, Comment, Proposal
from assets.states import TONES, Standing, State
from registry.organization.access import departments_where, holds_anywhere
from registry.organization.models import User
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said
from registry.portal.getting_ready import left_for
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
            said("所属の長の確認か、{secretariat}の審査を待っています。"),
            mine.filter(state__in=[State.SUBMITTED, State.CONFIRMED]).exclude(pk__in=waiting.values("pk")),
            "neutral",
        ),
    ]
    if not may_decide(request.user):
        groups = groups[1:]
    if places:
        groups.append(_due(request))
    registered = Asset.objects.visible_to(request.user).filter(standing=Standing.REGISTERED).count()
    tiles = [
        {"label": g["label"], "count": g["count"], "url": f"#{g['code']}" if g["count"] else "", "tone": g["tone"]}
        for g in groups
    ]
    mentions = _mentions(request.user)
    if mentions["count"]:
        tiles.append({"label": mentions["label"], "count": mentions["count"], "url": "#mentions", "tone": "info"})
    list_url = f"{reverse('assets:index')}?state={Standing.REGISTERED}"
    tiles.append({"label": said("登録済の{asset}"), "count": registered, "url": list_url, "tone": "success"})
    migration = _migration(request)
    context = {
        "tiles": tiles,
        "migration": migration,
        "groups": groups,
        "mentions": mentions,
        "whole": whole,
        "others": said(f"{'' if len(places) == 1 else '担当するすべての'}{{section}}の分も表示") if places else "",
        "administrator": request.user.is_superuser and not request.user.appointments_today,
        "idle": not migration and not any(group["count"] for group in [*groups, mentions]),
        "may_register": bool(may_register_somewhere(request.user)),
        "without_post": not request.user.appointments_today,
        "without_role": not holds_anywhere(request.user, Permission.VIEW_ASSETS),
        "left": left_for(request.user),
    }
    return render(request, "portal/home.html", context)


def _migration(request: StaffRequest) -> dict[str, str] | None:
    """What still carries levels of an earlier scheme, in a sentence with a link; None when nothing does."""
    if not departments_where(request.user, Permission.EDIT_ASSETS):
        return None
    left = MigrationList(request.user, QueryDict()).left()
    url = reverse("assets:migration")
    return (
        {"count": f"{left.count:,}", "under_way": f"{left.under_way:,}" if left.under_way else "", "url": url}
        if left.count
        else None
    )


def _mentions(user: User) -> dict[str, Any]:
    """Comments that are for a post this person holds, and that nobody who holds it has confirmed or answered."""
    waiting = Comment.objects.waiting_for(user).annotate(whole=Window(Count("pk")))
    rows = list(waiting.select_related("asset__department", "author").order_by("at", "pk")[:SHOWN])
    count = rows[0].whole if rows else 0
    return {
        "label": "コメントの宛先",
        "count": count,
        "rows": [
            {
                "pk": comment.pk,
                "url": f"{comment.asset.get_absolute_url()}#comment-{comment.pk}",
                "answer_url": f"{reverse('assets:comment', args=[comment.asset_id])}?answers={comment.pk}",
                "name": str(comment.asset),
                "department": comment.asset.department.name,
                "text": comment.text,
                "who": comment.author.name,
                "post": comment.post_label,
                "when": comment.at,
            }
            for comment in rows
        ],
        "more": max(count - SHOWN, 0),
    }


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
        "more_url": "",
    }


def _due(request: StaffRequest) -> dict[str, Any]:
    """廃棄予定: what has to be disposed of within 90 days, or should have been, in the person's own departments."""
    found = due_to_do(request.user)
    count = found.count()
    return {
        "code": "due",
        "label": "廃棄予定",
        "text": "保存期間が90日以内に終わるか、もう終わっています。廃棄を申請するか、廃棄予定日を見直してください。",
        "count": count,
        "tone": "warning" if count else "neutral",
        "rows": [_due_row(asset) for asset in found[:SHOWN]],
        "more": count - SHOWN if count > SHOWN else 0,
        "more_url": reverse("assets:disposals"),
    }


def _due_row(asset: Asset) -> dict[str, Any]:
    words, tone = in_days(asset)
    return {
        "url": reverse("assets:disposal", args=[asset.pk]),
        "name": str(asset),
        "department": asset.department.name,
        "kind": f"保存期間 {asset.get_retention_display() or '未入力'}",
        "state": words,
        "tone": tone,
        "who": asset.full_number,
        "when": asset.disposal_due,
        "note": "",
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
