"""The bench of the 事務局 is no window into the ledger, into passwords, or out of the house."""

from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from assets.models import Asset, Proposal
from assets.states import State
from registry.history.models import Entry
from registry.organization.models import User
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SignIn = Callable[[str], Client]
NOBODYS = 987654321
PASSWORD_LOOKUPS = (
    "password__startswith",
    "user__password__startswith",
    "appointments__user__password__startswith",
)
OUTSIDE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example")


def test_the_bench_says_the_same_of_foreign_and_of_unknown_entries(signed_in: SignIn) -> None:
    world.proposal_in(State.SUBMITTED, "council", name="議会の秘密資産")
    entry = Entry.objects.filter(kind="asset").latest("sequence").pk
    for person in ("secretariat", "sysadmin"):
        client = signed_in(person)
        for page in ("change/", "delete/", ""):
            answers = [client.get(f"/admin/history/entry/{key}/{page}", follow=True) for key in (entry, NOBODYS)]
            assert answers[0].status_code == answers[1].status_code
            assert "議会の秘密資産" not in answers[0].content.decode()
        for query in (
            "q=議会の秘密資産",
            "subject_label=議会の秘密資産",
            f"sequence={entry}",
            f"subject_id={entry}&kind=asset",
        ):
            answer = client.get(f"/admin/history/entry/?{query}")
            shown = answer.context["cl"].result_list if answer.status_code == 200 else []
            assert not [row for row in shown if "議会の秘密資産" in row.subject_label], (person, query)


def test_the_bench_does_not_tell_which_assets_exist(signed_in: SignIn) -> None:
    foreign = world.proposal_in(State.APPROVED, "residents").asset
    for model, key in ((Asset, foreign.pk), (Proposal, foreign.proposals.get().pk)):
        kind = ContentType.objects.get_for_model(model).pk
        answers = [signed_in("sysadmin").get(f"/admin/r/{kind}/{pk}/") for pk in (key, NOBODYS)]
        assert answers[0].status_code == answers[1].status_code == 404, model


@pytest.mark.parametrize("query", PASSWORD_LOOKUPS)
def test_the_bench_cannot_be_asked_for_password_hashes(signed_in: SignIn, query: str) -> None:
    start = User.objects.get(username="sysadmin").password[:12]
    for model in ("user", "appointment", "post", "listimport"):
        address = f"/admin/organization/{model}/"
        answers = [signed_in("secretariat").get(address, {query: words}) for words in (start, "nothing")]
        counts = [len(a.context["cl"].result_list) if a.status_code == 200 else a.status_code for a in answers]
        assert counts[0] == counts[1], (model, query, counts)


@pytest.mark.parametrize("key", ["abc", "0", "-1", "9" * 40, "1%00", "１２"])
def test_a_key_that_is_none_is_no_error_on_the_bench(signed_in: SignIn, key: str) -> None:
    client = signed_in("secretariat")
    for model in ("organization/user", "organization/department", "history/entry", "assets/level"):
        for page in ("change/", "history/", "delete/", ""):
            assert client.get(f"/admin/{model}/{key}/{page}").status_code < 500, (model, page)
    for kind in ("1", "abc", "999999"):
        assert client.get(f"/admin/r/{kind}/{key}/").status_code < 500, kind


@pytest.mark.parametrize("target", OUTSIDE)
def test_the_door_of_the_bench_leads_nowhere_outside(signed_in: SignIn, target: str) -> None:
    answer = signed_in("secretariat").get(reverse("admin:login"), {"next": target})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:index"))


def test_the_door_of_the_bench_leads_on_inside(signed_in: SignIn) -> None:
    answer = signed_in("secretariat").get(reverse("admin:login"), {"next": "/admin/organization/post/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/organization/post/")
