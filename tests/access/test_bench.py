"""The bench of the 事務局 is no window into the ledger, into passwords, or out of the house."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from axes.models import AccessAttempt
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from assets.models import Asset, Proposal
from assets.states import State
from registry.history.models import Entry
from registry.organization.models import User
from registry.organization.site import site
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SignIn = Callable[[str], Client]
NOBODYS = 987654321
PASSWORD_LOOKUPS = (
    "password__startswith",
    "user__password__startswith",
    "appointments__user__password__startswith",
)
HUGE = "9" * 23
NO_VALUES = (
    *(
        f"{name}={HUGE}"
        for name in ("id__in", "sequence__in", "subject_id__in", "id", "user", "p", "o", "actor__id__exact")
    ),
    *(
        f"{name}__year={year}"
        for name in ("created_at", "valid_from", "at", "attempt_time")
        for year in (0, 1, 9999, HUGE)
    ),
    *(f"{name}__range=1" for name in ("username", "valid_from", "note", "id")),
    *("username__regex=(", "ip_address=abc", "username=%00", "id__in=,", "id__in=abc", "at__nothing=1", "nothing=1"),
    f"valid_from__year=9999&valid_from__month=12&valid_from__day={HUGE}",
)
FILTER = re.compile(r'href="(\?[^"]+)"')
OUTSIDE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example")


def _list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


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


@pytest.mark.parametrize("model", site._registry, ids=lambda model: model.__name__)
def test_the_bench_cannot_be_asked_about_what_points_at_its_rows(signed_in: SignIn, model: type[Model]) -> None:
    client, address = signed_in("sysadmin"), _list_of(model)
    pointing = [field.name for field in model._meta.get_fields() if field.auto_created and not field.concrete]
    for name in (*pointing, *(f"{name}__{ending}" for name in pointing for ending in ("isnull", "id__in", "pk"))):
        assert client.get(address, {name: "1"}).status_code == 400, name


def test_the_bench_does_not_tell_which_department_holds_an_asset(signed_in: SignIn) -> None:
    foreign = world.proposal_in(State.SUBMITTED, "council").asset
    for query in (
        f"assets={foreign.pk}",
        "assets__isnull=0",
        f"posts__answers_for={foreign.pk}",
        "organ__departments=1",
    ):
        answer = signed_in("sysadmin").get(f"/admin/organization/department/?{query}")
        assert answer.status_code == 400 or answer.headers["Location"].endswith("?e=1"), query


@pytest.mark.parametrize("model", site._registry, ids=lambda model: model.__name__)
def test_what_the_bench_offers_to_filter_by_works(signed_in: SignIn, model: type[Model]) -> None:
    client, address = signed_in("secretariat"), _list_of(model)
    world.proposal_in(State.SUBMITTED)
    offered = set(FILTER.findall(client.get(address, {"_facets": "True"}).content.decode()))
    assert offered
    for query in offered:
        assert client.get(address + unescape(query)).status_code == 200, query


def test_the_bench_finds_by_its_own_columns(signed_in: SignIn) -> None:
    for address, name in (
        ("department/?code=1040", "税務課"),
        ("department/?name__contains=税&organ__id__exact=1", "税務課"),
        ("user/?must_change_password__exact=0&q=clerk", "税務課主査の人"),
        ("post/?role=manager&q=税務課", "税務課長"),
        ("appointment/?post__department__organ__id__exact=1&q=税務課長", "税務課長の人"),
    ):
        answer = signed_in("secretariat").get(f"/admin/organization/{address}")
        assert answer.status_code == 200, address
        assert name in answer.content.decode(), address


@pytest.mark.parametrize("query", NO_VALUES)
def test_a_value_that_no_column_holds_is_no_error_on_the_bench(signed_in: SignIn, query: str) -> None:
    client = signed_in("secretariat")
    AccessAttempt.objects.create(username="x", failures_since_start=1, user_agent="", get_data="", post_data="")
    for model in ("organization/user", "organization/appointment", "history/entry", "axes/accessattempt"):
        answer = client.get(f"/admin/{model}/?{query}")
        assert answer.status_code in {200, 302, 400}, model
        assert answer.status_code != 400 or "受け付けられない内容です" in answer.content.decode()


def test_what_is_no_column_is_no_error_where_departments_go_out(signed_in: SignIn) -> None:
    for query in ("nothing=1", "id__in=abc", f"id__in={HUGE}", "code__range=1"):
        address = f"/admin/organization/department/export/?{query}"
        assert signed_in("secretariat").get(address).status_code in {200, 400}, query


@pytest.mark.parametrize("key", ["abc", "0", "-1", "9" * 40, "9" * 5000, "1%00", "１２"])
def test_a_key_that_is_none_is_no_error_on_the_bench(signed_in: SignIn, key: str) -> None:
    client = signed_in("secretariat")
    for model in ("organization/user", "organization/department", "history/entry", "assets/level"):
        for page in ("change/", "history/", "delete/", ""):
            assert client.get(f"/admin/{model}/{key}/{page}").status_code < 500, (model, page)
        assert client.get(f"/admin/{model}/{key}/change/", {"_to_field": ""}).status_code < 500, model
    for kind in ("1", "abc", "999999"):
        assert client.get(f"/admin/r/{kind}/{key}/").status_code < 500, kind


@pytest.mark.parametrize("target", OUTSIDE)
def test_the_door_of_the_bench_leads_nowhere_outside(signed_in: SignIn, target: str) -> None:
    answer = signed_in("secretariat").get(reverse("admin:login"), {"next": target})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:index"))


def test_the_door_of_the_bench_leads_on_inside(signed_in: SignIn) -> None:
    answer = signed_in("secretariat").get(reverse("admin:login"), {"next": "/admin/organization/post/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/organization/post/")
