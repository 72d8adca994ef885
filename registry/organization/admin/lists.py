"""What the lists of the bench are made of: columns in words, days in one shape, filters that say what they filter by."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from registry.base.fiscal import parse_date

EMPTY = "—"
WRITTEN_DAY = re.compile(r"\d{4}-\d\d-\d\d|(?:令和|平成|昭和)(?:元|\d{1,2})年\d{1,2}月\d{1,2}日", re.ASCII)


def in_words(value: Any) -> str:
    """A stored value as the bench shows it: はい, 2026年4月1日, 2026年4月1日 09:05."""
    if value is None or isinstance(value, bool):
        return {True: "はい", False: "いいえ", None: EMPTY}[value]
    if isinstance(value, dt.datetime):
        moment = timezone.localtime(value)
        return f"{in_words(moment.date())} {moment:%H:%M}"
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, dt.date) else str(value)


def day_in_words(text: str) -> str:
    """A value in history: a day or a period as the bench writes days, everything else as it was written down."""
    parts = text.split("〜")
    if not all(not part or WRITTEN_DAY.fullmatch(part) for part in parts):
        return text
    try:
        return "〜".join(part and in_words(parse_date(part)) for part in parts)
    except ValueError:  # a day that never was
        return text


def column(name: str, label: str) -> Callable[[Any], str]:
    """A column or field of a table in words: Django's icons for yes and no speak English to who cannot see them."""

    @admin.display(description=label, ordering=name)
    def shown(row: Any) -> str:
        return in_words(getattr(row, name))

    shown.__name__ = name
    return shown


def titled(name: str, title: str, kind: type[admin.FieldListFilter] = admin.BooleanFieldListFilter) -> Any:
    """One of Django's filters under the name that its column has."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 — of the class made below
        kind.__init__(self, *args, **kwargs)
        self.title = title

    return name, type("TitledFilter", (kind,), {"__init__": __init__})


def alive(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the dated rows that exist today or later."""
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate()))


class StandingFilter(admin.SimpleListFilter):
    """現在・予定・終了: how a dated row stands to today."""

    title = "期間"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("current", "現在"), ("coming", "予定"), ("past", "終了・廃止")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        today = timezone.localdate()
        if self.value() == "current":
            return alive(queryset).filter(valid_from__lte=today)
        if self.value() == "coming":
            return queryset.filter(valid_from__gt=today)
        return queryset.filter(valid_until__lt=today) if self.value() == "past" else queryset
