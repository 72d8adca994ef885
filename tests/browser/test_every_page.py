"""Every page that links lead to, as each kind of person: axe finds nothing, the browser complains of nothing, it fits."""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from tests.access.addresses import patterns
from tests.browser.conftest import AtDesk
from tests.browser.desk import ADMINISTRATOR, CLERK, HEAD, OFFICE, apply_for
from tests.browser.looking import look

PERSONS = {"clerk": CLERK, "head": HEAD, "office": OFFICE, "administrator": ADMINISTRATOR, "anonymous": ""}
WALKS_THE_BENCH = "office"
# Only ever sent by a form, or answered with something that is not a page.
NO_PAGE = {
    "assets:decide",
    "assets:export",
    "assets:import-discard",
    "assets:import-register",
    "assets:step",
    "logout",
    "organization:list-apply",
    "organization:list-discard",
    "portal:health",
}
AFTER_A_FORM = {"password_change_done": "/password/done/"}
seen: dict[str, set[str]] = {}


@pytest.fixture(scope="module")
def waiting(request: pytest.FixtureRequest) -> None:
    """Something in every queue: an application, an import, a list of departments."""
    return None


def links(page: Page) -> Iterator[str]:
    """The addresses of this server that the page links to, without downloads."""
    here = urlsplit(page.url)
    for href in page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.getAttribute('href'))"):
        found = urlsplit(urldefrag(urljoin(page.url, href)).url)
        if found.netloc == here.netloc:
            yield found._replace(scheme="", netloc="").geturl()


def name_of(address: str) -> str:
    """The name of the URL pattern behind an address; the address itself when there is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address


def walk(page: Page, person: str) -> Iterator[str]:
    """Open every page that links lead to, one of each kind; gives the kind while the page is open."""
    waiting, known = ["/", *AFTER_A_FORM.values()], set[str]()
    while waiting:
        address = waiting.pop(0)
        name = name_of(address)
        if name in known or (name.startswith("admin:") and name != "admin:index" and person != WALKS_THE_BENCH):
            continue
        known.add(name)
        page.goto(address)
        yield name_of(page.url)
        known.add(name_of(page.url))
        waiting += links(page)


@pytest.mark.parametrize("person", PERSONS)
def test_every_page(at_desk: AtDesk, person: str) -> None:
    page = at_desk(PERSONS[person])
    faults = []
    for name in walk(page, person):
        seen.setdefault(person, set()).add(name)
        picture = re.sub(r"\W+", "-", f"{person} {name}")
        faults += look(page, picture, narrow=not name.startswith("admin:"))
    assert not faults, "\n".join(faults)
