"""Assets like the one that is being entered: beside the form, and as the answer to a name that is typed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assets.access import may_take
from assets.duplicates import doubles_of, similar
from assets.forms.asset import AssetForm
from assets.models import Asset, Proposal
from assets.states import WITHDRAW, Kind
from assets.values import as_proposed
from assets.workflow import withdraw
from registry.organization.models import User
from registry.organization.requests import StaffRequest
from registry.organization.vocabulary import said
from registry.web.views import command, page


def likeness_of(form: AssetForm, asset: Asset, proposal: Proposal | None, *, asked: bool, by: User) -> dict[str, Any]:
    """What the form shows about assets like the one on it: those found, and whether 「別のものです」 is to be ticked."""
    name, place = str(form["name"].value() or ""), _whole(str(form["section"].value() or ""))
    entering = proposal is None or proposal.kind == Kind.NEW
    look = asked or (bool(form.data or proposal) and entering and not asset.number)
    typed = as_proposed(asset, {"name": name, "section": place})
    return {
        "found": similar(name, by=by, department_id=place, besides=asset.pk) if look else [],
        "asked": asked,
        "doubles": list(doubles_of(typed).visible_to(by)) if look and place else [],
        "given_up": proposal.pk if proposal and proposal.kind == Kind.NEW else None,
    }


@page
def found(request: StaffRequest) -> HttpResponse:
    """The answer to a name that is typed: part of the form's page."""
    key, place = _whole(request.GET.get("proposal", "")), _whole(request.GET.get("section", ""))
    proposal = Proposal.objects.visible_to(request.user).filter(pk=key or 0, kind=Kind.NEW).first()
    context = {
        "found": similar(
            request.GET.get("name", "")[:200],
            by=request.user,
            department_id=place,
            besides=proposal.asset_id if proposal else None,
        ),
        "asked": True,
        "given_up": proposal.pk if proposal and may_take(request.user, proposal, WITHDRAW) else None,
    }
    return render(request, "assets/partials/similar.html", context)


@command
def use_instead(request: StaffRequest, pk: int) -> HttpResponse:
    """「この情報資産を使う」: give the draft up and go to the asset that is there already."""
    proposal = get_object_or_404(Proposal.objects.visible_to(request.user).filter(kind=Kind.NEW), pk=pk)
    may_take(request.user, proposal, WITHDRAW).require()
    key = _whole(request.POST.get("asset", ""))
    instead = Asset.objects.visible_to(request.user).filter(pk=key or 0).first()
    if instead is None:
        messages.error(request, said("使う{asset}が見つかりません。もう一度選んでください。"))
        return redirect(proposal.asset)
    own = instead.department_id == proposal.asset.department_id
    named = f"すでにある「{instead}」" if own else said("ほかの{section}にある{asset}")
    withdraw(proposal, by=request.user, note=f"{named}を使うため")
    messages.success(request, f"「{proposal.asset}」の登録を取り下げました。「{instead}」を使ってください。")
    return redirect(instead)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
