"""審査: the queue, old beside new, one step at a time or many at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assets.access import may_take
from assets.classification import axes_in_force, class_label
from assets.forms.steps import ManyForm, NoteForm
from assets.models import Proposal
from assets.readings import note_reading
from assets.states import CONFIRM, OPEN, STEPS, Kind, State, Step
from assets.values import as_proposed, differences, missing
from assets.views.detail import detail_page
from assets.views.finding import find_asset
from assets.views.inheriting import reached
from assets.views.steps import buttons, note_form, particulars, told, waits
from assets.workflow import STALE, TAKE, decide_many
from registry.base.verdict import Conflict
from registry.organization.requests import StaffRequest
from registry.web.views import afterwards, command, form_page, page

QUEUE = 100
KEYS = [
    {"key": "j", "label": "次の申請"},
    {"key": "k", "label": "前の申請"},
    {"key": "a", "label": "確認・承認"},
    {"key": "r", "label": "差戻し"},
]
DECIDING = {"confirm", "approve", "return", "send-back"}


@page
def queue(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """What waits for this person, oldest first; the first one (or the one named) is laid open beside it."""
    return _queue_page(request, pk)


@command
def step(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """Take one step on one proposal; when it is refused, the page comes back with what was typed."""
    proposal = get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)
    chosen = STEPS.get(code)
    if chosen is None:
        raise Http404
    form = NoteForm(request.POST, needed=chosen.needs_note)
    if not form.is_valid():
        return _refused(request, proposal, chosen, form)
    try:
        done = TAKE[code](
            proposal, by=request.user, note=form.cleaned_data["note"], version=form.cleaned_data["version"]
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return _again(request, proposal, form)
    messages.success(request, told(done, code))
    if request.POST.get("from") != "reviews":
        return redirect(done.asset)
    following = _following(request, done)
    return redirect("assets:review", following.pk) if following else redirect("assets:reviews")


@form_page
def decide(request: StaffRequest) -> HttpResponse:
    """Many at once: first what will happen in numbers, then, once sure, all of it or nothing."""
    if request.method != "POST":
        return redirect("assets:reviews")
    form = ManyForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, many=form)
    chosen, step_chosen, note = form.cleaned_data["chosen"], form.chosen_step, form.cleaned_data["note"]
    found = Proposal.objects.visible_to(request.user).filter(pk__in=[key for key, _ in chosen])
    entries = list(found.select_related("asset__department", "submitted_by").oldest_first())
    if unfit := _unfit(request, entries, form):
        form.add_error(None, unfit)
        return _queue_page(request, many=form)
    if not form.cleaned_data["sure"]:
        context = {
            "entries": entries,
            "chosen": form.chosen_raw,
            "step": step_chosen,
            "count": len(chosen),
            "note": note,
        }
        return render(request, "assets/decide.html", context)
    done = decide_many(chosen, step_chosen, by=request.user, note=note)
    word = "確認" if step_chosen is CONFIRM else "承認して登録"
    messages.success(request, f"{len(done):,}件を{word}しました。")
    return redirect("assets:reviews")


def _queue_page(
    request: StaffRequest, pk: int | None = None, note: NoteForm | None = None, many: ManyForm | None = None
) -> HttpResponse:
    """The queue beside the opened proposal; `note` and `many` are what was typed, when it was refused."""
    found = Proposal.objects.waiting_for(request.user)
    waiting = list(found.select_related("asset__department", "submitted_by").oldest_first()[:QUEUE])
    opened = _opened(request, waiting, pk)
    many = many or ManyForm()
    context: dict[str, Any] = {
        "entries": [_entry(proposal, opened, many) for proposal in waiting],
        "total": found.count() if len(waiting) == QUEUE else len(waiting),
        "many": many,
        "many_steps": _many_steps(request, waiting),
        "opened": opened,
        "class_label": "",
    }
    if opened:
        context.update(_laid_open(request, opened, waiting))
        context["note"] = note or note_form(opened, context.get("steps", []))
    return render(request, "assets/review.html", context)


def _refused(request: StaffRequest, proposal: Proposal, chosen: Step, form: NoteForm) -> HttpResponse:
    """A note that cannot stay; who came too late, or may not take the step at all, is told that first."""
    if form.cleaned_data.get("version", 0) not in {None, proposal.version}:
        raise Conflict(STALE.format(asset=proposal.asset, state=proposal.get_state_display()))
    may_take(request.user, proposal, chosen).require()
    form.fields["note"].widget.attrs["autofocus"] = True
    return _again(request, proposal, form)


def _again(request: StaffRequest, proposal: Proposal, note: NoteForm) -> HttpResponse:
    """The page the step was sent from, with the note as it was typed."""
    note.fields["note"].required = False  # the other buttons of the page ask for no note
    if request.POST.get("from") == "reviews":
        return _queue_page(request, proposal.pk, note)
    return detail_page(proposal.asset_id, request, note)


def _following(request: StaffRequest, done: Proposal) -> Proposal | None:
    """What waits next after the one just decided; the first in the queue when nothing comes after it."""
    waiting = Proposal.objects.waiting_for(request.user).oldest_first()
    if done.submitted_at is None:
        return waiting.first()
    later = Q(submitted_at__gt=done.submitted_at) | Q(submitted_at=done.submitted_at, pk__gt=done.pk)
    return waiting.filter(later).first() or waiting.first()


def _unfit(request: StaffRequest, entries: list[Proposal], form: ManyForm) -> list[str]:
    """How many of the chosen this person cannot decide like this, then each by name with the reason."""
    verdicts = [(entry, may_take(request.user, entry, form.chosen_step)) for entry in entries]
    unfit = [f"「{entry.asset}」: {verdict.reason}" for entry, verdict in verdicts if not verdict]
    label = form.MANY[form.chosen_step.code]
    first = f"選んだ{len(entries):,}件のうち、次の{len(unfit):,}件は「{label}」ができません。"
    return [f"{first}選ぶのをやめてから、もう一度押してください。", *unfit] if unfit else []


def _many_steps(request: StaffRequest, waiting: list[Proposal]) -> list[tuple[str, str]]:
    """The buttons that can decide something in the queue: code and label."""
    labels = ManyForm.MANY.items()
    return [(code, label) for code, label in labels if any(may_take(request.user, w, STEPS[code]) for w in waiting)]


def _opened(request: StaffRequest, waiting: list[Proposal], pk: int | None) -> Proposal | None:
    if pk is None:
        return waiting[0] if waiting else None
    return get_object_or_404(Proposal.objects.visible_to(request.user).select_related("submitted_by"), pk=pk)


def _entry(proposal: Proposal, opened: Proposal | None, many: ManyForm) -> dict[str, Any]:
    chosen = f"{proposal.pk}:{proposal.version}"
    return {
        "pk": proposal.pk,
        "chosen": chosen,
        "checked": chosen in many.chosen_raw,
        "name": str(proposal.asset),
        "department": proposal.asset.department.name,
        "kind": proposal.get_kind_display(),
        "state": "確認待ち" if proposal.state == State.SUBMITTED else "審査待ち",
        "who": proposal.submitted_by.name if proposal.submitted_by else "",
        "when": proposal.submitted_at,
        "current": opened is not None and opened.pk == proposal.pk,
    }


def _laid_open(request: StaffRequest, proposal: Proposal, waiting: list[Proposal]) -> dict[str, Any]:
    """The opened proposal beside what is in force; of one that is closed only what became of it."""
    asset = proposal.asset = find_asset(proposal.asset_id, for_user=request.user)
    keys = [found.pk for found in waiting]
    at = keys.index(proposal.pk) if proposal.pk in keys else -1
    context: dict[str, Any] = {
        "asset": asset,
        "closed": _became(proposal),
        "next_key": keys[at + 1] if 0 <= at < len(keys) - 1 else None,
        "previous_key": keys[at - 1] if at > 0 else None,
    }
    if context["closed"]:
        return context
    proposed = as_proposed(asset, proposal.values)
    if asset.reads_recorded or proposed.reads_recorded:
        afterwards(request, lambda: note_reading(asset, by=request.user))
    rows = differences(None if proposal.kind == Kind.NEW else asset, proposed)
    steps = [button for button in buttons(proposal, for_user=request.user) if button.code in DECIDING]
    return {
        **context,
        "proposed": proposed,
        "rows": rows,
        "particulars": particulars(proposal, for_user=request.user),
        "proofs": list(asset.attachments.in_place().listed()) if proposal.kind == Kind.DISPOSAL else [],
        "facts": [{"label": row.label, "value": row.new} for row in rows],
        "reached": reached(asset, proposal, for_user=request.user),
        "lacking": missing(proposed, axes_in_force(proposed.department.organ_id)),
        "waits": "" if steps else waits(proposal),
        "steps": steps,
        "keys": KEYS,
        "class_label": class_label([*asset.levels, *proposed.levels]),
    }


def _became(proposal: Proposal) -> str:
    """What became of a proposal that nobody waits for any more; '' while it is open."""
    if proposal.state in OPEN:
        return ""
    if proposal.state == State.WITHDRAWN:
        return "この申請は取り下げられています。"
    return f"この申請は{proposal.get_state_display()}です。"
