"""Groups: counted right, only of what one sees, each leading to exactly its rows, on paper and in Excel too."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets.editing import draft, propose_change
from assets.models import Asset, Level
from assets.scheme_editing import load_scheme
from assets.states import Standing, State
from registry.organization.models import Department
from registry.organization.structure import create_department
from tests import world
from tests.assets.test_listing import keys

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
KEYS = ("department", "division", "organ", "level_1", "level_2", "level_3", "segment", "asset_type", "state")


@pytest.fixture
def shelf() -> None:
    """Assets of every standing in three departments, a unit below one of them, and a level of an older scheme."""
    tax = world.department("tax")
    unit = create_department(Department(organ=tax.organ, parent=tax, name="収納係", valid_from=world.SINCE), by=None)
    for n, segment in enumerate(("mynumber", "lgwan", "paper", "lgwan")):
        world.proposal_in(State.APPROVED, name=f"税{n}", segment=segment, asset_type="document" if n else "system")
    Asset.objects.filter(name="税1").update(department=unit)
    Asset.objects.filter(name="税3").update(**world.DISPOSED)
    changed = Asset.objects.get(name="税0")
    propose_change(changed, {"location": "東支所"}, base_version=1, by=world.person("clerk"))
    draft(world.values(name="下書き", confidentiality=None, segment="", asset_type=""), by=world.person("clerk"))
    world.proposal_in(State.SUBMITTED, "residents", name="住民0")
    world.proposal_in(State.APPROVED, "residents", name="住民1")
    world.proposal_in(State.CONFIRMED, "council", name="議会0")
    load_scheme("r2-three-level", by=None)
    older = Level.objects.filter(axis__scheme__code="r2-three-level", axis__slot=1)[0]
    Asset.objects.filter(name="税2").update(level_1=older, applied_1=older)


def groups(answer: Any) -> list[dict[str, Any]]:
    return list(answer.context["groups"])


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("person", ["secretariat", "clerk", "stranger", "councillor"])
def test_every_group_leads_to_exactly_as_many_rows_as_it_says(key: str, person: str, signed_in: SignIn) -> None:
    client = signed_in(person)
    answer = client.get("/assets/", {"group": key})
    *found, total = groups(answer)
    whole = set(keys(client.get("/assets/?view=")))
    assert number(total["counts"][0]) == len(whole) == number(answer.context["count_text"].removesuffix("件"))
    led: list[int] = []
    for group in found:
        rows = client.get(group["url"])
        assert (rows.context["problems"], len(keys(rows))) == ([], number(group["counts"][0])), group
        if not group["subtotal"]:
            led += keys(rows)
            registered = Asset.objects.filter(pk__in=keys(rows), standing=Standing.REGISTERED).count()
            assert registered == number(group["counts"][1])
    assert sorted(led) == sorted(whole)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("sort", ["number", "name", "updated", "due"])
def test_rows_of_a_group_stand_together_in_the_order_of_the_groups(key: str, sort: str, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    answer = client.get("/assets/", {"group": key, "sort": sort})
    heads = [entry["group"].rsplit("(", 1)[0] for entry in answer.context["entries"] if "group" in entry]
    assert len(heads) == len(set(heads))
    listed = [group["label"] for group in groups(answer)[:-1] if not group["subtotal"]]
    assert [head.split(" ")[-1] for head in heads] == [label.split(" ")[-1] for label in listed]
    sizes = [
        int(entry["group"].rsplit("(", 1)[1].removesuffix("件)"))
        for entry in answer.context["entries"]
        if "group" in entry
    ]
    assert sum(sizes) == len(answer.context["entries"])


@pytest.mark.usefixtures("shelf")
def test_an_organ_with_several_groups_has_a_subtotal(signed_in: SignIn) -> None:
    world.person("council_head")
    town_alone = groups(signed_in("secretariat").get("/assets/", {"group": "department"}))
    assert not any(group["subtotal"] for group in town_alone[:-1])
    assert [group["label"] for group in town_alone] == ["税務課", "税務課 収納係", "住民課", "合計"]


def test_groups_over_several_pages_show_every_row_once(signed_in: SignIn) -> None:
    rows = [
        Asset(name=f"資産{n}", segment=("paper", "lgwan", "")[n % 3], department=world.department("tax"))
        for n in range(120)
    ]
    Asset.objects.bulk_create(rows)
    client = signed_in("secretariat")
    answer, pages = client.get("/assets/", {"group": "segment", "sort": "name"}), []
    while True:
        pages.append(keys(answer))
        assert "group" in answer.context["entries"][0]
        if not answer.context["next_url"]:
            break
        answer = client.get("/assets/" + answer.context["next_url"])
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({key for page in pages for key in page}) == 120
    back = client.get("/assets/" + answer.context["previous_url"])
    assert keys(back) == pages[1]


@pytest.mark.usefixtures("shelf")
def test_groups_are_counted_after_the_filters(signed_in: SignIn) -> None:
    answer = signed_in("secretariat").get("/assets/", {"group": "segment", "state": "registered"})
    assert [(group["label"], group["counts"][0]) for group in groups(answer)] == [
        ("マイナンバー利用事務系", "2"),
        ("LGWAN接続系", "1"),
        ("紙", "1"),
        ("合計", "4"),
    ]


@pytest.mark.usefixtures("shelf")
def test_the_workbook_has_the_groups_on_a_sheet_of_their_own(signed_in: SignIn) -> None:
    response: Any = signed_in("secretariat").post("/assets/export/", {"query": "group=segment"})
    package = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    book = package.read("xl/workbook.xml").decode()
    assert '<sheet name="集計" sheetId="2" r:id="rId2"/>' in book
    tally = package.read("xl/worksheets/sheet2.xml").decode()
    assert all(word in tally for word in ("ネットワーク区分", "うち登録済", "マイナンバー利用事務系", "合計"))
    alone: Any = signed_in("secretariat").post("/assets/export/", {"query": ""})
    package = zipfile.ZipFile(io.BytesIO(b"".join(alone.streaming_content)))
    assert "集計" not in package.read("xl/workbook.xml").decode()
