"""What goes with every answer: no cache keeps it, no foreign script runs in it; and no post is taken without its token."""

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client

from registry.organization.models import User
from tests.access.addresses import addresses, patterns
from tests.access.canaries import body_of
from tests.access.fingerprint import changed, fingerprint
from tests.access.rules import TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SignIn = Callable[[str], Client]
BACKEND = "django.contrib.auth.backends.ModelBackend"
LOGGING_OUT = {"logout", "admin:logout"}
FORM = re.compile(r"<form[^>]*post[^>]*>.*?</form>", re.DOTALL)
FIXED = {"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def answers(client: Client, *, reached: dict[str, dict[str, str]]) -> Iterator[tuple[str, Any]]:
    """GET and POST of every address, and of some that do not exist."""
    for name, found in reached.items():
        for address in found.values():
            for method in ("get", "post") if name not in LOGGING_OUT else ("get",):
                yield f"{method} {name}", getattr(client, method)(address)
    for address in ("/nothing/", "/assets/987654321/", "/admin/nothing/", "/static/nothing.css"):
        yield address, client.get(address)


def faults(where: str, response: Any) -> list[str]:
    """What is missing from the head of an answer."""
    wrong = [f"{where}: {name}" for name, value in FIXED.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    forms = [] if response.streaming else FORM.findall(response.content.decode(errors="replace"))
    wrong += [f"{where}: no token in {form[:80]}" for form in forms if "csrfmiddlewaretoken" not in form]
    strict = "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    if response.headers.get("Content-Type", "").startswith("text/html") and not strict:
        wrong.append(f"{where}: policy {policy!r}")
    if "no-store" not in response.headers.get("Cache-Control", "") and not where.startswith("/static/"):
        wrong.append(f"{where}: cacheable ({response.status_code}, {response.headers.get('Cache-Control')!r})")
    return wrong


@pytest.mark.parametrize("person", ["clerk", "manager", "secretariat", "auditor"])
def test_nothing_a_signed_in_person_gets_is_kept_or_runs_foreign_script(signed_in: SignIn, person: str) -> None:
    reached, wrong = addresses(), []
    for where, response in answers(signed_in(person), reached=reached):
        assert body_of(response) is not None
        wrong += faults(where, response)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_an_export_is_a_download_that_nobody_guesses_at(signed_in: SignIn) -> None:
    addresses()
    answer = signed_in("clerk").post("/assets/export/", {"query": ""})
    assert body_of(answer).startswith(b"PK")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert not faults("export", answer)


def test_the_cookie_of_a_session_is_kept_from_scripts_and_other_sites() -> None:
    client = Client()
    client.post("/login/", {"username": "clerk", "password": "a-password-for-tests"})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert not cookie["max-age"], "it ends with the browser"


def test_no_post_is_taken_without_its_token(signed_in: SignIn) -> None:
    reached, wrong, tried = addresses(), [], 0
    before = fingerprint()
    for person in ("anonymous", "clerk", "secretariat"):
        client = Client(enforce_csrf_checks=True)
        if person != "anonymous":
            client.force_login(User.objects.get(username=person), BACKEND)
        session = {key: morsel.value for key, morsel in client.cookies.items()}
        for name in (name for name in reached if name.startswith("admin:") or "POST" in TABLE[name].answers):
            for address in reached[name].values():
                client.cookies = SimpleCookie(session)
                status = client.post(address, {"posted": "1", "csrfmiddlewaretoken": "x" * 64}).status_code
                tried += 1
                if status != 403:
                    wrong.append(f"{person} {name}: {status}")
    assert tried > 3 * len([name for name in TABLE if "POST" in TABLE[name].answers])
    assert not wrong, "\n".join(wrong)
    assert not changed(before, fingerprint())


def test_no_view_is_exempt_from_the_token() -> None:
    assert not [pattern.route for pattern in patterns() if getattr(pattern.view, "csrf_exempt", False)]


def test_the_page_about_a_missing_token_is_ours_and_in_japanese() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "clerk", "password": "x"})
    assert answer.status_code == 403
    assert "もう一度操作してください" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
