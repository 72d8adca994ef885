"""The time of a login: going on with it, and what was sent after it had ended."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from registry.organization.requests import StaffRequest
from registry.web.sessions import kept_for, let_go, seconds_left
from registry.web.views import command, form_page

WORDS = ("name", "note", "reason")


@command
def go_on(request: StaffRequest) -> HttpResponse:
    """The person is still here (typing, or said so): the idle time begins anew. Answers with the seconds left."""
    return JsonResponse(seconds_left(request))


@form_page
def kept(request: StaffRequest) -> HttpResponse:
    """What was sent too late: send it again as it was, or let it go."""
    found = kept_for(request)
    if request.method == "POST":
        let_go(request)
        messages.info(request, "保存されていなかった内容を破棄しました。")
        return redirect("portal:home")
    if found is None:
        return redirect("portal:home")
    data = found["data"]
    context = {
        "again": found["path"] if found["kind"] == "form_page" else "",
        "sent": [(name, value) for name, values in data.lists() for value in values],
        "words": [data[name] for name in WORDS if data.get(name)],
    }
    return render(request, "portal/kept.html", context)
