"""マイページ: what waits for me, and what I have under way."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Window
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from assets.access import may_decide, may_register_somewhere
from assets.due import due_to_do, in_days, until
from assets.ledger.migration_list import MigrationList
from assets.models import Asset, Comment, Proposal
from assets.states import TONES, Standing, State
from registry.organization.access import departments_where, holds_anywhere
from registry.organization.models import User
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said
from registry.portal.getting_ready import left_for
from registry.portal.overview import ending_contracts, overview, unclassified
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
        groups += [_contracts(request), _due(request), _unclassified(request)]
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
        "overview": overview(request.user),
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
    """Applications that stand somewhere, the latest first."""
    ordered = found.select_related("asset__department", "submitted_by", "drafted_by").order_by("-updated_at", "-id")
    return _tasks(code, label, text, ordered, lambda proposal: _row(proposal, code), tone=tone)


def _contracts(request: StaffRequest) -> dict[str, Any]:
    """期限: contracts that end within 90 days or have ended, in the person's own departments."""
    text = "委託や利用の契約が90日以内に終わるか、もう終わっています。更新したら、契約期間を直して申請してください。"
    return _tasks("contracts", "契約の期限", text, ending_contracts(request.user), _contract_row)


def _due(request: StaffRequest) -> dict[str, Any]:
    """廃棄予定: what has to be disposed of within 90 days, or should have been, in the person's own departments."""
    text = "保存期間が90日以内に終わるか、もう終わっています。廃棄を申請するか、廃棄予定日を見直してください。"
    return _tasks("due", "廃棄予定", text, due_to_do(request.user), _due_row, more_url=reverse("assets:disposals"))


def _unclassified(request: StaffRequest) -> dict[str, Any]:
    """未分類: what nobody has given a level yet."""
    text = "まだ分類されていません。質問に答えると、分類が提案されます。"
    return _tasks("unclassified", "未分類", text, unclassified(request.user), _unclassified_row)


def _tasks(
    code: str,
    label: str,
    text: str,
    found: Any,
    row: Callable[[Any], dict[str, Any]],
    *,
    tone: str = "warning",
    more_url: str = "",
) -> dict[str, Any]:
    """A group of things to do: the first of them as lines, how many there are, and where the rest is."""
    rows = list(found.annotate(whole=Window(Count("pk")))[:SHOWN])
    count = rows[0].whole if rows else 0
    return {
        "code": code,
        "label": label,
        "text": text,
        "count": count,
        "tone": tone if count else "neutral",
        "rows": [row(one) for one in rows],
        "more": max(count - SHOWN, 0),
        "more_url": more_url,
    }


def _line(asset: Asset, url: str, kind: str, state: tuple[str, str], who: str, when: Any) -> dict[str, Any]:
    words, tone = state
    place = asset.department.name
    facts = {"url": url, "name": str(asset), "department": place, "kind": kind, "who": who, "when": when, "note": ""}
    return {**facts, "state": words, "tone": tone}


def _contract_row(asset: Asset) -> dict[str, Any]:
    who = asset.vendor or asset.full_number
    state = until(asset.contract_until)
    return _line(asset, asset.get_absolute_url(), "契約の終了", state, who, asset.contract_until)


def _due_row(asset: Asset) -> dict[str, Any]:
    kind = f"保存期間 {asset.get_retention_display() or '未入力'}"
    url = reverse("assets:disposal", args=[asset.pk])
    return _line(asset, url, kind, in_days(asset), asset.full_number, asset.disposal_due)


def _unclassified_row(asset: Asset) -> dict[str, Any]:
    url = reverse("assets:edit", args=[asset.pk])
    return _line(asset, url, "分類", ("未分類", "warning"), asset.full_number or "未採番", asset.updated_at)


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
