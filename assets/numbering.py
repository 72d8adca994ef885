"""Registration numbers: 年度-課-連番-履歴番号, never used again (DOMAIN §3)."""

import datetime as dt

from assets.models import NumberSeries
from registry.base.fiscal import fiscal_year, fiscal_year_code
from registry.organization.models import Department


def next_number(department: Department, day: dt.date) -> str:
    """The next free number of the department in the 年度 of `day`; call inside the transaction that uses it."""
    return next_numbers(department, day, 1)[0]


def next_numbers(department: Department, day: dt.date, count: int) -> list[str]:
    """The next `count` numbers in a row; the series stays locked until the transaction ends."""
    prefix = f"{fiscal_year_code(fiscal_year(day))}-{department.code or department.pk}"
    NumberSeries.objects.get_or_create(prefix=prefix)
    series = NumberSeries.objects.select_for_update().get(prefix=prefix)
    first = series.last + 1
    series.last += count
    series.save(update_fields=["last"])
    return [f"{prefix}-{number:04d}" for number in range(first, first + count)]
