"""What was sent after the login had ended is not lost, and is shown to nobody else."""

import datetime as dt
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from assets.models import Asset
from assets.states import State
from registry.web.sessions import KEPT, MOST_KEPT
from tests import world
from tests.access.test_sessions import MORNING, log_in

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(minutes=31)
KEPT_PAGE = "/session/kept/"
Wait = Callable[[], None]


@pytest.fixture
def later() -> Any:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield lambda: clock.shift(LATER)


def typed(**more: str) -> dict[str, str]:
    return {"name": "一時間かけて書いた資料", "section": str(world.department("tax").pk), "act": "save", **more}


def hidden_fields(answer: Any) -> dict[str, str]:
    return {unescape(name): unescape(value) for name, value in answer.context["sent"]}


def test_what_was_typed_for_an_hour_is_sent_again_after_logging_in(later: Wait) -> None:
    client = log_in("clerk")
    later()
    answer = client.post(reverse("assets:new"), typed(description="長い説明"))
    assert answer.headers["Location"] == "/login/?next=%2Fsession%2Fkept%2F"
    assert not Asset.objects.filter(name__startswith="一時間").exists()
    log_in("clerk", client)
    page = client.get(KEPT_PAGE)
    assert "一時間かけて書いた資料" in page.content.decode()
    assert page.context["again"] == reverse("assets:new")
    done = client.post(page.context["again"], hidden_fields(page))
    assert done.status_code == 302
    assert Asset.objects.get(name="一時間かけて書いた資料").description == "長い説明"
    assert client.get(KEPT_PAGE).headers["Location"] == "/", "it is offered once"


def test_who_logs_in_next_at_the_same_desk_sees_nothing_of_it(later: Wait) -> None:
    client = log_in("clerk")
    later()
    client.post(reverse("assets:new"), typed())
    log_in("stranger_clerk", client)
    assert client.get(KEPT_PAGE).headers["Location"] == "/"
    assert KEPT not in client.session
    client.post(reverse("logout"))
    log_in("clerk", client)
    assert client.get(KEPT_PAGE).headers["Location"] == "/"


def test_what_is_let_go_is_gone(later: Wait) -> None:
    client = log_in("clerk")
    later()
    client.post(reverse("assets:new"), typed())
    log_in("clerk", client)
    assert client.post(KEPT_PAGE).headers["Location"] == "/"
    assert KEPT not in client.session
    assert not Asset.objects.filter(name__startswith="一時間").exists()


def test_the_comment_of_a_step_is_shown_but_the_step_is_not_taken_by_itself(later: Wait) -> None:
    proposal = world.proposal_in(State.SUBMITTED, "tax")
    client = log_in("manager")
    later()
    step = reverse("assets:step", args=[proposal.pk, "return"])
    client.post(step, {"note": "保管場所を直してください。", "version": proposal.version})
    log_in("manager", client)
    page = client.get(KEPT_PAGE)
    assert "保管場所を直してください。" in page.content.decode()
    assert page.context["again"] == ""
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED


@pytest.mark.parametrize("size", [0, MOST_KEPT], ids=["passwords", "too much"])
def test_passwords_and_masses_are_not_kept(later: Wait, size: int) -> None:
    client = log_in("clerk")
    later()
    new = {
        "old_password": world.PASSWORD,
        "new_password1": "another-long-word-7",
        "new_password2": "another-long-word-7",
    }
    answer = (
        client.post(reverse("assets:new"), typed(name="x" * size))
        if size
        else client.post(reverse("password_change"), new)
    )
    assert answer.headers["Location"] == "/login/"
    assert KEPT not in client.session


def test_a_foreign_page_cannot_leave_words_in_a_session(later: Wait) -> None:
    signed_in = log_in("clerk")
    later()
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    client.post(reverse("assets:new"), typed())
    assert KEPT not in client.session


def test_after_the_end_one_comes_back_to_the_page_one_was_on(later: Wait) -> None:
    client = log_in("clerk")
    later()
    answer = client.get("/assets/", {"q": "課税", "sort": "name"}, follow=True)
    assert answer.context["next"] == "/assets/?q=%E8%AA%B2%E7%A8%8E&sort=name"


def test_a_list_that_is_filtered_after_the_end_is_not_filled_with_a_login_form(later: Wait) -> None:
    client = log_in("clerk")
    later()
    answer = client.get("/assets/?q=a", headers={"HX-Request": "true"}, follow=True)
    assert answer.status_code == 401
    assert b"password" not in answer.content


def test_a_part_of_a_page_that_comes_too_late_does_not_end_what_can_still_be_sent(later: Wait) -> None:
    client = log_in("clerk")
    later()
    part = client.get(reverse("assets:similar"), {"name": "一時間"}, headers={"HX-Request": "true"})
    assert part.status_code == 401
    assert client.post(reverse("assets:new"), typed()).headers["Location"] == "/login/?next=%2Fsession%2Fkept%2F"
    log_in("clerk", client)
    assert "一時間かけて書いた資料" in client.get(KEPT_PAGE).content.decode()


def test_who_types_is_here(later: Wait) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = log_in("clerk")
        for _ in range(4):
            clock.shift(dt.timedelta(minutes=25))
            assert client.post(reverse("portal:go-on")).json()["idle"] == 30 * 60
        assert client.get("/").status_code == 200
        clock.shift(dt.timedelta(hours=7, minutes=20))
        assert client.post(reverse("portal:go-on")).status_code == 302, "nine hours are the end"
