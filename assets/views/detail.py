"""One asset on its page: what it is, how it is classified, what is proposed, its life."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assets.access import may_edit, may_propose, takes_assets
from assets.body_columns import columns_of_body
from assets.classification import class_label, schemes_of_today
from assets.columns import COLUMNS, Kind, Section
from assets.forms.steps import NoteForm
from assets.ledger.listing import state_of
from assets.models import Asset, Classification
from assets.readings import note_reading
from assets.states import Standing, State
from assets.values import as_proposed, differences, missing, text
from assets.views.beside import beside
from assets.views.finding import find_asset
from assets.views.history import changes_of, shown
from assets.views.inheriting import links, reached, three_values
from assets.views.life import life_of
from assets.views.steps import buttons, note_form, particulars, waits
from registry.organization.requests import StaffRequest
from registry.web.views import afterwards, page

# What the page says in places of its own rather than among the facts.
TOLD_APART = {
    *("name", "handling", "holders", "system", "class_reason", "deviation", "deviation_reason", "importance"),
    *(c.key for c in COLUMNS if c.kind in {Kind.LEVEL, Kind.APPLIED}),
}
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
    schemes = schemes_of_today()
    asset = find_asset(pk, for_user=request.user, levels=schemes.levels)
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
        "values": three_values(asset, for_user=request.user),
        "links": links(asset, for_user=request.user),
        "reached": reached(asset, proposal, for_user=request.user) if proposal else {},
        "closed": asset.department if not takes_assets(asset.department) else None,
        "missing": missing(asset, schemes.axes_of(asset.department.organ_id)),
        "migrates": _former_levels(asset, schemes),
        "proposal": proposal,
        "proposed": differences(asset, proposed),
        "particulars": particulars(proposal, for_user=request.user) if proposal else [],
        "life": life_of(asset, for_user=request.user),
        "steps": steps,
        "waits": waits(proposal) if proposal else "",
        "under_way": UNDER_WAY.get(State(proposal.state), "").replace("変更", proposal.get_kind_display())
        if proposal
        else "",
        "note": note or (note_form(proposal, steps) if proposal else None),
        "editing": bool(may_edit(request.user, proposal) if proposal else may_propose(request.user, asset)),
        "recent": [shown(entry) for entry in changes_of(asset)[:5]],
        "class_label": class_label([*asset.levels, *proposed.levels]),
        **beside(asset, request.user),
    }
    return render(request, "assets/detail.html", context)


def _former_levels(asset: Asset, schemes: Classification) -> str:
    """The levels of an earlier scheme that it still carries, in words; '' when there are none."""
    organ = asset.department.organ_id
    alive = asset.standing in {Standing.REGISTERED, Standing.UNREGISTERED}
    former = [schemes.levels[level.pk] for level in asset.levels if schemes.is_foreign(level.pk, organ)]
    words = "、".join(level.label for level in former)
    return f"{words}(「{former[0].axis.scheme}」)" if former and alive else ""


def _sections(asset: Asset) -> list[dict[str, Any]]:
    found = []
    for section in Section:
        items = [
            (column, {"label": column.label, "value": text(asset, column)})
            for column in columns_of_body().all
            if column.section is section and column.key not in TOLD_APART
        ]
        filled = [item for _, item in items if item["value"]]
        if filled or asset.standing == Standing.UNREGISTERED:
            empty = [item["label"] for column, item in items if not item["value"] and not column.retired]
            title = "そのほかの取扱い" if section is Section.CLASSIFICATION else section.title
            found.append({"title": title, "items": filled, "empty": empty})
    return found
