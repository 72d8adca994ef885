"""台帳: the list, its filters, its groups and its pages."""

from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assets.access import may_change_view, may_register_somewhere
from assets.classification import class_label, schemes_of_today
from assets.columns import Kind
from assets.ledger.grouping import Group
from assets.ledger.listing import PAGE, Listing
from assets.models import SavedView
from assets.saved_views import kept_part
from registry.organization.access import holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said
from registry.web.paging import page_of, place_in
from registry.web.requests import address
from registry.web.views import page

FITTING = 9  # columns that a screen of 1280 pixels shows without scrolling sideways
HEADER_KINDS = {Kind.LEVEL: "level", Kind.LONG: "long"}
PLACES = ("after", "before", "start")
FEW = ("view", "columns", "sort", "group")  # what stays when all filters are taken away


@page
def index(request: StaffRequest) -> HttpResponse:
    """The ledger as this person may see it, narrowed, ordered, fifty at a time; at first as the first view has it."""
    listing = Listing(request.user, request.GET, schemes_of_today())
    views = _views(listing)
    if not request.GET and (first := next((view for view in views if view.is_default), None)):
        return redirect(first)
    shown = page_of(listing.read(), listing.order, PAGE, **place_in(request))
    context = {
        **_narrowed(request, listing),
        **_arranged(request, listing),
        **_saved(request, views),
        "entries": listing.rows(shown.rows),
        "may_register": bool(may_register_somewhere(request.user)),
        "may_export": holds_anywhere(request.user, Permission.EXPORT_ASSETS),
        "may_change": holds_anywhere(request.user, Permission.EDIT_ASSETS),
        "sees_nothing": not holds_anywhere(request.user, Permission.VIEW_ASSETS),
        "class_label": class_label(asset.applied_1 for asset in shown.rows if asset.applied_1),
        **_pager(request, listing, shown),
    }
    template = "assets/partials/rows.html" if request.htmx else "assets/index.html"
    return render(request, template, context)


def _views(listing: Listing) -> list[SavedView]:
    """The views this person is offered; kept until anything at all changes in the registry, or the day."""
    key = f"views:{listing.user.pk}:{timezone.localdate()}:{listing.state}"
    found = SavedView.objects.visible_to(listing.user).kept()
    views: list[SavedView] = cache.get_or_set(key, found.offered, 600) or []
    return views


def _narrowed(request: StaffRequest, listing: Listing) -> dict[str, Any]:
    """The filters, each as a chip that takes it away, and what the address asks for in vain."""
    return {
        "filter": listing.filter,
        "chips": [
            {"label": text, "remove_url": address(request, drop=PLACES, without=(key, value))}
            for key, value, text in listing.filter.in_words()
        ],
        "clear_url": _cleared(request),
        "problems": listing.problems(),
        "places": [
            {"name": name, "url": address(request, drop=("q", *PLACES), department=str(key))}
            for key, name in listing.places()
        ],
    }


def _arranged(request: StaffRequest, listing: Listing) -> dict[str, Any]:
    """The columns, the order, the groups, and what of the address the filter form has to carry along."""
    return {
        "headers": headers(listing),
        "fits": len(listing.columns) <= FITTING,
        "width": len(listing.columns) + 2,
        "sorts": [
            {"key": key, "label": said(label), "current": key == listing.sort}
            for key, (label, _) in listing.sorts.items()
        ],
        "groupings": [
            {"key": key, "label": label, "current": key == listing.group} for key, label in listing.groupings.items()
        ],
        **groups_shown(listing, request),
        "query_string": request.GET.urlencode(),
        "picks_key": f"{request.user.pk}:{listing.filter.key()}",
        "carried": [
            (key, value)
            for key, values in request.GET.lists()
            if key in ("view", "columns", "own", "holder") or (key == "organ" and not listing.filter.has_organs)
            for value in values
        ],
    }


def groups_shown(listing: Listing, request: StaffRequest) -> dict[str, Any]:
    """The table of groups; each leads to its rows in the list."""
    grouping = listing.grouping
    if grouping is None:
        return {"groups": [], "grouped_by": ""}
    return {
        "grouped_by": grouping.label,
        "groups": [_group(request, group) for group in [*grouping.groups(), grouping.total()]],
    }


def _group(request: StaffRequest, group: Group) -> dict[str, Any]:
    key, value = group.filter
    leading: Any = {key: value}
    leads_to = address(request, drop=("group", "paper", *PLACES), **leading) if key else ""
    counts = (group.count, group.registered, group.count - group.registered)
    return {
        "label": group.label,
        "url": f"{reverse('assets:index')}{leads_to}" if key else "",
        "counts": [f"{count:,}" for count in counts],
        "subtotal": group.is_sum,
    }


def headers(listing: Listing) -> list[dict[str, str]]:
    """The headers of the columns and how each is set."""
    return [
        {"label": listing.header(column), "kind": HEADER_KINDS.get(column.kind, column.key)}
        for column in listing.columns
    ]


def _saved(request: StaffRequest, views: list[SavedView]) -> dict[str, Any]:
    """The views to choose from, the one that is open, and whether the ledger still shows what it keeps."""
    opened = next((view for view in views if str(view.pk) == request.GET.get("view")), None)
    departed = opened is not None and kept_part(opened.asks) != kept_part(request.GET)
    return {
        "views": [
            {"name": view.name, "place": view.place, "url": view.get_absolute_url(), "current": view is opened}
            for view in views
        ],
        "view": opened,
        "departed": departed,
        "may_overwrite": departed and opened is not None and _may_overwrite(request, opened),
    }


def _may_overwrite(request: StaffRequest, view: SavedView) -> bool:
    """Asked only of a view that the list has departed from."""
    whole = SavedView.objects.visible_to(request.user).with_makers().get(pk=view.pk)
    return bool(may_change_view(request.user, whole))


def _cleared(request: StaffRequest) -> str:
    """The list without any filter. It names a view, if only none: an address without anything opens the first view."""
    kept = request.GET.copy()
    for key in list(kept):
        if key not in FEW:
            del kept[key]
    kept.setdefault("view", "")
    return f"?{kept.urlencode()}"


def _pager(request: StaffRequest, listing: Listing, shown: Any) -> dict[str, Any]:
    total = listing.count()
    start = _start(request) if shown.previous_mark else 1
    last = start + len(shown.rows) - 1
    back = str(max(1, start - PAGE))
    return {
        "total": total,
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
