"""The five bodies as their people use them: a clerk registers, the head confirms, the 事務局 reviews and exports."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from registry.organization.profiles import Profile, read
from tests.browser.desk import (
    APPROVE,
    CLERK,
    CONFIRM,
    HEAD,
    OFFICE,
    Faults,
    decide,
    fill_in,
    open_review,
    said,
    sign_in,
)
from tests.browser.looking import WIDE, look
from tests.browser.server import PROFILE, running

NAME = "窓口で預かる申出書綴り"
BODIES = ["satsumasendai", "tsuyama", "tagajo", "setagaya", PROFILE]


@contextmanager
def living(browser: Browser, key: str) -> Iterator[Callable[[str], Page]]:
    """The demonstration of a body, and a way to sit down as one of its people."""
    faults: list[Faults] = []
    with running(key, "first_run") as server:

        def sit_down(username: str) -> Page:
            options: dict[str, Any] = {"locale": "ja-JP", "viewport": WIDE, "reduced_motion": "reduce"}
            page = browser.new_context(base_url=server.address, **options).new_page()
            page.set_default_timeout(15_000)
            faults.append(Faults(page))
            sign_in(page, username)
            return page

        yield sit_down
    assert [word for found in faults for word in found.words] == []


def classify(page: Page) -> list[str]:
    """Choose the second answer on every axis of the body's scheme; gives the names of the axes."""
    axes = page.locator("#classification fieldset:not(.question):has(input[type=radio])")
    names = []
    for axis in axes.all():
        names.append(axis.locator("legend").inner_text().split("※")[0].strip())
        axis.get_by_role("radio").nth(1).check()
    return names


def register(clerk: Page) -> list[str]:
    """Apply for the registration of NAME; the names of the axes it was classified on."""
    clerk.goto("/assets/new/")
    fill_in(clerk, NAME)
    axes = classify(clerk)
    clerk.get_by_label("分類理由").fill("これまでの綴りに合わせた。")
    clerk.get_by_role("button", name="申請する").click()
    expect(said(clerk)).to_contain_text(f"「{NAME}」を申請しました。")
    return axes


def exported(office: Page, folder: Path, profile: Profile) -> list[str]:
    """The headers of the workbook of what was just registered, which is in it and names the body."""
    office.goto(f"/assets/?q={NAME}")
    with office.expect_download() as download:
        office.get_by_role("button", name="Excelに出力").first.click()
    assert profile.name in download.value.suggested_filename
    path = folder / "ledger.xlsx"
    download.value.save_as(path)
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    at = next(n for n, row in enumerate(rows) if any("所管" in str(cell) for cell in row) and len(set(row)) > 5)
    assert any(NAME in row for row in rows[at + 1 :])
    return [str(cell).removesuffix("※") for cell in rows[at] if cell]


@pytest.mark.parametrize("key", BODIES)
def test_a_body_is_used_by_its_clerk_head_and_officer(browser: Browser, key: str, tmp_path: Path) -> None:
    profile = read(key)
    with living(browser, key) as sit_down:
        clerk, head, office = sit_down(CLERK), sit_down(HEAD), sit_down(OFFICE)
        faults = look(clerk, f"body {key} clerk home", narrow=False)
        clerk.goto("/assets/")
        faults += look(clerk, f"body {key} clerk list", narrow=False)
        axes = register(clerk)
        clerk.goto(clerk.url)
        faults += look(clerk, f"body {key} clerk asset")
        clerk.goto("/assets/new/")
        faults += look(clerk, f"body {key} clerk form")
        faults += look(head, f"body {key} head home", narrow=False)
        open_review(head, NAME)
        faults += look(head, f"body {key} head review")
        decide(head, NAME, CONFIRM)
        expect(said(head)).to_contain_text(f"{profile.words.get('secretariat', '事務局')}の審査に進みます。")
        faults += look(office, f"body {key} office home", narrow=False)
        decide(office, NAME, APPROVE)
        assert set(axes) <= set(exported(office, tmp_path, profile))
        office.goto("/organization/")
        faults += look(office, f"body {key} office organization", narrow=False)
    assert axes
    assert not faults, "\n".join(faults)
