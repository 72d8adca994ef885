"""The history of one asset, and how an entry of history is put on any page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from assets.classification import class_label
from assets.commenting import TALK
from assets.models import Asset
from assets.readings import READINGS, note_reading
from assets.views.finding import find_asset
from registry.base.fiscal import wareki_moment
from registry.history.models import Entry, EntryQuerySet
from registry.organization.requests import StaffRequest
from registry.web.paging import Order, beside, page_of, place_in
from registry.web.views import afterwards, page

NEWEST_FIRST = Order("sequence", descending=True)
PAGE = 50


@page
def history(request: StaffRequest, pk: int) -> HttpResponse:
    """What happened to one asset, newest first: who, when, why, old → new; who merely read it, on demand."""
    asset = find_asset(pk, for_user=request.user)
    if asset.reads_recorded:
        afterwards(request, lambda: note_reading(asset, by=request.user))
    about = Entry.objects.about("asset", asset.pk)
    with_readings = "readings" in request.GET
    context = {
        "asset": asset,
        "with_readings": with_readings,
        "readings": about.filter(act__in=READINGS).count(),
        "class_label": class_label(asset.levels),
        **paged(about if with_readings else about.exclude(act__in=READINGS), request),
    }
    return render(request, "assets/history.html", context)


def changes_of(asset: Asset) -> EntryQuerySet:
    """What was done to the asset, newest first, without the many times it was merely read or spoken of."""
    return Entry.objects.about("asset", asset.pk).exclude(act__in=(*READINGS, *TALK)).newest_first()


def paged(entries: EntryQuerySet, request: StaffRequest) -> dict[str, Any]:
    """One page of entries, newest first, as a page shows them, with the addresses of the pages beside it."""
    found = page_of(entries, NEWEST_FIRST, PAGE, **place_in(request))
    return {"entries": [shown(entry) for entry in found.rows], **beside(request, found)}


def shown(entry: Entry) -> dict[str, Any]:
    """An entry of history as pages show it."""
    return {
        "when": wareki_moment(timezone.localtime(entry.at)),
        "who": entry.actor_label,
        "post": entry.post_label,
        "act": entry.act_label,
        "note": entry.note,
        "subject": entry.subject_label,
        "url": f"/assets/{entry.subject_id}/" if entry.kind == Asset.history_kind else "",
        "rows": [{"label": label, "old": old, "new": new} for label, old, new in entry.changes],
    }
