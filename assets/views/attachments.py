"""添付: attaching files as evidence, opening them, taking them off, putting them back."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from assets.access import may_attach, may_open
from assets.attaching import attach_received, note_damage, put_back, same
from assets.attaching import remove as take_off
from assets.classification import class_label
from assets.forms.attaching import AttachForm, RemoveForm
from assets.models import Asset, Attachment
from assets.readings import note_opening
from assets.views.finding import find_asset
from registry.files.kinds import KINDS
from registry.files.storing import Damaged, content, receive_all
from registry.organization.models import User
from registry.organization.requests import StaffRequest
from registry.web.downloads import file_answer
from registry.web.views import afterwards, command, form_page, page, upload_page


@upload_page
def new(request: StaffRequest, pk: int) -> HttpResponse:
    """Attach files: those that pass the check are attached, the others are named with the reason."""
    asset = find_asset(pk, for_user=request.user)
    may_attach(request.user, asset).require()
    initial = {"kind": request.GET.get("kind", "")}
    form = AttachForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        received, refused = receive_all(form.cleaned_data["uploads"])
        try:
            facts = {"kind": form.cleaned_data["kind"], "note": form.cleaned_data["note"]}
            done = attach_received(asset, received, by=request.user, **facts)
        except ValidationError as problem:
            form.add_error("uploads", problem)
        else:
            attached = {attachment.file.sha256 for attachment in done}
            refused += [same(file) for file in received if file.sha256 not in attached]
            if done:
                return _attached(request, asset, done, refused)
            form.add_error("uploads", refused)
    return render(request, "assets/attach.html", {"form": form, **_about(asset)})


@page
def download(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The file, always as a download; that it was opened is recorded. A file that has changed is not given out."""
    found = _found(request.user, pk)
    may_open(request.user, found).require()
    try:
        data = content(found.file)
    except Damaged as damaged:
        problem = damaged.problem
        afterwards(request, lambda: note_damage(found, problem, by=request.user))
        context = {"attachment": found, "problem": problem.label, **_about(found.asset)}
        return render(request, "assets/attachment_damaged.html", context, status=409)
    afterwards(request, lambda: note_opening(found, by=request.user))
    return file_answer(BytesIO(data), found.file.name, KINDS[found.file.kind].content_type)


@form_page
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a file off, with a reason; file and history stay."""
    found = _found(request.user, pk)
    may_attach(request.user, found.asset).require()
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_off(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"「{found}」を取り外しました。「取り外したファイル」から元に戻せます。")
        return _to_evidence(found.asset)
    return render(request, "assets/attachment_remove.html", {"form": form, "attachment": found, **_about(found.asset)})


@command
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Put back what was taken off."""
    found = _found(request.user, pk)
    try:
        put_back(found, by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, f"「{found}」を元に戻しました。")
    return _to_evidence(found.asset)


def _attached(request: StaffRequest, asset: Asset, done: list[Attachment], refused: list[str]) -> HttpResponse:
    messages.success(request, f"{len(done)}個のファイルを添付しました。")
    for sentence in refused:
        messages.error(request, sentence)
    return _to_evidence(asset)


def _found(user: User, pk: int) -> Attachment:
    visible = Attachment.objects.visible_to(user).select_related("file", "asset__department", "asset__level_1__axis")
    return get_object_or_404(visible, pk=pk)


def _about(asset: Asset) -> dict[str, Any]:
    return {"asset": asset, "class_label": class_label([asset.level_1] if asset.level_1 else [])}


def _to_evidence(asset: Asset) -> HttpResponse:
    return redirect(f"{asset.get_absolute_url()}#evidence")
