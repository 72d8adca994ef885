"""Rights around an asset, asked of the acts themselves: evidence, comments, disposal, judgements, the body's own columns."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assets.attaching import attach, attach_received, put_back, remove
from assets.choices import Evidence
from assets.columns import Kind
from assets.commenting import say
from assets.editing import draft
from assets.extra_editing import add_column, add_option, change_column, delete_column, retire_column
from assets.models import Asset, ExtraColumn
from assets.retiring import cancel_disposal
from assets.setting_apart import keep_spellings
from registry.files.storing import receive
from tests import world
from tests.assets.own_columns import made
from tests.assets.pages import typed
from tests.assets.test_disposal import asset_of, disposed

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def note(text: str = "控え") -> SimpleUploadedFile:
    return SimpleUploadedFile("控え.txt", text.encode())


def test_evidence_is_touched_by_nobody_from_elsewhere() -> None:
    asset, stranger = world.registered(), world.person("stranger_clerk")
    kept = attach(asset, note(), Evidence.OTHER, by=world.person("clerk"))
    received = receive(note("別の控え"))
    with pytest.raises(PermissionDenied):
        attach_received(asset, [received], Evidence.OTHER, by=stranger)
    assert not received.aside.exists()
    with pytest.raises(PermissionDenied):
        remove(kept, by=stranger, reason="不要")
    remove(kept, by=world.person("clerk"), reason="不要")
    with pytest.raises(PermissionDenied):
        put_back(kept, by=stranger)


def test_evidence_goes_along_when_the_asset_moves(signed_in: SignIn) -> None:
    asset = world.registered()
    address = attach(asset, note(), Evidence.OTHER, by=world.person("clerk")).get_absolute_url()
    assert signed_in("stranger_clerk").get(address).status_code == 404
    assert signed_in("clerk").get(address).status_code == 200
    Asset.objects.filter(pk=asset.pk).update(department=world.department("residents"))
    assert signed_in("clerk").get(address).status_code == 404
    assert signed_in("stranger_clerk").get(address).status_code == 200


def test_nobody_from_elsewhere_comments() -> None:
    with pytest.raises(PermissionDenied):
        say(world.registered(), "見えますか", by=world.person("stranger_clerk"), token=uuid.uuid4())


def test_only_the_office_takes_a_disposal_back() -> None:
    asset = disposed()
    for name in ("clerk", "manager", "reviewer"):
        with pytest.raises(PermissionDenied):
            cancel_disposal(asset, by=world.person(name), reason="誤り")


def test_what_stands_on_a_thing_in_another_section_is_not_named_when_it_goes(signed_in: SignIn) -> None:
    asset = asset_of()
    foreign = world.registered("residents", name="住民課の載せたもの", holders=[asset.pk])
    answer = signed_in("clerk").get(f"/assets/{asset.pk}/disposal/")
    assert (answer.context["carried"], answer.context["is_in_use"]) == ([], True)
    assert foreign.name not in answer.content.decode()


def test_a_section_typed_into_the_form_does_not_show_what_stands_there(signed_in: SignIn) -> None:
    world.registered("residents", name="住民課の名簿")
    asked = typed(**world.values("residents", name="住民課の名簿"), act="similar")
    answer = signed_in("clerk").post("/assets/new/", asked)
    assert answer.status_code == 200
    assert answer.context["doubles"] == []
    assert answer.context["found"] == []


def test_a_draft_is_not_given_up_for_what_one_does_not_see(signed_in: SignIn) -> None:
    proposal = draft(world.values(name="名簿"), by=world.person("clerk"))
    foreign = world.registered("residents", name="住民課の名簿")
    answer = signed_in("clerk").post(
        f"/assets/proposals/{proposal.pk}/use-instead/", {"asset": foreign.pk}, follow=True
    )
    proposal.refresh_from_db()
    assert proposal.state == "draft"
    assert foreign.name not in answer.content.decode()


def test_duplicates_of_a_foreign_section_are_not_asked_for(signed_in: SignIn) -> None:
    answer = signed_in("clerk").get(f"/assets/duplicates/?department={world.department('residents').pk}")
    assert answer.context["department"] is None


def test_spellings_are_judged_by_the_office() -> None:
    for name in ("clerk", "manager", "auditor"):
        with pytest.raises(PermissionDenied):
            keep_spellings("vendor", "委託先", ["甲", "乙"], by=world.person(name), reason="別の会社")


@pytest.mark.parametrize("name", ["clerk", "manager", "reviewer", "auditor", "councillor"])
def test_columns_are_added_and_changed_by_the_office(name: str) -> None:
    column, by = made(Kind.CHOICE, options=("甲",)), world.person(name)
    acts: list[Callable[[], Any]] = [
        lambda: add_column(ExtraColumn(label="別の項目", kind="text"), by=by),
        lambda: change_column(column, {"label": "別の名前"}, by=by),
        lambda: retire_column(column, by=by),
        lambda: delete_column(column, by=by),
        lambda: add_option(column, "乙", by=by),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
