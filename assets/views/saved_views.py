"""保存した表示: ways to look at the ledger, kept for oneself, one's 課 or everybody."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assets.access import may_change_view
from assets.classification import schemes_of_today
from assets.forms.views import NewViewForm, ViewForm
from assets.ledger.listing import Listing
from assets.models import SavedView, ViewScope
from assets.saved_views import change_view, delete_view, kept_part, overwrite_view, restore_view, save_view
from registry.organization.requests import StaffRequest
from registry.organization.vocabulary import said
from registry.web.views import command, form_page, page


@page
def index(request: StaffRequest) -> HttpResponse:
    """All views this person is offered, with what each shows; and those deleted lately."""
    views = SavedView.objects.visible_to(request.user).with_makers()
    context = {
        "views": [_shown(request, view) for view in views.kept().offered()],
        "deleted": [
            {"pk": view.pk, "name": view.name, "place": view.place, "when": view.deleted_at}
            for view in views.deleted().offered()
            if may_change_view(request.user, view)
        ],
    }
    return render(request, "assets/views/index.html", context)


@form_page
def new(request: StaffRequest) -> HttpResponse:
    """Keep the list as the address has it."""
    query = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    form = NewViewForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        named = form.cleaned_data
        try:
            view = save_view(named["name"], query, by=request.user, default=named["default"], **form.sharing())
        except ValidationError as problem:
            form.add_error("name", problem)
        else:
            messages.success(request, f"「{view.name}」を保存しました。")
            return redirect(view)
    context = {"form": form, "query": query.urlencode(), "back_url": _list_of(query), **_words(request, query)}
    return render(request, "assets/views/new.html", context)


@form_page
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a view another name, or make it what one sees first."""
    view = _found(request, pk)
    may_change_view(request.user, view).require()
    initial = {"name": view.name, "default": view.is_default}
    form = ViewForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        named = form.cleaned_data
        try:
            view = change_view(view, by=request.user, name=named["name"], default=named["default"])
        except ValidationError as problem:
            form.add_error("name", problem)
        else:
            messages.success(request, f"「{view.name}」を変えました。")
            return redirect("assets:views")
    return render(request, "assets/views/edit.html", {"form": form, "view": view, **_words(request, view.asks)})


@command
def overwrite(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a view show what the posted address shows."""
    try:
        view = overwrite_view(_found(request, pk), QueryDict(request.POST.get("query", "")), by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("assets:views")
    messages.success(request, f"「{view.name}」を、いまの条件・列・並び順にしました。")
    return redirect(view)


@command
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a view away; the page says how it comes back."""
    view = delete_view(_found(request, pk), by=request.user)
    messages.success(request, f"「{view.name}」を削除しました。30日以内なら、下の「削除した表示」から元に戻せます。")
    return redirect("assets:views")


@command
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a deleted view back."""
    found = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    try:
        view = restore_view(found, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, f"「{view.name}」を元に戻しました。")
    return redirect("assets:views")


def _found(request: StaffRequest, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.visible_to(request.user).kept().with_makers(), pk=pk)


def _shown(request: StaffRequest, view: SavedView) -> dict[str, Any]:
    verdict = may_change_view(request.user, view)
    return {
        "pk": view.pk,
        "name": view.name,
        "url": view.get_absolute_url(),
        "place": view.place,
        "maker": view.owner.name,
        "left": view.scope == ViewScope.DEPARTMENT and not view.maker_here,
        "default": view.is_default,
        "may_change": bool(verdict),
        "reason": verdict.reason,
        **_words(request, view.asks),
    }


def _words(request: StaffRequest, query: QueryDict) -> dict[str, Any]:
    """What an address asks of the ledger, in words, and what of it cannot be had any more."""
    listing = Listing(request.user, query, schemes_of_today())
    facts = [
        ("条件", "、".join(text for _, _, text in listing.filter.in_words()) or said("なし(すべての{asset})")),
        ("列", "、".join(listing.header(column) for column in listing.columns)),
        ("並び順", said(listing.sorts[listing.sort][0])),
        ("まとめ方", f"{listing.groupings[listing.group]}ごと" if listing.group else "まとめない"),
    ]
    return {"facts": [{"label": label, "value": value} for label, value in facts], "problems": listing.problems()}


def _list_of(query: QueryDict) -> str:
    """The list as it was when one came from it."""
    kept = kept_part(query)
    view = query.get("view", "")
    return f"{reverse('assets:index')}?view={view if view.isdecimal() else ''}" + (f"&{kept}" if kept else "")
