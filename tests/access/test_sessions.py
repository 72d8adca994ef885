"""How long a login lasts, and what ends it at once."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assets.states import State
from registry.organization import people
from registry.organization.access import departments_where
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import PostRole
from registry.organization.roles import Permission, Role
from registry.organization.structure import end_role
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
MORNING = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))


def log_in(username: str, client: Client | None = None) -> Client:
    """Through the login page, as a person does it."""
    client = client or Client()
    answer = client.post(reverse("login"), {"username": username, "password": world.PASSWORD})
    assert answer.status_code == 302, username
    return client


def inside(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_a_login_ends_after_thirty_idle_minutes_and_says_so() -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = log_in("clerk")
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=29))
            assert inside(client)
        clock.shift(dt.timedelta(minutes=32))
        answer = client.get("/", follow=True)
        assert answer.redirect_chain[-1][0].startswith("/login/")
        assert "ended" in answer.context
        assert answer.context["ended"]
        assert not inside(client)
        assert not client.get(reverse("login")).context["ended"], "it is said once"


def test_a_login_ends_after_nine_hours_however_busy() -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = log_in("clerk")
        for _ in range(26):
            clock.shift(dt.timedelta(minutes=20))
            assert inside(client)
        clock.shift(dt.timedelta(minutes=21))
        assert not inside(client)


def test_an_ended_session_is_gone_and_its_cookie_opens_nothing() -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = log_in("clerk")
        cookie = client.cookies["sessionid"].value
        clock.shift(dt.timedelta(minutes=32))
        assert not inside(client)
        assert not Session.objects.filter(session_key=cookie).exists()
        client.cookies["sessionid"] = cookie
        assert not inside(client)


def test_the_session_id_changes_at_login_and_at_logout() -> None:
    client = Client()
    session = client.session
    session["before"] = "x"
    session.save()
    known = client.cookies["sessionid"].value
    log_in("clerk", client)
    inside_key = client.cookies["sessionid"].value
    assert inside_key != known
    assert not Session.objects.filter(session_key=known).exists()
    assert client.post(reverse("logout")).status_code == 200
    client.cookies["sessionid"] = inside_key
    assert not inside(client)


def test_one_persons_session_never_becomes_anothers() -> None:
    client = log_in("clerk")
    client.post(reverse("logout"))
    log_in("stranger_clerk", client)
    assert client.session[SESSION_KEY] == str(world.person("stranger_clerk").pk)
    assert client.get("/").context["person_name"] == world.person("stranger_clerk").name


def test_stopping_a_person_ends_their_session_at_the_next_request(signed_in: SignIn) -> None:
    client, other = signed_in("clerk"), signed_in("colleague")
    assert inside(client)
    people.disable(world.person("clerk"), by=world.person("secretariat"))
    answer = client.get("/assets/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login/?next=/assets/")
    assert client.post(reverse("assets:new"), {"act": "save"}).headers["Location"].startswith("/login/")
    assert inside(other)


def test_a_temporary_password_ends_every_session_of_the_person(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    people.set_temporary_password(world.person("clerk"), by=world.person("secretariat"))
    assert not inside(client)


def test_who_has_a_temporary_password_can_do_nothing_before_changing_it() -> None:
    given = people.set_temporary_password(world.person("clerk"), by=world.person("secretariat"))
    client = Client()
    client.post(reverse("login"), {"username": "clerk", "password": given})
    for address in ("/", "/assets/", "/assets/new/", "/organization/", "/history/", "/assets/imports/"):
        assert client.get(address).headers.get("Location") == reverse("password_change"), address
    assert client.post(reverse("assets:export"), {"query": ""}).headers.get("Location") == reverse("password_change")


def test_changing_ones_password_ends_the_other_sessions(signed_in: SignIn) -> None:
    here, elsewhere = signed_in("clerk"), signed_in("clerk")
    new = {"new_password1": "another-long-word-7", "new_password2": "another-long-word-7"}
    assert here.post(reverse("password_change"), {"old_password": world.PASSWORD, **new}).status_code == 302
    assert inside(here)
    assert not inside(elsewhere)


def test_an_appointment_that_ended_opens_nothing_from_the_next_request_on(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED, "tax").asset
    client = signed_in("clerk")
    assert client.get(asset.get_absolute_url()).status_code == 200
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    end_appointment(world.person("clerk").appointments.get(), yesterday, by=world.person("secretariat"))
    assert client.get(asset.get_absolute_url()).status_code == 404
    assert client.get("/assets/").context["count_text"] == "0件"
    assert client.get(reverse("assets:new")).status_code == 403
    assert client.post(reverse("assets:export"), {"query": ""}).status_code == 403


def test_who_left_office_yesterday_sees_nothing(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED, "tax").asset
    client = signed_in("former")
    assert client.get(asset.get_absolute_url()).status_code == 404
    assert client.get("/").context["without_post"]
    assert client.get("/organization/").status_code == 403


def test_the_last_day_still_counts_and_the_day_after_does_not() -> None:
    today = timezone.localdate()
    end_appointment(world.person("clerk").appointments.get(), today, by=world.person("secretariat"))
    assert departments_where(world.person("clerk"), Permission.VIEW_ASSETS)
    with time_machine.travel(dt.datetime.combine(today + dt.timedelta(days=1), dt.time(3), tzinfo=MORNING.tzinfo)):
        assert not departments_where(world.person("clerk"), Permission.VIEW_ASSETS)


def test_a_role_that_ended_is_gone_for_who_is_signed_in(signed_in: SignIn) -> None:
    client = signed_in("auditor")
    assert client.get("/history/").status_code == 200
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    end_role(PostRole.objects.get(role=Role.AUDITOR), yesterday, by=world.person("secretariat"))
    assert client.get("/history/").status_code == 403
    assert client.get("/assets/").context["count_text"] == "0件"


def test_an_appointment_of_the_future_opens_nothing_yet(signed_in: SignIn) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    appoint(world.person("postless"), world.head_of("tax"), tomorrow, by=world.person("secretariat"))
    world.proposal_in(State.APPROVED, "tax")
    client = signed_in("postless")
    assert client.get("/assets/").context["count_text"] == "0件"
    assert client.get(reverse("assets:new")).status_code == 403
