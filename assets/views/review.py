"""審査: the queue, old beside new, one step at a time or many at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assets.access import steps_open_to
from assets.classification import axes_in_force, class_label
from assets.forms.steps import ManyForm, NoteForm
from assets.models import Proposal
from assets.readings import note_reading
from assets.states import CONFIRM, STEPS, State
from assets.values import as_proposed, differences, missing
from assets.views.finding import find_asset
from assets.workflow import TAKE, decide_many
from registry.organization.requests import StaffRequest
from registry.web.views import afterwards, command, form_page, page

QUEUE = 100
KEYS = [
    {"key": "j", "label": "次の申請"},
    {"key": "k", "label": "前の申請"},
    {"key": "a", "label": "確認・承認"},
    {"key": "r", "label": "差戻し"},
]


@page
def queue(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """What waits for this person, oldest first; the first one (or the one named) is laid open beside it."""
    waiting = _waiting(request)
    opened = _opened(request, waiting, pk)
    context: dict[str, Any] = {
        "entries": [_entry(proposal, opened) for proposal in waiting],
        "total": len(waiting),
        "opened": opened,
        "class_label": "",
    }
    if opened:
        context.update(_laid_open(request, opened, waiting))
    return render(request, "assets/review.html", context)


@command
def step(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """Take one step on one proposal."""
    proposal = get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)
    chosen = STEPS.get(code)
    form = NoteForm(request.POST, needed=bool(chosen and chosen.needs_note))
    if chosen is None:
        raise Http404
    if not form.is_valid():
        messages.error(
            request, " ".join(f"「理由・コメント」: {error}" for error in form.errors.get("note", ["読み取れません。"]))
        )
        return redirect(_back(request, proposal))
    try:
        done = TAKE[code](
            proposal, by=request.user, note=form.cleaned_data["note"], version=form.cleaned_data["version"]
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(_back(request, proposal))
    messages.success(request, _told(done, chosen.code))
    return redirect("assets:reviews" if request.POST.get("from") == "reviews" else done.asset)


@form_page
def decide(request: StaffRequest) -> HttpResponse:
    """Many at once: first what will happen in numbers, then, once sure, all of it or nothing."""
    form = ManyForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        for problem in (
            [error for errors in form.errors.values() for error in errors] if request.method == "POST" else []
        ):
            messages.error(request, str(problem))
        return redirect("assets:reviews")
    chosen, step_chosen = form.cleaned_data["chosen"], form.chosen_step
    if not form.cleaned_data["sure"]:
        found = Proposal.objects.visible_to(request.user).filter(pk__in=[key for key, _ in chosen])
        context = {
            "entries": found.select_related("asset__department", "submitted_by").oldest_first(),
            "chosen": [f"{key}:{version}" for key, version in chosen],
            "step": step_chosen,
            "count": len(chosen),
            "note": form.cleaned_data["note"],
        }
        return render(request, "assets/decide.html", context)
    done = decide_many(chosen, step_chosen, by=request.user, note=form.cleaned_data["note"])
    word = "確認" if step_chosen is CONFIRM else "承認して登録"
    messages.success(request, f"{len(done):,}件を{word}しました。")
    return redirect("assets:reviews")


def _waiting(request: StaffRequest) -> list[Proposal]:
    found = Proposal.objects.waiting_for(request.user).select_related("asset__department", "submitted_by")
    return list(found.oldest_first()[:QUEUE])


def _opened(request: StaffRequest, waiting: list[Proposal], pk: int | None) -> Proposal | None:
    if pk is None:
        return waiting[0] if waiting else None
    return get_object_or_404(Proposal.objects.visible_to(request.user).select_related("submitted_by"), pk=pk)


def _entry(proposal: Proposal, opened: Proposal | None) -> dict[str, Any]:
    return {
        "pk": proposal.pk,
        "version": proposal.version,
        "name": str(proposal.asset),
        "department": proposal.asset.department.name,
        "kind": proposal.get_kind_display(),
        "state": "確認待ち" if proposal.state == State.SUBMITTED else "審査待ち",
        "step": "confirm" if proposal.state == State.SUBMITTED else "approve",
        "who": proposal.submitted_by.name if proposal.submitted_by else "",
        "when": proposal.submitted_at,
        "current": opened is not None and opened.pk == proposal.pk,
    }


def _laid_open(request: StaffRequest, proposal: Proposal, waiting: list[Proposal]) -> dict[str, Any]:
    asset = find_asset(proposal.asset_id, for_user=request.user)
    proposed = as_proposed(asset, proposal.values)
    before = asset if proposal.kind == "change" else None
    if asset.reads_recorded or proposed.reads_recorded:
        afterwards(request, lambda: note_reading(asset, by=request.user))
    keys = [found.pk for found in waiting]
    at = keys.index(proposal.pk) if proposal.pk in keys else -1
    steps = steps_open_to(request.user, proposal)
    return {
        "asset": asset,
        "proposed": proposed,
        "rows": (rows := differences(before, proposed)),
        "facts": [{"label": row.label, "value": row.new} for row in rows],
        "lacking": missing(proposed, axes_in_force()),
        "steps": [s for s in steps if s.code in {"confirm", "approve", "return", "send-back"}],
        "note": NoteForm(initial={"version": proposal.version}),
        "keys": KEYS,
        "next_key": keys[at + 1] if 0 <= at < len(keys) - 1 else None,
        "previous_key": keys[at - 1] if at > 0 else None,
        "class_label": class_label([*asset.levels, *proposed.levels]),
    }


def _back(request: StaffRequest, proposal: Proposal) -> Any:
    return proposal.asset if request.POST.get("from") != "reviews" else f"/assets/reviews/{proposal.pk}/"


def _told(done: Proposal, code: str) -> str:
    asset = done.asset
    match code:
        case "approve":
            return f"「{asset}」を登録しました。資産番号は {asset.full_number} です。"
        case "confirm":
            return f"「{asset}」を確認しました。事務局の審査に進みます。"
        case "submit":
            return f"「{asset}」を申請しました。課長の確認を待っています。"
        case "withdraw":
            return f"「{asset}」の申請を取り下げました。"
    return f"「{asset}」を差し戻しました。申請した人のマイページに表示されます。"
