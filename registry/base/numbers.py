"""Check digits: the My Number that no ledger text may hold, and the code of a local government."""

import re
import unicodedata
from typing import Final

_DIGIT: Final = "[0-9０-９]"
_JOINT: Final = "[ \u00a0\u3000\\-\u2010-\u2015\u2212\uff0d]"
_CANDIDATE: Final = re.compile(
    f"(?<!{_DIGIT}){_DIGIT}{{12}}(?!{_DIGIT})"
    f"|(?<!{_DIGIT})(?<!{_DIGIT}{{4}}{_JOINT}){_DIGIT}{{4}}({_JOINT}){_DIGIT}{{4}}\\1{_DIGIT}{{4}}"
    f"(?!{_DIGIT})(?!\\1{_DIGIT}{{4}}(?!{_DIGIT}))"
)
_NOT_DIGITS: Final = re.compile("[^0-9]")


def is_my_number(digits: str) -> bool:
    """Say whether twelve ASCII digits are a 個人番号, that is, end in the right check digit.

    Source: 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令第8条,
    平成26年総務省令第85号第5条.
    """
    if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
        return False
    places = enumerate(reversed(digits[:11]), start=1)
    total = sum(int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in places)
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def find_my_numbers(text: str) -> list[str]:
    """Return every 個人番号 in free text, as written there.

    Full-width digits count, and groups of four joined by one kind of space or hyphen; a part of a longer number
    does not.
    """
    found = (match[0] for match in _CANDIDATE.finditer(text))
    return [written for written in found if is_my_number(_NOT_DIGITS.sub("", unicodedata.normalize("NFKC", written)))]


def body_code_check_digit(first_five: str) -> int:
    """Return the sixth digit of a 全国地方公共団体コード from its first five.

    Source: 総務省「全国地方公共団体コード」検査数字. Raises ValueError for anything but five ASCII digits.
    """
    if len(first_five) != 5 or not (first_five.isascii() and first_five.isdigit()):
        raise ValueError("地方公共団体コードの先頭5桁を半角数字で指定してください。")
    total = sum(int(digit) * weight for digit, weight in zip(first_five, (6, 5, 4, 3, 2), strict=True))
    return (11 - total % 11) % 10


def is_body_code(code: str) -> bool:
    """Say whether six ASCII digits are a 全国地方公共団体コード with the right check digit."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    return int(code[5]) == body_code_check_digit(code[:5])
