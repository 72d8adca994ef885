"""Before there is a body every address leads to the first settings; once there is one, those do not exist."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from registry.organization.vocabulary import body_or_none

FIRST_RUN = "portal:first-run"


class FirstRunFirst:
    """Stands before the login: nobody can log in where nothing is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        open_ones = (reverse(FIRST_RUN), reverse("portal:health"))
        if not request.path.startswith(open_ones) and body_or_none() is None:
            return redirect(FIRST_RUN)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """The addresses of the first settings are gone with them, in whatever way they are asked for."""
        found = request.resolver_match
        if found and found.view_name.startswith(FIRST_RUN) and body_or_none() is not None:
            raise Http404
