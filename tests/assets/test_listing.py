"""The list: every filter, every order, every page, the right count at once, and always only what one may see."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assets.classification import axes_in_force
from assets.columns import COLUMNS
from assets.editing import draft, propose_change
from assets.ledger.listing import DEFAULT_COLUMNS, PAGE, SORTS, WORDS
from assets.models import Asset
from assets.searching import index
from assets.segments import Segment
from assets.states import State
from assets.workflow import withdraw
from registry.organization.models import Department, Organ
from registry.organization.structure import create_department
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
COUNT = 2 * PAGE + 17


def keys(answer: Any) -> list[int]:
    assert answer.status_code == 200
    return [entry["pk"] for entry in answer.context["entries"]]


def names(client: Client, **query: Any) -> set[str]:
    return set(Asset.objects.filter(pk__in=keys(client.get("/assets/", query))).values_list("name", flat=True))


def level(code: str) -> int:
    return world.level("confidentiality", code).pk


@pytest.fixture
def shelf() -> None:
    """One asset for each thing a filter asks for."""
    world.proposal_in(State.APPROVED, name="登録済", asset_type="document", segment="paper", pi=True)
    changed = world.proposal_in(State.APPROVED, name="変更中", confidentiality=level("2"), pi_mynumber=True, pi=True)
    propose_change(changed.asset, {"location": "東支所"}, base_version=1, by=world.person("clerk"))
    world.proposal_in(State.DRAFT, name="下書き", segment="lgwan", pi=False)
    world.proposal_in(State.SUBMITTED, name="申請中", integrity=world.level("integrity", "1").pk)
    world.proposal_in(State.CONFIRMED, name="確認済", availability=world.level("availability", "1").pk)
    world.proposal_in(State.RETURNED, name="差戻し", confidentiality=level("1"))
    world.proposal_in(State.WITHDRAWN, name="取下げ")
    gone = world.proposal_in(State.APPROVED, name="廃棄済").asset
    Asset.objects.filter(pk=gone.pk).update(**world.DISPOSED)
    draft(world.values("residents", name="住民課のもの"), by=world.person("secretariat"))


EVERYTHING = {"登録済", "変更中", "下書き", "申請中", "確認済", "差戻し", "住民課のもの"}
FILTERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "none": ({}, EVERYTHING),
    "words": ({"q": "住民課"}, {"住民課のもの"}),
    "kind": ({"asset_type": "document"}, {"登録済"}),
    "segment": ({"segment": "lgwan"}, {"下書き"}),
    "registered": ({"state": "registered"}, {"登録済", "変更中"}),
    "changing": ({"state": "changing"}, {"変更中"}),
    "draft": ({"state": "draft"}, {"下書き", "変更中", "住民課のもの"}),
    "submitted": ({"state": "submitted"}, {"申請中"}),
    "confirmed": ({"state": "confirmed"}, {"確認済"}),
    "returned": ({"state": "returned"}, {"差戻し"}),
    "disposed": ({"state": "disposed"}, {"廃棄済"}),
    "personal": ({"pi": "yes"}, {"登録済", "変更中"}),
    "my number": ({"pi": "mynumber"}, {"変更中"}),
    "not personal": ({"pi": "no"}, {"下書き"}),
    "two filters": ({"state": "registered", "pi": "mynumber"}, {"変更中"}),
    "filters that exclude each other": ({"state": "disposed", "pi": "mynumber"}, set()),
    "a kind that does not exist narrows nothing": ({"asset_type": "everything"}, EVERYTHING),
    "a department that does not exist narrows nothing": ({"department": "999999"}, EVERYTHING),
}


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("case", FILTERS)
def test_every_filter(case: str, signed_in: SignIn) -> None:
    query, expected = FILTERS[case]
    answer = signed_in("secretariat").get("/assets/", query)
    assert names(signed_in("secretariat"), **query) == expected
    if expected:
        assert answer.context["count_text"] == f"{len(expected)}件"
    else:
        assert "条件に合う情報資産はありません。" in answer.content.decode()


@pytest.mark.usefixtures("shelf")
def test_levels_and_departments_are_filters_too(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    assert names(client, level_1=level("2")) == {"変更中"}
    assert names(client, level_2=world.level("integrity", "1").pk) == {"申請中"}
    assert names(client, level_3=world.level("availability", "1").pk) == {"確認済"}
    assert names(client, department=world.department("residents").pk) == {"住民課のもの"}
    residents = world.department("residents")
    unit = Department(organ=residents.organ, parent=residents, name="係", valid_from=world.SINCE)
    below = create_department(unit, by=None)
    Asset.objects.filter(name="下書き").update(department=below)
    assert names(client, department=world.department("residents").pk) == {"住民課のもの", "下書き"}
    assert names(client, department=below.pk) == {"下書き"}


@pytest.mark.usefixtures("shelf")
def test_filters_in_use_are_shown_in_words_and_can_be_taken_away_one_by_one(signed_in: SignIn) -> None:
    answer = signed_in("clerk").get("/assets/", {"state": "registered", "pi": "mynumber", "sort": "name"})
    chips = {chip["label"]: chip["remove_url"] for chip in answer.context["chips"]}
    assert set(chips) == {"登録の状態: 登録済", "個人情報: 特定個人情報"}
    assert chips["個人情報: 特定個人情報"] == "?state=registered&sort=name"


@pytest.mark.usefixtures("shelf")
def test_nobody_finds_what_is_not_theirs_with_a_filter(signed_in: SignIn) -> None:
    client = signed_in("stranger")
    for query in ({}, {"q": "登録済"}, {"department": world.department("tax").pk}, {"state": "registered"}):
        assert names(client, **query) <= {"住民課のもの"}
    assert "税務課" not in client.get("/assets/").context["filter"]["department"].as_widget()
    for name in ("sysadmin", "postless", "former"):
        assert names(signed_in(name)) == set()


@pytest.fixture
def many() -> None:
    """More than two pages with ties and blanks in everything one can sort by."""
    places = [world.department(key).pk for key in ("tax", "residents", "planning")]
    levels = [None, level("3A"), level("3B"), level("1")]
    start, dice = timezone.now(), random.Random(7)  # noqa: S311 — rows by a seed
    rows = [
        Asset(
            name=dice.choice(["", "ア", "あ", "台帳", "資産"]),
            number=f"R08-1040-{n:04d}" if n % 3 else "",
            department_id=places[n % 3],
            level_1_id=(given := dice.choice(levels)),
            applied_1_id=given,
            updated_at=start + dt.timedelta(seconds=n % 5),
            disposal_due=start.date() + dt.timedelta(days=n % 4) if n % 5 else None,
        )
        for n in range(COUNT)
    ]
    index(Asset.objects.bulk_create(rows))


def sort_value(asset: Asset, sort: str) -> Any:
    return {
        "number": asset.number,
        "name": asset.name,
        "section": (asset.department.organ.position, asset.department.path),
        "confidentiality": -(asset.applied_1.rank if asset.applied_1 else 0),
        "updated": -asset.updated_at.timestamp(),
        "due": asset.disposal_due or dt.date.max,
    }[sort]


def walk(client: Client, sort: str) -> list[list[int]]:
    answer, pages = client.get("/assets/", {"sort": sort}), []
    while True:
        pages.append(keys(answer))
        if not answer.context["next_url"]:
            return pages
        answer = client.get("/assets/" + answer.context["next_url"])


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("sort", SORTS)
def test_each_order_shows_every_row_once_forwards_and_backwards(sort: str, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    pages = walk(client, sort)
    flat = [key for page in pages for key in page]
    assert (len(flat), len(set(flat)), [len(page) for page in pages]) == (COUNT, COUNT, [PAGE, PAGE, 17])
    shown = Asset.objects.select_related("department__organ", "applied_1").in_bulk(flat)
    values = [sort_value(shown[key], sort) for key in flat]
    assert values == sorted(values)
    last = client.get("/assets/" + client.get("/assets/", {"sort": sort}).context["next_url"])
    last = client.get("/assets/" + last.context["next_url"])
    back = client.get("/assets/" + last.context["previous_url"])
    assert keys(back) == pages[1]
    assert keys(client.get("/assets/" + back.context["previous_url"])) == pages[0]
    assert keys(client.get("/assets/" + back.context["first_url"])) == pages[0]


@pytest.mark.usefixtures("many")
def test_the_place_in_the_list_is_told(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    first = client.get("/assets/")
    second = client.get("/assets/" + first.context["next_url"])
    last = client.get("/assets/" + second.context["next_url"])
    assert [page.context["position_text"] for page in (first, second, last)] == [
        "1〜50件目",
        "51〜100件目",
        f"101〜{COUNT}件目",
    ]
    assert last.context["count_text"] == f"{COUNT}件"
    assert last.context["next_url"] == ""


STRANGE = ["x", "ＷｙJB", "W10", "%00", "-1", "9" * 500, "あ", "null", "[]", "1'--"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("mark", STRANGE)
def test_bad_marks_and_orders_are_ignored(mark: str, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    expected = keys(client.get("/assets/"))
    for query in ({"after": mark}, {"before": mark}, {"start": mark}, {"sort": mark}, {"page": mark}):
        assert keys(client.get("/assets/", query)) == expected, query


def test_departments_of_two_organs_do_not_mix_when_sorted_by_department(signed_in: SignIn) -> None:
    school = Organ.objects.create(code="school", name="教育委員会", position=3)
    education = create_department(Department(organ=school, name="学務課", valid_from=world.SINCE), by=None)
    assert education.path == world.department("tax").path
    for n in range(6):
        asset = world.proposal_in(State.DRAFT, name=f"資産{n}").asset
        Asset.objects.filter(pk=asset.pk).update(department=education if n % 2 else world.department("tax"))
    shown = Asset.objects.in_bulk(found := keys(signed_in("secretariat").get("/assets/", {"sort": "section"})))
    assert [shown[key].department_id for key in found] == [world.department("tax").pk] * 3 + [education.pk] * 3


def count_told(client: Client, **query: Any) -> str:
    return str(client.get("/assets/", query).context["count_text"])


def test_the_count_is_right_the_moment_something_changes(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert count_told(client) == "0件"
    proposal = world.proposal_in(State.DRAFT)
    assert count_told(client) == "1件"
    assert count_told(client, state="draft") == "1件"
    withdraw(proposal, by=world.person("clerk"))
    assert count_told(client) == "0件"
    assert count_told(client, state="draft") == "0件"


def test_two_departments_of_the_same_name_have_counts_of_their_own(signed_in: SignIn) -> None:
    school = Organ.objects.create(code="school", name="教育委員会", position=3)
    same = create_department(Department(organ=school, name="税務課", valid_from=world.SINCE), by=None)
    world.proposal_in(State.DRAFT)
    client = signed_in("secretariat")
    assert count_told(client, department=world.department("tax").pk) == "1件"
    assert count_told(client, department=same.pk) == "0件"


def test_two_people_have_counts_of_their_own(signed_in: SignIn) -> None:
    world.proposal_in(State.DRAFT)
    assert [count_told(signed_in(name)) for name in ("clerk", "stranger", "secretariat")] == ["1件", "0件", "1件"]


def headers_of(answer: Any) -> list[str]:
    return [header["label"] for header in answer.context["headers"]]


def test_columns_are_chosen_ordered_and_each_shown_once(signed_in: SignIn) -> None:
    world.proposal_in(State.APPROVED)
    client = signed_in("clerk")
    labels = [axis.label for axis in axes_in_force()]
    default = headers_of(client.get("/assets/"))
    assert len(default) == len(DEFAULT_COLUMNS)
    assert set(labels) <= set(default)
    chosen = client.get("/assets/", {"columns": ["location", "name", "location", "nothing", "pi"]})
    assert headers_of(chosen) == ["保管場所", "情報資産名称", "個人情報"]
    every = client.get("/assets/", {"columns": [column.key for column in COLUMNS]})
    assert len(headers_of(every)) == len(COLUMNS)


def test_the_answer_to_a_changed_filter_is_only_the_rows(signed_in: SignIn) -> None:
    world.proposal_in(State.APPROVED)
    answer = signed_in("clerk").get("/assets/", {"q": "固定"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "固定資産税課税台帳" in text
    assert "<html" not in text


def test_a_row_says_what_is_under_way_and_what_is_missing(signed_in: SignIn) -> None:
    draft(world.values(name="", location="", segment="", confidentiality=None), by=world.person("clerk"))
    changed = world.proposal_in(State.APPROVED).asset
    propose_change(changed, {"location": "東支所"}, base_version=1, by=world.person("clerk"))
    unnamed, registered = signed_in("clerk").get("/assets/", {"sort": "number"}).context["entries"]
    assert (unnamed["state"], registered["state"]) == ("下書き", "登録済・変更下書き")
    assert unnamed["missing"] == "情報資産名称、自治体機密性ほか2項目"
    assert registered["missing"] == ""


@pytest.mark.parametrize("segment", Segment)
def test_the_name_of_a_network_is_shown_whole_wherever_it_may_break(segment: Segment) -> None:
    assert "".join(WORDS.findall(segment.label)) == segment.label


def test_what_two_systems_of_one_name_hold_is_counted_apart(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    one, other = (world.registered(name="文書管理システム", asset_type="system") for _ in range(2))
    world.registered(name="載っているもの", system=one.pk)
    counts = [client.get(f"/assets/?holder={holder.pk}").context["count_text"] for holder in (one, other)]
    assert counts == ["1件", "0件"]
