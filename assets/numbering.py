"""Registration numbers: 年度-課-連番-履歴番号, never used again (DOMAIN §3)."""

import datetime as dt

from assets.models import NumberSeries
from registry.base.fiscal import fiscal_year, fiscal_year_code
from registry.organization.models import Department


def next_number(department: Department, day: dt.date) -> str:
    """The next free number of the department in the 年度 of `day`; call inside the transaction that uses it."""
    prefix = f"{fiscal_year_code(fiscal_year(day))}-{department.code or department.pk}"
    NumberSeries.objects.get_or_create(prefix=prefix)
    series = NumberSeries.objects.select_for_update().get(prefix=prefix)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{prefix}-{series.last:04d}"
