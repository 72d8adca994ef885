"""Which day, or which two days, of the ledger somebody wants to see."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from assets.forms.fields import DepartmentChoice
from registry.organization.access import departments_where
from registry.organization.models import Department, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later
from registry.web.fields import DayField


class PastDay(DayField):
    """A day of the past, today included: there is no ledger of tomorrow."""

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError("これからの日の台帳はありません。今日までの日を選んでください。")
        return day


class DayForm(forms.Form):
    """One day, and perhaps one department as it was that day."""

    day = PastDay(label="日付")
    department = DepartmentChoice(
        Department.objects.none(), label=said_later("その日の所管{section}"), required=False, empty_label="すべて"
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        mine = departments_where(user, Permission.VIEW_ASSETS)
        self.fields["department"].queryset = Department.objects.real().filter(pk__in=mine).in_tree_order()  # type: ignore[attr-defined]


class TwoDaysForm(forms.Form):
    """Two days, the earlier first."""

    since = PastDay(label="前の日")
    until = PastDay(label="後の日")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until <= since:
            self.add_error("until", "後の日が、前の日より後になっていません。日付を入れ替えてください。")
        return given
