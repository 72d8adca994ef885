"""Looking at one page: axe, language, heading, title, width on a small screen, and a picture for people to judge."""

import os
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.server import ROOT

PICTURES = Path(os.environ.get("SCREENSHOTS", ROOT / "var/screenshots"))
WIDE, NARROW = {"width": 1280, "height": 720}, {"width": 375, "height": 720}
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPTIONS: dict[str, object] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
SAME_COLOURS = {
    **OPTIONS,
    "rules": {"color-contrast": {"enabled": False}},
}  # slow, and already asked on the wide screen
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
FACTS = "[document.documentElement.lang, document.querySelectorAll('h1').length, document.title]"
axe = Axe()


def look(page: Page, name: str, *, narrow: bool = True) -> list[str]:
    """What is wrong with the page as it stands, in words; leaves PICTURES/name-1280.png and -375.png.

    narrow=False asks of the small screen only that nothing sticks out.
    """
    return [f"{name}: {fault}" for fault in (*_wide(page, name), *_narrow(page, name, complete=narrow))]


def _wide(page: Page, name: str) -> Iterator[str]:
    page.evaluate(PAINTED)
    language, heads, title = page.evaluate(FACTS)
    if language != "ja":
        yield f"the language is {language}"
    if heads != 1:
        yield f"{heads} h1"
    if not title.split("|")[0].strip():
        yield "no title"
    yield from _violations(page, OPTIONS)
    _picture(page, name, WIDE)


def _narrow(page: Page, name: str, *, complete: bool) -> Iterator[str]:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.evaluate(PAINTED)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        yield f"{width} px wide on a screen of {NARROW['width']}"
    if complete:
        yield from _violations(page, SAME_COLOURS)
        _picture(page, name, NARROW)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def _violations(page: Page, options: dict[str, object]) -> Iterator[str]:
    for found in axe.run(page, options=options).response["violations"]:
        places = "; ".join(f"{' '.join(map(str, node['target']))} {node['html'][:120]}" for node in found["nodes"][:3])
        yield f"{found['id']}: {found['help']} ({len(found['nodes'])}) {places}"


def _picture(page: Page, name: str, size: dict[str, int]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{size['width']}.png", full_page=True)
