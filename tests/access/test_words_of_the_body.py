"""A body that calls everything differently finds its own word on every page, in every refusal, header and file."""

import html
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from assets.columns import COLUMNS
from assets.models import Batch, Level, Scheme
from assets.states import State
from registry.organization import vocabulary
from registry.organization.models import Body, Department, Organ, Post, User
from registry.organization.presets import change_words
from registry.organization.vocabulary import DEFAULT_TITLES, DEFAULT_WORDS
from tests import world
from tests.access.crawl import crawl
from tests.access.visitor import Visitor
from tests.house.test_words import LITERAL

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SignIn = Callable[[str], Client]
STARTS = (
    "/",
    "/?whole=1",
    "/history/",
    "/organization/",
    "/admin/",
    "/getting-ready/",
    "/nothing-here/",
    "/assets/1/steps/x/",
)
ALL_COLUMNS = "&".join(f"columns={column.key}" for column in COLUMNS)
UNREAD = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL)
# The page where words are changed names the standard ones, and so does the history of changing them.
NAMES_THE_STANDARD = re.compile(r"/admin/organization/(body|preset)/|/admin/history/|/history/")
# What the guideline calls its kinds of asset and segments; an example; the headings of an organisation list.
OF_THE_GUIDELINE = (
    "情報システム",
    "約款による外部サービス",
    "外部サービス",
    "例: 総務課",
    "「局」「部」「課」「室・出先」「係」",
)


def word(code: str) -> str:
    return f"語{list(DEFAULT_WORDS).index(code):02d}"


def title(code: str) -> str:
    return f"役{list(DEFAULT_TITLES).index(code):02d}"


@pytest.fixture
def _renamed(db: None) -> None:
    """Renamed before anything happened: history keeps what was said at the time."""
    vocabulary.begin()
    words = {code: word(code) for code in DEFAULT_WORDS}
    change_words(Body.objects.get(), words, {code: title(code) for code in DEFAULT_TITLES}, by=None)
    for state in (State.DRAFT, State.SUBMITTED, State.CONFIRMED, State.APPROVED, State.RETURNED):
        world.proposal_in(state, name=f"名簿{state.value}")


def names() -> list[str]:
    """What is data and no word of ours: longest first, so that none leaves a piece of another."""
    people = [name for user in User.objects.all() for name in (user.name, user.post_label())]
    places = [name for one in Department.objects.all() for name in (one.full_name, one.name)]
    posts = [post.title for post in Post.objects.all()]
    levels = [criterion for level in Level.objects.all() for criterion in (level.criterion, str(level.examples))]
    sources = list(Scheme.objects.values_list("source", flat=True))
    organs = list(Organ.objects.values_list("name", flat=True))
    return sorted({*people, *places, *posts, *levels, *organs, *sources, *OF_THE_GUIDELINE}, key=len, reverse=True)


def literals(text: str, data: list[str]) -> set[str]:
    """The standard words that are left in a text once the data is taken out."""
    text = html.unescape(UNREAD.sub(" ", text))
    for name in filter(None, data):
        text = text.replace(name, " ")
    return {text[max(0, hit.start() - 12) : hit.end() + 8] for hit in LITERAL.finditer(text)}


def pages(person: str) -> Iterator[tuple[str, str]]:
    for address, response in crawl(Visitor(person), STARTS):
        if not response.streaming and not NAMES_THE_STANDARD.match(address):
            yield address, response.content.decode()


@pytest.mark.usefixtures("_renamed")
@pytest.mark.parametrize("person", ["clerk", "manager", "reviewer", "secretariat", "sysadmin", "postless", "anonymous"])
def test_no_page_says_the_standard_word_of_what_the_body_renamed(person: str) -> None:
    data, seen, wrong = names(), "", []
    for address, text in pages(person):
        wrong += [f"{address}: …{found}…" for found in literals(text, data)]
        seen += text
    assert not wrong, "\n".join(sorted(set(wrong))[:60])
    assert word("ledger") in seen
    if person != "anonymous":
        assert word("secretariat") in seen


@pytest.mark.usefixtures("_renamed")
@pytest.mark.parametrize(
    ("person", "method", "address", "status", "said"),
    [
        ("clerk", "get", "/nothing-here/", 404, "secretariat"),
        ("clerk", "get", "/history/", 403, "secretariat"),
        ("clerk", "get", "/admin/", 302, ""),
        ("secretariat", "get", "/admin/organization/user/?password__startswith=x", 400, "secretariat"),
        ("postless", "get", "/organization/", 403, "secretariat"),
        ("auditor", "get", "/assets/new/", 403, "asset"),
    ],
)
def test_no_refusal_says_it_either(person: str, method: str, address: str, status: int, said: str) -> None:
    answer: Any = getattr(Visitor(person), method)(address)
    assert answer.status_code == status
    assert literals(answer.content.decode(), names()) == set()
    assert not said or word(said) in answer.content.decode()


@pytest.mark.usefixtures("_renamed")
def test_the_workbook_has_the_words_of_the_body_and_comes_back_unasked(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    answer: Any = client.post("/assets/export/", {"query": ALL_COLUMNS})
    data = b"".join(answer.streaming_content)
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    cells = [str(cell.value or "") for row in sheet.iter_rows() for cell in row]
    assert word("ledger") in cells[0]
    left = {cell for cell in cells if literals(cell, names())}
    assert left == set()
    headers = {
        f"{word('asset')}名称※",
        f"所管{word('section')}※",
        f"{title('manager')}※",
        word("contractor"),
        word("organ"),
    }
    assert headers <= set(cells)
    client.post("/assets/imports/new/", {"file": SimpleUploadedFile("再.xlsx", data)})
    mapping = Batch.objects.latest("pk").mapping
    assert "" not in mapping.values()
    assert {"name", "section", "sec_manager", "vendor"} <= set(mapping.values())


@pytest.mark.usefixtures("_renamed")
def test_headers_in_the_standard_words_are_still_understood(signed_in: SignIn) -> None:
    text = "情報資産名称,所管課,情報セキュリティ管理者,委託事業者,管理代行者\n名簿,税務課,税務課長,甲社,乙社\n"
    file = SimpleUploadedFile("台帳.csv", text.encode("utf-8-sig"))
    signed_in("secretariat").post("/assets/imports/new/", {"file": file})
    mapping = Batch.objects.latest("pk").mapping
    assert [mapping[str(at)] for at in range(4)] == ["name", "section", "sec_manager", "vendor"]


def test_a_renamed_word_is_everywhere_with_the_next_page(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert "事務局に相談" in client.get("/history/").content.decode()
    change_words(Body.objects.get(), {"secretariat": "情報政策室"}, {}, by=world.person("secretariat"))
    assert "情報政策室に相談" in client.get("/history/").content.decode()
    assert "情報政策室" in signed_in("secretariat").get("/organization/").content.decode()  # the role is called so too


def test_the_words_cost_one_question_to_the_database(signed_in: SignIn, django_assert_max_num_queries: Any) -> None:
    client = signed_in("clerk")
    with django_assert_max_num_queries(20) as asked:
        client.get("/assets/new/")
    assert sum('FROM "organization_body"' in query["sql"] for query in asked.captured_queries) == 1
