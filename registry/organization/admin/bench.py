"""What every table on the bench has in common: who may open it, no deleting, acts that ask once, one history."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from registry.base.verdict import Conflict
from registry.history.turn import in_turn
from registry.organization.access import may_manage_organization
from registry.organization.models import User

NAMES_SHOWN = 30


class Question:
    """What is asked before an act on the selected rows: the words of the page and, where needed, a form."""

    def __init__(self, action: str, text: str, button: str, form: forms.Form | None = None) -> None:
        self.action, self.text, self.button, self.form = action, text, button, form


class BenchAdmin(admin.ModelAdmin):
    """A table that those who manage the organisation may open; saving goes through acts, deleting does not exist.

    `readonly` tables set may_add = may_change = False.
    """

    may_add = True
    may_change = True
    show_full_result_count = False
    list_per_page = 50
    empty_value_display = "—"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _manages(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _manages(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and _manages(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and _manages(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No address may ask about passwords, not even about how their hashes begin."""
        return "password" not in lookup and super().lookup_allowed(lookup, value, request)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The acts write our own history; Django's log of the admin stays empty."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See log_addition."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history of one thing is the history of the registry, narrowed to it."""
        if not (object_id.isascii() and object_id.isdecimal()):
            raise Http404
        kind = getattr(self.model, "history_kind", "")
        return redirect(f"{reverse('admin:history_entry_changelist')}?kind={kind}&subject_id={int(object_id)}")

    def ask(self, request: HttpRequest, rows: QuerySet[Any], question: Question) -> TemplateResponse:
        """The page that says what will happen, in numbers, before it does."""
        context = {
            **self.admin_site.each_context(request),
            "title": question.text,
            "opts": self.opts,
            "question": question,
            "keys": [str(key) for key in rows.values_list("pk", flat=True)],
            "names": [str(row) for row in rows[:NAMES_SHOWN]],
            "more": max(rows.count() - NAMES_SHOWN, 0),
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "organization/admin_confirm.html", context)

    def carry_out(self, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], done: str) -> None:
        """Do the act to every row or to none, and say what was done or what stood in the way."""
        try:
            with in_turn():
                for row in rows:
                    act(row)
        except (ValidationError, PermissionDenied, Conflict) as refused:
            for reason in reasons(refused):
                self.message_user(request, reason, messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)


def confirmed(request: HttpRequest) -> bool:
    """Was this asked already, and answered with yes?"""
    return request.POST.get("confirmed") == "1"


def acting(request: HttpRequest) -> User:
    """The person behind the request, for whom acts are recorded."""
    if not isinstance(request.user, User):
        raise PermissionDenied("ログインしてください。")
    return request.user


def reasons(refused: Exception) -> list[str]:
    """The sentences of a refusal."""
    return refused.messages if isinstance(refused, ValidationError) else [str(refused)]


def alive(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the dated rows that exist today or later."""
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate()))


class StandingFilter(admin.SimpleListFilter):
    """現在・予定・終了: how a dated row stands to today."""

    title = "期間"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("current", "現在"), ("coming", "予定"), ("past", "終了・廃止")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        today = timezone.localdate()
        if self.value() == "current":
            return alive(queryset).filter(valid_from__lte=today)
        if self.value() == "coming":
            return queryset.filter(valid_from__gt=today)
        return queryset.filter(valid_until__lt=today) if self.value() == "past" else queryset


def _manages(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and may_manage_organization(request.user)
