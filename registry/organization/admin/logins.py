"""Failed logins and the locks they make, on the bench. The table is that of django-axes, which names it in English only."""

from copy import copy
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from registry.organization import people
from registry.organization.admin.bench import BenchAdmin, Question, acting, confirmed
from registry.organization.admin.lists import column, in_words, titled
from registry.organization.site import site

NAME = "ログイン失敗の記録"
USERNAME, ADDRESS = column("username", "入力された利用者ID"), column("ip_address", "IPアドレス")
FAILURES, TIME = column("failures_since_start", "失敗した回数"), column("attempt_time", "日時")
BROWSER = column("user_agent", "ブラウザー")


def who_and_when(attempt: AccessAttempt) -> str:
    """One record: who was tried, when."""
    return f"{attempt.username or '(空欄)'}、{in_words(attempt.attempt_time)}"


apps.get_app_config("axes").verbose_name = "ログイン"
AccessAttempt.__str__ = who_and_when


@admin.register(AccessAttempt, site=site)
class AccessAttemptAdmin(BenchAdmin):
    may_add = may_change = False
    list_display = (USERNAME, ADDRESS, FAILURES, TIME)
    search_fields = ("username", "ip_address")
    list_filter = (titled("attempt_time", "日時", admin.DateFieldListFilter),)
    date_hierarchy = "attempt_time"
    ordering = ("-attempt_time",)
    actions = ("unlock_selected",)

    def __init__(self, model: type[AccessAttempt], admin_site: Any) -> None:
        super().__init__(model, admin_site)
        self.opts = copy(self.opts)
        self.opts.verbose_name = self.opts.verbose_name_plural = NAME

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return (USERNAME, ADDRESS, FAILURES, TIME, BROWSER)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        rows = super().get_changelist_instance(request)
        rows.opts = self.opts
        return rows

    @admin.action(description="選んだ記録のロックを解除する")
    def unlock_selected(self, request: HttpRequest, queryset: QuerySet[AccessAttempt]) -> HttpResponse | None:
        if not confirmed(request):
            text = f"選んだ{queryset.count()}件のロックを解除します。すぐにログインできるようになります。"
            return self.ask(request, queryset, Question("unlock_selected", text, "解除する"))
        count = people.unlock(queryset, by=acting(request))
        self.message_user(request, f"{count}件のロックを解除しました。")
        return None
