"""What every table on the bench has in common: who may open it, saving through acts, acts that ask once, one history."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied, ValidationError
from django.db.models import DateField, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from registry.base.verdict import Conflict
from registry.history.turn import in_turn
from registry.organization.access import may_manage_organization
from registry.organization.admin.forms import BenchForm, Picker, Refusal, is_key
from registry.organization.admin.lists import EMPTY
from registry.organization.models import User
from registry.organization.site import label_of

NAMES_SHOWN = 30
NEVER_ASKED = frozenset({"password", "range", "regex", "iregex"})
DAYS: dict[Any, Any] = {DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}}


class Question:
    """What is asked before an act on the selected rows: the words of the page and, where needed, a form.

    An act that stops or ends something has a red button.
    """

    def __init__(
        self, action: str, text: str, button: str, form: forms.Form | None = None, *, ends: bool = False
    ) -> None:
        self.action, self.text, self.button, self.form = action, text, button, form
        self.kind = "danger" if ends else "primary"


class BenchAdmin(admin.ModelAdmin):
    """A table that those who manage the organisation may open; saving goes through acts, deleting does not exist.

    `readonly` tables set may_add = may_change = False.
    """

    form = BenchForm
    may_add = True
    may_change = True
    change_list_template = "organization/admin_list.html"
    change_form_template = "organization/admin_form.html"
    formfield_overrides = DAYS
    show_full_result_count = False
    list_per_page = 50
    empty_value_display = EMPTY

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
        """An address asks about the table's own columns, and further on only where the table filters.

        Never about rows that point at it (the ledger's do), about passwords (not even how their hashes begin), or in
        ways that no database answers when the value is none.
        """
        parts = lookup.split(LOOKUP_SEP)
        if NEVER_ASKED.intersection(parts) or not self._is_own(parts[0]):
            return False
        return super().lookup_allowed(lookup, value, request)

    def _is_own(self, name: str) -> bool:
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:  # a filter of ours, or nothing at all
            return True
        return bool(field.concrete) and not field.many_to_many

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The rows of a list, as its address asks for them."""
        try:
            rows: Any = super().get_changelist_instance(request)
        except ValueError as nonsense:
            raise BadRequest("no column holds such a value") from nonsense
        rows.title = f"{self.opts.verbose_name_plural}の一覧"
        return rows

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *where: Any) -> HttpResponse | None:
        """Rows are selected by their keys."""
        if not all(map(is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise BadRequest("no row has such a key")
        return super().response_action(request, queryset, *where)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Picker(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return super().get_object(request, object_id, from_field or None)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = request.__dict__.get("refusal")
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """What is typed is checked and saved in one turn. When an act refuses, nothing stays, and the form says why."""
        act = "追加する" if object_id is None else "変える" if self.has_change_permission(request) else "見る"
        words = {"title": f"{self.opts.verbose_name}を{act}", "has_history": hasattr(self.model, "history_kind")}
        extra_context = {**words, **(extra_context or {})}
        if request.method == "POST":
            try:
                with in_turn():
                    return super().changeform_view(request, object_id, form_url, extra_context)
            except Refusal as refused:
                request.__dict__["refusal"] = refused
            except (ValidationError, PermissionDenied, Conflict) as refused:
                request.__dict__["refusal"] = Refusal(reasons(refused))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The acts write our own history; Django's log of the admin stays empty."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See log_addition."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history of one thing is the history of the registry, narrowed to it."""
        if not is_key(object_id):
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
            "names": [label_of(row) for row in rows[:NAMES_SHOWN]],
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


def _manages(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and bool(may_manage_organization(request.user))
