"""One asset on its page: what it is, how it is classified, what is proposed, its life."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assets.access import may_edit, may_propose, takes_assets
from assets.classification import axes_in_force, class_label
from assets.columns import COLUMNS, Kind, Section
from assets.forms.steps import NoteForm
from assets.ledger.listing import state_of
from assets.models import Asset
from assets.readings import note_reading
from assets.states import Standing, State
from assets.values import as_proposed, differences, missing, text
from assets.views.finding import find_asset
from assets.views.history import changes_of, shown
from assets.views.steps import buttons, note_form, waits
from registry.organization.requests import StaffRequest
from registry.web.views import afterwards, page

UNDER_WAY = {
    State.DRAFT: "書きかけの変更",
    State.SUBMITTED: "申請中の変更",
    State.CONFIRMED: "申請中の変更",
    State.RETURNED: "差し戻された変更",
}


@page
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """What it is, how it is classified, its life."""
    return detail_page(pk, request)


def detail_page(pk: int, request: StaffRequest, note: NoteForm | None = None) -> HttpResponse:
    """The page of an asset; with a note that was refused, the note as it was typed."""
    asset = find_asset(pk, for_user=request.user)
    proposal = asset.open_proposal
    proposed = as_proposed(asset, proposal.values) if proposal else asset
    if asset.reads_recorded or proposed.reads_recorded:
        afterwards(request, lambda: note_reading(asset, by=request.user))
    state, tone = state_of(asset)
    steps = buttons(proposal, for_user=request.user) if proposal else []
    context = {
        "asset": asset,
        "state": state,
        "tone": tone,
        "sections": _sections(asset),
        "restrictions": [line for line in asset.handling.splitlines() if line.strip()],
        "levels": asset.levels,
        "closed": asset.department if not takes_assets(asset.department) else None,
        "missing": missing(asset, axes_in_force()),
        "proposal": proposal,
        "proposed": differences(asset, proposed),
        "steps": steps,
        "waits": waits(proposal) if proposal else "",
        "under_way": UNDER_WAY.get(State(proposal.state), "") if proposal else "",
        "note": note or (note_form(proposal, steps) if proposal else None),
        "editing": bool(may_edit(request.user, proposal) if proposal else may_propose(request.user, asset)),
        "recent": [shown(entry) for entry in changes_of(asset)[:5]],
        "class_label": class_label([*asset.levels, *proposed.levels]),
    }
    return render(request, "assets/detail.html", context)


def _sections(asset: Asset) -> list[dict[str, Any]]:
    found = []
    for section in Section:
        items = [
            {"label": column.label, "value": text(asset, column)}
            for column in COLUMNS
            if column.section is section and column.kind is not Kind.LEVEL and column.key not in {"name", "handling"}
        ]
        filled = [item for item in items if item["value"]]
        if section is not Section.CLASSIFICATION and (filled or asset.standing == Standing.UNREGISTERED):
            empty = [item["label"] for item in items if not item["value"]]
            found.append({"title": section.title, "items": filled, "empty": empty})
    return found
