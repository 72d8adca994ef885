"""Search: by any part of a word however it is written, taken literally, always up to date, and only what one may see."""

from collections.abc import Callable

import pytest
from django.test import Client

from assets.editing import draft, propose_change, revise
from assets.models import Asset
from assets.searching import matching
from assets.states import State
from assets.workflow import approve, confirm, submit
from registry.organization.models import User
from tests import world

pytestmark = pytest.mark.django_db


def found(query: str) -> set[str]:
    return set(matching(Asset.objects.all(), query).values_list("name", flat=True))


def asset_called(name: str, **values: str) -> Asset:
    place = {"location": "庁舎", **values}
    return draft(world.values(name=name, **place), by=world.person("clerk")).asset


SAME = {
    "two characters in the middle": ("固定資産税課税台帳", "資産"),
    "one character": ("固定資産税課税台帳", "税"),
    "the first character": ("固定資産税課税台帳", "固"),
    "the last character": ("固定資産税課税台帳", "帳"),
    "かな for カナ": ("エルタックス連携", "えるたっくす"),
    "カナ for かな": ("しゃけん一覧", "シャケン"),
    "半角カナ": ("システム台帳", "ｼｽﾃﾑ"),
    "半角 for 全角": ("ＩＣＴ推進室の台帳", "ict"),
    "全角 for 半角": ("LGWAN接続機器", "ＬＧＷＡＮ"),
    "円数字": ("様式①の控え", "様式1"),
    "新字体 for 旧字体": ("渡邊家文書", "渡辺"),
    "旧字体 for 新字体": ("渡辺家文書", "渡邉"),
    "はしごだか": ("髙橋文庫", "高橋"),
    "はしごだか the other way": ("高橋文庫", "髙橋"),
    "たつさき": ("山﨑家文書", "山崎"),
    "spaces in the name": ("固定 資産　税 台帳", "固定資産税"),
    "a wave dash": ("4月～6月の記録", "4月〜6月"),
    "a minus": ("A－1棚", "a-1"),
    "a character beyond the basic plane": ("𠮷田家文書", "吉田"),
    "percent": ("達成率100%の記録", "100%"),
    "underscore": ("file_server", "e_s"),
    "quote": ("O'Reilly の資料", "o'r"),
    "double quote": ('資料"A"', '"a"'),
    "backslash": ("C:\\台帳", "c:\\台"),
    "asterisk": ("重要*印", "要*"),
    "parentheses": ("台帳(控)", "(控)"),
    "a colon and a caret": ("列名:^値", "名:^"),
    "sql": ("x'); DROP TABLE assets_asset; --", "'); drop table"),
}


@pytest.mark.parametrize("case", SAME)
def test_a_name_is_found_however_it_is_written(case: str) -> None:
    name, query = SAME[case]
    asset_called(name)
    asset_called("まったく別のもの")
    assert found(query) == {name}


NOT_THE_SAME = {
    "percent is no wildcard": ("固定資産税", "固%税"),
    "percent alone": ("固定資産税", "%"),
    "underscore is no wildcard": ("固定資産税", "固定_産"),
    "asterisk is no wildcard": ("固定資産税", "固定*"),
    "both pairs but not next to each other": ("資産の台帳", "資台"),
    "pairs of the word in another order": ("ういえいう", "いうい"),
    "an underscore is no wildcard between its pairs": ("a_axb_b", "a_b"),
    "a percent is no wildcard between its pairs": ("a%axyzb%b", "a%b"),
    "a long vowel is no dash": ("サーバ", "サーバー"),
    "quotes": ("固定資産税", '"固定資産税"'),
    "OR": ("固定資産税", "固定 OR 住民"),
    "NOT": ("固定資産税", "NOT 住民"),
    "NEAR": ("固定資産税", "NEAR(固定 資産)"),
}


@pytest.mark.parametrize("case", NOT_THE_SAME)
def test_signs_are_taken_literally_and_near_misses_are_not_found(case: str) -> None:
    name, query = NOT_THE_SAME[case]
    asset_called(name)
    assert found(query) == set()


def test_every_word_has_to_be_found_but_not_in_the_same_place() -> None:
    asset_called("固定資産税課税台帳", business="賦課", location="東支所")
    asset_called("固定資産評価調書", business="評価", location="本庁舎")
    assert found("資産 賦課") == {"固定資産税課税台帳"}
    assert found("資産　東支所") == {"固定資産税課税台帳"}
    assert found("資産 固定") == {"固定資産税課税台帳", "固定資産評価調書"}
    assert found("資産 住民") == set()


def test_a_word_does_not_reach_from_one_column_into_the_next() -> None:
    asset_called("台帳", business="税務")
    assert found("帳税") == set()


@pytest.mark.parametrize("query", ["", " ", "　\t ", "\u200b"])
def test_no_words_narrow_nothing(query: str) -> None:
    asset_called("固定資産税課税台帳")
    assert found(query) == {"固定資産税課税台帳"}


def test_business_description_location_and_number_are_searched_too() -> None:
    proposal = world.proposal_in(State.APPROVED, business="賦課業務", description="土地と家屋", location="東支所")
    number = Asset.objects.get(pk=proposal.asset_id).full_number
    for query in ("賦課", "家屋", "東支", number, number[:8], number.lower(), number.replace("-", "－")):
        assert found(query) == {"固定資産税課税台帳"}, query


def test_the_index_follows_a_draft_as_it_is_saved(clerk: User) -> None:
    proposal = draft(world.values(name="古い名前"), by=clerk)
    revise(proposal, {"name": "新しい呼び方"}, version=1, by=clerk)
    assert (found("古い"), found("呼び方")) == (set(), {"新しい呼び方"})


def test_the_index_follows_a_change_when_it_is_approved_and_not_before(clerk: User) -> None:
    asset = world.proposal_in(State.APPROVED, name="古い名前").asset
    change = submit(propose_change(asset, {"name": "新しい呼び方"}, base_version=1, by=clerk), by=clerk)
    assert (found("古い"), found("呼び方")) == ({"古い名前"}, set())
    approve(confirm(change, by=world.person("manager")), by=world.person("secretariat"))
    assert (found("古い"), found("呼び方"), found(asset.number)) == (set(), {"新しい呼び方"}, {"新しい呼び方"})


def listed(client: Client, query: str) -> str:
    return client.get("/assets/", {"q": query}).content.decode()


def test_only_what_one_may_see_is_found(signed_in: Callable[[str], Client]) -> None:
    asset_called("秘匿住所の一覧")
    draft(world.values("council", name="議会の秘匿資料"), by=world.person("councillor"))
    assert "秘匿住所の一覧" in listed(signed_in("clerk"), "秘匿")
    assert "1件" in listed(signed_in("clerk"), "秘匿")
    for name in ("stranger", "sysadmin", "postless"):
        page = listed(signed_in(name), "秘匿")
        assert "秘匿住所の一覧" not in page
        assert "議会の秘匿資料" not in page
    assert "議会の秘匿資料" not in listed(signed_in("secretariat"), "秘匿")


@pytest.mark.parametrize("query", ["a" * 101, "\x00", "資" * 5000, "g61 OR g62", "😀", "'\"%_\\*();--"])
def test_no_query_breaks_the_page(query: str, signed_in: Callable[[str], Client]) -> None:
    assert signed_in("clerk").get("/assets/", {"q": query}).status_code == 200
