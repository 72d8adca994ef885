"""Every page of the bench speaks Japanese: to who reads it, and to who has it read aloud."""

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db.models import Model
from django.test import Client

from assets.extra_editing import add_column
from assets.models import ExtraColumn
from assets.states import State
from registry.history.models import Entry
from registry.organization.admin.lists import day_in_words
from registry.organization.importing import stage
from registry.organization.list_reading import read_list
from registry.organization.models import Appointment, Body, ListImport, Organ, Preset, User
from registry.organization.site import site
from tests.registry.organization.bench import SignIn, run, url_of
from tests.registry.organization.lists import old_form
from tests.registry.portal.plans import carried_out, renamed
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
INLINES = {
    f"{name}-{count}": n
    for name in ("roles", "options", "axes")
    for n, count in enumerate(("INITIAL_FORMS", "TOTAL_FORMS"))
}
TERMS = {"ID", "IP", "CSIRT", "Excel", "SHA-", "xlsx", "csv", "Ctrl"}


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
    add_column(ExtraColumn(label="公開の区分", kind="choice"), ["公開", "非公開"], by=None)
    Preset.objects.create(kind="setting", code="sanitizing", label="通信の無害化", in_policy=False)
    proposal_in(State.SUBMITTED)
    carried_out(renamed())


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
            client.post(address, INLINES).content.decode(),
        )


def latin(page: str) -> set[str]:
    """The Latin words somebody sees or hears on a page, but for terms and names for logging in."""
    seen = TYPED.sub(" ", UNSEEN.sub(" ", page))
    spoken = " ".join(" ".join(found) for found in SPOKEN.findall(seen))
    words = set(LATIN.findall(SUMS.sub(" ", unescape(re.sub(r"<[^>]*>", " ", seen) + spoken))))
    names = {*User.objects.values_list("username", flat=True), "clerk"}
    return words - TERMS - names


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
    for words in ("ログイン失敗の記録を見る", "入力された利用者ID", "IPアドレス", "失敗した回数", "日時", "clerk1、"):
        assert words in page
    listed = signed_in("secretariat").get(url_of(AccessAttempt)).content.decode()
    assert "<h1>ログイン失敗の記録の一覧</h1>" in listed
    assert "2件" in listed


def test_an_entry_of_history_is_headed_by_its_act_in_words() -> None:
    entry = Entry.objects.filter(act="department.created", subject_label="税務課").get()
    assert str(entry) == f"{entry.sequence} 組織を追加 税務課"


def test_yes_and_no_are_words(signed_in: SignIn) -> None:
    text = signed_in("secretariat").get(url_of(Organ)).content.decode()
    assert 'class="field-autonomous">はい<' in text
    assert department("tax").organ.autonomous is False
    assert 'class="field-autonomous">いいえ<' in text


def test_the_bench_says_whose_it_is_and_who_is_there(signed_in: SignIn, settings: Any) -> None:
    settings.DEMO = True
    page = signed_in("secretariat").get(url_of(Organ)).content.decode()
    office = User.objects.get(username="secretariat").name
    for words in ("デモ環境です。", Body.objects.get().name, f"<strong>{office}</strong>", "<h1>実施機関の一覧</h1>"):
        assert words in page


def test_what_is_wrong_is_listed_first_and_leads_to_its_field(signed_in: SignIn) -> None:
    page = signed_in("secretariat").post(url_of(Appointment, "add"), {}).content.decode()
    assert '<a href="#id_user">「利用者」: 利用者を選んでください。</a>' in page
    assert '<a href="#id_valid_from">「開始日」: 開始日を入力してください。</a>' in page
    assert page.index("直すところがあります") < page.index('id="id_user"')


@pytest.mark.parametrize(("action", "kind"), [("disable_selected", "danger"), ("enable_selected", "primary")])
def test_an_act_that_stops_someone_has_a_red_button(signed_in: SignIn, action: str, kind: str) -> None:
    asked = run(signed_in("secretariat"), User, action, person("clerk")).content.decode()
    assert f'data-kind="{kind}"' in asked


def test_a_temporary_password_stands_on_a_slip(signed_in: SignIn) -> None:
    given = run(signed_in("secretariat"), User, "give_temporary_passwords", person("clerk"), confirmed="1")
    page = given.content.decode()
    word = given.context["given"][0]["password"]
    assert f'<code class="secret">{word}</code>' in page
    assert "data-print" in page


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2025-04-01〜", "2025年4月1日〜"),
        ("令和8年4月1日〜令和9年3月31日", "2026年4月1日〜2027年3月31日"),
        ("令和8年4月1日付け通知", "令和8年4月1日付け通知"),
        ("2025-13-99", "2025-13-99"),
        ("", ""),
    ],
)
def test_days_in_history_have_the_shape_of_the_bench(stored: str, shown: str) -> None:
    assert day_in_words(stored) == shown


def test_moments_have_one_shape(signed_in: SignIn) -> None:
    User.objects.filter(username="clerk").update(last_login=dt.datetime(2026, 4, 1, 0, 5, tzinfo=dt.UTC))
    assert "2026年4月1日 09:05" in signed_in("secretariat").get(url_of(User)).content.decode()
