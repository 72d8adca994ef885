"""How long a login lasts: an idle limit and an absolute one, without writing the session on every request."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

SECONDS_BETWEEN_NOTES = 60
STARTED, SEEN = "session_started", "session_seen"


class SessionLimits:
    """Ends a session that was idle too long or is too old, and says so on the login page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = time.time()
        if not request.user.is_authenticated:
            response = self.get_response(request)
            if request.user.is_authenticated:
                request.session[STARTED] = request.session[SEEN] = now
            return response
        started = request.session.setdefault(STARTED, now)
        seen = request.session.get(SEEN, now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_ABSOLUTE_SECONDS:
            logout(request)
            request.session["ended"] = True
            return redirect(settings.LOGIN_URL)
        if now - seen > SECONDS_BETWEEN_NOTES or SEEN not in request.session:
            request.session[SEEN] = now
        return self.get_response(request)
