"""台帳: the list, its filters and its pages."""

from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from assets.access import may_register_somewhere
from assets.classification import axes_in_force, class_label
from assets.columns import Kind
from assets.ledger.listing import PAGE, SORTS, Listing
from assets.models.scheme import Axis
from registry.organization.access import holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.web.paging import page_of, place_in
from registry.web.requests import address
from registry.web.views import page

FITTING = 9  # columns that a screen of 1280 pixels shows without scrolling sideways
HEADER_KINDS = {Kind.LEVEL: "level"}
PLACES = ("after", "before", "start")


@page
def index(request: StaffRequest) -> HttpResponse:
    """The ledger as this person may see it, narrowed, ordered, fifty at a time."""
    listing = Listing(request.user, request.GET, _axes())
    shown = page_of(
        listing.read(),
        listing.order,
        PAGE,
        **place_in(request),
    )
    context = {
        "filter": listing.filter,
        "chips": [
            {"label": text, "remove_url": address(request, drop=(key, *PLACES))}
            for key, text in listing.filter.in_words()
        ],
        "places": [
            {"name": name, "url": address(request, drop=("q", *PLACES), department=str(key))}
            for key, name in listing.places()
        ],
        "headers": [
            {"label": listing.header(column), "kind": HEADER_KINDS.get(column.kind, column.key)}
            for column in listing.columns
        ],
        "fits": len(listing.columns) <= FITTING,
        "entries": listing.rows(shown.rows),
        "column_choices": [
            {"key": c.key, "label": listing.header(c), "section": c.section.title, "chosen": c in listing.columns}
            for c in listing.all_columns()
        ],
        "order": ",".join(column.key for column in listing.columns),
        "sorts": [{"key": key, "label": label, "current": key == listing.sort} for key, (label, _) in SORTS.items()],
        "query_string": request.GET.urlencode(),
        "hidden": [(k, v) for k, values in request.GET.lists() if k not in PLACES for v in values],
        "sees_nothing": not holds_anywhere(request.user, Permission.VIEW_ASSETS),
        "may_register": bool(may_register_somewhere(request.user)),
        "may_export": holds_anywhere(request.user, Permission.EXPORT_ASSETS),
        "class_label": class_label(asset.level_1 for asset in shown.rows if asset.level_1),
        **_pager(request, listing, shown),
    }
    template = "assets/partials/rows.html" if request.htmx else "assets/index.html"
    return render(request, template, context)


def _axes() -> list[Axis]:
    """The axes of today's scheme, which hardly ever changes: read once a minute."""
    return cache.get_or_set(f"axes:{timezone.localdate()}", axes_in_force, 60) or []


def _pager(request: StaffRequest, listing: Listing, shown: Any) -> dict[str, str]:
    total = listing.count()
    start = _start(request) if shown.previous_mark else 1
    last = start + len(shown.rows) - 1
    back = str(max(1, start - PAGE))
    return {
        "count_text": f"{total:,}件",
        "position_text": f"{start:,}〜{last:,}件目" if total > PAGE else "",
        "first_url": address(request, drop=PLACES) if shown.previous_mark else "",
        "previous_url": address(request, drop=("after",), before=shown.previous_mark, start=back)
        if shown.previous_mark
        else "",
        "next_url": address(request, drop=("before",), after=shown.next_mark, start=str(last + 1))
        if shown.next_mark
        else "",
    }


def _start(request: StaffRequest) -> int:
    start = request.GET.get("start", "1")
    return int(start) if start.isdecimal() and len(start) < 9 else 1
