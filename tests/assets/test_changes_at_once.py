"""The record of changes at once: whose it is to see, and what stands in the way of taking one back."""

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client

from assets.bulk import change_at_once
from assets.classification import classification_on
from assets.columns import BY_KEY
from assets.ledger import bulk_editing
from assets.ledger.listing import Listing
from assets.models import Asset, BulkAct, ChangeKind, ChangeSet
from registry.organization.models import User
from tests import world
from tests.assets.test_bulk_editing import WHY, registered

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def changed_by(person: str, assets: list[Asset]) -> ChangeSet:
    by = world.person(person)
    listing = Listing(by, QueryDict(), classification_on())
    draft, _ = bulk_editing.pick(listing, [str(asset.pk) for asset in assets], everything=False, by=by)
    draft = bulk_editing.weigh(draft, BY_KEY["unit"], BulkAct.REPLACE, {"value": f"{person}の係"}, by=by)
    mark = bulk_editing.mark_of(draft)
    return bulk_editing.carry_out(draft, by=by, reason=WHY, mark=mark, directly=draft.direct)


def test_what_somebody_else_did_is_not_yours_to_see_or_to_undo(signed_in: SignIn) -> None:
    made = changed_by("clerk", registered(1))
    for person in ("stranger", "colleague", "councillor", "sysadmin"):
        client = signed_in(person)
        assert client.get(f"/assets/changes/{made.pk}/").status_code == 404
        assert client.post(f"/assets/changes/{made.pk}/undo/", {"reason": "奪う"}).status_code == 404
        assert client.get("/assets/changes/").context["changes"] == []
    assert [change["pk"] for change in signed_in("secretariat").get("/assets/changes/").context["changes"]] == [made.pk]
    assert not ChangeSet.objects.get(pk=made.pk).undone_at


def test_what_was_touched_since_is_named_and_stands_in_the_way(signed_in: SignIn, secretariat: User) -> None:
    assets = registered()
    made = changed_by("secretariat", assets)
    change_at_once({assets[0].pk: {"remarks": "あとから"}}, kind=ChangeKind.BULK, reason="あと", by=secretariat)
    client = signed_in("secretariat")
    page = client.get(f"/assets/changes/{made.pk}/")
    assert (page.context["touched"], page.context["touched_count"]) == (["tax0"], 1)
    assert [row["later"] for row in page.context["rows"]] == [True, False, False]
    assert client.post(f"/assets/changes/{made.pk}/undo/", {"reason": "戻す"}).status_code == 409


@pytest.mark.parametrize("kind", [ChangeKind.MERGE, ChangeKind.REORGANIZATION])
def test_part_of_a_larger_act_is_not_taken_back_by_itself(signed_in: SignIn, secretariat: User, kind: str) -> None:
    asset = registered(1)[0]
    made = change_at_once({asset.pk: {"remarks": "まとめて"}}, kind=kind, reason=WHY, by=secretariat)
    client = signed_in("secretariat")
    page = client.get(f"/assets/changes/{made.pk}/")
    assert page.context["change"]["part"]
    assert f"/assets/changes/{made.pk}/undo/" not in page.content.decode()
    assert client.post(f"/assets/changes/{made.pk}/undo/", {"reason": "戻す"}).status_code == 409
    assert Asset.objects.get(pk=asset.pk).remarks == "まとめて"
