"""Posts with their roles on the bench."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from registry.organization import structure
from registry.organization.admin.bench import DAYS, BenchAdmin, Question, acting, confirmed
from registry.organization.admin.forms import BenchForm, answered_at
from registry.organization.admin.lists import StandingFilter, alive
from registry.organization.forms import LastDayForm
from registry.organization.models import Appointment, Post, PostRole
from registry.organization.roles import Role
from registry.organization.site import site


class PostRoleForm(BenchForm):
    """A role of a post: what it is stays, its end may be set and brought forward."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("role", "valid_from"):
                self.fields[name].disabled = True
        self.fields["valid_until"].disabled = not self.instance.pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("valid_from"), cleaned.get("valid_until")
        if since and until and until < since:
            self.add_error("valid_until", "終了日が開始日より前です。日付を確かめてください。")
        if "valid_until" in self.changed_data and "valid_until" in cleaned and until is None:
            self.add_error("valid_until", "終了日は空欄に戻せません。続けるときは、新しく付けてください。")
        return cleaned


class PostRoleFormSet(forms.BaseInlineFormSet):
    """The roles of one post: each held once at a time."""

    def clean(self) -> None:
        super().clean()
        open_roles = [
            form.cleaned_data["role"]
            for form in self.forms
            if getattr(form, "cleaned_data", None)
            and form.cleaned_data.get("role")
            and form.cleaned_data.get("valid_until", "unreadable") is None
        ]
        if len(open_roles) > len(set(open_roles)):
            raise ValidationError("同じ役割が2つあります。1つにするか、前の役割に終了日を入れてください。")


class PostRoleInline(admin.TabularInline):
    """The roles of a post; whoever may open the post may see them."""

    model = PostRole
    verbose_name = verbose_name_plural = "役割"
    form = PostRoleForm
    formset = PostRoleFormSet
    formfield_overrides = DAYS
    fields = ("role", "valid_from", "valid_until")
    extra = 1
    can_delete = False
    ordering = ("valid_from", "id")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.refusal = request.__dict__.get("refusal")
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return site.has_permission(request)


class PostForm(BenchForm):
    """A post to be added; of one that stands only the roles change."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        place, title = cleaned.get("department"), cleaned.get("title")
        if Post.objects.filter(department=place, title=title, valid_until__isnull=True).exists():
            self.add_error("title", f"「{place}」には、同じ職名の職がすでにあります。職名を確かめてください。")
        return cleaned


class RoleFilter(admin.SimpleListFilter):
    """役割, held today or at any other time."""

    title = "役割"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        held = PostRole.objects.filter(role=self.value())
        return queryset.filter(pk__in=held.values("post_id")) if self.value() else queryset


class VacancyFilter(admin.SimpleListFilter):
    """空席: posts of today that nobody holds."""

    title = "在任"
    parameter_name = "seat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("vacant", "空席"), ("held", "在任者あり")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        sitting = Appointment.objects.current().filter(user__is_active=True).values("post_id")
        today = queryset.filter(pk__in=Post.objects.current().values("pk"))
        if self.value() == "vacant":
            return today.exclude(pk__in=sitting)
        return today.filter(pk__in=sitting) if self.value() == "held" else queryset


@admin.register(Post, site=site)
class PostAdmin(BenchAdmin):
    form = PostForm
    list_display = ("title", "department", "role_words", "valid_from", "valid_until")
    list_filter = (StandingFilter, VacancyFilter, RoleFilter, "department__organ")
    list_select_related = ("department",)
    search_fields = ("title", "department__full_name", "department__code")
    date_hierarchy = "valid_from"
    ordering = ("department__organ__position", "department__path", "position")
    autocomplete_fields = ("department",)
    fields = ("department", "title", "valid_from")
    inlines = (PostRoleInline,)
    actions = ("close_selected",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        found = super().get_queryset(request).filter(annulled=False)
        return found.select_related("department").prefetch_related("roles")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("department", "title", "valid_from", "valid_until") if obj else ()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        found, doubles = super().get_search_results(request, queryset, search_term)
        return (alive(found) if "app_label" in request.GET else found), doubles

    @admin.display(description="役割")
    def role_words(self, post: Post) -> str:
        return "、".join(held.get_role_display() for held in post.roles.all() if held.valid_until is None)

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if not change:
            structure.open_post(obj, [], by=acting(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        by = acting(request)
        for row in formset.initial_forms:
            if "valid_until" in row.changed_data:
                with answered_at(row, "valid_until"):
                    structure.end_role(row.instance, row.cleaned_data["valid_until"], by=by)
        for row in formset.extra_forms:
            if row.has_changed():
                with answered_at(row, "role"):
                    structure.assign_role(row.instance.post, Role(row.instance.role), row.instance.valid_from, by=by)

    @admin.action(description="選んだ職を廃止する")
    def close_selected(self, request: HttpRequest, queryset: QuerySet[Post]) -> HttpResponse | None:
        form = LastDayForm(request.POST if confirmed(request) else None)
        count = queryset.count()
        if not confirmed(request) or not form.is_valid():
            text = f"選んだ{count}件の職を廃止します。役割も同じ日に終わります。"
            return self.ask(request, queryset, Question("close_selected", text, "廃止する", form, ends=True))
        last_day, by = form.cleaned_data["last_day"], acting(request)
        done = f"{count}件の職を廃止しました。"
        self.carry_out(request, queryset, lambda post: structure.close_post(post, last_day, by=by), done)
        return None
