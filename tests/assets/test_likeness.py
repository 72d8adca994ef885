"""How near is near: measured on the demonstration's ledgers and on a real list, and spellings that say the same."""

import itertools
import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assets.likeness import NEAR, joined, likeness, near_pairs, spelling_key
from registry.base.text import fold

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared/data/takamatsu/open_data_list_0099.xlsx"
DEMO = sorted((ROOT / "registry/portal/demo_assets").glob("*.toml"))


def ledgers() -> list[list[tuple[str, str]]]:
    """Name and department of everything in each of the demonstration's ledgers: all of them different things."""
    found = [tomllib.loads(path.read_text(encoding="utf-8"))["assets"] for path in DEMO]
    return [[(asset["name"], asset["department"]) for asset in assets] for assets in found]


def wrongly_near(names: list[tuple[str, str]], *, within: bool) -> int:
    """How many pairs of different things would be taken for duplicates (only those of one department, or all)."""
    pairs = itertools.combinations(names, 2)
    return sum(likeness(fold(a), fold(b)) >= NEAR for (a, p), (b, q) in pairs if p == q or not within)


def slips(name: str, chance: random.Random) -> list[str]:
    """The same name as somebody else might have typed it."""
    at = chance.randrange(len(name))
    other = chance.choice("あ税課台帳の表一")
    return [
        name[:at] + name[at + 1 :],
        name[:at] + other + name[at + 1 :],
        name[:at] + other + name[at:],
        f"{name}(控)",
        f"{name}データ",
        f"新{name}",
    ]


def test_different_things_of_one_department_are_never_taken_for_duplicates() -> None:
    assert len(DEMO) == 5
    assert sum(wrongly_near(names, within=True) for names in ledgers()) == 0


def test_of_all_pairs_of_different_things_hardly_one_is_taken_for_a_duplicate() -> None:
    assert sum(wrongly_near(names, within=False) for names in ledgers()) <= 1


def test_a_real_list_has_three_pairs_that_differ_in_two_characters() -> None:
    if not REAL.exists():
        pytest.skip("高松市のオープンデータの一覧がここにないため、測れません。")
    rows = load_workbook(REAL, read_only=False).worksheets[0].iter_rows(min_row=2, values_only=True)
    names = [(str(row[4]), "") for row in rows if row[4]]
    assert len(names) > 100
    assert wrongly_near(names, within=False) == 3


def test_most_slips_of_the_pen_are_found() -> None:
    chance = random.Random(1)  # noqa: S311 — slips of the pen, no secrets
    names = sorted({name for ledger in ledgers() for name, _ in ledger if len(name) > 4})
    tried = [(name, slip) for name in names for slip in slips(name, chance)]
    found = sum(likeness(fold(name), fold(slip)) >= NEAR for name, slip in tried)
    assert found / len(tried) > 0.9


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("令和5年度 補助金台帳", "令和6年度 補助金台帳"),
        ("第一庁舎の配置図", "第二庁舎の配置図"),
        ("1号機操作マニュアル", "2号機操作マニュアル"),
        ("台帳", "名簿"),
    ],
)
def test_names_that_differ_in_a_number_are_different_things(first: str, second: str) -> None:
    assert likeness(fold(first), fold(second)) < NEAR


def test_the_one_in_ichiran_is_no_number() -> None:
    assert likeness(fold("補助金交付先一覧"), fold("補助金交付先の一覧")) >= NEAR


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(alphabet="税課台帳一覧登録1", min_size=1, max_size=9), max_size=14))
def test_no_near_pair_is_missed_and_none_is_made_up(texts: list[str]) -> None:
    names = dict(enumerate(texts))
    expected = {
        (a, b)
        for a, b in itertools.combinations(names, 2)
        if names[a] != names[b] and likeness(names[a], names[b]) >= NEAR
    }
    assert {(min(pair), max(pair)) for pair in near_pairs(names)} == expected


def test_pairs_are_put_together_in_groups() -> None:
    assert sorted(joined([(1, 2), (5, 6), (2, 3)])) == [[1, 2, 3], [5, 6]]
    assert joined([(1, 2), (3, 4), (2, 3)]) == [[1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("㈱みどり電算", "株式会社 みどり電算"),
        ("(株)みどり電算", "（株）みどり電算"),
        ("本庁舎2階 サーバ室", "本庁舎２階サーバー室"),
        ("データセンタ", "データセンター"),
        ("1-2-3", "１ー２−３"),
        ("斎藤書庫", "齋藤書庫"),
        ("固定資産税・都市計画税", "固定資産税、都市計画税"),
    ],
)
def test_spellings_of_the_same_thing_agree(first: str, second: str) -> None:
    assert spelling_key(first) == spelling_key(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("1-2", "12"), ("ビル", "ビール"), ("本庁舎1階", "本庁舎2階"), ("株式会社みどり", "有限会社みどり")],
)
def test_spellings_of_different_things_do_not_agree(first: str, second: str) -> None:
    assert spelling_key(first) != spelling_key(second)
