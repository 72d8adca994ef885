"""The shell around every page: the body's name, the person and their post, and what they may open."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from assets.access import may_decide
from assets.models import Proposal
from registry.history.models import Head
from registry.organization.access import holds_anywhere, may_manage_organization
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import body_or_none
from registry.web.sessions import seconds_left

DEMO = "デモ環境です。入力した内容は本物の台帳ではありません。"


def shell(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs on every page; nobody sees an entry they may not open. Read only where a page shows it."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "body_name": body_or_none() or "",
        "demo_label": DEMO if settings.DEMO else "",
        "person_name": "",
        "person_post": "",
        "navigation": [],
        "may_search": False,
        "class_label": "",
        "login_time": None,
    }
    if isinstance(user, User):
        context.update(
            person_name=user.name,
            person_post=SimpleLazyObject(user.post_label),
            navigation=SimpleLazyObject(lambda: _entries(request, user)),
            may_search=SimpleLazyObject(lambda: holds_anywhere(user, Permission.VIEW_ASSETS)),
            login_time=seconds_left(request),
        )
    return context


def _entries(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    entries = [_entry(request, "マイページ", reverse("portal:home"))]
    if holds_anywhere(user, Permission.VIEW_ASSETS):
        entries.append(
            _entry(
                request,
                "台帳",
                reverse("assets:index"),
                beside=("/assets/reviews/", "/assets/proposals/", "/assets/imports/"),
            )
        )
    if may_decide(user):
        deciding = ("/assets/proposals/",)
        entries.append(_entry(request, "審査", reverse("assets:reviews"), _waiting(user), also=deciding))
    if holds_anywhere(user, Permission.EDIT_ASSETS):
        entries.append(_entry(request, "取込", reverse("assets:imports")))
    if user.appointments_today or user.is_superuser:
        changing = ("/reorganizations/",)
        entries.append(_entry(request, "組織と職", reverse("organization:index"), also=changing))
    if holds_anywhere(user, Permission.VIEW_HISTORY):
        entries.append(_entry(request, "履歴", reverse("portal:history")))
    if may_manage_organization(user):
        entries.append(_entry(request, "管理", reverse("admin:index")))
    return entries


def _entry(
    request: HttpRequest,
    label: str,
    url: str,
    count: int | None = None,
    *,
    also: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
) -> dict[str, Any]:
    """An entry of the menu; it is the current one below its address and below `also`, but not below `beside`."""
    inside = request.path == url or (url != "/" and request.path.startswith((url, *also)))
    elsewhere = request.path.startswith(beside)
    return {"label": label, "url": url, "current": inside and not elsewhere, "count": count}


def _waiting(user: User) -> int:
    """How many proposals this person can decide now; kept until anything at all changes in the registry."""
    state = Head.objects.values_list("hash", flat=True).get(pk=1)
    key = f"waiting:{user.pk}:{timezone.localdate()}:{state}"
    return int(cache.get_or_set(key, Proposal.objects.waiting_for(user).count, 600) or 0)
