"""保存期間: from when it is counted and on which day it ends (DOMAIN §3)."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from assets.choices import Retention
from registry.base.fiscal import fiscal_year, wareki


class CountedFrom(StrEnum):
    """The first day of the period, as the body has decided (the setting 「retention_from」)."""

    FISCAL_YEAR = "next_fiscal_year"
    CALENDAR_YEAR = "next_calendar_year"

    @property
    def words(self) -> str:
        return "翌年1月1日" if self is CountedFrom.CALENDAR_YEAR else "翌年度4月1日"


def first_day(base: dt.date, counted: CountedFrom) -> dt.date:
    """起算日: the first day of the year, or 年度, after the one in which the thing was finished or obtained."""
    if counted is CountedFrom.CALENDAR_YEAR:
        return dt.date(base.year + 1, 1, 1)
    return dt.date(fiscal_year(base) + 1, 4, 1)


def last_day(base: dt.date, retention: str, counted: CountedFrom) -> dt.date | None:
    """廃棄予定日: the last day of the period; None for 永年, 常用, an unknown period, or one beyond the calendar."""
    if retention not in Retention.values or not retention.isdecimal():
        return None
    first = first_day(base, counted)
    year = first.year + int(retention)
    return first.replace(year=year) - dt.timedelta(days=1) if year <= dt.MAXYEAR else None


def proposed_due(values: Mapping[str, Any], counted: CountedFrom) -> dt.date | None:
    """The 廃棄予定日 that follows from 保存期間 and 完結日・取得日; None when one of them is missing or sets no end."""
    base = values.get("retention_base")
    if isinstance(base, str):
        base = dt.date.fromisoformat(base) if base else None
    return last_day(base, str(values.get("retention") or ""), counted) if base else None


def due_problem(values: Mapping[str, Any], counted: CountedFrom) -> str:
    """Why this 廃棄予定日 may not stand: it is not the one that follows, and no reason is given; '' when it may."""
    due, follows = values.get("disposal_due"), proposed_due(values, counted)
    due = dt.date.fromisoformat(due) if isinstance(due, str) and due else due
    if not due or not follows or due == follows or values.get("due_reason"):
        return ""
    return (
        f"保存期間と完結日・取得日から計算すると{wareki(follows)}です。この日に直すか、空欄にするか、"
        "違う日にする理由を「廃棄予定日の理由」に書いてください。"
    )
