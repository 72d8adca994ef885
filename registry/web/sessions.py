"""How long a login lasts: an idle limit and an absolute one. What was sent too late is kept for who sent it."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

SECONDS_BETWEEN_NOTES = 60
STARTED, SEEN, ENDED, KEPT = "session_started", "session_seen", "ended", "kept"
MOST_KEPT = 200_000  # characters
KEPT_OF = ("form_page", "command")


class SessionLimits:
    """Ends a session that was idle too long or is too old, and says so on the login page.

    A part of a page is only told so (401): what was typed around it is still to be sent, and kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.time()
        if not request.user.is_authenticated:
            response = self.get_response(request)
            if request.user.is_authenticated:
                request.session[STARTED] = request.session[SEEN] = now
                if kept_for(request) is None:
                    request.session.pop(KEPT, None)
            return response
        started = request.session.setdefault(STARTED, now)
        seen = request.session.get(SEEN, now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_ABSOLUTE_SECONDS:
            return HttpResponse(status=401) if request.headers.get("HX-Request") else _ended(request)
        if now - seen > SECONDS_BETWEEN_NOTES or SEEN not in request.session:
            request.session[SEEN] = now
        response = self.get_response(request)
        if request.method == "POST" and (kept := kept_for(request)) and kept["path"] == request.path:
            let_go(request)  # sent again, whatever the answer was: the page of the answer shows it
        return response


def seconds_left(request: HttpRequest) -> dict[str, int]:
    """How long this login lasts without another request (idle), and at the very most (whole); both in seconds."""
    age = time.time() - request.session.get(STARTED, time.time())
    return {"idle": settings.SESSION_IDLE_SECONDS, "whole": max(0, int(settings.SESSION_ABSOLUTE_SECONDS - age))}


def kept_for(request: HttpRequest) -> dict[str, Any] | None:
    """What this person sent after their login had ended: its path, the kind of its view and what was in it."""
    kept = request.session.get(KEPT)
    if not kept or kept["user"] != request.user.pk:
        return None
    return {**kept, "data": QueryDict(kept["data"])}


def let_go(request: HttpRequest) -> None:
    """Forget what was kept: it was sent again, or is not wanted any more."""
    request.session.pop(KEPT, None)


def _ended(request: HttpRequest) -> HttpResponse:
    kept = _to_keep(request)
    logout(request)
    request.session[ENDED] = True
    goes_on = request.get_full_path() if request.method == "GET" else ""
    if kept:
        request.session[KEPT] = kept
        goes_on = reverse(settings.SESSION_KEPT_URL)
    return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': goes_on})}" if goes_on else settings.LOGIN_URL)


def _to_keep(request: HttpRequest) -> dict[str, Any] | None:
    """What was sent, if it is a form of ours, came from our own page and is not a file."""
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return None
    kind = getattr(found.func, "kind", "")
    if request.method != "POST" or kind not in KEPT_OF or request.FILES:
        return None
    if CsrfViewMiddleware(lambda _: HttpResponse()).process_view(request, found.func, (), {}) is not None:
        return None
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    data = sent.urlencode()
    if not data or len(data) > MOST_KEPT:
        return None
    return {"user": request.user.pk, "path": request.path, "kind": kind, "data": data}
