"""The form of an asset: sections made from the column table, the guide, and the checks of one row."""

from typing import Any

from django import forms

from assets.body_columns import columns_of_body
from assets.checking import row_problems, text_problems
from assets.columns import LEVELS, Column, Kind, Section
from assets.forms.fields import Offered, Reason, YesNo, by_slot, field_for, keep_level
from assets.handling import default_handling, follows
from assets.models import Asset
from assets.models.scheme import Axis
from assets.retention import CountedFrom, due_problem, proposed_due
from assets.values import EMPTY, Values, plain, snapshot, text
from registry.base.text import tidy
from registry.organization.models import Post, User
from registry.organization.roles import Role
from registry.organization.vocabulary import setting

ROLE_OF_POST_COLUMN = {
    "sec_responsible": (Role.DIRECTOR, Role.CHIEF),
    "sec_manager": (Role.MANAGER,),
    "sys_manager": (Role.SYSTEM_MANAGER,),
}

NEEDED = {True: "申請に必要です。入力してください。", False: "申請に必要です。選んでください。"}


class ApartFields(forms.Form):
    """「別のものです」: asked where the same name stands in the same 課 already."""

    apart = forms.BooleanField(label="別のものです(同じものではありません)", required=False)
    apart_reason = Reason(
        rows=2, label="別のものと分かる理由", required=False, help_text="「別のものです」のときに必要です。"
    )


class AssetForm(forms.Form):
    """What an asset says, column by column; a draft may be incomplete, but nothing in it may be wrong."""

    def __init__(self, data: Any = None, *, asset: Asset, axes: list[Axis], user: User, initial: Any = None) -> None:
        self.asset, self.axes, self.columns = asset, axes, columns_of_body()
        asked = {column.key: plain(asset, column) for column in self.columns.asked}
        super().__init__(data, initial={**asked, **(initial or {})})
        self.handling_filled = False
        self.apart = ApartFields(data)
        offered = Offered()
        for column in self.columns.asked:
            if field := field_for(column, by_slot(axes), user, offered):
                field.needed = column.required  # type: ignore[attr-defined]
                self.fields[column.key] = field
        self._narrow_posts(asset, user)
        self._keep_current(asset)

    def _narrow_posts(self, asset: Asset, user: User) -> None:
        for key, roles in ROLE_OF_POST_COLUMN.items():
            offered = Post.objects.current().with_role(*roles)
            if current := getattr(asset, f"{key}_id"):
                offered = offered | Post.objects.filter(pk=current)
            self.fields[key].queryset = offered.select_related("department").in_tree_order()  # type: ignore[attr-defined]

    def _keep_current(self, asset: Asset) -> None:
        """A form may leave an asset as it is: in its department, with its system and with levels of an earlier scheme,
        even when this user could choose none of them.
        """
        for column in LEVELS:
            if column.key in self.fields and plain(asset, column):
                keep_level(self.fields[column.key], getattr(asset, column.field))
        for key, current in (("section", asset.department_id), ("system", asset.system_id)):
            if current:
                field: Any = self.fields[key]
                field.queryset = field.queryset | field.queryset.model.objects.filter(pk=current)
        holders: Any = self.fields["holders"]
        holders.narrow(asset)
        for column in self.columns.own:
            field = self.fields.get(column.key)
            if isinstance(field, forms.ChoiceField) and not isinstance(field, YesNo):
                _keep_choice(field, asset, column)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for column in self.columns.texts:
            if isinstance(cleaned.get(column.key), str):
                cleaned[column.key] = tidy(cleaned[column.key])
                for problem in text_problems(column, cleaned[column.key]):
                    self.add_error(column.key, problem)
        for key, problems in row_problems(cleaned).items():
            for problem in problems:
                self.add_error(key, problem)
        self._follow_the_levels(cleaned)
        self._count_retention(cleaned)
        return cleaned

    def _follow_the_levels(self, cleaned: dict[str, Any]) -> None:
        """取扱制限 follow levels chosen by hand as well, unless somebody wrote others."""
        before, text = self.asset.levels, cleaned.get("handling") or ""
        after = [level for column in LEVELS if (level := cleaned.get(column.key))]
        changed = {level.pk for level in before} != {level.pk for level in after}
        if not text or (changed and follows(text, before)):
            cleaned["handling"] = default_handling(after)
            self.handling_filled = cleaned["handling"] != text

    def _count_retention(self, cleaned: dict[str, Any]) -> None:
        """廃棄予定日 left empty follows from 保存期間; another day than the one that follows needs a reason."""
        counted = counted_from() if cleaned.get("retention_base") else CountedFrom.FISCAL_YEAR
        if not cleaned.get("disposal_due"):
            cleaned["disposal_due"] = proposed_due(cleaned, counted)
        elif problem := due_problem(cleaned, counted):
            self.add_error("disposal_due", problem)

    def is_complete(self) -> bool:
        """Whether an application can be made of it; every required column that is empty says so at its field."""
        empty = [column for column in self.columns.required if self._is_empty(column)]
        for column in empty:
            self.add_error(column.key, NEEDED[column.kind in {Kind.TEXT, Kind.LONG}])
        return not empty

    def _is_empty(self, column: Column) -> bool:
        return column.key in self.fields and self.cleaned_data.get(column.key) in EMPTY

    def values(self) -> Values:
        """What was typed, as the JSON values of a proposal; columns not on the form keep what they had."""
        values = snapshot(self.asset)
        for column in self.columns.asked:
            if column.key in self.cleaned_data:
                values[column.key] = as_json(self.cleaned_data[column.key])
        return values

    def sections(self) -> list[dict[str, Any]]:
        """The short form: what everybody fills in, part by part, with how many required fields are still empty."""
        return [part for section in Section if (part := self._part(section, first=True))]

    def details(self) -> list[dict[str, Any]]:
        """The rest, part by part; a part is open when something stands in it or is wrong with it."""
        return [part for section in Section if (part := self._part(section, first=False))]

    def _part(self, section: Section, *, first: bool) -> dict[str, Any] | None:
        columns = [c for c in self.columns.asked if c.section is section and c.first is first and c.key in self.fields]
        if not columns:
            return None
        return {
            "title": section.question if first else section.title,
            "anchor": section.name.lower() if first else f"more-{section.name.lower()}",
            "is_classification": section is Section.CLASSIFICATION,
            "fields": [self[c.key] for c in columns],
            "count": len(columns),
            "filled": sum(1 for c in columns if self._filled(c)),
            "empty": sum(1 for c in columns if c.required and not self._filled(c)),
            "wrong": any(c.key in self.errors for c in columns),
        }

    def _filled(self, column: Column) -> bool:
        return self[column.key].value() not in EMPTY


def _keep_choice(field: forms.ChoiceField, asset: Asset, column: Column) -> None:
    """What was chosen before it was retired or closed stays on offer for this asset."""
    current, offered = plain(asset, column), list(field.choices)  # type: ignore[arg-type]
    if current is not None and current not in dict(offered):
        field.choices = [*offered, (current, f"{text(asset, column)}(廃止)")]


def as_json(value: Any) -> Any:
    """A cleaned value as proposals and batches keep it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else value


def counted_from() -> CountedFrom:
    """From when this body counts 保存期間."""
    return CountedFrom(setting("retention_from", CountedFrom.FISCAL_YEAR))
