"""表示する列: which columns the ledger shows and in what order. The address carries all of it."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from assets.classification import schemes_of_today
from assets.ledger.listing import DEFAULT_COLUMNS, Listing
from registry.organization.requests import StaffRequest
from registry.web.views import page

ASKED = ("columns", "move", "act")
PAPER = 25  # columns that can be read on A3


@page
def columns(request: StaffRequest) -> HttpResponse:
    """The columns that are shown, in order, and the others part by part; 「この列で表示する」 leads back to the list."""
    listing = Listing(request.user, request.GET, schemes_of_today())
    act = request.GET.get("act", "")
    keys = _moved([column.key for column in listing.columns], request.GET.get("move", ""))
    if act == "reset":
        keys = list(DEFAULT_COLUMNS)
    rest = _rest(request.GET)
    if act == "done":
        return redirect(f"{reverse('assets:index')}?{_address(rest, keys)}")
    shown = [column for key in keys for column in listing.all_columns() if column.key == key]
    context: dict[str, Any] = {
        "shown": [{"key": column.key, "label": listing.header(column)} for column in shown],
        "others": [
            {"key": column.key, "label": listing.header(column), "section": column.section.title}
            for column in listing.all_columns()
            if column not in shown
        ],
        "rest": [(key, value) for key, values in rest.lists() for value in values],
        "back_url": f"{reverse('assets:index')}?{_address(rest, [column.key for column in listing.columns])}",
        "many": len(shown) > PAPER,
        "paper": PAPER,
    }
    return render(request, "assets/columns.html", context)


def _moved(keys: list[str], move: str) -> list[str]:
    """The keys after one of them went a place up or down (「up:name」); as they were when there is nowhere to go."""
    way, _, key = move.partition(":")
    if key not in keys or way not in {"up", "down"}:
        return keys
    at = keys.index(key)
    to = at - 1 if way == "up" else at + 1
    if 0 <= to < len(keys):
        keys[at], keys[to] = keys[to], keys[at]
    return keys


def _rest(query: QueryDict) -> QueryDict:
    """What the address says besides the columns; it names a view, if only none."""
    rest = query.copy()
    for key in (*ASKED, "after", "before", "start"):
        rest.pop(key, None)
    rest.setdefault("view", "")
    return rest


def _address(rest: QueryDict, keys: list[str]) -> str:
    made = rest.copy()
    if tuple(keys) != DEFAULT_COLUMNS:
        made.setlist("columns", keys)
    return made.urlencode()
