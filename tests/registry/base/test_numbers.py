"""Check digits of the My Number and of the codes of local governments."""

import csv
from pathlib import Path

import pytest

from registry.base.numbers import body_code_check_digit, find_my_numbers, is_body_code, is_my_number

LOCAL_GOVERNMENTS = Path(__file__).parents[4] / "shared/data/localgov/localgovjp-utf8.csv"
VALID = "123456789018"


def test_exactly_one_check_digit_makes_a_my_number() -> None:
    for first in ("12345678901", "00000000000", "99999999999", "31415926535"):
        assert sum(is_my_number(f"{first}{last}") for last in range(10)) == 1
    assert is_my_number(VALID)


@pytest.mark.parametrize("text", ["", "12345678901", "1234567890180", "１２３４５６７８９０１８", "12345678901x"])
def test_other_texts_are_no_my_number(text: str) -> None:
    assert not is_my_number(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"番号は{VALID}です", [VALID]),
        ("１２３４５６７８９０１８", ["１２３４５６７８９０１８"]),
        ("1234-5678-9018", ["1234-5678-9018"]),
        ("1234 5678 9018 5件", ["1234 5678 9018"]),
        ("１２３４－５６７８－９０１８", ["１２３４－５６７８－９０１８"]),
        (f"{VALID}、{VALID}", [VALID, VALID]),
        (f"{VALID}7", []),
        (f"0{VALID}", []),
        ("1234-5678-9018-3456", []),
        ("9999-1234-5678-9018", []),
        ("1234-5678 9018", []),
        ("123456789012", []),
        ("", []),
    ],
)
def test_my_numbers_are_found_in_free_text(text: str, found: list[str]) -> None:
    assert find_my_numbers(text) == found


@pytest.mark.parametrize("code", ["113018", "462152", "042099", "131121"])
def test_codes_of_real_bodies_are_right(code: str) -> None:
    assert is_body_code(code)


@pytest.mark.parametrize("code", ["113019", "11301", "1130188", "１１３０１８", ""])
def test_wrong_codes_are_found(code: str) -> None:
    assert not is_body_code(code)


def test_a_check_digit_needs_five_digits() -> None:
    with pytest.raises(ValueError, match="5桁"):
        body_code_check_digit("1234")


@pytest.mark.skipif(not LOCAL_GOVERNMENTS.exists(), reason="the list of local governments is not at hand")
def test_every_local_government_has_a_right_code() -> None:
    with LOCAL_GOVERNMENTS.open(encoding="utf-8-sig", newline="") as stream:
        codes = [row["lgcode"] for row in csv.DictReader(stream)]
    assert len(codes) == 1916
    assert [code for code in codes if not is_body_code(code)] == []
