"""分類体系 on the bench: schemes to be read, the words of their levels to be mended."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from assets.models import Axis, Level, Scheme
from assets.scheme_editing import WORDS, change_level
from registry.base.text import tidy
from registry.organization.admin.bench import BenchAdmin, acting
from registry.organization.admin.forms import BenchForm
from registry.organization.admin.lists import column, titled
from registry.organization.site import site

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


class AxisInline(admin.TabularInline):
    model = Axis
    fields = readonly_fields = ("slot", "label", "help")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(Scheme, site=site)
class SchemeAdmin(BenchAdmin):
    may_add = may_change = False
    list_display = ("name", "valid_from", "valid_until")
    fields = ("name", "source", "valid_from", "valid_until")
    search_fields = ("name", "code")
    date_hierarchy = "valid_from"
    inlines = (AxisInline,)


@admin.register(Level, site=site)
class LevelAdmin(BenchAdmin):
    """The words of a level may be mended; its code and rank stay, because assets hang on them."""

    may_add = False
    form = LevelForm
    list_display = ("label", "short", "axis", "scheme", "rank", column("reads_recorded", "閲覧を記録"))
    list_filter = (
        "axis__scheme",
        titled("axis__label", "分類軸", admin.AllValuesFieldListFilter),
        titled("reads_recorded", "閲覧を記録"),
    )
    list_select_related = ("axis__scheme",)
    search_fields = ("label", "criterion")

    @admin.display(description="分類体系", ordering="axis__scheme__name")
    def scheme(self, level: Level) -> str:
        return str(level.axis.scheme)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        change_level(obj, form.changes(), by=acting(request))
