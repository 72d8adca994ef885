"""コメント: saying something about an asset to posts, withdrawing it, confirming that it was read."""

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from assets.access import may_comment
from assets.classification import class_label
from assets.commenting import confirm_read, say
from assets.commenting import withdraw as take_back
from assets.forms.commenting import CommentForm
from assets.models import Asset, Comment
from assets.views.finding import find_asset
from registry.base.verdict import Conflict
from registry.organization.requests import StaffRequest
from registry.web.views import command, form_page

DIGITS = re.compile("[0-9]{1,18}")


@form_page
def new(request: StaffRequest, pk: int) -> HttpResponse:
    """Comment on an asset, or answer a comment on it (`answers`)."""
    asset = find_asset(pk, for_user=request.user)
    may_comment(request.user, asset).require()
    answers = _answered(request, asset)
    form = CommentForm(request.POST or None, asset=asset, user=request.user, answers=answers)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            say(asset, facts["text"], to=facts["to"], answers=answers, token=facts["token"], by=request.user)
        except ValidationError as problem:
            form.add_error("to", problem)
        else:
            told = f"宛先の職({len(facts['to'])})のマイページに表示されます。" if facts["to"] else ""
            messages.success(request, f"コメントしました。{told}")
            return _to_talk(asset)
    label = class_label([asset.level_1] if asset.level_1 else [])
    return render(
        request, "assets/comment.html", {"form": form, "asset": asset, "answers": answers, "class_label": label}
    )


@command
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Withdraw one's own comment."""
    found = _found(request, pk)
    take_back(found, by=request.user)
    messages.success(request, "コメントを取り消しました。")
    return _to_talk(found.asset)


@command
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """確認した: the comment leaves マイページ of everybody who holds the same post."""
    found = _found(request, pk)
    settled = confirm_read(found, by=request.user)
    messages.success(request, "コメントを確認済みにしました。" if settled else "このコメントは、もう確認済みです。")
    return redirect("portal:home") if request.POST.get("from") == "home" else _to_talk(found.asset)


def _answered(request: StaffRequest, asset: Asset) -> Comment | None:
    """The comment of this asset that is to be answered; Conflict when it can no longer be answered."""
    key = request.POST.get("answers") or request.GET.get("answers", "")
    if not key:
        return None
    found = asset.comments.filter(withdrawn_at__isnull=True).select_related("author")
    comment = found.filter(pk=int(key)).first() if DIGITS.fullmatch(key) else None
    if comment is None:
        raise Conflict("返事をしようとしたコメントは、取り消されたか、ありません。")
    return comment


def _found(request: StaffRequest, pk: int) -> Comment:
    return get_object_or_404(Comment.objects.visible_to(request.user).select_related("asset"), pk=pk)


def _to_talk(asset: Asset) -> HttpResponse:
    return redirect(f"{asset.get_absolute_url()}#talk")
