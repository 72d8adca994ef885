"""Rights around the list, asked of the acts themselves: views, changes of many, what a link may name."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from assets.bulk import propose_at_once, undo
from assets.columns import BY_KEY
from assets.ledger import bulk_editing
from assets.models import Asset, BulkAct, ChangeKind, ChangeSet, SavedView, ViewScope
from assets.saved_views import KINDS_AT_MOST, delete_view, restore_view, save_view
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Post
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests import world
from tests.assets.test_bulk_editing import done, fresh, picked, registered, weighed
from tests.assets.test_saved_views import kept

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def move_to_another_section(person: str) -> None:
    """The clerk is somewhere else from today on."""
    held = Appointment.objects.current().get(user__username=person)
    end_appointment(held, timezone.localdate() - dt.timedelta(days=1), by=None)
    appoint(world.person(person), Post.objects.get(title="住民課主事"), timezone.localdate(), by=None)


def test_a_deleted_view_of_the_section_is_brought_back_by_who_may_change_it() -> None:
    view = delete_view(kept(scope="department"), by=world.person("clerk"))
    with pytest.raises(PermissionDenied):
        restore_view(view, by=world.person("colleague"))
    assert restore_view(view, by=world.person("manager")).deleted_at is None


def test_who_only_looks_keeps_no_view_for_the_section() -> None:
    with pytest.raises(PermissionDenied):
        kept(by="auditor", scope="department", department=world.department("planning"))
    assert kept(by="secretariat", scope="department", department=world.department("planning")).pk


def test_the_office_of_an_autonomous_organ_does_not_decide_for_everybody() -> None:
    post = create_post(world.department("council"), "議会の情報担当", [Role.SECRETARIAT], world.SINCE, by=None)
    appoint(world.person("postless"), post, world.SINCE, by=None)
    with pytest.raises(PermissionDenied):
        kept(by="postless", scope="everyone")


def test_there_is_an_end_to_the_views_of_one_person() -> None:
    clerk = world.person("clerk")
    one = {"scope": ViewScope.OWN, "owner": clerk}
    SavedView.objects.bulk_create([SavedView(name=f"表示{n}", **one) for n in range(KINDS_AT_MOST)])
    with pytest.raises(ValidationError, match="個まで"):
        save_view("もう一つ", QueryDict(), scope=ViewScope.OWN, by=clerk)


def test_a_link_to_what_a_foreign_system_holds_names_nothing(signed_in: SignIn) -> None:
    system = world.registered("residents", name="住民記録システム", asset_type="system")
    world.registered(name="載っているもの", system=system.pk)
    answer = signed_in("clerk").get(f"/assets/?holder={system.pk}&columns=name")
    assert answer.context["chips"] == []
    assert len(answer.context["problems"]) == 1
    assert "住民記録" not in answer.content.decode()


def test_rows_that_went_out_of_sight_stop_a_change_of_many(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(2)
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎3階")
    Asset.objects.filter(pk=assets[0].pk).update(department=world.department("council"))
    done(client, draft)
    assert not ChangeSet.objects.exists()


def test_a_name_that_came_to_stand_there_after_the_preview_stops_the_move(signed_in: SignIn) -> None:
    client, asset = signed_in("secretariat"), world.registered(name="共有端末")
    draft = picked(client, [asset])
    assert weighed(client, draft, "section", value=str(world.department("residents").pk))["count"] == 1
    world.registered("residents", name="共有端末")
    done(client, draft)
    assert fresh([asset])[0].department == world.department("tax")


def test_what_cannot_be_done_to_a_column_is_not_weighed(signed_in: SignIn) -> None:
    draft = picked(signed_in("clerk"), registered(1))
    for act in (BulkAct.APPEND, BulkAct.REMOVE):
        with pytest.raises(ValidationError):
            bulk_editing.weigh(draft, BY_KEY["asset_type"], act, {"value": ""}, by=world.person("clerk"))


def test_who_left_takes_no_applications_back_and_sees_none_of_their_rows(signed_in: SignIn) -> None:
    asset = registered(1)[0]
    changes = {asset.pk: {"remarks": "点検"}}
    made = propose_at_once(changes, kind=ChangeKind.BULK, reason="点検", by=world.person("clerk"))
    move_to_another_section("clerk")
    with pytest.raises(PermissionDenied):
        undo(made, by=world.person("clerk"), reason="やめます")
    client = signed_in("clerk")
    assert client.get(f"/assets/changes/{made.pk}/").context["rows"] == []
    assert [one["count"] for one in client.get("/assets/changes/").context["changes"]] == ["0件"]
