"""History on the bench: to be read, never to be changed, and no way around the ledger's door."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from registry.history.models import ACT_LABELS, Entry
from registry.organization.access import entries_visible_to
from registry.organization.admin.bench import BenchAdmin, acting
from registry.organization.admin.lists import column, day_in_words
from registry.organization.models import User
from registry.organization.site import site
from registry.organization.vocabulary import said_later, word

AT = column("at", "日時")
KINDS = {
    "body": "団体",
    "organ": said_later("{organ}"),
    "department": "組織",
    "post": "職",
    "person": "利用者",
    "preset": "団体の設定の確認",
    "first-run": "最初の設定",
    "organization-list": "組織一覧の取込",
    "scheme": "分類体系",
    "column": "独自項目",
    "file": "保管ファイル",
}


def entries_on_the_bench(user: User) -> QuerySet[Entry]:
    """What this person may read here: the departments open to them, and acts on the organisation itself.

    The administrator reads every act on organisation and people, but of the ledger only what their posts open.
    """
    own = entries_visible_to(user)
    of_organization = Entry.objects.filter(kind__in=KINDS)
    return own | (of_organization if user.is_superuser else of_organization.filter(department__isnull=True))


class ActFilter(admin.SimpleListFilter):
    """操作, from the table of acts."""

    title = "操作"
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(ACT_LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(act=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    """対象の種類."""

    title = "対象"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*KINDS.items(), ("asset", word("asset")), ("import", "台帳の取込"), ("export", "台帳の出力")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Entry, site=site)
class EntryAdmin(BenchAdmin):
    may_add = may_change = False
    list_display = ("sequence", AT, "act_words", "subject_label", "actor_label", "department")
    list_filter = (ActFilter, KindFilter)
    list_select_related = ("department",)
    search_fields = ("subject_label", "actor_label", "note")
    date_hierarchy = "at"
    ordering = ("-sequence",)
    actions = None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        who = ("subject_label", "actor_label", "post_label", "department")
        return ("sequence", AT, "act_words", *who, "change_words", "note", "operation", "hash")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return entries_on_the_bench(acting(request))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """An entry has no history of its own."""
        return self.changelist_view(request)

    @admin.display(description="操作", ordering="act")
    def act_words(self, entry: Entry) -> str:
        return entry.act_label

    @admin.display(description="変更")
    def change_words(self, entry: Entry) -> SafeString | str:
        return format_html_join(
            "",
            "<div>{}: {} → {}</div>",
            ((a, *(day_in_words(str(value)) or "(空欄)" for value in change)) for a, *change in entry.changes),
        )
