"""分類体系 on the bench: planned with their periods, their words mended, levels added and taken away."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from assets.models import Axis, Level, Scheme
from assets.scheme_editing import AXIS_WORDS, WORDS, add_level, change_axis, change_level, remove_level, uses_of
from assets.scheme_periods import change_scheme, plan_scheme, withdraw_scheme
from assets.schemes import available_presets, read_preset
from registry.base.text import tidy
from registry.organization.admin.bench import BenchAdmin, Question, acting, confirmed
from registry.organization.admin.forms import BenchForm
from registry.organization.admin.lists import StandingFilter, column, in_words, titled
from registry.organization.site import site
from registry.organization.vocabulary import said

TONES = ((0, "灰色"), (1, "青"), (2, "黄"), (3, "うすい赤"), (4, "濃い赤"))


class Lines(forms.CharField):
    """A list of words, one on a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line for line in map(tidy, (value or "").splitlines()) if line]


class LevelForm(BenchForm):
    restrictions = Lines(label="取扱制限", required=False, help_text="一行に一つ")
    synonyms = Lines(label="取込での書き方", required=False, help_text="Excelに書かれるほかの書き方。一行に一つ")
    tone = forms.TypedChoiceField(label="色", choices=TONES, coerce=int)

    class Meta:
        model = Level
        fields = WORDS


class AxisField(forms.ModelChoiceField):
    """A picker of axes that names the scheme."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label}({obj.scheme})"


class NewLevelForm(LevelForm):
    """A level to be added, with what stays for good: its axis, code and rank."""

    axis = AxisField(Axis.objects.select_related("scheme").order_by("-scheme__valid_from", "slot"), label="分類軸")

    class Meta:
        model = Level
        fields = ("axis", "code", "rank", "severity", *WORDS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        axis, rank, code = (cleaned.get(name) for name in ("axis", "rank", "code"))
        if axis and (taken := axis.levels.filter(rank=rank).first()):
            self.add_error("rank", f"順位{rank}は「{taken}」が使っています。ほかの数にしてください。")
        if axis and (taken := axis.levels.filter(code=code).first()):
            self.add_error("code", f"コード「{code}」は「{taken}」が使っています。ほかのコードにしてください。")
        return cleaned


class AxisInline(admin.TabularInline):
    model = Axis
    fields = readonly_fields = ("slot", "label", "help")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class SchemeForm(BenchForm):
    """A scheme to be added out of those that are shipped, or what may be changed of one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" not in self.fields:
            return
        there = set(Scheme.objects.values_list("code", flat=True))
        offered = [(code, _offered(code)) for code, _ in available_presets() if code not in there]
        known = "加えられる分類体系です。括弧は、もとの適用期間です。"
        choices = [("", "選んでください"), *offered]
        self.fields["code"] = forms.ChoiceField(label="分類体系", choices=choices, help_text=known)
        self.fields["valid_from"].help_text = "この日から使います。同じ範囲のいまの分類体系は、前の日に終わります。"
        organs: Any = self.fields["organs"]
        organs.widget = forms.CheckboxSelectMultiple(choices=organs.choices)
        organs.help_text = said("選ばなければ団体全体で使います。学校だけなど、一部の{organ}で使うときに選びます。")


def _offered(code: str) -> str:
    preset = read_preset(code)
    until = in_words(preset.valid_until) if preset.valid_until else ""
    return f"{preset.name}({in_words(preset.valid_from)}〜{until})"


@admin.register(Scheme, site=site)
class SchemeAdmin(BenchAdmin):
    """All schemes side by side with their periods and for whom they hold; what is classified by them hangs on them."""

    form = SchemeForm
    list_display = ("name", "holds_for", "valid_from", "valid_until")
    list_filter = (StandingFilter,)
    search_fields = ("name", "code")
    date_hierarchy = "valid_from"
    ordering = ("-valid_from",)
    inlines = (AxisInline,)
    actions = ("withdraw_selected",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("code", "valid_from", "valid_until", "organs")
        return ("name", "source", "holds_for", "valid_from", "valid_until", "carried_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("holds_for", "carried_by") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.inlines if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scheme]:
        return super().get_queryset(request).prefetch_related("organs")

    @admin.display(description="使う範囲")
    def holds_for(self, scheme: Scheme) -> str:
        return "、".join(organ.name for organ in scheme.organs.all()) or "団体全体"

    @admin.display(description="この区分が付いているもの")
    def carried_by(self, scheme: Scheme) -> str:
        return uses_of(scheme.levels()) or "ありません。"

    def save_model(self, request: HttpRequest, obj: Scheme, form: Any, change: bool) -> None:
        if change:
            change_scheme(obj, form.changes(), by=acting(request))
        else:
            plan_scheme(obj, list(form.cleaned_data["organs"]), by=acting(request))

    @admin.action(description="選んだ分類体系の予定を取り消す")
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Scheme]) -> HttpResponse | None:
        count, by = queryset.count(), acting(request)
        if not confirmed(request):
            text = f"選んだ{count}件の分類体系の予定を取り消します。前の分類体系を続けて使います。"
            return self.ask(request, queryset, Question("withdraw_selected", text, "予定を取り消す", ends=True))
        self.carry_out(request, queryset, lambda one: withdraw_scheme(one, by=by), f"{count}件の予定を取り消しました。")
        return None


class AxisForm(BenchForm):
    class Meta:
        model = Axis
        fields = AXIS_WORDS


@admin.register(Axis, site=site)
class AxisAdmin(BenchAdmin):
    """What an axis is called and how it is explained may be mended; which column it uses stays."""

    may_add = False
    form = AxisForm
    list_display = ("label", "scheme", "slot")
    list_filter = ("scheme",)
    list_select_related = ("scheme",)
    search_fields = ("label", "help")
    ordering = ("scheme", "slot")

    def save_model(self, request: HttpRequest, obj: Axis, form: Any, change: bool) -> None:
        change_axis(obj, form.changes(), by=acting(request))


@admin.register(Level, site=site)
class LevelAdmin(BenchAdmin):
    """The words of a level may be mended; its code and rank stay, because assets hang on them."""

    form = LevelForm
    list_display = ("label", "short", "axis", "scheme", "rank", column("reads_recorded", "閲覧を記録"))
    list_filter = (
        "axis__scheme",
        titled("axis__label", "分類軸", admin.AllValuesFieldListFilter),
        titled("reads_recorded", "閲覧を記録"),
    )
    list_select_related = ("axis__scheme",)
    search_fields = ("label", "criterion")
    actions = ("remove_selected",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": NewLevelForm}), **kwargs)

    @admin.display(description="分類体系", ordering="axis__scheme__name")
    def scheme(self, level: Level) -> str:
        return str(level.axis.scheme)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            change_level(obj, form.changes(), by=acting(request))
        else:
            add_level(obj, by=acting(request))

    @admin.action(description="選んだ区分をなくす")
    def remove_selected(self, request: HttpRequest, queryset: QuerySet[Level]) -> HttpResponse | None:
        count, by = queryset.count(), acting(request)
        if not confirmed(request):
            text = f"選んだ{count}件の区分を分類体系からなくします。使われている区分はなくせません。"
            return self.ask(request, queryset, Question("remove_selected", text, "区分をなくす", ends=True))
        self.carry_out(request, queryset, lambda one: remove_level(one, by=by), f"{count}件の区分をなくしました。")
        return None
