"""Forms of the import: the file, what each of its columns means, the values for every row, the reason."""

from typing import Any

from django import forms

from assets.body_columns import columns_of_body
from assets.checking import text_problems
from assets.columns import BY_KEY, EDITABLE, REQUIRED, Column
from assets.forms.asset import ROLE_OF_POST_COLUMN, as_json
from assets.forms.fields import Offered, Reason, by_slot, field_for
from assets.models import Batch
from assets.models.scheme import Axis
from registry.base.text import tidy
from registry.organization.models import Post, User
from registry.web.fields import QuickSelect

ASIDE = "-"
MEGABYTES = 25
UNDECIDED = "どの項目に入れるか、取り込まないかを選んでください。"
NOTHING = "入れない"
FIXED = (
    *(c for c in REQUIRED if c.key != "name"),
    *(c for c in EDITABLE if c.key in {"status", "medium", "retention", "pi", "business"}),
)


def fixed() -> tuple[Column, ...]:
    """What can be given to every row of a file at once: what is required, and what a file most often leaves out."""
    return (*FIXED, *(column for column in columns_of_body().required if column.own))


class UploadForm(forms.Form):
    file = forms.FileField(
        label="台帳のファイル",
        help_text=f"Excel(.xlsx)かCSV、{MEGABYTES}MBまで。見出しの行は自動で見つけます。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"empty": "空のファイルです。中身のあるファイルを選んでください。"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(f"{MEGABYTES}MBを超えています。分けるか、不要なシートを消してください。")
        return file


class ColumnsForm(forms.Form):
    """One choice per column of the file; nothing is left undecided. Asked for is only what was not recognised."""

    def __init__(self, data: Any, *, batch: Batch, axes: list[Axis], user: User) -> None:
        super().__init__(data)
        self.batch = batch
        shared = by_slot(axes)
        choices = [(ASIDE, "取り込まない"), *_offered(shared)]
        for header in batch.headers:
            index = str(header["index"])
            decided = batch.mapping.get(index, "")
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=f"{header['letter']}列「{header['header'] or '見出しなし'}」",
                choices=choices if decided else [("", "(選んでください)"), *choices],
                required=not decided,
                widget=QuickSelect,
                initial=decided,
                help_text="例: " + "、".join(header["samples"]) if header["samples"] else "値がありません",
                error_messages={"required": UNDECIDED},
            )
        offered = Offered()
        for column in fixed():
            if field := field_for(column, shared, user, offered):
                field.required = False
                self.fields[f"fixed-{column.key}"] = _with_value(field, column, batch.fixed)

    def columns(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("column-")]

    def fixed(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("fixed-")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        used: dict[str, str] = {}
        for name in (name for name in self.fields if name.startswith("column-")):
            key = cleaned.get(name, ASIDE)
            if not key:
                self.add_error(name, UNDECIDED)
            if key not in {ASIDE, ""} and key in used:
                self.add_error(
                    name, f"同じ項目に{self.fields[used[key]].label}も入れています。どちらかを選び直してください。"
                )
            used[key] = name
        for column in columns_of_body().texts:
            name = f"fixed-{column.key}"
            if isinstance(cleaned.get(name), str):
                cleaned[name] = tidy(cleaned[name])
                for problem in text_problems(column, cleaned[name]):
                    self.add_error(name, problem)
        return cleaned

    def mapping(self) -> dict[str, str]:
        names = (name for name in self.fields if name.startswith("column-"))
        return {name.removeprefix("column-"): self.cleaned_data[name] for name in names}

    def fixed_values(self) -> dict[str, Any]:
        found = {}
        for name in (name for name in self.fields if name.startswith("fixed-")):
            value = self.cleaned_data.get(name)
            if value not in (None, ""):
                found[name.removeprefix("fixed-")] = as_json(value)
        return found


class ReasonForm(forms.Form):
    reason = Reason(rows=2, label="取込の理由", error_messages={"required": "取込の理由を入力してください。"})


def _offered(shared: dict[int, list[Axis]]) -> list[tuple[str, str]]:
    found = [(BY_KEY["asset_no"].key, BY_KEY["asset_no"].label)]
    for column in columns_of_body().asked:
        if column.field.startswith("level_"):
            slot = int(column.field[-1])
            if slot in shared:
                found.append((column.key, "／".join(dict.fromkeys(axis.label for axis in shared[slot]))))
        else:
            found.append((column.key, column.label))
    return found


def _with_value(field: forms.Field, column: Column, fixed: dict[str, Any]) -> forms.Field:
    """The field with what was chosen before, and with a way back to nothing."""
    field.initial = fixed.get(column.key)
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = NOTHING
    elif isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        field.choices = [("", NOTHING), *(choice for choice in offered if choice[0])]
    if column.key in ROLE_OF_POST_COLUMN:
        offered = Post.objects.current().with_role(*ROLE_OF_POST_COLUMN[column.key])
        field.queryset = offered.select_related("department").in_tree_order()  # type: ignore[attr-defined]
    return field
