"""独自項目 on the bench: the columns this body adds to the ledger, and the values one can choose in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse

from assets import extra_editing
from assets.admin.schemes import Lines
from assets.columns import Kind
from assets.models import ExtraColumn, ExtraOption
from registry.organization.admin.bench import BenchAdmin, Question, acting, confirmed
from registry.organization.admin.forms import BenchForm, Refusal
from registry.organization.admin.lists import column, titled
from registry.organization.site import site
from registry.organization.vocabulary import said_later


class ColumnForm(BenchForm):
    synonyms = Lines(
        label="取込での見出し",
        required=False,
        help_text="Excelに書かれるほかの見出し。一行に一つ。項目名は書かなくて構いません。",
    )

    class Meta:
        model = ExtraColumn
        fields = extra_editing.WORDS
        help_texts = {
            "kind": "使い始めると変えられません。人を入れる項目は、人ではなく「職」にします(異動しても変わらないため)。",
            "section": "登録の画面と資産のページで、どこに置くか。",
            "help": "登録の画面で項目の下に出ます。",
            "required": "空欄では申請できなくなります。登録済のものは、次に変更するときから。",
            "position": "同じ場所のなかでの順。空欄なら最後に置きます。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["position"].required = False
            self.initial["position"] = None


class OptionForm(BenchForm):
    retired = forms.BooleanField(label="廃止", required=False)
    erased = forms.BooleanField(label="削除", required=False)

    class Meta:
        model = ExtraOption
        fields = ("label", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["retired"].initial = self.instance.retired_at is not None
        self.fields["position"].required = False
        if self.instance.pk is None:
            self.fields["retired"].disabled = self.fields["erased"].disabled = True
            self.initial["position"] = None

    def changes(self) -> dict[str, Any]:
        """What the person changed; a position that was emptied stays as it was."""
        return {name: value for name, value in super().changes().items() if value is not None}


class OptionFormSet(forms.BaseInlineFormSet):
    """The options of one column: there are some exactly when the column asks for one of them."""

    def clean(self) -> None:
        super().clean()
        typed = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        left = [one for one in typed if one.get("label") and not one.get("erased")]
        if self.instance.kind == Kind.CHOICE.value and not left:
            raise ValidationError(extra_editing.NO_OPTIONS)
        if self.instance.kind != Kind.CHOICE.value and left:
            raise ValidationError(
                "選択肢は、種類が「選択肢から1つ」のときだけ使います。種類を変えるか、消してください。"
            )

    def get_unique_error_message(self, unique_check: Any) -> str:
        return "同じ選択肢が2つあります。どちらかを消してください。"


class OptionInline(admin.TabularInline):
    model = ExtraOption
    verbose_name_plural = "選択肢(種類が「選択肢から1つ」のとき)"
    form, formset = OptionForm, OptionFormSet
    fields = ("label", "position", "retired", "erased")
    extra = 3
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.refusal = request.__dict__.get("refusal")
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return site.has_permission(request)

    has_change_permission = has_add_permission = has_view_permission


@contextmanager
def _answered(form: Any) -> Iterator[None]:
    """What an act refuses inside is said at the field it names."""
    try:
        yield
    except ValidationError as refused:
        name, said = (
            next(iter(refused.message_dict.items())) if hasattr(refused, "error_dict") else ("label", refused.messages)
        )
        raise Refusal(said, form.prefix, name) from refused


class RetiredFilter(admin.SimpleListFilter):
    """Which columns are asked for today, and which no longer."""

    title = "扱い"
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "使っている"), ("yes", "廃止した")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ExtraColumn]) -> QuerySet[ExtraColumn]:
        return queryset.filter(retired_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(ExtraColumn, site=site)
class ExtraColumnAdmin(BenchAdmin):
    form = ColumnForm
    list_display = ("label", "kind", "section", column("required", "申請に必須"), "position", "used", "standing")
    list_filter = (RetiredFilter, "kind", "section", titled("required", "申請に必須"))
    search_fields = ("label", "help")
    fields = extra_editing.WORDS
    inlines = (OptionInline,)
    actions = ("retire_selected", "restore_selected", "delete_selected_columns")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExtraColumn]:
        rows: QuerySet[ExtraColumn] = super().get_queryset(request)
        return rows.annotate(uses=Count("values"))

    @admin.display(description=said_later("使っている{asset}"), ordering="uses")
    def used(self, row: Any) -> str:
        return f"{row.uses:,}件"

    @admin.display(description="扱い", ordering="retired_at")
    def standing(self, row: ExtraColumn) -> str:
        return "廃止" if row.retired_at else "使っている"

    def save_model(self, request: HttpRequest, obj: ExtraColumn, form: Any, change: bool) -> None:
        with _answered(form):
            if change:
                extra_editing.change_column(obj, form.changes(), by=acting(request))
            else:
                extra_editing.add_column(obj, by=acting(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        by = acting(request)
        formset.save(commit=False)
        for row in filter(OptionForm.has_changed, formset.initial_forms):
            with _answered(row):
                if row.cleaned_data["erased"]:
                    extra_editing.delete_option(row.instance, by=by)
                else:
                    extra_editing.change_option(row.instance, row.changes(), by=by)
        for row in filter(OptionForm.has_changed, formset.extra_forms):
            with _answered(row):
                position = row.cleaned_data["position"] or 0
                extra_editing.add_option(form.instance, row.cleaned_data["label"], position, by=by)

    @admin.action(description="選んだ独自項目を廃止する")
    def retire_selected(self, request: HttpRequest, queryset: QuerySet[ExtraColumn]) -> HttpResponse | None:
        uses = queryset.aggregate(all=Sum("uses"))["all"]
        text = f"選んだ{queryset.count()}項目を廃止します。{uses:,}件の値は残りますが、新しい入力ではたずねません。"
        return self._asked(request, queryset, ("retire_selected", text, "廃止する"), extra_editing.retire_column)

    @admin.action(description="選んだ独自項目の廃止をやめる")
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[ExtraColumn]) -> HttpResponse | None:
        text = f"選んだ{queryset.count()}項目を、もう一度使えるようにします。"
        return self._asked(
            request, queryset, ("restore_selected", text, "使えるようにする"), extra_editing.restore_column
        )

    @admin.action(description="選んだ独自項目を削除する")
    def delete_selected_columns(self, request: HttpRequest, queryset: QuerySet[ExtraColumn]) -> HttpResponse | None:
        text = f"選んだ{queryset.count()}項目を削除します。元に戻せません。使われている項目は削除できません。"
        return self._asked(
            request, queryset, ("delete_selected_columns", text, "削除する"), extra_editing.delete_column
        )

    def _asked(
        self, request: HttpRequest, queryset: QuerySet[ExtraColumn], words: tuple[str, str, str], act: Any
    ) -> HttpResponse | None:
        """Ask once, then do the act to every column or to none."""
        action, text, button = words
        if not confirmed(request):
            return self.ask(request, queryset, Question(action, text, button, ends=action != "restore_selected"))
        rows, by = list(queryset), acting(request)
        done = f"{len(rows)}項目を{button.removesuffix('する')}しました。"
        self.carry_out(request, rows, lambda row: act(row, by=by), done)
        return None
