"""People and their appointments on the bench."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from registry.history.turn import in_turn
from registry.organization import appointments, people
from registry.organization.access import may_handle
from registry.organization.admin.bench import BenchAdmin, Question, acting, confirmed
from registry.organization.admin.forms import BenchForm, answered_at
from registry.organization.admin.lists import StandingFilter, column, titled
from registry.organization.models import Appointment, User
from registry.organization.site import label_of, site


class UserForm(BenchForm):
    """A person to be added, or renamed."""

    class Meta:
        model = User
        fields = ("username", "name")
        help_texts = {
            "is_active": "停止と停止の解除は、一覧で利用者を選んで行います。",
            "is_superuser": "組織と人を管理できます。台帳は、職に就いていなければ見られません。",
        }

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if problem := people.problem_with_username(username):
            raise ValidationError(problem)
        return username


ACTIVE, ADMINISTRATOR = column("is_active", "有効"), column("is_superuser", "システム管理者")
TO_CHANGE_PASSWORD = column("must_change_password", "次回ログイン時にパスワードを変更")
LAST_LOGIN = column("last_login", "最終ログイン")


@admin.register(User, site=site)
class UserAdmin(BenchAdmin):
    form = UserForm
    list_display = ("username", "name", "posts_today", ACTIVE, ADMINISTRATOR, LAST_LOGIN)
    list_filter = (
        titled("is_active", "有効"),
        titled("is_superuser", "システム管理者"),
        titled("must_change_password", "パスワードの変更待ち"),
    )
    search_fields = ("username", "name")
    date_hierarchy = "created_at"
    ordering = ("username",)
    actions = ("disable_selected", "enable_selected", "give_temporary_passwords")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        seen = ("username", "name", "posts_today", ACTIVE, ADMINISTRATOR, TO_CHANGE_PASSWORD, LAST_LOGIN)
        return seen if obj else ("username", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return tuple(name for name in self.get_fields(request, obj) if name != "name") if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        today = Appointment.objects.current().select_related("post__department")
        return super().get_queryset(request).prefetch_related(Prefetch("appointments", today, to_attr="in_office"))

    @admin.display(description="きょうの職")
    def posts_today(self, user: User) -> str:
        return "、".join(held.post.full_title for held in user.in_office)  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change and "name" in form.changed_data:
            people.change_person(obj, form.cleaned_data["name"], by=acting(request))
        elif not change:
            created = people.create_person(form.cleaned_data["username"], form.cleaned_data["name"], by=acting(request))
            obj.pk = created.pk

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        return self._show_passwords(request, [obj])

    def _show_passwords(self, request: HttpRequest, users: list[User]) -> TemplateResponse:
        """Set a temporary password for each and show it, this once."""
        with in_turn():
            given = [(user, people.set_temporary_password(user, by=acting(request))) for user in users]
        context = {
            **self.admin_site.each_context(request),
            "title": "仮パスワード",
            "opts": self.opts,
            "given": [{"name": user.name, "username": user.username, "password": word} for user, word in given],
        }
        return TemplateResponse(request, "organization/admin_passwords.html", context)

    @admin.action(description="選んだ利用者を停止する")
    def disable_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        count, by = queryset.count(), acting(request)
        if not confirmed(request):
            text = f"選んだ{count}人を停止します。すぐにログインできなくなります。任命はそのまま残ります。"
            return self.ask(request, queryset, Question("disable_selected", text, "停止する", ends=True))
        self.carry_out(request, queryset, lambda user: people.disable(user, by=by), f"{count}人を停止しました。")
        return None

    @admin.action(description="選んだ利用者の停止を解除する")
    def enable_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        count, by = queryset.count(), acting(request)
        if not confirmed(request):
            text = f"選んだ{count}人の停止を解除します。"
            return self.ask(request, queryset, Question("enable_selected", text, "停止を解除する"))
        self.carry_out(request, queryset, lambda user: people.enable(user, by=by), f"{count}人の停止を解除しました。")
        return None

    @admin.action(description="選んだ利用者に仮パスワードを設定する")
    def give_temporary_passwords(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        users = list(queryset)
        for user in users:
            if not (verdict := may_handle(acting(request), user)):
                self.message_user(request, f"{user.name}さん: {verdict.reason}", "error")
                return None
        if not confirmed(request):
            text = f"選んだ{len(users)}人に仮パスワードを設定します。いまのパスワードは使えなくなります。"
            return self.ask(
                request, queryset, Question("give_temporary_passwords", text, "設定して表示する", ends=True)
            )
        return self._show_passwords(request, users)


class PostField(forms.ModelChoiceField):
    """A picker of posts that names the department."""

    def label_from_instance(self, obj: Any) -> str:
        return label_of(obj)


class AppointmentForm(BenchForm):
    """An appointment to be made, or the day on which one ends."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        until = cleaned.get("valid_until")
        if self.instance.pk:
            if "valid_until" in self.changed_data and "valid_until" in cleaned and until is None:
                self.add_error("valid_until", "終了日は空欄に戻せません。続けるときは、新しく任命してください。")
        elif cleaned.get("user") and cleaned.get("post") and cleaned.get("valid_from"):
            since = cleaned["valid_from"]
            if obstacle := appointments.obstacle_to_appointing(cleaned["user"], cleaned["post"], since, until):
                raise ValidationError(obstacle)
        return cleaned


@admin.register(Appointment, site=site)
class AppointmentAdmin(BenchAdmin):
    form = AppointmentForm
    list_display = ("user", "department", "post", "kind", "valid_from", "valid_until")
    list_filter = (StandingFilter, "kind", "post__department__organ")
    list_select_related = ("user", "post__department")
    search_fields = ("user__name", "user__username", "post__title", "post__department__full_name")
    date_hierarchy = "valid_from"
    ordering = ("-valid_from", "-pk")
    autocomplete_fields = ("user", "post")
    fields = ("user", "post", "kind", "valid_from", "valid_until")
    actions = ("end_selected",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "department", "post", "kind", "valid_from", "valid_until") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "department", "post", "kind", "valid_from") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "post":
            kwargs["form_class"] = PostField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="所属", ordering="post__department__path")
    def department(self, appointment: Appointment) -> str:
        return appointment.post.department.full_name

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        by = acting(request)
        if not change:
            made = appointments.appoint(obj.user, obj.post, obj.valid_from, obj.valid_until, kind=obj.kind, by=by)
            obj.pk = made.pk
        elif "valid_until" in form.changed_data:
            with answered_at(form, "valid_until"):
                appointments.end_appointment(obj, form.cleaned_data["valid_until"], by=by)

    @admin.action(description="選んだ任命を今日で終了する")
    def end_selected(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> HttpResponse | None:
        count, by, today = queryset.count(), acting(request), timezone.localdate()
        if not confirmed(request):
            text = f"選んだ{count}件の任命を今日で終了します。明日から権限がなくなります。"
            return self.ask(request, queryset, Question("end_selected", text, "終了する", ends=True))
        done = f"{count}件の任命を今日で終了しました。"
        self.carry_out(request, queryset, lambda held: appointments.end_appointment(held, today, by=by), done)
        return None
