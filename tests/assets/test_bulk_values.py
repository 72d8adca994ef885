"""What can be done to a column of many assets: every column and act has its form, and nothing that may not stand gets in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from assets.classification import classification_on
from assets.columns import BY_KEY, COLUMNS
from assets.forms.bulk import acts_for
from assets.ledger import bulk_editing
from assets.ledger.listing import Listing
from assets.models import Asset, BulkAct
from tests import world
from tests.assets.test_bulk_editing import done, fresh, picked, registered, weighed

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def after(draft_of: Asset, column: str, act: str, value: Any) -> Any:
    return bulk_editing.Wanted(BY_KEY[column], act, {"value": value}).of(draft_of)


def test_lines_are_added_and_taken_away() -> None:
    asset = Asset(
        remarks="一行目\n二行目", vendor="事業者", segment="lgwan", contract_until=timezone.localdate(), pi=True
    )
    assert after(asset, "remarks", "append", "三行目") == {"remarks": "一行目\n二行目\n三行目"}
    assert after(asset, "remarks", "append", "二行目") == {}
    assert after(Asset(), "remarks", "append", "一行目") == {"remarks": "一行目"}
    assert after(asset, "remarks", "remove", "一行目") == {"remarks": "二行目"}
    assert after(asset, "remarks", "remove", "ない行") == {}
    assert after(asset, "remarks", "remove", "") == {"remarks": ""}
    assert after(asset, "vendor", "remove", None) == {"vendor": ""}
    assert after(asset, "contract_term", "remove", None) == {"contract_term": None}
    assert after(asset, "pi", "remove", None) == {"pi": None}
    assert after(asset, "pi", "replace", True) == {}
    assert after(asset, "contract_term", "replace", timezone.localdate().isoformat()) == {}


def test_a_level_goes_with_its_reason(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(2)
    level, draft = world.level("confidentiality", "2"), picked(client, assets)
    refused = weighed(client, draft, "confidentiality", value=level.pk)
    assert refused["form"].errors["class_reason"]
    shown = weighed(client, draft, "confidentiality", value=level.pk, class_reason="公表を予定しているため")
    assert {change.label for change in shown["rows"][0]["changes"]} >= {"自治体機密性", "分類理由"}
    done(client, draft)
    assert {(asset.level_1_id, asset.class_reason) for asset in fresh(assets)} == {(level.pk, "公表を予定しているため")}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing typed": ({"column": "location", "value": " "}, "消すときは"),
    "a My Number": ({"column": "remarks", "value": "番号 123456789018"}, "個人番号"),
    "too long": ({"column": "unit", "value": "係" * 101}, "100文字まで"),
    "control characters": ({"column": "location", "value": "書\x07庫"}, "制御文字"),
    "a choice that does not exist": ({"column": "segment", "value": "moon"}, "選択"),
    "a day that does not exist": ({"column": "disposal_due", "value": "32日"}, "入力"),
    "a line to add that is empty": ({"column": "remarks", "act": "append", "value": ""}, "入力してください"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_that_may_not_stand_is_refused_at_its_field(name: str, signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(1)
    draft = picked(client, assets)
    typed, said = WRONG[name]
    shown = weighed(client, draft, **typed)
    assert said in " ".join(shown["form"].errors.get("value", [])), shown["form"].errors
    assert draft.column == ""


def test_posts_and_departments_not_on_offer_are_refused(signed_in: SignIn) -> None:
    client, assets = signed_in("clerk"), registered(1)
    draft = picked(client, assets)
    clerks_post = world.person("clerk").appointments.get().post_id
    for column, key in (
        ("section", world.department("residents").pk),
        ("section", world.department("council").pk),
        ("sec_manager", clerks_post),
        ("sec_manager", 987654321),
        ("name", "改名"),
        ("disposed_on", "2026-04-01"),
        ("asset_no", "1"),
        ("nothing", "1"),
    ):
        weighed(client, draft, column, value=key)
        assert draft.column == "", (column, key)


def test_gaiji_are_told_and_not_refused(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(1)
    draft = picked(client, assets)
    shown = weighed(client, draft, "location", value="\ue000書庫")
    assert "外字" in " ".join(map(str, shown["messages"]))
    assert shown["count"] == 1


@pytest.mark.parametrize("column", [column for column in COLUMNS if acts_for(column)], ids=lambda column: column.key)
def test_every_column_on_offer_has_a_form_for_each_act(column: Any, signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(1)
    draft = picked(client, assets)
    for act in acts_for(column):
        shown = client.get(f"/assets/bulk/{draft.pk}/", {"column": column.key, "act": act}).context
        assert shown["form"] is not None, act
    assert BulkAct.REMOVE not in acts_for(column) or not column.required


def test_a_picked_act_that_a_column_does_not_have_is_refused() -> None:
    by, assets = world.person("clerk"), registered(1)
    listing = Listing(by, QueryDict(), classification_on())
    draft, _ = bulk_editing.pick(listing, [str(assets[0].pk)], everything=False, by=by)
    with pytest.raises(ValidationError, match="その変え方はできません"):
        bulk_editing.weigh(draft, BY_KEY["location"], BulkAct.REMOVE, {}, by=by)
