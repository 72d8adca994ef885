"""一括変更 that the ledger overtook: a column that went, a value that can no longer be had, rows that one no longer sees."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from assets.bulk import propose_at_once
from assets.columns import Kind
from assets.extra_editing import change_column, delete_column
from assets.ledger import bulk_editing
from assets.models import Asset, BulkDraft, ChangeKind, ChangeSet, ExtraColumn
from assets.scheme_editing import load_scheme
from assets.states import State
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Post
from tests import world
from tests.assets.own_columns import made
from tests.assets.test_bulk_editing import done, fresh, picked, registered, weighed

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def test_a_change_of_which_nothing_was_said_yet_leads_back_to_saying_it(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    draft = picked(client, registered(1))
    assert (
        client.post(f"/assets/bulk/{draft.pk}/preview/", follow=True).redirect_chain[-1][0]
        == f"/assets/bulk/{draft.pk}/"
    )
    assert done(client, draft, "submit").request["PATH_INFO"] == f"/assets/bulk/{draft.pk}/"
    assert not ChangeSet.objects.exists()


def remove(column: ExtraColumn) -> None:
    delete_column(column, by=None)


def turn_into_number(column: ExtraColumn) -> None:
    change_column(column, {"kind": Kind.INTEGER.value}, by=None)


@pytest.mark.parametrize("act", [remove, turn_into_number])
def test_a_column_that_went_while_a_change_was_prepared(act: Callable[[ExtraColumn], None], signed_in: SignIn) -> None:
    client, column, assets = signed_in("secretariat"), made(Kind.TEXT), registered(2)
    draft = picked(client, assets)
    assert weighed(client, draft, column.key, value="三号庫")["count"] == 2
    mark = bulk_editing.mark_of(draft)
    act(column)
    assert client.get("/assets/changes/").status_code == 200
    page = done(client, draft, mark=mark)
    assert page.request["PATH_INFO"] == f"/assets/bulk/{draft.pk}/"
    assert "何も変更していません" in page.content.decode()
    assert client.get(f"/assets/bulk/{draft.pk}/preview/", follow=True).status_code == 200
    assert not ChangeSet.objects.exists()
    assert BulkDraft.objects.get().column == ""


def test_a_column_retired_while_a_change_was_prepared_takes_no_new_values(signed_in: SignIn) -> None:
    client, column, assets = signed_in("secretariat"), made(Kind.TEXT), registered(1)
    draft = picked(client, assets)
    weighed(client, draft, column.key, value="三号庫")
    ExtraColumn.objects.update(retired_at=timezone.now())
    done(client, draft)
    assert not ChangeSet.objects.exists()


def test_a_system_disposed_of_after_the_preview_is_not_put_into_rows(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(2)
    system = world.registered(name="財務会計システム", asset_type="system")
    draft = picked(client, assets)
    assert weighed(client, draft, "system", value=str(system.pk))["count"] == 2
    Asset.objects.filter(pk=system.pk).update(**world.DISPOSED)
    page = done(client, draft)
    assert "何も変更していません" in page.content.decode()
    assert {asset.system_id for asset in fresh(assets)} == {None}
    assert not ChangeSet.objects.exists()


def test_a_post_abolished_after_the_preview_is_not_put_into_rows(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(1)
    head = world.head_of("residents")
    draft = picked(client, assets)
    assert weighed(client, draft, "sec_manager", value=str(head.pk))["count"] == 1
    Post.objects.filter(pk=head.pk).update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    done(client, draft)
    assert not ChangeSet.objects.exists()


def test_many_are_not_moved_under_a_name_that_stands_there_already(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    world.registered("residents", name="共有端末")
    assets = [world.registered(name="共有端末"), world.registered(name="窓口端末")]
    target = world.department("residents")
    draft = picked(client, assets)
    shown = weighed(client, draft, "section", value=str(target.pk))
    assert (shown["count"], shown["left_count"]) == (1, 1)
    assert "同じ名称" in shown["reasons"][0]["text"]
    done(client, draft)
    assert [asset.department_id == target.pk for asset in fresh(assets)] == [False, True]


def test_who_left_learns_nothing_of_the_rows_by_taking_a_change_back(signed_in: SignIn) -> None:
    clerk, asset = world.person("clerk"), registered(1)[0]
    change = propose_at_once({asset.pk: {"remarks": "点検"}}, kind=ChangeKind.BULK, reason="点検", by=clerk)
    proposal = Asset.objects.select_related("open_proposal").get(pk=asset.pk).open_proposal
    assert proposal
    end_appointment(Appointment.objects.current().get(user=clerk), timezone.localdate() - dt.timedelta(days=1), by=None)
    appoint(clerk, Post.objects.get(title="住民課主事"), timezone.localdate(), by=None)
    Asset.objects.filter(pk=asset.pk).update(name="異動後に付けた名称")
    type(proposal).objects.update(state=State.APPROVED, version=9)
    answer = signed_in("clerk").post(f"/assets/changes/{change.pk}/undo/", {"reason": "見たい"}, follow=True)
    assert answer.status_code == 409
    assert "異動後に付けた名称" not in answer.content.decode()
    assert "ほかの課" in answer.content.decode()


def test_a_level_of_a_scheme_that_is_not_used_there_is_not_put_into_rows(signed_in: SignIn) -> None:
    client, assets = signed_in("secretariat"), registered(1)
    load_scheme("r2-three-level", by=None)
    draft = picked(client, assets)
    level = world.level("confidentiality", "2").pk
    assert weighed(client, draft, "confidentiality", value=str(level), class_reason="見直し")["count"] == 1
    draft.value = {**draft.value, "value": world.old_levels()["confidentiality"]}
    draft.save()
    done(client, draft)
    assert not ChangeSet.objects.exists()
