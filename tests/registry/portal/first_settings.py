"""The first settings of a new installation as one goes through them, and the empty database they begin with."""

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.test import Client

from registry.history.models import Entry
from registry.organization.profiles import available
from tests import world
from tests.conftest import empty_the_database

KEYS = [key for key, _ in available()]
DOOR, BODY, OWN = "/first-run/", "/first-run/body/", "/first-run/body/own/"
WORDS, ADMINISTRATOR = "/first-run/words/", "/first-run/administrator/"
PERSON = {"username": "root", "name": "山田 太郎", "password": "ame-ni-mo-makezu", "again": "ame-ni-mo-makezu"}


@contextmanager
def nothing_set_up(blocker: Any) -> Iterator[None]:
    """A database as it is after the first migration; afterwards the town of the other tests is back."""
    with blocker.unblock():
        empty_the_database()
    yield
    with blocker.unblock():
        empty_the_database()
        world.build()
        connections.close_all()


def printed(command: str) -> str:
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def new_code() -> str:
    found = re.search(r"設定コード: (\S+)", printed("setup_code"))
    assert found
    return found[1]


def come_in(code: str = "") -> Client:
    client = Client()
    answer = client.post(DOOR, {"code": code or new_code()})
    assert answer.headers.get("Location") == BODY, said(answer)
    return client


def said(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def as_shown(client: Client, address: str) -> dict[str, str]:
    """What the form of a step would send if one pressed its button at once."""
    return {field.html_name: str(field.value() or "") for field in client.get(address).context["form"]}


def set_up(client: Client) -> Any:
    """From a chosen body to the end, everything as proposed."""
    assert client.post(WORDS, as_shown(client, WORDS)).headers["Location"] == ADMINISTRATOR
    return client.post(ADMINISTRATOR, PERSON)


def acts() -> list[str]:
    return list(Entry.objects.order_by("sequence").values_list("act", flat=True))
