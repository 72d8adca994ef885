"""The body on the bench: its words and role titles one by one, and every setting with who stands behind it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from registry.organization import presets
from registry.organization.admin.bench import BenchAdmin, Question, acting, confirmed
from registry.organization.admin.forms import BenchForm
from registry.organization.admin.lists import in_words
from registry.organization.forms import TITLE, WORD, said_twice, word_fields
from registry.organization.models import Body, Preset, PresetKind
from registry.organization.presets import CONFIRMED, IN_POLICY, TO_CONFIRM
from registry.organization.profiles.parts import SETTINGS
from registry.organization.site import site
from registry.organization.vocabulary import DEFAULT_TITLES, DEFAULT_WORDS, said, the_body

WORD_FIELDS = tuple(f"{WORD}{code}" for code in DEFAULT_WORDS)
TITLE_FIELDS = tuple(f"{TITLE}{code}" for code in DEFAULT_TITLES)


class WordsOfTheBody(BenchForm):
    """The body's own form of every word and role title; an empty field keeps the standard one."""

    class Meta:
        model = Body
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        body: Body | None = kwargs.get("instance")
        if body is not None:
            own = {f"{WORD}{code}": text for code, text in body.words.items()}
            own |= {f"{TITLE}{code}": text for code, text in body.role_titles.items()}
            kwargs["initial"] = {**own, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, problem in said_twice(cleaned).items():
            self.add_error(name, problem)
        return cleaned

    def own(self, prefix: str) -> dict[str, str]:
        """The changed words (or titles) by code."""
        return {name.removeprefix(prefix): text for name, text in self.changes().items() if name.startswith(prefix)}


_form: Any = type(WordsOfTheBody)  # which gathers the fields of a form class
BodyForm = _form("BodyForm", (WordsOfTheBody,), word_fields())


@admin.register(Body, site=site)
class BodyAdmin(BenchAdmin):
    form = BodyForm
    may_add = False
    list_display = ("name", "kind", "code")
    search_fields = ("name",)
    readonly_fields = ("name", "kind", "code")

    def get_fieldsets(self, request: HttpRequest, obj: Body | None = None) -> Any:
        """A 組合 has no code, so none is shown."""
        about = ["name", "kind", *(["code"] if obj and obj.code else [])]
        words = (
            "標準の語と違う語を使うときだけ入れます。空欄なら標準の語のままです。入れた語は、すぐに全員の画面に出ます。"
        )
        return (
            (None, {"fields": about}),
            ("用語", {"fields": WORD_FIELDS, "description": words}),
            ("役割の呼び名", {"fields": TITLE_FIELDS, "description": words}),
        )

    def save_model(self, request: HttpRequest, obj: Body, form: Any, change: bool) -> None:
        presets.change_words(obj, form.own(WORD), form.own(TITLE), by=acting(request))


class ChoiceForm(BenchForm):
    """What the body chose for one setting."""

    value = forms.ChoiceField(label="いまの値", help_text="選び直して保存すると、確認済になります。")

    class Meta:
        model = Preset
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        preset: Preset = kwargs["instance"]
        options = SETTINGS[preset.code][1] if preset.kind == PresetKind.SETTING else {}
        now = {"value": str(the_body().options.get(preset.code, ""))}
        super().__init__(*args, **{**kwargs, "initial": {**now, **(kwargs.get("initial") or {})}})
        if "value" in self.fields:
            self.fields["value"].choices = [(str(value), said(text)) for value, text in options.items()]  # type: ignore[attr-defined]


class StandingOfPresetFilter(admin.SimpleListFilter):
    """状態: who stands behind an item."""

    title = "状態"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", TO_CONFIRM), ("confirmed", CONFIRMED), ("policy", IN_POLICY)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Preset]) -> QuerySet[Preset]:
        if self.value() == "open":
            return queryset.filter(in_policy=False, confirmed_at=None)
        if self.value() == "confirmed":
            return queryset.exclude(confirmed_at=None)
        return queryset.filter(in_policy=True, confirmed_at=None) if self.value() == "policy" else queryset


@admin.register(Preset, site=site)
class PresetAdmin(BenchAdmin):
    form = ChoiceForm
    may_add = False
    list_display = ("label_words", "kind", "value_words", "standing", "note", "confirmed_by", "confirmed_on")
    list_filter = (StandingOfPresetFilter, "kind")
    list_select_related = ("confirmed_by",)
    search_fields = ("label", "note")
    ordering = ("id",)
    actions = ("confirm_selected",)
    readonly_fields = ("label_words", "kind", "value_words", "standing", "note")

    def get_fields(self, request: HttpRequest, obj: Preset | None = None) -> tuple[str, ...]:
        chosen = obj is not None and obj.kind == PresetKind.SETTING
        return ("label_words", "kind", "value" if chosen else "value_words", "standing", "note")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        rows: Any = super().get_changelist_instance(request)
        rows.title = f"確認していない設定 {Preset.objects.unconfirmed().count():,}件"
        known = presets.values(the_body())
        for preset in rows.result_list:
            preset.value = known.get((preset.kind, preset.code), "")
        return rows

    @admin.display(description="項目", ordering="label")
    def label_words(self, preset: Preset) -> str:
        return said(preset.label)

    @admin.display(description="いまの値")
    def value_words(self, preset: Preset) -> str:
        known = preset.__dict__.get("value")
        return presets.values(the_body()).get((preset.kind, preset.code), "") if known is None else str(known)

    @admin.display(description="状態")
    def standing(self, preset: Preset) -> str:
        return presets.standing(preset)

    @admin.display(description="確認日時", ordering="confirmed_at")
    def confirmed_on(self, preset: Preset) -> str:
        return in_words(preset.confirmed_at)

    def save_model(self, request: HttpRequest, obj: Preset, form: Any, change: bool) -> None:
        if "value" in form.changed_data:
            wanted = form.cleaned_data["value"]
            value = next(value for value in SETTINGS[obj.code][1] if str(value) == wanted)
            presets.choose(obj, value, by=acting(request))

    @admin.action(description="選んだ設定を確認済にする")
    def confirm_selected(self, request: HttpRequest, queryset: QuerySet[Preset]) -> HttpResponse | None:
        count = queryset.count()
        if not confirmed(request):
            text = f"選んだ{count}件の設定を、規程で確かめたものとして確認済にします。"
            return self.ask(request, queryset, Question("confirm_selected", text, "確認済にする"))
        by = acting(request)
        done = f"{count}件の設定を確認済にしました。"
        self.carry_out(request, queryset, lambda preset: presets.confirm(preset, by=by), done)
        return None
