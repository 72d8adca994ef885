"""Every page of the bench speaks Japanese: to who reads it, and to who has it read aloud."""

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape

import pytest
from axes.models import AccessAttempt
from django.db.models import Model
from django.test import Client

from assets.states import State
from registry.history.models import Entry
from registry.organization.importing import stage
from registry.organization.list_reading import read_list
from registry.organization.models import ListImport, Organ, User
from registry.organization.site import site
from tests.registry.organization.bench import SignIn, run, url_of
from tests.registry.organization.lists import old_form
from tests.world import department, person, proposal_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,  # the stock admin leaves variables undefined
]
UNSEEN = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->|<input type=\"hidden\"[^>]*>", re.DOTALL)
SPOKEN = re.compile(r"\b(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"|<input type=\"submit\" value=\"([^\"]*)\"")
TYPED = re.compile(r"<(textarea)\b.*?</\1>", re.DOTALL)
LATIN = re.compile(r"[A-Za-z][A-Za-z_.-]+")
SUMS = re.compile(r"[0-9a-f-]{32,}")
TERMS = {"ID", "IP", "CSIRT", "Excel", "SHA-", "xlsx", "csv", "ina"}
CODES = {"town", "council", "r", "five-level", "-five-level", "availability", "confidentiality", "integrity"}


@pytest.fixture
def _everything_has_rows() -> None:
    for number in range(2):
        AccessAttempt.objects.create(
            username=f"clerk{number}",
            ip_address="192.0.2.1",
            failures_since_start=5,
            user_agent="",
            get_data="",
            post_data="",
        )
    batch = ListImport(
        filename="組織.xlsx", sha256="1" * 64, effective_on=dt.date(2026, 4, 1), organ=Organ.objects.get(code="town")
    )
    stage(read_list(old_form(), "組織.xlsx"), batch, by=person("secretariat"))
    proposal_in(State.SUBMITTED)


def pages(client: Client, model: type[Model]) -> Iterator[tuple[str, str]]:
    """Every kind of page of a table, as (address or action, HTML)."""
    admin = site._registry[model]
    request = client.get("/admin/").wsgi_request
    row = admin.get_queryset(request).first()
    assert row is not None
    lists, change, add = url_of(model), url_of(model, "change", row.pk), url_of(model, "add")
    addresses = (lists, f"{lists}?q=無い", f"{lists}?_facets=True", f"{lists}?_popup=1", change, add)
    for address in (*addresses, f"/admin/{model._meta.app_label}/", url_of(model, "history", row.pk)):
        yield address, client.get(address, follow=True).content.decode()
    for action in admin.get_actions(request):
        yield action, run(client, model, action, row).content.decode()
    yield "no action", run(client, model, "", row, index="0").content.decode()
    for address in (change, add):
        yield (
            f"POST {address}",
            client.post(address, {"roles-TOTAL_FORMS": 1, "roles-INITIAL_FORMS": 0}).content.decode(),
        )


def latin(page: str) -> set[str]:
    """The Latin words somebody sees or hears on a page, but for terms, names for logging in, and codes."""
    seen = TYPED.sub(" ", UNSEEN.sub(" ", page))
    spoken = " ".join(" ".join(found) for found in SPOKEN.findall(seen))
    words = set(LATIN.findall(SUMS.sub(" ", unescape(re.sub(r"<[^>]*>", " ", seen) + spoken))))
    names = {*User.objects.values_list("username", flat=True), "clerk"}
    return words - TERMS - CODES - names


@pytest.mark.usefixtures("_everything_has_rows")
@pytest.mark.parametrize("model", site._registry, ids=lambda model: model.__name__)
@pytest.mark.parametrize("who", ["secretariat", "sysadmin"])
def test_no_page_of_a_table_says_a_word_of_english(signed_in: SignIn, model: type[Model], who: str) -> None:
    spoken = {place: latin(page) for place, page in pages(signed_in(who), model)}
    assert {place: words for place, words in spoken.items() if words} == {}


@pytest.mark.parametrize("address", ["/admin/", "/admin/organization/department/export/", "/admin/nothing/"])
def test_no_other_page_says_a_word_of_english(signed_in: SignIn, address: str) -> None:
    assert latin(signed_in("secretariat").get(address).content.decode()) == set()


@pytest.mark.usefixtures("_everything_has_rows")
def test_a_failed_login_is_named_in_words(signed_in: SignIn) -> None:
    attempt = AccessAttempt.objects.latest("pk")
    page = signed_in("secretariat").get(url_of(AccessAttempt, "change", attempt.pk)).content.decode()
    for words in ("ログイン失敗の記録を表示", "入力された利用者ID", "IPアドレス", "失敗した回数", "日時", "clerk1、"):
        assert words in page
    listed = signed_in("secretariat").get(url_of(AccessAttempt)).content.decode()
    assert "ログイン失敗の記録" in listed
    assert "2件" in listed


def test_an_entry_of_history_is_headed_by_its_act_in_words() -> None:
    entry = Entry.objects.filter(act="department.created", subject_label="税務課").get()
    assert str(entry) == f"{entry.sequence} 組織を追加 税務課"


def test_yes_and_no_are_words(signed_in: SignIn) -> None:
    text = signed_in("secretariat").get(url_of(Organ)).content.decode()
    assert 'class="field-autonomous">はい<' in text
    assert department("tax").organ.autonomous is False
    assert 'class="field-autonomous">いいえ<' in text
