"""The login page: one sentence for every failure, and a lock that stops guessing without locking others out."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import world

pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.10", "192.0.2.20"
PASSING = re.compile(r'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"')
VARIANTS = ("clerk", "CLERK", "ｃｌｅｒｋ", "ＣＬＥＲＫ", " clerk ", "Clerk　", "cLerk")


def attempt(username: str, typed: str = "wrong", address: str = HERE, **headers: str) -> Any:
    return Client().post(
        reverse("login"), {"username": username, "password": typed}, REMOTE_ADDR=address, headers=headers
    )


def opens(username: str, address: str = HERE, **headers: str) -> bool:
    """Does the right password let this person in?"""
    answer = attempt(username, world.PASSWORD, address, **headers)
    return bool(answer.status_code == 302 and answer.headers["Location"] == "/")


def fail(times: int, *usernames: str, address: str = HERE, **headers: str) -> Any:
    answer: Any = None
    for turn in range(times):
        answer = attempt(usernames[turn % len(usernames)], address=address, **headers)
    return answer


def page(answer: Any, username: str) -> tuple[int, str]:
    return answer.status_code, PASSING.sub("", answer.content.decode()).replace(username, "…")


def test_unknown_wrong_and_disabled_are_answered_alike() -> None:
    answers = {page(attempt(username), username) for username in ("clerk", "nobody-here", "disabled", "sysadmin")}
    answers.add(page(attempt("disabled", world.PASSWORD), "disabled"))
    assert len(answers) == 1
    assert "違います" in answers.pop()[1]


def test_the_lock_is_announced_alike_for_names_that_do_not_exist() -> None:
    locked = [
        page(fail(6, username, address=f"192.0.2.{at}"), username)
        for at, username in enumerate(("clerk", "nobody-here"), 30)
    ]
    assert locked[0] == locked[1]
    assert locked[0][0] in {403, 429}


def test_five_failures_lock_the_name_at_this_address_even_for_the_right_password() -> None:
    fail(4, "clerk")
    assert opens("clerk"), "four failures are forgiven"
    fail(5, "clerk")
    assert not opens("clerk")


def test_the_lock_touches_neither_other_names_nor_other_addresses() -> None:
    fail(6, "clerk")
    assert not opens("clerk")
    assert opens("colleague")
    assert opens("clerk", THERE)


def test_a_name_spelled_differently_is_the_same_name() -> None:
    fail(5, *VARIANTS)
    assert not opens("clerk")
    for variant in VARIANTS:
        assert not opens(variant), variant


@pytest.mark.parametrize("variant", VARIANTS[1:])
def test_no_spelling_walks_around_a_lock(variant: str) -> None:
    fail(5, "clerk")
    assert not opens(variant)


@pytest.mark.parametrize("variant", VARIANTS[1:])
def test_every_spelling_alone_locks_the_name(variant: str) -> None:
    fail(5, variant)
    assert not opens("clerk")


def test_a_forwarded_address_is_not_believed_without_a_proxy() -> None:
    for turn in range(5):
        attempt("clerk", **{"X-Forwarded-For": f"198.51.100.{turn}", "X-Real-Ip": f"198.51.100.{turn}"})
    assert not opens("clerk", **{"X-Forwarded-For": "198.51.100.99"})


def test_the_lock_opens_again_after_a_quarter_of_an_hour() -> None:
    with time_machine.travel(dt.datetime(2026, 6, 1, 0, 0, tzinfo=dt.UTC), tick=False) as clock:
        fail(5, "clerk")
        clock.shift(dt.timedelta(minutes=14))
        assert not opens("clerk")
        clock.shift(dt.timedelta(minutes=16))
        assert opens("clerk")


def test_a_lock_does_not_end_a_session_that_is_open() -> None:
    client = Client(REMOTE_ADDR=HERE)
    client.post(reverse("login"), {"username": "clerk", "password": world.PASSWORD})
    fail(6, "clerk")
    assert client.get("/").status_code == 200


def test_nobody_disabled_or_unknown_gets_in_through_any_door() -> None:
    for username in ("disabled", "nobody-here", "", "clerk\x00"):
        for door in (reverse("login"), reverse("admin:login")):
            answer = Client().post(door, {"username": username, "password": world.PASSWORD})
            assert not answer.wsgi_request.user.is_authenticated, (username, door)
            assert answer.status_code in {200, 302}


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_logging_in_leads_nowhere_outside(target: str) -> None:
    data = {"username": "secretariat", "password": world.PASSWORD, "next": target}
    client = Client()
    answer = client.post(f"{reverse('login')}?next={target}", data)
    assert answer.headers["Location"] == "/"
    answer = client.get(reverse("login"), {"next": target})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
