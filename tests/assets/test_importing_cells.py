"""What is wrong in a file is named by cell and column, in a sentence that says what to do; all of it at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets.classification import axes_in_force, named
from assets.columns import BY_KEY, REQUIRED
from assets.models import Asset
from registry.organization.models import Department, Organ
from registry.organization.structure import create_department
from tests import world
from tests.assets.uploads import HEADERS, checked, findings, good, register, table

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
PLACE = re.compile(r"[0-9]+行目")
WRONG: dict[str, tuple[str, str, str]] = {
    "a level that does not exist": ("confidentiality", "4", "「4」は使えません。3A、3B、3C、2、1 から選んでください。"),
    "a level of another axis": ("integrity", "3B", "「3B」は使えません。2、1 から選んでください。"),
    "a word for a level": ("availability", "高め", "「高め」は使えません。"),
    "a kind that does not exist": ("asset_type", "書類", "「書類」は使えません。ネットワーク、情報システム、"),
    "a segment that does not exist": ("segment", "不明", "「不明」は使えません。"),
    "an unknown department": ("section", "まったく別の部署", "「まったく別の部署」という課は見つかりません。"),
    "a department misspelt": ("section", "税務科", "「税務課」のことなら、そのとおりに書いてください。"),
    "an unknown post": ("sec_manager", "町長", "「町長」という職は見つかりません。"),
    "a post that is no head": ("sec_manager", "税務課主査", "「税務課主査」という職は見つかりません。"),
    "a ditto mark": ("section", "〃", "「同上」の印は使えません。値そのものを入れてください。"),
    "同上": ("location", "同上", "「同上」の印は使えません。"),
    "two quotes": ("name", '"', "「同上」の印は使えません。"),
    "a my number": ("name", "123456789018", "個人番号(マイナンバー)と思われる12桁の数字"),
    "a my number in full width with spaces": ("location", "１２３４　５６７８　９０１８", "個人番号(マイナンバー)"),
    "a control character": ("location", "台\u202e帳", "使えない制御文字(U+202E)"),
    "too long": ("name", "資" * 201, "200文字までです(いまは201文字)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_cell_is_named_with_its_column_and_what_to_do(case: str, signed_in: SignIn) -> None:
    key, written, sentence = WRONG[case]
    batch = checked(signed_in("secretariat"), table(good(), good(**{key: written})))
    ((place, column, text),) = findings(batch)
    ((_, name),) = named([BY_KEY[key]], axes_in_force())
    assert (place, column) == ("3行目", name)
    assert sentence in text
    assert text.endswith("。")


@pytest.mark.parametrize("column", REQUIRED, ids=lambda column: column.key)
def test_a_required_blank_is_named(column: Any, signed_in: SignIn) -> None:
    ((_, name),) = named([column], axes_in_force())
    for blank in ("", "　", "\u200b"):
        batch = checked(signed_in("secretariat"), table(good(), good(**{column.key: blank})))
        ((place, label, text),) = findings(batch)
        assert (place, label, "空欄です" in text) == ("3行目", name, True), repr(blank)


def test_everything_wrong_is_named_at_once(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    wrong = good(name="", asset_type="x", section="〃", confidentiality="9", segment="?", location="a\u202eb")
    batch = checked(client, table(wrong, good(), wrong))
    assert len(findings(batch)) == 12
    assert all(PLACE.fullmatch(place) for place, _, _ in findings(batch))
    page = " ".join(client.get(f"/assets/imports/{batch.pk}/?only=wrong").content.decode().split())
    assert "3行のうち、登録できる行 1行、直す行 2行" in page
    for place, column, text in findings(batch):
        assert f"{place}「{column}」: {text}" in page


def test_a_name_that_stands_for_several_departments_asks_for_the_full_name_or_the_code(signed_in: SignIn) -> None:
    school = Organ.objects.create(code="school", name="教育委員会", position=3)
    create_department(Department(organ=school, name="税務課", code="2040", valid_from=world.SINCE), by=None)
    client = signed_in("secretariat")
    ((place, _, text),) = findings(checked(client, table(good())))
    assert place == "2行目"
    assert "「税務課」という課は2つあります(税務課(1040)、税務課(2040))。正式名称かコードで書いてください。" in text
    assert findings(checked(client, table(good(section="2040")))) == []
    assert findings(checked(client, table(good(section="１０４０")))) == []


def test_a_department_nothing_can_be_registered_in_is_named_with_the_reason(signed_in: SignIn) -> None:
    Department.objects.filter(name="税務課").update(valid_until=world.SINCE)
    Department.objects.filter(name="住民課").update(excluded="対象外")
    rows = table(good(), good(section="1040"), good(section="住民課"), good(section="総務部福祉科"))
    said = [text for _, column, text in findings(checked(signed_in("secretariat"), rows)) if column == "所管課"]
    assert ["廃止されています" in said[0], "廃止されています" in said[1], "台帳の対象外です" in said[2]] == [True] * 3
    assert "見つかりません" in said[3]


def test_a_department_of_others_is_not_mistaken_for_ones_own(signed_in: SignIn) -> None:
    rows = table(good(section="住民課"), good(section="1050"), good(section="議会事務局"))
    said = [text for _, column, text in findings(checked(signed_in("clerk"), rows)) if column == "所管課"]
    assert len(said) == 3
    for text in said:
        assert "あなたの担当ではないので、登録できません。" in text
        assert "のことなら" not in text


WRITTEN: dict[str, tuple[str, dict[str, str]]] = {
    "confidentiality": ("3B", {"３Ｂ": "3B", "機密性3B": "3B", "自治体機密性３Ｂ": "3B", "極秘": "3A", "公開": "1"}),
    "asset_type": (
        "information",
        {"取り扱う情報": "information", "information": "information", "関連文書": "document"},
    ),
    "segment": ("mynumber", {"番号系": "mynumber", "ＬＧＷＡＮ系": "lgwan", "クラウド": "external", "紙": "paper"}),
}


@pytest.mark.parametrize("key", WRITTEN)
def test_every_usual_spelling_is_understood(key: str, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    spellings = WRITTEN[key][1]
    batch = checked(client, table(*[good(**{key: written}, name=written) for written in spellings]))
    assert findings(batch) == []
    register(client, batch)
    found = {asset.name: asset for asset in Asset.objects.select_related("level_1")}
    for written, expected in spellings.items():
        asset = found[written]
        assert (asset.level_1.code if key == "confidentiality" and asset.level_1 else getattr(asset, key)) == expected


MORE = ("個人情報", "本人の数", "廃棄予定日", "契約期間(開始)", "契約期間(終了)", "備考")
CELLS: dict[str, tuple[str, str, Any]] = {
    "○": ("個人情報", "○", True),
    "なし": ("個人情報", "なし", False),
    "thousands": ("本人の数", "４４，５１２", 44512),
    "wareki": ("廃棄予定日", "令和18年3月31日", "2036-03-31"),
    "short wareki": ("廃棄予定日", "R18.3.31", "2036-03-31"),
    "the name as written": ("備考", "ＩＣＴ推進室①", "ＩＣＴ推進室①"),
    "to be cleared": ("備考", "(削除)", None),
}


UNREADABLE: dict[str, tuple[str, str, str]] = {
    "maybe": ("個人情報", "たぶん", "有 か 無 を入れてください"),
    "a negative number": ("本人の数", "-5", "0以上の数字だけ"),
    "a fraction": ("本人の数", "1.5", "数として読めません"),
    "a day that is not in the calendar": ("廃棄予定日", "2026/2/30", "暦にない日付"),
    "a day that can be read two ways": ("廃棄予定日", "8/4/1", "何年のことか決められません"),
}


def with_more(header: str, written: str) -> bytes:
    """A good row with one more cell filled in."""
    row = [*good(), *(written if name == header else "" for name in MORE)]
    return table(row, headers=[*HEADERS, *MORE])


@pytest.mark.parametrize("case", CELLS)
def test_numbers_days_and_yes_or_no_are_read(case: str, signed_in: SignIn) -> None:
    header, written, expected = CELLS[case]
    batch = checked(signed_in("secretariat"), with_more(header, written))
    key = next(key for key, column in BY_KEY.items() if column.label == header)
    assert findings(batch) == []
    assert batch.rows.get().values.get(key) == expected


@pytest.mark.parametrize("case", UNREADABLE)
def test_numbers_days_and_yes_or_no_that_cannot_be_read_are_named(case: str, signed_in: SignIn) -> None:
    header, written, sentence = UNREADABLE[case]
    ((place, column, text),) = findings(checked(signed_in("secretariat"), with_more(header, written)))
    assert (place, column) == ("2行目", header)
    assert sentence in text


def test_a_period_that_runs_backwards_is_named(signed_in: SignIn) -> None:
    row = [*good(), "", "", "", "R8.4.1", "R8.3.31", ""]
    ((place, column, text),) = findings(checked(signed_in("secretariat"), table(row, headers=[*HEADERS, *MORE])))
    assert (place, column) == ("2行目", "契約期間(終了)")
    assert "終了が開始より前です" in text
