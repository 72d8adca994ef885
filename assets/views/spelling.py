"""記入ゆれ: making spellings agree with a look beforehand, leaving them apart, and taking it back."""

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assets import bulk
from assets.access import may_register_somewhere
from assets.columns import BY_KEY
from assets.forms.spelling import KeepForm, SpellingForm, texts_of
from assets.forms.steps import NoteForm
from assets.models import Asset, ChangeKind, ChangeSet
from assets.setting_apart import keep_spellings
from assets.spelling import align, may_align_at_once, renamed, respelled
from assets.values import Values
from registry.organization.requests import StaffRequest
from registry.organization.vocabulary import said
from registry.web.views import command, form_page

SHOWN = 50


@form_page
def change(request: StaffRequest) -> HttpResponse:
    """「この書き方にそろえる」: first what will change, in numbers and one by one, then, with a reason, all of it."""
    may_register_somewhere(request.user).require()
    if request.method != "POST":
        return redirect(_list("spelling"))
    form = SpellingForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(_list("places" if request.POST.get("word") else "spelling"))
    changes = _changes(request, form)
    seen, sure = _digest(changes), request.POST.get("sure", "")
    note = NoteForm(request.POST if sure else None, needed=True)
    if sure == seen and note.is_valid():
        return _done(request, form, changes, note.cleaned_data["note"])
    context = {**_context(request, form, changes, note), "seen": seen, "moved": sure not in {"", seen}}
    return render(request, "assets/spelling.html", context)


@command
def keep(request: StaffRequest) -> HttpResponse:
    """「別のもの」: these spellings mean different things (事務局)."""
    may_register_somewhere(request.user).require()
    form, texts = KeepForm(request.POST), texts_of(request.POST)
    if not form.is_valid() or len(texts) < 2:
        messages.error(request, "書き方を残す理由を書いてから、もう一度押してください。")
        return redirect(_list("spelling"))
    column = BY_KEY[form.cleaned_data["column"]]
    kept = keep_spellings(column.key, column.label, texts, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"{kept}は、それぞれ正しい書き方として覚えました。この組は、もう出ません。")
    return redirect(_list("spelling"))


@command
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back what was made to agree, while nothing newer touched it."""
    made = get_object_or_404(ChangeSet.objects.visible_to(request.user).filter(kind=ChangeKind.SPELLING), pk=pk)
    bulk.undo(made, by=request.user, reason=f"「{made.reason}」の取消し")
    messages.success(request, f"{made.lines.count():,}件を元の書き方に戻しました。")
    return redirect(_list("spelling"))


def _changes(request: StaffRequest, form: SpellingForm) -> dict[int, Values]:
    given = form.cleaned_data
    column, target = BY_KEY[given["column"]], given["target"]
    if given["word"]:
        return renamed(column, given["word"], target, request.user)
    return respelled(column, form.texts, target, request.user)


def _digest(changes: dict[int, Values]) -> str:
    """What was looked at, so that nothing else is changed with it."""
    return hashlib.sha256(
        repr(sorted((key, sorted(values.items())) for key, values in changes.items())).encode()
    ).hexdigest()


def _context(request: StaffRequest, form: SpellingForm, changes: dict[int, Values], note: NoteForm) -> dict[str, Any]:
    column = BY_KEY[form.cleaned_data["column"]]
    keys = sorted(changes)[:SHOWN]
    assets = Asset.objects.visible_to(request.user).select_related("department").in_bulk(keys)
    rows = [
        {"asset": assets[key], "old": getattr(assets[key], column.field), "new": changes[key][column.key]}
        for key in keys
        if key in assets
    ]
    return {
        "form": form,
        "column": column,
        "rows": rows,
        "count": len(changes),
        "more": len(changes) - len(rows),
        "at_once": may_align_at_once(changes, request.user),
        "note": note,
        "back": _list("places" if form.cleaned_data["word"] else "spelling"),
        "class_label": "",
    }


def _done(request: StaffRequest, form: SpellingForm, changes: dict[int, Values], reason: str) -> HttpResponse:
    back = _list("places" if form.cleaned_data["word"] else "spelling")
    try:
        made = align(changes, by=request.user, reason=reason)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(back)
    done = (
        said("申請しました。課長の確認と{secretariat}の審査のあとで変わります。") if made.proposed else "そろえました。"
    )
    messages.success(request, f"{len(changes):,}件を「{form.cleaned_data['target']}」に{done}")
    return redirect(back)


def _list(kind: str) -> str:
    return f"{reverse('assets:duplicates')}?kind={kind}"
