"""記入ゆれ: found per column, shown before it is changed, changed with revisions, judged, taken back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets.editing import propose_change
from assets.models import Asset, ChangeSet, KeptSpelling, Proposal, Revision
from assets.spelling import misnamed, variants
from assets.states import State
from registry.organization.models import Department, Organ
from registry.organization.structure import create_department
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
LISTS = "/assets/duplicates/?kind=spelling"
ONE, TWO, THREE = "㈱みどり電算", "株式会社みどり電算", "株式会社　みどり電算"


def registered(place: str = "tax", **values: Any) -> Asset:
    return world.proposal_in(State.APPROVED, place, name=f"資産{Asset.objects.count()}", **values).asset


@pytest.fixture
def vendors() -> list[Asset]:
    """Three ways of writing one company (the second twice), and another company."""
    return [registered(vendor=text) for text in (ONE, TWO, TWO, THREE, "北斗株式会社")]


def sent(*texts: str, target: str = TWO, **more: str) -> dict[str, Any]:
    return {"column": "vendor", "text": list(texts), "target": target, **more}


def test_spellings_that_nearly_agree_stand_together_the_most_frequent_first(vendors: list[Asset]) -> None:
    (group,) = variants(world.person("clerk"))
    assert group.column.key == "vendor"
    assert group.counts == ((TWO, 2), (ONE, 1), (THREE, 1))


def test_others_spellings_are_neither_shown_nor_counted(vendors: list[Asset], signed_in: SignIn) -> None:
    registered("residents", vendor="㈱ みどり電算")
    assert variants(world.person("stranger_clerk")) == []
    assert "みどり" not in signed_in("stranger_clerk").get(LISTS).content.decode()
    assert [one.count for one in variants(world.person("clerk"))] == [4]
    assert [one.count for one in variants(world.person("secretariat"))] == [5]


def test_first_the_page_says_what_will_change_and_then_the_office_changes_it_at_once(
    vendors: list[Asset], signed_in: SignIn
) -> None:
    client = signed_in("secretariat")
    page = client.post("/assets/spellings/", sent(ONE, TWO, THREE))
    assert page.context["count"] == 2
    assert Asset.objects.filter(vendor=TWO).count() == 2
    seen = page.context["seen"]
    assert client.post("/assets/spellings/", sent(ONE, TWO, THREE, sure=seen, note=" ")).status_code == 200
    client.post("/assets/spellings/", sent(ONE, TWO, THREE, sure=seen, note="正式名称にそろえる"))
    assert Asset.objects.filter(vendor=TWO).count() == 4
    assert Revision.objects.filter(asset=vendors[0]).count() == 2
    assert variants(world.person("secretariat")) == []
    client.post(f"/assets/spellings/{ChangeSet.objects.get().pk}/undo/")
    assert {asset.vendor for asset in Asset.objects.filter(pk__in=[vendors[0].pk, vendors[3].pk])} == {ONE, THREE}


def test_a_clerk_applies_for_it(vendors: list[Asset], signed_in: SignIn) -> None:
    client = signed_in("clerk")
    seen = client.post("/assets/spellings/", sent(ONE, TWO, THREE)).context["seen"]
    client.post("/assets/spellings/", sent(ONE, TWO, THREE, sure=seen, note="正式名称にそろえる"))
    assert Asset.objects.filter(vendor=TWO).count() == 2
    waiting = Proposal.objects.filter(state=State.SUBMITTED)
    assert {proposal.values["vendor"] for proposal in waiting} == {TWO}
    assert waiting.count() == 2


def test_what_came_since_one_looked_is_looked_at_first(vendors: list[Asset], signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    seen = client.post("/assets/spellings/", sent(ONE, TWO)).context["seen"]
    registered(vendor=ONE)
    page = client.post("/assets/spellings/", sent(ONE, TWO, sure=seen, note="そろえる"))
    assert page.context["moved"]
    assert Asset.objects.filter(vendor=ONE).count() == 2


def test_what_is_being_changed_and_what_is_not_ones_own_stays_out(vendors: list[Asset], signed_in: SignIn) -> None:
    propose_change(vendors[0], {"remarks": "別の申請"}, base_version=1, by=world.person("clerk"))
    registered("residents", vendor=ONE)
    assert signed_in("clerk").post("/assets/spellings/", sent(ONE, TWO, THREE)).context["count"] == 1
    assert signed_in("stranger_clerk").post("/assets/spellings/", sent(ONE, TWO)).context["count"] == 1


def test_only_these_columns_are_made_to_agree(vendors: list[Asset], signed_in: SignIn) -> None:
    for column in ("name", "class_reason", "department_id", "number"):
        answer = signed_in("secretariat").post("/assets/spellings/", {**sent(ONE, TWO), "column": column, "sure": "x"})
        assert answer.status_code == 302, column
    assert not ChangeSet.objects.exists()


def test_the_office_says_that_both_are_right_and_they_are_not_shown_again(
    vendors: list[Asset], signed_in: SignIn
) -> None:
    kept = {"column": "vendor", "text": [ONE, TWO, THREE], "reason": "別の支店"}
    assert signed_in("clerk").post("/assets/spellings/keep/", kept).status_code == 403
    signed_in("secretariat").post("/assets/spellings/keep/", {**kept, "reason": ""})
    assert not KeptSpelling.objects.exists()
    signed_in("secretariat").post("/assets/spellings/keep/", kept)
    assert variants(world.person("secretariat")) == []
    registered(vendor="(株)みどり電算")
    assert len(variants(world.person("secretariat"))) == 1


def test_units_that_are_closed_or_misspelled_are_found_in_free_texts(signed_in: SignIn) -> None:
    organ = Organ.objects.get(code="town")
    until = dt.date(2026, 3, 31)
    closed = create_department(Department(organ=organ, name="電算課", valid_from=world.SINCE), by=None)
    Department.objects.filter(pk=closed.pk).update(valid_until=until)
    registered(access_scope="税務課、電算課、住民 課")
    registered(access_scope="税務課・サーバ室", flows="電算課")
    found = {(one.column.key, one.word): (one.count, one.closed, one.meant) for one in misnamed(world.person("clerk"))}
    assert found == {("access_scope", "電算課"): (1, True, ""), ("flows", "電算課"): (1, True, "")}


def test_only_the_whole_word_is_replaced(signed_in: SignIn) -> None:
    organ = Organ.objects.get(code="town")
    closed = create_department(Department(organ=organ, name="電算課", valid_from=world.SINCE), by=None)
    Department.objects.filter(pk=closed.pk).update(valid_until=dt.date(2026, 3, 31))
    asset = registered(access_scope="電算課、広域電算課、税務課")
    client, asked = signed_in("secretariat"), {"column": "access_scope", "word": "電算課", "target": "企画課"}
    seen = client.post("/assets/spellings/", asked).context["seen"]
    client.post("/assets/spellings/", {**asked, "sure": seen, "note": "組織改編のため"})
    assert Asset.objects.get(pk=asset.pk).access_scope == "企画課、広域電算課、税務課"
