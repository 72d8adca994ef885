"""Organs, departments and taken-over lists on the bench."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm
from import_export.resources import ModelResource

from registry.organization import structure
from registry.organization.admin.bench import BenchAdmin, Question, acting, confirmed
from registry.organization.admin.forms import BenchForm
from registry.organization.admin.lists import StandingFilter, alive, column, titled
from registry.organization.forms import LastDayForm
from registry.organization.models import Department, ListImport, Organ
from registry.organization.site import site
from registry.organization.vocabulary import said, said_later, word


@admin.register(Organ, site=site)
class OrganAdmin(BenchAdmin):
    list_display = ("name", "head_title", column("autonomous", "自律機関"), "position")
    list_filter = (titled("autonomous", "自律機関"),)
    search_fields = ("name", "code")
    fields = ("name", "head_title", "autonomous", "position")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else ("code", *self.fields)

    def save_model(self, request: HttpRequest, obj: Organ, form: Any, change: bool) -> None:
        if change:
            structure.change_organ(obj, form.changes(), by=acting(request))
        else:
            structure.create_organ(obj, by=acting(request))


class DepartmentResource(ModelResource):
    """The columns of the list of departments as it goes out; nothing comes in this way."""

    organ = Field("organ__name", said_later("{organ}"))
    code = Field("code", "所属コード")
    full_name = Field("full_name", "所属名称")
    kind = Field("kind", "機構分類名称")
    telephone = Field("telephone", "電話番号")
    excluded = Field("excluded", said_later("{out_of_scope}の理由"))
    valid_from = Field("valid_from", "設置日")
    valid_until = Field("valid_until", "廃止日")

    class Meta:
        model = Department
        fields = ("organ", "code", "full_name", "kind", "telephone", "excluded", "valid_from", "valid_until")


class UnitKindFilter(admin.SimpleListFilter):
    """機構分類, those that are in use."""

    title = "機構分類"
    parameter_name = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = Department.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, kind) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Department]) -> QuerySet[Department]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class DepartmentForm(BenchForm):
    """A department to be added, or what may be changed of one in place."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if problem := structure.problem_with_code(cleaned.get("code", ""), but=self.instance.pk):
            self.add_error("code", problem)
        parent, since = cleaned.get("parent"), cleaned.get("valid_from")
        if parent and cleaned.get("organ") and parent.organ_id != cleaned["organ"].pk:
            self.add_error("parent", said("上位は、同じ{organ}の組織から選んでください。"))
        if parent and since and not parent.exists_on(since):
            self.add_error("parent", f"「{parent}」は設置日に存在しません。設置日か上位を選び直してください。")
        return cleaned


@admin.register(Department, site=site)
class DepartmentAdmin(ExportMixin, BenchAdmin):
    """Import goes through the organisation list with its preview; here only export."""

    resource_classes = (DepartmentResource,)
    export_formats = (XLSX, CSV)
    export_form_class = ExportForm
    form = DepartmentForm
    list_display = ("full_name", "organ", "code", "kind", "telephone", "valid_from", "valid_until", "excluded")
    list_filter = ("organ", StandingFilter, UnitKindFilter)
    list_select_related = ("organ",)
    search_fields = ("full_name", "code")
    date_hierarchy = "valid_from"
    ordering = ("organ__position", "path")
    autocomplete_fields = ("organ", "parent")
    actions = ("close_selected",)
    fieldsets = (
        (None, {"fields": ("organ", "parent", "name", "valid_from")}),
        ("いつでも直せる項目", {"fields": ("code", "kind", "telephone", "excluded")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        return super().get_queryset(request).filter(annulled=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organ", "parent", "name", "full_name", "valid_from", "valid_until") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fieldsets
        explained = (
            "名称や上位は、ここでは変わりません。名称の変更や移管は「組織改編を計画する」から行います。"
            "いまの組織を廃止し、後継の組織を新しく置きます(過去の記録には元の名称が残ります)。"
        )
        fixed = ("organ", "parent", "full_name", "valid_from", "valid_until")
        return ((None, {"fields": fixed, "description": explained}), self.fieldsets[1])

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        found, doubles = super().get_search_results(request, queryset, search_term)
        return (alive(found) if "app_label" in request.GET else found), doubles

    def save_model(self, request: HttpRequest, obj: Department, form: Any, change: bool) -> None:
        if change:
            structure.change_department(obj, form.changes(), by=acting(request))
        else:
            structure.create_department(obj, by=acting(request))

    @admin.action(description="選んだ組織を廃止する")
    def close_selected(self, request: HttpRequest, queryset: QuerySet[Department]) -> HttpResponse | None:
        form = LastDayForm(request.POST if confirmed(request) else None)
        count = queryset.count()
        if not confirmed(request) or not form.is_valid():
            left = structure.left_behind(queryset)
            text = f"選んだ{count}件の組織を廃止します。空席の職も廃止します。"
            text += (
                f"{left}が残ります。廃止の後は、変更を申請して、いまある{word('section')}に移してください。"
                if left
                else ""
            )
            return self.ask(request, queryset, Question("close_selected", text, "廃止する", form, ends=True))
        last_day, by = form.cleaned_data["last_day"], acting(request)
        deepest_first = queryset.order_by("-path")
        self.carry_out(
            request,
            deepest_first,
            lambda department: structure.close_department(department, last_day, by=by),
            f"{count}件の組織を廃止しました。",
        )
        return None


UPLOADED, APPLIED = column("uploaded_at", "受付日時"), column("applied_at", "反映日時")


class AppliedFilter(admin.SimpleListFilter):
    """反映: whether a list was taken over."""

    title = "反映"
    parameter_name = "applied"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "反映した"), ("no", "まだ反映していない")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ListImport]) -> QuerySet[ListImport]:
        return queryset.filter(applied_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(ListImport, site=site)
class ListImportAdmin(BenchAdmin):
    may_add = may_change = False
    list_display = ("filename", "organ", "effective_on", "uploaded_by", UPLOADED, APPLIED)
    list_filter = ("organ", AppliedFilter)
    list_select_related = ("organ", "uploaded_by")
    search_fields = ("filename", "sha256")
    date_hierarchy = "uploaded_at"
    ordering = ("-uploaded_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return ("filename", "sha256", "organ", "effective_on", "uploaded_by", UPLOADED, APPLIED)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListImport]:
        return super().get_queryset(request).defer("rows")
