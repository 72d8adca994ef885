"""Fields that are on no form, posted all the same: nothing of them arrives."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assets.models import Asset, Proposal
from assets.states import Standing, State
from assets.workflow import withdraw
from registry.organization.models import Appointment, Body, Department, Organ, Post, User
from tests import world
from tests.access.addresses import checked_batch
from tests.access.test_swapped_ids import filled

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SignIn = Callable[[str], Client]
SMUGGLED = {
    "id": "1",
    "pk": "1",
    "state": "approved",
    "standing": "registered",
    "number": "R8-9999-0001",
    "asset_no": "R8-9999-0001",
    "revision_number": "9",
    "base_version": "9",
    "registered_at": "2020-01-01",
    "registered_on": "2020-01-01",
    "updated_at": "2020-01-01",
    "open_proposal": "1",
    "organ": "2",
    "department": "4",
    "department_id": "4",
    "level_1": "1",
    "kind": "change",
    "drafted_by": "1",
    "submitted_by": "1",
    "confirmed_by": "1",
    "decided_by": "1",
    "batch": "1",
    "by": "1",
    "guide_answers": "{}",
    "is_superuser": "on",
    "is_active": "",
    "is_staff": "on",
    "groups": "1",
    "user_permissions": "1",
    "must_change_password": "on",
    "uploaded_by": "1",
    "stage": "done",
}
OF_THE_MOMENT = {
    "id",
    "open_proposal_id",
    "updated_at",
    "registered_at",
    "token",
    "drafted_at",
    "asset_id",
    "submitted_at",
}


def kept(thing: Any) -> dict[str, Any]:
    """The columns of a row that do not hang on the moment."""
    return {f.attname: getattr(thing, f.attname) for f in thing._meta.fields if f.attname not in OF_THE_MOMENT}


@pytest.mark.parametrize("act", ["save", "submit"])
def test_a_new_entry_is_the_same_with_and_without_smuggled_fields(signed_in: SignIn, act: str) -> None:
    made = []
    for more in ({}, SMUGGLED):
        assert signed_in("clerk").post(reverse("assets:new"), {**more, **filled(), "act": act}).status_code == 302
        asset = Asset.objects.latest("pk")
        assert asset.open_proposal is not None
        made.append((kept(asset), kept(asset.open_proposal)))
        withdraw(asset.open_proposal, by=world.person("clerk"))
    assert made[0] == made[1]
    assert made[1][0]["standing"] == Standing.UNREGISTERED


def test_a_change_of_a_registered_asset_leaves_what_is_in_force(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED, "tax").asset
    before = kept(Asset.objects.get(pk=asset.pk))
    typed = {**SMUGGLED, **filled(name="改めた名称"), "version": "1", "proposal": "", "act": "save"}
    assert signed_in("clerk").post(reverse("assets:edit", args=[asset.pk]), typed).status_code == 302
    change = Proposal.objects.get(asset=asset, kind="change")
    assert kept(Asset.objects.get(pk=asset.pk)) == before
    assert (change.state, change.base_version, change.drafted_by) == (State.DRAFT, 1, world.person("clerk"))
    assert change.values["name"] == "改めた名称"


def test_a_step_takes_a_note_and_nothing_else(signed_in: SignIn) -> None:
    proposal = world.proposal_in(State.SUBMITTED, "tax")
    values = Proposal.objects.get(pk=proposal.pk).values
    data = {**SMUGGLED, "values": '{"name": "x"}', "name": "x", "note": "よい", "version": str(proposal.version)}
    signed_in("manager").post(reverse("assets:step", args=[proposal.pk, "confirm"]), data)
    found = Proposal.objects.get(pk=proposal.pk)
    people = (found.drafted_by, found.submitted_by, found.confirmed_by, found.decided_by)
    assert (found.state, found.values, found.note) == (State.CONFIRMED, values, "よい")
    assert people == (world.person("clerk"), world.person("clerk"), world.person("manager"), None)


def test_an_import_is_registered_for_whom_and_as_it_was_checked(signed_in: SignIn) -> None:
    batch = checked_batch("own")
    data = {**SMUGGLED, "reason": "取込", "section": str(world.department("residents").pk), "ending": "submit"}
    assert signed_in("clerk").post(reverse("assets:import-register", args=[batch.pk]), data).status_code == 302
    asset = Asset.objects.get()
    assert asset.open_proposal is not None
    assert (asset.standing, asset.number, asset.department) == (Standing.UNREGISTERED, "", world.department("tax"))
    assert (asset.open_proposal.state, asset.open_proposal.drafted_by) == (State.SUBMITTED, world.person("clerk"))


def test_a_clerk_cannot_choose_the_ending_of_the_secretariat(signed_in: SignIn) -> None:
    batch = checked_batch("own")
    data = {"reason": "取込", "ending": "register"}
    assert signed_in("clerk").post(reverse("assets:import-register", args=[batch.pk]), data).status_code == 403
    typed = {**filled(), "act": "register", "reason": "急ぎ"}
    assert signed_in("clerk").post(reverse("assets:new"), typed).status_code == 403
    assert not Asset.objects.exists()


def test_nobody_becomes_administrator_by_changing_a_password_or_logging_in(signed_in: SignIn) -> None:
    passwords = {
        "old_password": world.PASSWORD,
        "new_password1": "another-long-word-7",
        "new_password2": "another-long-word-7",
    }
    assert signed_in("clerk").post(reverse("password_change"), {**SMUGGLED, **passwords}).status_code == 302
    Client().post(reverse("login"), {**SMUGGLED, "username": "clerk", "password": "another-long-word-7"})
    clerk = world.person("clerk")
    assert (clerk.is_superuser, clerk.is_active, clerk.must_change_password) == (False, True, False)


def bench(model: type, key: int) -> str:
    return reverse(f"admin:organization_{model.__name__.lower()}_change", args=[key])


def test_the_bench_changes_what_its_forms_show_and_no_more(signed_in: SignIn) -> None:
    client, clerk = signed_in("secretariat"), world.person("clerk")
    appointment, tax, town = clerk.appointments.get(), world.department("tax"), Organ.objects.get(code="town")
    roles = {
        "roles-TOTAL_FORMS": "0",
        "roles-INITIAL_FORMS": "0",
        "roles-MIN_NUM_FORMS": "0",
        "roles-MAX_NUM_FORMS": "9",
    }
    manager = str(world.head_of("tax").pk)
    tries: list[tuple[Any, dict[str, str], set[str]]] = [
        (clerk, {"username": "root", "name": "改名", "password": "x"}, {"name"}),
        (appointment, {"user": str(world.person("stranger").pk), "post": manager, "valid_from": "2019-01-01"}, set()),
        (tax, {"name": "税務部", "full_name": "x", "path": "9999.", "code": "1040", "kind": "課"}, {"kind"}),
        (appointment.post, {"title": "課長", "department": "1", "group": "1", **roles}, set()),
        (town, {"code": "court", "name": "町長部局", "head_title": town.head_title, "position": "1"}, set()),
        (Body.objects.get(), {"name": "別の町", "profile": "setagaya", "code": "1"}, set()),
    ]
    for thing, typed, may in tries:
        before = kept(type(thing).objects.get(pk=thing.pk))
        client.post(bench(type(thing), thing.pk), {**SMUGGLED, **typed})
        after = kept(type(thing).objects.get(pk=thing.pk))
        assert {key for key in before if before[key] != after[key]} <= may | {"words", "role_titles", "last_login"}, (
            thing
        )


def test_the_bench_adds_no_administrator(signed_in: SignIn) -> None:
    typed = {**SMUGGLED, "username": "newcomer", "name": "新しい人", "password": "x"}
    signed_in("secretariat").post(reverse("admin:organization_user_add"), typed)
    made = User.objects.get(username="newcomer")
    assert (made.is_superuser, made.is_active, made.appointments.count()) == (False, True, 0)
    post = Post.objects.filter(department=Department.objects.get(code="1040")).latest("pk")
    data = {"user": made.pk, "post": post.pk, "kind": Appointment.Kind.MAIN, "valid_from": dt.date(2024, 4, 1)}
    signed_in("secretariat").post(reverse("admin:organization_appointment_add"), {**SMUGGLED, **data})
    assert made.appointments.get().post == post
