"""The kinds of view: what each answers to which method, and that reading cannot write and posting is all or nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from assets.states import State
from registry.base.verdict import Conflict
from registry.history.models import Entry
from registry.organization.models import Organ
from registry.web.views import View, afterwards, command, download, form_page, page, upload_page
from tests import world
from tests.assets.at_once import at_once

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPEN_TO: dict[Any, set[str]] = {
    page: {"GET", "HEAD"},
    form_page: {"GET", "HEAD", "POST"},
    upload_page: {"GET", "HEAD", "POST"},
    command: {"POST"},
    download: {"POST"},
}
CAN_WRITE = {(form_page, "POST"), (upload_page, "POST"), (command, "POST")}


def rename(request: HttpRequest) -> HttpResponse:
    Organ.objects.filter(code="town").update(name="書き換えた")
    return HttpResponse("done")


def note(request: HttpRequest) -> None:
    rename(request)


def rename_and_fail(request: HttpRequest) -> HttpResponse:
    rename(request)
    raise RuntimeError("in the middle")


def asked(kind: Callable[[View], View], view: View, method: str) -> Any:
    return kind(view)(RequestFactory().generic(method, "/"))


def organ_name() -> str:
    return Organ.objects.get(code="town").name


@pytest.mark.django_db
@pytest.mark.parametrize("kind", OPEN_TO, ids=lambda kind: kind.__name__)
def test_each_kind_answers_its_methods_and_405_to_the_rest(kind: Callable[[View], View]) -> None:
    for method in METHODS:
        status = asked(kind, lambda request: HttpResponse("ok"), method).status_code
        assert status == (200 if method in OPEN_TO[kind] else 405), method


@pytest.mark.django_db
@pytest.mark.parametrize(("person", "ways_on"), [("manager", ["/", "/assets/reviews/"]), ("clerk", ["/"])])
def test_who_comes_by_a_link_to_where_only_a_button_leads_reads_that_nothing_was_done(
    person: str, ways_on: list[str], signed_in: Callable[[str], Client]
) -> None:
    proposal, client = world.proposal_in(State.SUBMITTED), signed_in(person)
    address = f"/assets/proposals/{proposal.pk}/steps/confirm/"
    answer = client.get(address)
    told = answer.content.decode().split("<main")[1]
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "この操作は行われていません。" in told
    assert re.findall('href="([^"]*)"', told) == ways_on
    for method in ("HEAD", "PUT", "DELETE"):
        bare = client.generic(method, address)
        assert (bare.status_code, bare.content, bare.headers["Allow"]) == (405, b"", "POST")


@pytest.mark.parametrize("kind", OPEN_TO, ids=lambda kind: kind.__name__)
def test_only_posting_pages_and_commands_can_write(kind: Callable[[View], View], committed: None) -> None:
    for method in sorted(OPEN_TO[kind]):
        before = organ_name()
        if (kind, method) in CAN_WRITE:
            assert asked(kind, rename, method).status_code == 200
            assert organ_name() == "書き換えた"
            Organ.objects.filter(code="town").update(name=before)
        else:
            with pytest.raises(Error, match=r"read.?only"):
                asked(kind, rename, method)
            assert organ_name() == before


def test_after_a_page_the_same_connection_can_write_again(committed: None) -> None:
    with pytest.raises(Error):
        asked(page, rename, "GET")
    Organ.objects.filter(code="town").update(name="ふつうに書ける")
    assert organ_name() == "ふつうに書ける"


@pytest.mark.parametrize("kind", [form_page, command], ids=lambda kind: kind.__name__)
def test_a_post_that_fails_in_the_middle_leaves_nothing(kind: Callable[[View], View], committed: None) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        asked(kind, rename_and_fail, "POST")
    assert organ_name() == "町長部局"


def test_nobody_waits_while_a_file_is_read(committed: None) -> None:
    def read_a_file(request: HttpRequest) -> HttpResponse:
        assert not connection.in_atomic_block
        assert at_once([lambda: Organ.objects.filter(code="town").update(name="ほかの人が変えた")]) == [1]
        return HttpResponse("read")

    assert asked(upload_page, read_a_file, "POST").content == b"read"
    assert organ_name() == "ほかの人が変えた"


@pytest.mark.django_db
def test_who_was_overtaken_is_told_with_409_and_nothing_is_kept() -> None:
    def overtaken(request: HttpRequest) -> HttpResponse:
        rename(request)
        raise Conflict("画面を開いたあとに変わりました。")

    answer = asked(command, overtaken, "POST")
    assert answer.status_code == 409
    assert "画面を開いたあとに変わりました。" in answer.content.decode()
    assert organ_name() == "町長部局"


def test_what_history_must_know_of_a_reading_is_written_after_the_page(committed: None) -> None:
    def look(request: HttpRequest) -> HttpResponse:
        afterwards(request, lambda: note(request))
        assert organ_name() == "町長部局"
        return HttpResponse("looked")

    assert asked(page, look, "GET").content == b"looked"
    assert organ_name() == "書き換えた"


@pytest.mark.django_db
def test_pages_with_records_are_never_stored(signed_in: Callable[[str], Client]) -> None:
    for address in ("/", "/assets/", "/history/", "/login/"):
        assert "no-store" in signed_in("secretariat").get(address)["Cache-Control"], address


def test_a_page_of_ours_writes_nothing_but_what_it_says(committed: None) -> None:
    client = Client()
    client.force_login(world.person("clerk"), "django.contrib.auth.backends.ModelBackend")
    before = Entry.objects.count()
    for address in ("/", "/assets/", "/assets/new/", "/assets/imports/", "/assets/reviews/"):
        assert client.get(address).status_code == 200, address
    assert Entry.objects.count() == before
    assert connection.vendor in {"sqlite", "postgresql"}
