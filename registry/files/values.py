"""What stands in one cell of a workbook, as a plain value or as the reason why it cannot be trusted.

Values are ready for JSON: text, number, boolean, None, {"d": ISO day}, {"t": ISO day and time}, {"p": reason}.
"""

import datetime
import math
import re
from typing import Final

from registry.files.formats import DAY, NUMBER, TIME, with_zeros
from registry.files.limits import MAX_CHARACTERS

Value = str | int | float | bool | dict[str, str] | None

_LAST_EXACT: Final = 10**15
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLAIN_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_BASE_1900: Final = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no time zone
_BASE_1904: Final = datetime.datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook knows no time zone
_DAYS_TO_9999: Final = 2_958_465


def problem(reason: str) -> dict[str, str]:
    """Return the value of a cell that cannot be trusted."""
    return {"p": reason}


def text_value(text: str) -> Value:
    """Return text as it may be stored, None when it is empty, or a problem when it is too long or unprintable."""
    if not text:
        return None
    if len(text) > MAX_CHARACTERS:
        return problem(f"文字数が{len(text):,}字で、Excelの上限{MAX_CHARACTERS:,}字を超えています。短くしてください。")
    if found := _FORBIDDEN.search(text):
        return problem(f"使えない制御文字(U+{ord(found[0]):04X})が入っています。この文字を消してください。")
    return text


def unescaped(text: str) -> str:
    """Return text with _xHHHH_ read as characters (ECMA-376 Part 1, 22.9.2.19), surrogate pairs joined."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") if plain != text else text


def number_value(text: str, meaning: str, *, since_1904: bool) -> Value:
    """Return what a number cell shows: a number, a day, a time as text, a code with its zeros, or a problem."""
    if meaning == NUMBER and len(text) < 16 and text.isascii() and text.isdigit():
        return int(text)
    if len(text) > 64 or not _PLAIN_NUMBER.fullmatch(text):
        return problem(f"数値として読めません(「{text[:20]}」)。入力し直してください。")
    number = float(text)
    if not math.isfinite(number):
        return problem("数値が大きすぎて読めません。入力し直してください。")
    if meaning in {DAY, TIME}:
        return _moment(number, meaning, since_1904=since_1904)
    return _amount(number, meaning)


def iso_value(text: str) -> Value:
    """Return the day or moment of a cell of type "d"."""
    try:
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return problem(f"日付として読めません(「{text[:20]}」)。入力し直してください。")
    return {"d": text} if len(text) == len("2026-04-01") else {"t": moment.isoformat(timespec="seconds")}


def boolean_value(text: str) -> Value:
    """Return the truth of a cell of type "b"."""
    if text in {"1", "true"}:
        return True
    return False if text in {"0", "false"} else problem("TRUEでもFALSEでもない値です。入力し直してください。")


def error_value(text: str) -> Value:
    """Return the problem of a cell that shows an error."""
    return problem(f"エラー値({text[:20] or '不明'})です。数式か参照先を直してください。")


def _amount(number: float, meaning: str) -> Value:
    if abs(number) >= _LAST_EXACT:
        return problem("15桁を超える数値は、Excelで下の桁が失われています。文字列として入力し直してください。")
    if not number.is_integer():
        return float(f"{number:.15g}")
    return int(number) if meaning == NUMBER else with_zeros(int(number), meaning)


def _moment(number: float, meaning: str, *, since_1904: bool) -> Value:
    if 0 <= number < 1 and meaning == TIME:
        return _clock(round(number * 86_400))
    earliest, base = (0, _BASE_1904) if since_1904 else (1, _BASE_1900)
    last = _DAYS_TO_9999 - (1_462 if since_1904 else 0)
    if not earliest <= number < last + 1:
        return problem(f"日付にできない数値({number:.15g})です。日付を入力し直してください。")
    if meaning == TIME and number < 60:
        return _clock(round(number * 86_400))
    if not since_1904 and int(number) == 60:
        return problem("1900年2月29日は暦にありません。日付を入力し直してください。")
    if not since_1904 and number < 60:
        number += 1
    moment = base + datetime.timedelta(seconds=round(number * 86_400))
    return {"d": moment.date().isoformat()} if number.is_integer() else {"t": moment.isoformat()}


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")
