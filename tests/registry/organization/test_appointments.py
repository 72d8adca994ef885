"""Appointing and releasing people: who may, what stands in the way, and that rights follow in the same moment."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assets.models import Asset
from assets.states import State
from registry.base.fiscal import wareki
from registry.history.models import Entry
from registry.organization.access import departments_where
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Department, Post, User
from registry.organization.roles import Permission, Role
from registry.organization.structure import assign_role, close_department, create_department, create_post, end_role
from tests import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


def seat(title: str = "住民課主事") -> Post:
    return Post.objects.get(title=title)


def held_by(username: str) -> Appointment:
    return Appointment.objects.get(user__username=username)


@pytest.mark.parametrize("username", ["clerk", "manager", "reviewer", "auditor", "stranger", "postless", "disabled"])
def test_only_the_secretariat_and_the_administrator_appoint(username: str) -> None:
    newcomer, before = world.person("postless"), Entry.objects.count()
    with pytest.raises(PermissionDenied, match="事務局"):
        appoint(newcomer, seat(), today(), by=world.person(username))
    with pytest.raises(PermissionDenied, match="事務局"):
        end_appointment(held_by("clerk"), today(), by=world.person(username))
    assert not newcomer.appointments.exists()
    assert held_by("clerk").valid_until is None
    assert Entry.objects.count() == before


@pytest.mark.parametrize("username", ["secretariat", "sysadmin"])
def test_an_appointment_is_written_down_with_post_kind_and_period(username: str) -> None:
    newcomer, until = world.person("postless"), today() + 30 * DAY
    appoint(newcomer, seat(), today(), until, kind=Appointment.Kind.ACTING, by=world.person(username))
    entry = Entry.objects.newest_first()[0]
    assert (entry.act, entry.subject_id, entry.actor_label) == (
        "person.appointed",
        newcomer.pk,
        world.person(username).name,
    )
    period = f"{wareki(today())}〜{wareki(until)}"
    assert entry.changes == [["職", "", "住民課主事"], ["区分", "", "代理"], ["期間", "", period]]
    assert entry.department == world.department("residents")


def test_ending_an_appointment_takes_the_rights_in_the_same_request(secretariat: User) -> None:
    asset = world.proposal_in(State.APPROVED).asset
    client = Client()
    client.force_login(world.person("clerk"), "django.contrib.auth.backends.ModelBackend")
    page = reverse("assets:detail", args=[asset.pk])
    assert client.get(page).status_code == 200
    end_appointment(held_by("clerk"), today() - DAY, by=secretariat)
    assert departments_where(world.person("clerk"), Permission.VIEW_ASSETS) == frozenset()
    assert not Asset.objects.visible_to(world.person("clerk")).exists()
    assert client.get(page).status_code == 404
    assert asset.name not in client.get(reverse("assets:index")).content.decode()


def test_somebody_who_ends_their_own_appointment_loses_the_rights_in_that_very_request(secretariat: User) -> None:
    assert departments_where(secretariat, Permission.VIEW_ASSETS)
    end_appointment(held_by("secretariat"), today() - DAY, by=secretariat)
    assert departments_where(world.person("secretariat"), Permission.VIEW_ASSETS) == frozenset()


def test_the_last_day_still_counts(secretariat: User) -> None:
    end_appointment(held_by("clerk"), today(), by=secretariat)
    assert departments_where(world.person("clerk"), Permission.VIEW_ASSETS)
    assert Entry.objects.newest_first()[0].changes[1] == ["終了日", "", wareki(today())]


def test_the_days_of_a_post_its_role_and_its_department_are_written_down_in_wareki(secretariat: User) -> None:
    tax = world.department("tax")
    section = Department(organ=tax.organ, parent=tax, name="収納係", valid_from=world.SINCE)
    unit = create_department(section, by=secretariat)
    post = create_post(unit, "係長", [], world.SINCE, by=secretariat)
    held = assign_role(post, Role.STAFF, today(), by=secretariat)
    end_role(held, today(), by=secretariat)
    close_department(unit, today(), by=secretariat)
    changes = [entry.changes[-1] for entry in Entry.objects.newest_first()[:4]]
    day = wareki(today())
    assert changes == [["廃止日", "", day], ["廃止日", "", day], ["終了日", "", day], ["開始日", "", day]]


OBSTACLES = {
    "ends before it begins": (lambda: (today(), today() - DAY), "終了日が開始日より前です"),
    "already there": (lambda: (today(), None), "すでに「税務課主査」に任命されています"),
    "before the post": (lambda: (world.SINCE - DAY, None), "令和2年4月1日に置かれます"),
}


@pytest.mark.parametrize("case", OBSTACLES)
def test_what_stands_in_the_way_is_said_and_nothing_is_kept(case: str, secretariat: User, clerk: User) -> None:
    period, sentence = OBSTACLES[case]
    before = (Appointment.objects.count(), Entry.objects.count())
    with pytest.raises(ValidationError, match=sentence):
        appoint(clerk, seat("税務課主査"), *period(), by=secretariat)
    assert (Appointment.objects.count(), Entry.objects.count()) == before


def test_a_post_that_ends_takes_nobody_beyond_its_end(secretariat: User) -> None:
    Post.objects.filter(title="住民課主事").update(valid_until=today() + DAY)
    for until in (None, today() + 2 * DAY):
        with pytest.raises(ValidationError, match="廃止されます"):
            appoint(world.person("postless"), seat(), today(), until, by=secretariat)
    assert appoint(world.person("postless"), seat(), today(), today() + DAY, by=secretariat).pk


def test_an_appointment_does_not_end_before_it_began(secretariat: User) -> None:
    with pytest.raises(ValidationError, match="開始日より前"):
        end_appointment(held_by("clerk"), world.SINCE - DAY, by=secretariat)
    assert held_by("clerk").valid_until is None


def test_an_appointment_that_ends_is_not_made_longer(secretariat: User) -> None:
    end_appointment(held_by("clerk"), today() + DAY, by=secretariat)
    with pytest.raises(ValidationError, match="延ばせません"):
        end_appointment(held_by("clerk"), today() + 2 * DAY, by=secretariat)
    assert held_by("clerk").valid_until == today() + DAY


def test_the_same_seat_can_be_taken_again_after_a_while(secretariat: User) -> None:
    former = world.person("former")
    appoint(former, seat("税務課嘱託"), today(), by=secretariat)
    assert departments_where(world.person("former"), Permission.VIEW_ASSETS)
