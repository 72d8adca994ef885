"""Filters of several values, of days and of what needs attention; what cannot be had is said and never widens anything."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assets.editing import draft, propose_change
from assets.models import Asset, Level
from assets.scheme_editing import load_scheme
from assets.states import State
from registry.base.fiscal import fiscal_year
from registry.organization.models import Department, Organ
from registry.organization.structure import close_department, create_department
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
TODAY = timezone.localdate()
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
THIS_YEAR = dt.date(fiscal_year(TODAY), 4, 1)


def level(code: str) -> int:
    return world.level("confidentiality", code).pk


def names(client: Client, **query: Any) -> set[str]:
    answer = client.get("/assets/", query)
    assert answer.status_code == 200
    return {entry["name"] for entry in answer.context["entries"]}


@pytest.fixture
def shelf() -> None:
    """One registered asset for each thing that can be asked for."""
    facts: dict[str, dict[str, Any]] = {
        "紙": {"segment": "paper", "asset_type": "document"},
        "期限切れ": {"disposal_due": YESTERDAY.isoformat(), "segment": "lgwan"},
        "期限前": {"disposal_due": TOMORROW.isoformat(), "inventoried_on": THIS_YEAR.isoformat()},
        "契約切れ": {"contract_term": YESTERDAY.isoformat(), "confidentiality": level("1")},
        "契約中": {"contract_term": TODAY.isoformat(), "pi": True, "confidentiality": level("2")},
        "昨年度に棚卸": {"inventoried_on": (THIS_YEAR - dt.timedelta(days=1)).isoformat(), "pi": False},
    }
    for name, values in facts.items():
        world.proposal_in(State.APPROVED, name=name, **values)
    world.proposal_in(State.APPROVED, "residents", name="住民課のもの")
    draft(world.values(name="未分類の下書き", confidentiality=None, location=""), by=world.person("clerk"))
    Asset.objects.filter(name="紙").update(updated_at=timezone.now() - dt.timedelta(days=10))


REGISTERED = {"紙", "期限切れ", "期限前", "契約切れ", "契約中", "昨年度に棚卸", "住民課のもの"}
DAY_BEFORE = (TODAY - dt.timedelta(days=5)).isoformat()
CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "two segments": ({"segment": ["paper", "lgwan"]}, {"紙", "期限切れ"}),
    "two kinds": ({"asset_type": ["document", "none"]}, {"紙"}),
    "two states": ({"state": ["draft", "disposed"]}, {"未分類の下書き"}),
    "one exact state": ({"state": "registered.none"}, REGISTERED),
    "personal or not said": ({"pi": ["yes", "none"]}, (REGISTERED | {"未分類の下書き"}) - {"昨年度に棚卸"}),
    "unclassified": ({"concern": "unclassified"}, {"未分類の下書き"}),
    "no level on one axis": ({"level_1": "none"}, {"未分類の下書き"}),
    "required ones empty": ({"concern": "incomplete"}, {"未分類の下書き"}),
    "overdue": ({"concern": "overdue"}, {"期限切れ"}),
    "contract ended": ({"concern": "ended"}, {"契約切れ"}),
    "not counted this year": ({"concern": "uncounted"}, REGISTERED - {"期限前"}),
    "two concerns": ({"concern": ["overdue", "ended"]}, {"期限切れ", "契約切れ"}),
    "disposal until": ({"disposal_until": TODAY.isoformat()}, {"期限切れ"}),
    "disposal since": ({"disposal_since": TODAY.isoformat()}, {"期限前"}),
    "contract between": ({"contract_since": TODAY.isoformat(), "contract_until": TODAY.isoformat()}, {"契約中"}),
    "updated until": ({"updated_until": DAY_BEFORE}, {"紙"}),
    "updated since": ({"updated_since": DAY_BEFORE}, (REGISTERED | {"未分類の下書き"}) - {"紙"}),
    "updated on the day itself": ({"updated_since": TODAY.isoformat(), "segment": "lgwan"}, {"期限切れ"}),
    "a wareki day": ({"disposal_since": "R1.5.1"}, {"期限切れ", "期限前"}),
}


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("case", CASES)
def test_what_a_filter_lets_through(case: str, signed_in: SignIn) -> None:
    query, expected = CASES[case]
    assert names(signed_in("secretariat"), **query) == expected


@pytest.mark.usefixtures("shelf")
def test_several_departments_levels_and_organs(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    both = [world.department("tax").pk, world.department("residents").pk]
    assert names(client, department=both) == REGISTERED | {"未分類の下書き"}
    assert names(client, department=both[1:]) == {"住民課のもの"}
    assert names(client, level_1=[level("1"), level("2")]) == {"契約切れ", "契約中"}
    assert names(client, organ=Organ.objects.get(code="town").pk) == REGISTERED | {"未分類の下書き"}


def test_a_section_alone_is_without_what_stands_below_it(signed_in: SignIn) -> None:
    tax = world.department("tax")
    below = create_department(Department(organ=tax.organ, parent=tax, name="係", valid_from=world.SINCE), by=None)
    world.proposal_in(State.APPROVED, name="課のもの")
    Asset.objects.filter(pk=world.proposal_in(State.APPROVED, name="係のもの").asset_id).update(department=below)
    client = signed_in("secretariat")
    assert names(client, department=tax.pk) == {"課のもの", "係のもの"}
    assert names(client, own=tax.pk) == {"課のもの"}
    chips = [chip["label"] for chip in client.get("/assets/", {"own": tax.pk}).context["chips"]]
    assert chips == ["所管課(下は含まない): 税務課"]


def test_levels_of_an_older_scheme_are_found_and_can_be_asked_for(signed_in: SignIn) -> None:
    world.proposal_in(State.APPROVED, name="新しい体系")
    asset = world.proposal_in(State.APPROVED, name="前の体系").asset
    load_scheme("r2-three-level", by=None)
    older = Level.objects.filter(axis__scheme__code="r2-three-level", axis__slot=1)[0]
    Asset.objects.filter(pk=asset.pk).update(level_1=older, applied_1=older)
    client = signed_in("secretariat")
    assert names(client, migration="yes") == {"前の体系"}
    assert names(client, level_1=older.pk) == {"前の体系"}
    assert str(older.axis.scheme) in client.get("/assets/", {"level_1": older.pk}).context["chips"][0]["label"]


def test_what_belongs_to_a_closed_department_is_found_and_the_chip_says_so(signed_in: SignIn) -> None:
    tax = world.department("tax")
    gone = create_department(Department(organ=tax.organ, parent=tax, name="旧係", valid_from=world.SINCE), by=None)
    Asset.objects.filter(pk=world.proposal_in(State.APPROVED, name="旧係のもの").asset_id).update(department=gone)
    close_department(gone, YESTERDAY, by=None)
    client = signed_in("secretariat")
    assert names(client, concern="closed") == {"旧係のもの"}
    assert "廃止)" in client.get("/assets/", {"department": gone.pk}).context["chips"][0]["label"]


@pytest.mark.usefixtures("shelf")
def test_each_chip_takes_its_own_value_away_and_one_link_takes_all(signed_in: SignIn) -> None:
    query = {"segment": ["paper", "lgwan"], "disposal_until": "2026-04-01", "columns": ["name"], "sort": "name"}
    answer = signed_in("secretariat").get("/assets/", query)
    chips = {chip["label"]: chip["remove_url"] for chip in answer.context["chips"]}
    assert set(chips) == {
        "ネットワーク区分: 紙",
        "ネットワーク区分: LGWAN接続系",
        "廃棄予定日: 令和8年4月1日まで",
    }
    assert "segment=lgwan" in chips["ネットワーク区分: 紙"]
    assert "segment=paper" not in chips["ネットワーク区分: 紙"]
    assert answer.context["clear_url"] == "?columns=name&sort=name&view="
    assert "すべて解除" in answer.content.decode()


@pytest.mark.usefixtures("shelf")
def test_what_cannot_be_had_is_said_and_names_nothing_foreign(signed_in: SignIn) -> None:
    client = signed_in("stranger")
    foreign = world.department("tax").pk
    query: dict[str, Any] = {
        "department": foreign,
        "segment": ["paper", "moon"],
        "disposal_since": "32日",
        "columns": ["name", "gone"],
    }
    answer = client.get("/assets/", {**query, "group": "weather"})
    text = answer.content.decode()
    assert len(answer.context["problems"]) == 5
    for word in ("所管課", "ネットワーク区分", "廃棄予定日", "表示する列", "まとめ方"):
        assert any(word in problem for problem in answer.context["problems"]), word
    assert "税務課" not in text
    same = client.get("/assets/", {"department": 987654321}).context["problems"]
    assert same == client.get("/assets/", {"department": foreign}).context["problems"]


STRANGE = ["9999-12-31", "0001-01-01", "1899-12-31", "2201-01-01", "\x00", "9" * 500, "あ"]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("value", STRANGE)
def test_strange_values_are_refused_in_words(value: str, signed_in: SignIn) -> None:
    keys = ("department", "own", "organ", "segment", "level_1", "state", "concern", "updated_since", "updated_until")
    for key in keys:
        answer = signed_in("secretariat").get("/assets/", {key: value})
        assert len(answer.context["problems"]) == 1, key
        assert len(answer.context["entries"]) == 8


def test_changing_standing_is_counted_among_the_exact_states(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED, name="変更中").asset
    propose_change(asset, {"location": "東支所"}, base_version=1, by=world.person("clerk"))
    gone = world.proposal_in(State.APPROVED, name="廃棄済").asset
    Asset.objects.filter(pk=gone.pk).update(**world.DISPOSED)
    client = signed_in("secretariat")
    assert names(client, state="registered.draft") == {"変更中"}
    assert names(client, state="registered.none") == set()
    assert names(client, state="disposed.none") == {"廃棄済"}
