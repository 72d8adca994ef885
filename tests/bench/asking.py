"""How a job asks: a client signed in, a page that has to be there, a form that has to go through, and what it took."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from registry.organization.models import User
from tests.bench.measuring import Do, Timing, one_by_one, queries

LOGIN = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Result:
    """One line of the table. `value` is what the goal limits: a ratio, milliseconds, rows per second or megabytes."""

    job: str
    value: float
    unit: str
    floor: float | None = None
    times: Timing | None = None
    statements: int | None = None


def signed_in(user: User) -> Client:
    """A client of the person, logged in without the login page, first request done."""
    client = Client()
    client.force_login(user, LOGIN)
    fetch(client, reverse("assets:index"))
    return client


def fetch(client: Client, url: str, **query: Any) -> bytes:
    """The page, which has to be there."""
    response = client.get(url, query)
    if response.status_code != 200:
        raise RuntimeError(f"{url} {query}: {response.status_code}")
    return b"" if response.streaming else response.content


def anew(act: Do) -> Do:
    """The act with nothing remembered from before."""

    def run() -> Any:
        cache.clear()
        return act()

    return run


def posted(client: Client, url: str, typed: dict[str, Any]) -> None:
    response = client.post(url, urlencode(typed, doseq=True), content_type="application/x-www-form-urlencoded")
    if response.status_code != 302:
        wrong = re.sub(r"<[^>]+>|\s+", " ", response.content.decode().partition('class="error-summary"')[2][:4000])
        raise RuntimeError(f"{url}: {response.status_code} {wrong}")


def spent(job: str, acts: list[Do]) -> Result:
    sent = queries(lambda: acts.pop()())  # an act works only once, so two of them are spent on counting
    times = one_by_one(acts)
    return Result(job, times.p50, "ms", None, times, statements=sent)
