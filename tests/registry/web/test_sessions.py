"""How long a login lasts: idle half an hour, nine hours at most, and gone at once for somebody who was stopped."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from registry.organization.people import disable
from tests import world

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 6, 1, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=9)))
MINUTE = dt.timedelta(minutes=1)


def works(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_half_an_hour_without_a_click_ends_the_login(signed_in: Callable[[str], Client]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in("clerk")
        assert works(client)
        clock.move_to(START + 29 * MINUTE)
        assert works(client)
        clock.move_to(START + 60 * MINUTE)
        answer = client.get("/", follow=True)
        assert answer.redirect_chain[0][0].startswith("/login/")
        assert not works(client)


def test_nine_hours_are_the_end_however_busy_one_is(signed_in: Callable[[str], Client]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in("clerk")
        for quarter in range(36):
            clock.move_to(START + quarter * 15 * MINUTE)
            assert works(client), quarter
        clock.move_to(START + 541 * MINUTE)
        assert not works(client)


def test_reading_does_not_write_the_session_every_time(signed_in: Callable[[str], Client]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = signed_in("clerk")
        assert works(client)
        before = Session.objects.get().session_data
        clock.move_to(START + dt.timedelta(seconds=50))
        assert works(client)
        assert Session.objects.get().session_data == before
        clock.move_to(START + dt.timedelta(seconds=70))
        assert works(client)
        assert Session.objects.get().session_data != before


def test_a_person_who_is_stopped_is_out_with_the_next_click(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("clerk")
    assert works(client)
    disable(world.person("clerk"), by=world.person("secretariat"))
    assert client.get("/").status_code == 302
    assert client.get("/assets/").status_code == 302
