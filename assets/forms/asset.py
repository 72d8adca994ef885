"""The form of an asset: sections made from the column table, the guide, and the checks of one row."""

from typing import Any

from django import forms

from assets.checking import TEXT_COLUMNS, row_problems, text_problems
from assets.columns import EDITABLE, Column, Kind, Section
from assets.forms.fields import field_for
from assets.models import Asset
from assets.models.scheme import Axis
from assets.values import Values, attribute, snapshot
from registry.base.text import tidy
from registry.organization.models import Post, User
from registry.organization.roles import Role

ROLE_OF_POST_COLUMN = {
    "sec_responsible": (Role.DIRECTOR, Role.CHIEF),
    "sec_manager": (Role.MANAGER,),
    "sys_manager": (Role.SYSTEM_MANAGER,),
}

NEEDED = {True: "申請に必要です。入力してください。", False: "申請に必要です。選んでください。"}


class AssetForm(forms.Form):
    """What an asset says, column by column; a draft may be incomplete, but nothing in it may be wrong."""

    def __init__(self, data: Any = None, *, asset: Asset, axes: list[Axis], user: User, initial: Any = None) -> None:
        self.asset, self.axes = asset, axes
        super().__init__(data, initial={**_initial(asset), **(initial or {})})
        by_slot = {axis.slot: axis for axis in axes}
        for column in EDITABLE:
            if field := field_for(column, by_slot, user):
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
        """A form may leave an asset in its department and with its system, even when this user could choose neither."""
        for key, current in (("section", asset.department_id), ("system", asset.system_id)):
            if current:
                field: Any = self.fields[key]
                field.queryset = field.queryset | field.queryset.model.objects.filter(pk=current)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for column in TEXT_COLUMNS:
            if isinstance(cleaned.get(column.key), str):
                cleaned[column.key] = tidy(cleaned[column.key])
                for problem in text_problems(column, cleaned[column.key]):
                    self.add_error(column.key, problem)
        for key, problems in row_problems(cleaned).items():
            for problem in problems:
                self.add_error(key, problem)
        return cleaned

    def is_complete(self) -> bool:
        """Whether an application can be made of it; every required column that is empty says so at its field."""
        empty = [column for column in EDITABLE if column.required and self._is_empty(column)]
        for column in empty:
            self.add_error(column.key, NEEDED[column.kind in {Kind.TEXT, Kind.LONG}])
        return not empty

    def _is_empty(self, column: Column) -> bool:
        return column.key in self.fields and self.cleaned_data.get(column.key) in (None, "")

    def values(self) -> Values:
        """What was typed, as the JSON values of a proposal; columns not on the form keep what they had."""
        values = snapshot(self.asset)
        for column in EDITABLE:
            if column.key in self.cleaned_data:
                values[column.key] = _plain(self.cleaned_data[column.key])
        return values

    def sections(self) -> list[dict[str, Any]]:
        """The short form: what everybody fills in, part by part, with how many required fields are still empty."""
        return [part for section in Section if (part := self._part(section, first=True))]

    def details(self) -> list[dict[str, Any]]:
        """The rest, part by part; a part is open when something stands in it or is wrong with it."""
        return [part for section in Section if (part := self._part(section, first=False))]

    def _part(self, section: Section, *, first: bool) -> dict[str, Any] | None:
        columns = [c for c in EDITABLE if c.section is section and c.first is first and c.key in self.fields]
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
        return self[column.key].value() not in (None, "")


def _initial(asset: Asset) -> dict[str, Any]:
    return {column.key: getattr(asset, attribute(column), None) for column in EDITABLE}


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else value
