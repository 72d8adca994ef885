"""Reorganisations and who succeeds whom on the bench: to look up, never to change there."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from registry.organization.access import reorganizations_visible_to
from registry.organization.admin.bench import BenchAdmin, acting
from registry.organization.admin.lists import column
from registry.organization.models import Reorganization, Succession
from registry.organization.site import site
from registry.organization.vocabulary import said_later

PLANNED, APPLIED, UNDONE = (
    column("planned_at", "作成日時"),
    column("applied_at", "反映日時"),
    column("undone_at", "元に戻した日時"),
)


PRINCIPAL = column("principal", said_later("職と{asset}を引き継いだ"))


@admin.register(Reorganization, site=site)
class ReorganizationAdmin(BenchAdmin):
    may_add = may_change = False
    list_display = ("title", "organ", "effective_on", "stage", "planned_by", APPLIED)
    list_filter = ("organ", "stage")
    list_select_related = ("organ", "planned_by")
    search_fields = ("title", "filename")
    date_hierarchy = "effective_on"
    ordering = ("-effective_on", "-pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        seen = ("title", "organ", "effective_on", "stage", "filename", "sha256", "planned_by", PLANNED)
        return (*seen, "reason", "summary", "held", "scheduled_by", "applied_by", APPLIED, "undone_by", UNDONE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reorganization]:
        visible = reorganizations_visible_to(acting(request))
        return super().get_queryset(request).defer("done").filter(pk__in=visible.values("pk"))


@admin.register(Succession, site=site)
class SuccessionAdmin(BenchAdmin):
    may_add = may_change = False
    list_display = ("before", "after", "on", PRINCIPAL, "reorganization")
    list_filter = ("before__organ",)
    list_select_related = ("before", "after", "reorganization")
    search_fields = ("before__full_name", "after__full_name", "before__code", "after__code")
    date_hierarchy = "on"
    ordering = ("-on", "before__path")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return ("before", "after", "on", PRINCIPAL, "reorganization")
