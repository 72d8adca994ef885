"""印刷: the list as it is on screen, all of its rows, on A3 or A4."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from assets.classification import class_label, schemes_of_today
from assets.ledger.exporting import made_by
from assets.ledger.listing import Listing
from assets.readings import note_export
from assets.states import Standing
from assets.views.ledger import groups_shown, headers
from registry.base.fiscal import wareki, wareki_moment
from registry.organization.access import holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, the_body, word
from registry.web.requests import address
from registry.web.views import afterwards, page

MOST = 2_000
PAPERS = {"a3": "A3", "a4": "A4"}
# Up to so many columns the letters keep their size; with more they shrink, step by step.
ROOMY, TIGHT = {"a3": 14, "a4": 9}, {"a3": 24, "a4": 16}


@page
def sheet(request: StaffRequest) -> HttpResponse:
    """All rows of the list that this person may take out, for paper; more than 2,000 are for Excel. History knows."""
    if not holds_anywhere(request.user, Permission.EXPORT_ASSETS):
        raise PermissionDenied("台帳を出力する権限がありません。")
    listing = Listing(request.user, request.GET, schemes_of_today(), Permission.EXPORT_ASSETS)
    paper = request.GET.get("paper", "")
    paper = paper if paper in PAPERS else "a3"
    count, now = listing.assets().count(), timezone.localtime()
    body, who = the_body(), made_by(request.user)
    context: dict[str, Any] = {
        "paper": paper,
        "papers": [
            {"label": f"{label}横", "url": address(request, paper=key), "current": key == paper}
            for key, label in PAPERS.items()
        ],
        "count": count,
        "most": MOST,
        "too_many": count > MOST,
        "query_string": request.GET.urlencode(),
        "back_url": f"{reverse('assets:index')}{address(request, drop=('paper',))}",
        "facts": [
            ("基準日", f"{wareki(now.date())}現在"),
            ("件数", f"{count:,}件"),
            ("条件", "、".join(text for _, _, text in listing.filter.in_words()) or "なし"),
            ("並び順", said(listing.sorts[listing.sort][0])),
            ("出力者", who),
            ("出力日時", wareki_moment(now)),
        ],
        "print_foot": f"{body.name} {word('ledger')} 基準日 {wareki(now.date())} 出力 {who} {wareki_moment(now)}",
    }
    if count <= MOST:
        context |= _rows(request, listing, paper)
        facts = [*context["facts"], ("列", "、".join(one["label"] for one in context["headers"]))]
        afterwards(request, lambda: note_export(body, facts, f"印刷({PAPERS[paper]})", by=request.user))
    return render(request, "assets/print.html", context)


def _rows(request: StaffRequest, listing: Listing, paper: str) -> dict[str, Any]:
    assets = list(listing.read().order_by(*listing.order.names(reverse=False))[:MOST])
    columns = len(listing.columns) + 1
    density = "roomy" if columns <= ROOMY[paper] else "tight" if columns <= TIGHT[paper] else "tightest"
    registered = sum(asset.standing == Standing.REGISTERED for asset in assets)
    return {
        "entries": listing.rows(assets),
        "headers": headers(listing),
        "width": columns,
        "density": density,
        "registered": registered,
        "class_label": class_label(asset.applied_1 for asset in assets if asset.applied_1),
        **groups_shown(listing, request),
    }
