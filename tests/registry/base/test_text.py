"""Text: what is stored stays as written, what is searched no longer differs by width, case, kana or glyph."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.base import text as text_module
from registry.base.text import (
    find_control_characters,
    find_gaiji,
    fold,
    grams,
    header_key,
    is_blank,
    terms,
    tidy,
)

FAMILIES = text_module._FAMILIES.split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ガバナンス", "がばなんす"),
        ("ﾃﾞｰﾀﾍﾞｰｽ", "データベース"),
        ("か\u3099き", "ガキ"),
        ("ＩＣＴ推進室", "ict推進室"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("齋藤", "斉藤"),
        ("髙﨑", "高崎"),
        ("濵田", "浜田"),
        ("廣澤", "広沢"),
        ("國學圖書館", "国学図書館"),
        ("鹽竈", "塩竃"),
        ("葛\U000e0100城市", "葛城市"),
        ("霞ヶ関", "霞ケ関"),
        ("本庁　１階", "本庁1階"),
        ("住民\u200b異動届", "住民異動届"),
        ("受付〜完了", "受付～完了"),
        ("IA−001", "IA-001"),
        ("IA―001", "ＩＡ－００１"),
        ("⾼齢者", "高齢者"),
    ],
)
def test_two_spellings_of_one_word_are_found_by_each_other(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("サーバー", "サーバ-"), ("人", "入"), ("大坂", "大阪"), ("島", "鳥")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_family_of_kanji_is_folded_to_its_first_member() -> None:
    assert len(FAMILIES) > 150
    for family in FAMILIES:
        assert {fold(member) for member in family} == {family[0]}


def test_no_kanji_stands_in_two_families() -> None:
    members = [member for family in FAMILIES for member in family]
    assert len(members) == len(set(members))
    assert all(unicodedata.normalize("NFKC", member) == member for member in members)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_grams_are_single_and_double_characters_in_order_and_each_once() -> None:
    assert grams("資産資産") == ["資", "資産", "産", "産資"]
    assert grams("") == []


def test_search_words_are_parted_by_white_space_of_any_width() -> None:
    assert terms(" 資産　ＤＡＩＣＨＯ\t資産 \u200b") == ["資産", "daicho"]


def test_what_is_stored_keeps_its_width_and_loses_only_its_margins() -> None:
    assert tidy("　ＩＣＴ推進室\r\n二行目\r三行目\n") == "ＩＣＴ推進室\n二行目\n三行目"
    assert tidy("か\u3099") == "が"
    assert tidy("髙﨑①㈱") == "髙﨑①㈱"


@pytest.mark.parametrize("text", ["", "   ", "　", "\u200b", "\u3164", "\ufeff\u00a0"])
def test_what_cannot_be_seen_is_blank(text: str) -> None:
    assert is_blank(text)


def test_what_can_be_seen_is_not_blank() -> None:
    assert not is_blank("〃")


def test_control_characters_are_named_with_their_place() -> None:
    assert find_control_characters("A\x00B\u202eC\ud800\x85\u2066") == [
        (1, "U+0000"),
        (3, "U+202E"),
        (5, "U+D800"),
        (6, "U+0085"),
        (7, "U+2066"),
    ]
    assert find_control_characters("一行目\n\t二行目") == []


def test_gaiji_are_found() -> None:
    assert find_gaiji("\ue000外字\uf8ff") == ["\ue000", "\uf8ff"]
    assert find_gaiji("髙") == []


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("管理\n番号", "管理番号"),
        (" 情報資産名　", "情報資産名"),
        ("機密性※必須", "機密性"),
        ("機密性（必須）", "機密性"),
        ("【必須】機密性", "機密性"),
        ("※機密性", "機密性"),
        ("保存期間(注1)", "保存期間"),
        ("保存期間 注2 ＊", "保存期間"),
        ("保管場所\u200b", "保管場所"),
        ("ﾃﾞｰﾀ名", "データ名"),
        ("ＩＤ", "id"),
        ("発注", "発注"),
        ("管理責任者(職名)", "管理責任者(職名)"),
    ],
)
def test_headers_are_matched_without_their_decoration(written: str, key: str) -> None:
    assert header_key(written) == key
