"""The bench of the 事務局: Django's admin with our door, our login and names that tell posts apart."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from registry.organization.access import may_manage_organization
from registry.organization.login import Logout
from registry.organization.models import Post, User
from registry.organization.vocabulary import said, said_later

ORDER = ("organization", "assets")


def label_of(thing: Any) -> str:
    """What a picker calls a thing: a post with its department, everything else by its own name."""
    return f"{thing.department.full_name} {thing.title}" if isinstance(thing, Post) else str(thing)


class Choices(AutocompleteJsonView):
    """Answers a picker."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": label_of(obj)}


class Bench(AdminSite):
    """Open to those who manage the organisation; everything inside asks again."""

    site_header = said_later("{ledger} {secretariat}")
    site_title = said_later("{ledger} {secretariat}")
    index_title = "管理"
    index_template = "organization/admin_index.html"
    site_url = "/"
    app_index_template = index_template
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and bool(may_manage_organization(request.user))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page of the bench; what no column holds (a number or date too large, say) is answered with 400."""

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return view(request, *args, **kwargs)
            except (OverflowError, DataError, IncorrectLookupParameters) as beyond:
                raise BadRequest("no column holds such a value") from beyond

        return super().admin_view(answered, cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Our login page; who is signed in and still not allowed is told why."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(said("管理を開けるのは{secretariat}とシステム管理者だけです。"))
        inside = reverse("admin:index", current_app=self.name)
        following = request.GET.get("next", inside)
        if not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
            following = inside
        return redirect(following) if request.user.is_authenticated else redirect_to_login(following)

    def get_urls(self) -> list[Any]:
        """Without Django's shortcut 「サイト上で表示」: it tells which rows of any table exist."""
        return [found for found in super().get_urls() if getattr(found, "name", "") != "view_on_site"]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Django's list in the order of our work, with Japanese names for the one table that is not ours."""
        found: list[dict[str, Any]] = super().get_app_list(request, app_label)
        apps = sorted(found, key=lambda app: (*ORDER, app["app_label"]).index(app["app_label"]))
        for app in apps:
            if app["app_label"] == "axes":
                app["name"] = "ログイン"
                for model in app["models"]:
                    model["name"] = "ログイン失敗の記録"
        return apps

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return Logout.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("password_change"))

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Choices.as_view(admin_site=self)(request)


site = Bench(name="admin")
