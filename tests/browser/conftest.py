"""The server, the browser, and people who are signed in: what the browser tests find."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.desk import Faults, sign_in
from tests.browser.server import Server, running

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ARGUMENTS += ["--disable-sync", "--lang=ja"]
WIDE = {"width": 1280, "height": 720}
WAIT_MILLISECONDS = 15_000

AtDesk = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    """Debian's Chromium, or the one Playwright brought; skips with the reason when there is none or no Japanese font."""
    path = shutil.which("chromium") or shutil.which("google-chrome") or playwright.chromium.executable_path
    if not Path(path).exists():
        pytest.skip("Chromium がありません。python3 run.py test が入れます。")
    lister = shutil.which("fc-list")
    if not lister or not subprocess.run([lister, ":lang=ja"], capture_output=True, check=True).stdout.strip():
        pytest.skip("日本語の書体がありません。python3 run.py test が入れます。")
    return {**browser_type_launch_args, "executable_path": path, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Japanese browser on a small office screen, without animation."""
    return {**browser_context_args, "locale": "ja-JP", "viewport": WIDE, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def server(browser: Browser) -> Iterator[Server]:
    """The real server; `browser` comes first, so that nothing is started where there is none."""
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    """Where pytest-playwright's contexts begin."""
    return server.address


@pytest.fixture(scope="session")
def keys(browser: Browser, base_url: str) -> Callable[[str], Any]:
    """username → the cookies of a login made once."""
    found: dict[str, Any] = {}

    def key(username: str) -> Any:
        if username not in found:
            context = browser.new_context(base_url=base_url)
            sign_in(context.new_page(), username)
            found[username] = context.storage_state()
            context.close()
        return found[username]

    return key


@pytest.fixture
def at_desk(new_context: Callable[..., BrowserContext], keys: Callable[[str], Any]) -> Iterator[AtDesk]:
    """at_desk(username, **options of a context) → a page of a signed-in person; at_desk("") of nobody.

    Whatever the browser complains about on any of these pages (scripts, CSP, missing files) fails the test at its end.
    """
    faults: list[Faults] = []

    def open_page(username: str, **options: Any) -> Page:
        state = {"storage_state": keys(username)} if username else {}
        context = new_context(**state, **options)
        context.set_default_timeout(WAIT_MILLISECONDS)
        page = context.new_page()
        faults.append(Faults(page))
        return page

    yield open_page
    assert [word for found in faults for word in found.words] == []
