"""Dates: written in every way people write them, and refused when they cannot be a day."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.base.fiscal import (
    ERAS,
    fiscal_year,
    fiscal_year_code,
    fiscal_year_label,
    parse_date,
    wareki,
    wareki_short,
)

APRIL_2024 = datetime.date(2024, 4, 1)
DAYS = st.dates(datetime.date(1873, 1, 1), datetime.date(2117, 12, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和6年4月1日", APRIL_2024),
        ("R6.4.1", APRIL_2024),
        ("r06/04/01", APRIL_2024),
        ("令和 6 年 4 月 1 日", APRIL_2024),
        ("令和６年４月１日", APRIL_2024),
        ("㋿6年4月1日", APRIL_2024),
        ("令6.4.1", APRIL_2024),
        ("2024/4/1", APRIL_2024),
        ("2024-04-01", APRIL_2024),
        ("2024.04.01", APRIL_2024),
        ("2024年4月1日(月)", APRIL_2024),
        ("西暦2024年4月1日", APRIL_2024),
        ("20240401", APRIL_2024),
        ("5060401", APRIL_2024),
        ("2024-04-01T00:00:00", APRIL_2024),
        ("2024/4/1 0:00", APRIL_2024),
        ("令和元年5月1日", datetime.date(2019, 5, 1)),
        ("平成31年4月30日", datetime.date(2019, 4, 30)),
        ("H31/4/30", datetime.date(2019, 4, 30)),
        ("昭和64年1月7日", datetime.date(1989, 1, 7)),
        ("R02.07.21", datetime.date(2020, 7, 21)),
        ("S62.06.05", datetime.date(1987, 6, 5)),
        ("M6.1.1", datetime.date(1873, 1, 1)),
    ],
)
def test_a_date_is_understood(written: str, day: datetime.date) -> None:
    assert parse_date(written) == day


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("平成32年4月1日", "令和2年4月1日"),
        ("平成元年1月7日", "昭和64年1月7日"),
        ("昭和65年1月1日", "平成2年1月1日"),
        ("4310501", "令和元年5月1日"),
        ("令和6年2月30日", "暦にない"),
        ("R6.13.1", "暦にない"),
        ("20240230", "暦にない"),
        ("令和0年1月1日", "元年"),
        ("6.4.1", "何年"),
        ("24/4/1", "何年"),
        ("4/1/2024", "何年"),
        ("不明", "読めません"),
        ("2024年度", "読めません"),
        ("20240401?", "読めません"),
        ("2024/4/1 9:30", "読めません"),
        ("", "読めません"),
        ("M5.1.1", "旧暦"),
        ("1868/1/1", "古すぎます"),
        ("x" * 10_000, "…"),
    ],
)
def test_what_is_no_certain_day_is_refused_with_a_sentence(written: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint) as refusal:
        parse_date(written)
    assert str(refusal.value).endswith("。")
    assert len(str(refusal.value)) < 120


@given(DAYS)
def test_a_day_we_write_is_read_as_the_same_day(day: datetime.date) -> None:
    assert parse_date(wareki(day)) == day
    assert parse_date(wareki_short(day)) == day
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%Y%m%d}") == day


@pytest.mark.parametrize("era", ERAS[:-1], ids=lambda era: era.name)
def test_an_era_begins_on_its_first_day(era: object) -> None:
    first = era.first_day  # type: ignore[attr-defined]
    assert wareki(first).startswith(f"{era.name}元年")  # type: ignore[attr-defined]
    assert not wareki(first - datetime.timedelta(days=1)).startswith(era.name)  # type: ignore[attr-defined]


def test_before_the_gregorian_calendar_only_the_western_year_is_shown() -> None:
    assert wareki(datetime.date(1872, 12, 31)) == "西暦1872年12月31日"
    assert wareki_short(datetime.date(1872, 12, 31)) == "1872.12.31"


@pytest.mark.parametrize(
    ("day", "year"),
    [(datetime.date(2026, 3, 31), 2025), (datetime.date(2026, 4, 1), 2026), (datetime.date(2026, 12, 31), 2026)],
)
def test_the_fiscal_year_begins_in_april(day: datetime.date, year: int) -> None:
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    ("year", "label", "code"),
    [(2026, "令和8年度", "R08"), (2019, "令和元年度", "R01"), (2018, "平成30年度", "H30"), (1989, "平成元年度", "H01")],
)
def test_a_fiscal_year_has_a_name_and_a_code(year: int, label: str, code: str) -> None:
    assert fiscal_year_label(year) == label
    assert fiscal_year_code(year) == code
