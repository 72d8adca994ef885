"""What exists but is not yours answers exactly like what does not exist, to every question one can ask."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from assets.ledger import staging
from assets.ledger.listing import SORTS
from assets.models import Asset, Level, Proposal
from assets.states import Standing, State
from registry.files.reading import Book, Cell, Sheet
from tests import world
from tests.access.addresses import addresses
from tests.access.canaries import all_text, body_of
from tests.access.crawl import PARTIAL

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SignIn = Callable[[str], Client]
NOBODYS = 987654321
PASSING = re.compile(
    r'(csrfmiddlewaretoken" value=|X-CSRFToken": |name="token" value=|data-token=)"[^"]*"'
    r'|content="\d+ \d+"|(csrftoken|sessionid|messages)=[^\n]*|(Expires|Content-Length|Vary): [^\n]*'
)


def told(response: Any, *asked: str) -> list[str]:
    """Status and lines of an answer without what was asked for and without what differs every time."""
    text = PASSING.sub("", all_text(response))
    for word in asked:
        text = text.replace(word, "…")
    lines = [line.strip() for line in text.splitlines()]
    return [str(response.status_code), *filter(None, lines)]


def test_a_foreign_key_in_a_path_answers_like_one_that_was_never_given(signed_in: SignIn) -> None:
    reached, wrong = addresses(), []
    for person in ("clerk", "councillor", "sysadmin", "auditor"):
        client = signed_in(person)
        for name in (name for name, found in reached.items() if "foreign" in found):
            if person == "auditor" and not name.startswith("assets:import"):
                continue
            address = reached[name]["foreign"]
            key = re.search(r"/(\d+)/", address)
            assert key is not None
            nowhere = address.replace(key[0], f"/{NOBODYS}/")
            for method in ("get", "post"):
                there, absent = getattr(client, method)(address), getattr(client, method)(nowhere)
                if told(there, address) != told(absent, nowhere):
                    wrong.append(f"{person} {method} {name}: {there.status_code} and {absent.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_foreign_value_in_a_filter_answers_like_one_that_does_not_exist(signed_in: SignIn) -> None:
    mine = world.proposal_in(State.APPROVED, "tax").asset
    foreign = world.proposal_in(State.APPROVED, "residents", name="住民基本台帳", location="住民課書庫").asset
    unused = Level.objects.filter(axis__slot=2).first()
    assert unused is not None
    client, shown = signed_in("clerk"), {mine.pk}
    for key, there, absent in [
        *[("department", world.department(place).pk, NOBODYS) for place in ("residents", "planning", "council")],
        ("level_1", unused.pk, NOBODYS),
        *[("q", name, "架空課税帳簿") for name in ("住民基本台帳", "住民課書庫", foreign.number, foreign.full_number)],
        *[("q", "住民課", "架空課"), ("q", "議会事務局", "架空事務局")],
        ("system", foreign.pk, NOBODYS),
    ]:
        for headers in ({}, PARTIAL):
            answers = [client.get("/assets/", {key: str(value)}, headers=headers) for value in (there, absent)]
            words = "{1}" if key == "q" else "{0}={1}"
            asked = [(urlencode({key: value}), words.format(key, value)) for value in (there, absent)]
            assert told(answers[0], *asked[0]) == told(answers[1], *asked[1]), (key, there)
            assert {entry["pk"] for entry in answers[0].context["entries"]} <= shown
        posted = [
            signed_in("clerk").post(reverse("assets:export"), {"query": f"{key}={value}"}) for value in (there, absent)
        ]
        assert posted[0].status_code == posted[1].status_code
        if posted[0].streaming:
            assert all(body_of(answer) for answer in posted)


def test_what_one_cannot_see_moves_nothing_on_ones_own_list(signed_in: SignIn) -> None:
    for name in ("う", "あ", "い"):
        world.proposal_in(State.APPROVED, "tax", name=name)
    foreign = world.proposal_in(State.APPROVED, "residents").asset
    client = signed_in("clerk")
    orders = [*SORTS, "class_reason", "-name", "department__assets__name", "password", "?"]
    lists: dict[str, list[str]] = {}
    for name, number, standing in (("え", "A", {"standing": "registered"}), ("ん", "Z", world.DISPOSED)):
        level = world.level("confidentiality", "3A" if number == "A" else "1")
        Asset.objects.filter(pk=foreign.pk).update(name=name, number=number, **standing, level_1=level)
        for order in orders:
            answer = told(client.get("/assets/", {"sort": order}, headers=PARTIAL), urlencode({"sort": order}))
            assert lists.setdefault(order, answer) == answer, order
    for order in orders[len(SORTS) :]:
        assert lists[order] == lists[orders[-1]], order


def test_a_mark_of_a_foreign_row_pages_ones_own_rows_only(signed_in: SignIn) -> None:
    mine = world.proposal_in(State.APPROVED, "tax").asset
    world.proposal_in(State.APPROVED, "residents")
    client = signed_in("clerk")
    theirs = signed_in("stranger_clerk").get("/assets/").context["entries"]
    assert theirs
    for mark in ("WyIiLDBd", "W251bGwsMV0", "WyJ4IiwxXQ", "WzEsMV0", "eA", "🙂", "WyIyMDI2LTAxLTAxIiwxXQ"):
        for sort in SORTS:
            for way in ("after", "before"):
                answer = client.get(f"/assets/?sort={sort}&{way}={mark}", headers=PARTIAL)
                assert answer.status_code == 200, (sort, way, mark)
                assert {entry["pk"] for entry in answer.context["entries"]} <= {mine.pk}


def test_a_form_says_the_same_of_foreign_and_of_unknown_keys(signed_in: SignIn) -> None:
    system = world.proposal_in(State.APPROVED, "residents", name="住基システム", asset_type="system").asset
    client = signed_in("clerk")
    for field, foreign in (("system", system.pk), ("section", world.department("residents").pk)):
        answers = [client.post(reverse("assets:new"), {field: key, "act": "save"}) for key in (foreign, NOBODYS)]
        assert answers[0].context["form"].errors == answers[1].context["form"].errors
        assert told(answers[0]) == told(answers[1])


def test_a_decision_says_the_same_of_foreign_and_of_unknown_proposals(signed_in: SignIn) -> None:
    foreign = world.proposal_in(State.SUBMITTED, "residents")
    for sure in ("", "1"):
        data = {"step": "confirm", "note": "一括", "sure": sure}
        keys = (f"{foreign.pk}:{foreign.version}", f"{NOBODYS}:{foreign.version}")
        answers = [signed_in("manager").post(reverse("assets:decide"), {**data, "chosen": key}) for key in keys]
        assert told(answers[0], keys[0]) == told(answers[1], keys[1])


def test_a_cell_says_the_same_of_foreign_and_of_unknown_systems() -> None:
    """Departments are no secret: the organisation is open to everyone who can import."""
    world.proposal_in(State.APPROVED, "residents", name="住基システム", asset_type="system")
    clerk, found = world.person("clerk"), []
    for system in ("住基システム", "架空システム"):
        rows = ((1, (Cell("名称"), Cell("システム"))), (2, (Cell("台帳"), Cell(system))))
        batch = staging.stage(Book((Sheet("台帳", False, rows),), (), "csv"), system.encode(), "台帳.csv", by=clerk)
        staging.check(batch, {"0": "name", "1": "system"}, {}, by=clerk)
        text = str(batch.rows.get().findings)
        assert "住" not in text.replace(system, "")
        found.append(text.replace(system, "…"))
    assert found[0] == found[1]


def test_an_upload_that_somebody_else_registered_does_not_say_whose_it_was() -> None:
    sheet = Sheet("台帳", False, ((1, (Cell("名称"),)), (2, (Cell("台帳"),))))
    batch = staging.stage(Book((sheet,), (), "csv"), b"same", "住民課の秘密.csv", by=world.person("stranger_clerk"))
    type(batch).objects.filter(pk=batch.pk).update(stage="done")
    with pytest.raises(ValidationError) as refused:
        staging.stage(Book((sheet,), (), "csv"), b"same", "うちの.csv", by=world.person("clerk"))
    assert "住民課の秘密" not in str(refused.value)


def test_the_trail_says_the_same_of_foreign_and_of_unknown_words(signed_in: SignIn) -> None:
    world.proposal_in(State.SUBMITTED, "council", name="議会の秘密資産")
    client = signed_in("auditor")
    for there, absent in (("議会の秘密資産", "架空の資産名"), ("議会事務局書記の人", "架空の書記の人")):
        answers = [client.get("/history/", {"words": words}) for words in (there, absent)]
        assert answers[0].status_code == answers[1].status_code == 200
        assert answers[0].context["entries"] == answers[1].context["entries"] == []
    for words in ("%", "_", "\x00", "'", "\\"):
        for key in ("words", "act", "after", "before"):
            assert client.get("/history/", {key: words}).status_code == 200, (key, words)


def test_a_system_that_is_not_yours_is_named_in_your_row_stays_there_and_does_not_open(signed_in: SignIn) -> None:
    system = world.proposal_in(
        State.APPROVED, "residents", name="住基システム", remarks="秘密の備考", asset_type="system"
    ).asset
    mine = world.proposal_in(State.DRAFT, "tax", system=system.pk).asset
    client, address = signed_in("clerk"), reverse("assets:edit", args=[mine.pk])
    form = client.get(address).context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, "")}
    sent.update(act="save", version="1", proposal=mine.open_proposal_id, location="東支所")
    assert client.post(address, sent).status_code == 302
    assert Proposal.objects.get(asset=mine).values["system"] == system.pk
    page = client.get(mine.get_absolute_url()).content.decode()
    assert "住基システム" in page
    assert "秘密の備考" not in page
    assert system.get_absolute_url() not in page
    assert client.get(system.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("key", ["0", "9" * 18, "9" * 19, "9" * 40])
def test_a_key_beyond_every_number_is_not_found_and_no_error(signed_in: SignIn, key: str) -> None:
    for name, found in addresses().items():
        for address in found.values():
            if re.search(r"/\d+/", address) and not name.startswith("admin:"):
                for method in ("get", "post"):
                    answer = getattr(signed_in("secretariat"), method)(re.sub(r"/\d+/", f"/{key}/", address))
                    assert answer.status_code in {403, 404, 405}, (name, method)


def test_what_was_given_up_by_others_is_nowhere(signed_in: SignIn) -> None:
    """An entry withdrawn in another department leaves no number, no count and no way to it."""
    world.proposal_in(State.WITHDRAWN, "residents", name="取り下げた資産")
    asset = Asset.objects.get(standing=Standing.ABANDONED)
    for person in ("clerk", "sysadmin"):
        assert signed_in(person).get(asset.get_absolute_url()).status_code == 404
        assert signed_in(person).get("/assets/", headers=PARTIAL).context["count_text"] == "0件"
