"""The calendar of the town hall: 和暦, 年度, and reading a date in every spelling people use."""

import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Era:
    """One 元号: its name, its letter, its digit in seven-digit dates, and its first day."""

    name: str
    letter: str
    digit: str
    first_day: datetime.date


ERAS: Final = (
    Era("令和", "R", "5", datetime.date(2019, 5, 1)),
    Era("平成", "H", "4", datetime.date(1989, 1, 8)),
    Era("昭和", "S", "3", datetime.date(1926, 12, 25)),
    Era("大正", "T", "2", datetime.date(1912, 7, 30)),
    Era("明治", "M", "1", datetime.date(1868, 1, 25)),
)
_GREGORIAN_SINCE: Final = datetime.date(1873, 1, 1)
_ERA_BY_MARK: Final = {mark: era for era in ERAS for mark in (era.name, era.name[0], era.letter, era.digit)}
_EXAMPLES: Final = "「令和8年4月1日」「R8.4.1」「2026/4/1」のように入力してください。"
_WEEKDAY_OR_MIDNIGHT: Final = re.compile(r"(?:\([月火水木金土日祝・]+\)|[T ]*00?:00(?::00(?:\.0+)?)?)$")
_WAREKI: Final = re.compile(
    r"(令和|平成|昭和|大正|明治|[令平昭大明RHSTM])(元|\d{1,2})(?:年(\d{1,2})月(\d{1,2})日|([./-])(\d{1,2})\5(\d{1,2}))",
    re.ASCII,
)
_SEIREKI: Final = re.compile(r"(?:西暦)?(\d{4})(?:年(\d{1,2})月(\d{1,2})日|([./-])(\d{1,2})\4(\d{1,2}))", re.ASCII)
_AMBIGUOUS: Final = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{1,2}|\d{4})", re.ASCII)


def era_of(day: datetime.date) -> Era | None:
    """Return the era a day belongs to, or None before 明治6年, when the calendar was another one."""
    if day < _GREGORIAN_SINCE:
        return None
    return next(era for era in ERAS if era.first_day <= day)


def wareki(day: datetime.date) -> str:
    """Return a day as 「令和8年4月1日」; before 明治6年 as 西暦."""
    era = era_of(day)
    if era is None:
        return f"西暦{day.year}年{day.month}月{day.day}日"
    return f"{era.name}{_year_word(day.year - era.first_day.year + 1)}年{day.month}月{day.day}日"


def wareki_moment(local: datetime.datetime) -> str:
    """Return a moment of the local clock as 「令和8年4月1日 09:05」."""
    return f"{wareki(local.date())} {local:%H:%M}"


def wareki_short(day: datetime.date) -> str:
    """Return a day as "R8.4.1"; before 明治6年 as "1868.1.25"."""
    era = era_of(day)
    if era is None:
        return f"{day.year}.{day.month}.{day.day}"
    return f"{era.letter}{day.year - era.first_day.year + 1}.{day.month}.{day.day}"


def fiscal_year(day: datetime.date) -> int:
    """Return the 年度 (1 April to 31 March, 地方自治法第208条) of a day, by the year it begins in."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_label(year: int) -> str:
    """Return 「令和8年度」 for 2026. A 年度 has the era of 1 May, so 2019 is 令和元年度."""
    era, number = _era_of_fiscal_year(year)
    return f"{era.name}{_year_word(number)}年度"


def fiscal_year_code(year: int) -> str:
    """Return "R08" for 2026, as it stands in registration numbers."""
    era, number = _era_of_fiscal_year(year)
    return f"{era.letter}{number:02}"


def parse_date(text: str) -> datetime.date:
    """Return the day that text names in 和暦 or 西暦, with or without 年月日, also as 8 digits or 7 (era and yymmdd).

    Raises ValueError with a Japanese sentence for what can be read two ways, is no date, or lies outside its era.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    plain = re.sub(r"\s+", "", _WEEKDAY_OR_MIDNIGHT.sub("", plain))
    if re.fullmatch(r"\d{8}", plain, re.ASCII):
        return _seireki_day(text, plain[:4], plain[4:6], plain[6:])
    if re.fullmatch(r"[1-5]\d{6}", plain, re.ASCII):
        return _wareki_day(text, plain[0], plain[1:3], plain[3:5], plain[5:])
    if match := _WAREKI.fullmatch(plain):
        return _wareki_day(text, match[1], match[2], match[3] or match[6], match[4] or match[7])
    if match := _SEIREKI.fullmatch(plain):
        return _seireki_day(text, match[1], match[2] or match[5], match[3] or match[6])
    if _AMBIGUOUS.fullmatch(plain):
        raise ValueError(f"「{_shown(text)}」は何年のことか決められません。{_EXAMPLES}")
    raise ValueError(f"「{_shown(text)}」は日付として読めません。{_EXAMPLES}")


def _wareki_day(text: str, mark: str, year: str, month: str, day: str) -> datetime.date:
    era = _ERA_BY_MARK[mark]
    number = 1 if year == "元" else int(year)
    if number == 0:
        raise ValueError(f"「{_shown(text)}」は日付として読めません。{era.name}は元年から始まります。")
    found = _calendar_day(text, era.first_day.year + number - 1, month, day)
    if found < _GREGORIAN_SINCE:
        raise ValueError(f"「{_shown(text)}」は旧暦の日付です。明治6年1月1日以後の日付を入力してください。")
    if era_of(found) is not era:
        raise ValueError(f"「{_shown(text)}」は{era.name}の期間の外です。{wareki(found)}のことか確かめてください。")
    return found


def _seireki_day(text: str, year: str, month: str, day: str) -> datetime.date:
    if int(year) < _GREGORIAN_SINCE.year:
        raise ValueError(f"「{_shown(text)}」は古すぎます。明治6年(1873年)1月1日以後の日付を入力してください。")
    return _calendar_day(text, int(year), month, day)


def _calendar_day(text: str, year: int, month: str, day: str) -> datetime.date:
    try:
        return datetime.date(year, int(month), int(day))
    except ValueError:
        raise ValueError(f"「{_shown(text)}」は暦にない日付です。月と日を確かめてください。") from None


def _era_of_fiscal_year(year: int) -> tuple[Era, int]:
    era = era_of(datetime.date(year, 5, 1))
    if era is None:
        raise ValueError("年度は明治6年度(1873年度)以後を指定してください。")
    return era, year - era.first_day.year + 1


def _year_word(number: int) -> str:
    return "元" if number == 1 else str(number)


def _shown(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"
