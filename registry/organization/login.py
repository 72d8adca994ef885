"""Logging in and out: history knows of both, and a name is compared folded so that a lock cannot be walked around."""

import unicodedata
from collections.abc import Callable
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy

from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.web.sessions import ENDED


def login_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name somebody tries to log in with, folded: 「ＴＡＸ」 and 「tax」 count against the same lock."""
    name = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    return unicodedata.normalize("NFKC", str(name)).casefold()


class LoginForm(AuthenticationForm):
    """One sentence for every failure: it tells nobody which names exist."""

    error_messages = {
        "invalid_login": "利用者IDかパスワードが違います。続けて5回まちがえると、15分間ログインできなくなります。",
        "inactive": "利用者IDかパスワードが違います。続けて5回まちがえると、15分間ログインできなくなります。",
    }


@in_turn()
def record_login(user: User) -> None:
    """History knows that this person came in."""
    record("person.logged-in", user, by=user, department_id=user.home_department_id())


class Login(LoginView):
    """Django's login, recorded."""

    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(ended=self.request.session.pop(ENDED, False), **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a part of a page that finds nobody signed in is told so (401), and the page itself decides."""
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        record_login(form.get_user())
        return response


class Logout(LogoutView):
    """Django's logout, recorded."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            with in_turn():
                user = request.user
                record("person.logged-out", user, by=user, department_id=user.home_department_id())
        return super().post(request, *args, **kwargs)


class PasswordChange(PasswordChangeView):
    """Django's password change, recorded; it also lifts 「次回ログイン時に変更」."""

    success_url = reverse_lazy("password_change_done")

    def form_valid(self, form: Any) -> HttpResponse:
        with in_turn():
            user = form.save()
            user.must_change_password = False
            user.save(update_fields=["must_change_password"])
            record("person.password-changed", user, by=user, department_id=user.home_department_id())
        return super().form_valid(form)


class PasswordFirst:
    """Who was given a temporary password sets their own before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        allowed = {reverse("password_change"), reverse("logout")}
        if isinstance(user, User) and user.must_change_password and request.path not in allowed:
            return redirect("password_change")
        return self.get_response(request)
