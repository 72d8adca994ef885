"""A real city's list of the next year at a desk: 2,000 assets in place, heirs chosen, carried out, and all taken back."""

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Faults, said, sign_in
from tests.browser.looking import WIDE, look
from tests.browser.server import Server, running
from tests.browser.test_reorganization import agree
from tests.registry.portal.city import list_of
from tests.world import PASSWORD

CITY = """
from tests import world
from tests.registry.portal.city import fill_ledger, found_city
world.build()
found_city()
fill_ledger(2000)
"""
FINGERPRINT = """
import hashlib
from tests.registry.portal.city import standing
print(hashlib.sha256(repr(standing()).encode()).hexdigest())
"""
HEIRS = {
    "情報政策課": "デジタル戦略課",
    "ＩＣＴ推進室": "デジタル戦略課",
    "こども園総務課": "こども保育教育課",
    "下笠居西部保育所": "こども保育教育課",
    "山田幼稚園": "こども保育教育課",
}
NAME = "令和3年4月の改編"


def plan_from(page: Page, server: Server) -> None:
    """The list of 2021 as a reorganisation of the city that stands by the list of 2020."""
    page.goto("/reorganizations/")
    page.get_by_label("施行日").fill("2021-04-01")
    page.locator("select[name=organ]").select_option(label="高松市")
    page.get_by_label("新しい組織一覧のファイル").set_input_files(list_of("202104"))
    page.get_by_label("名称").fill(NAME)
    page.get_by_role("button", name="計画を始める").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    expect(page.locator("main")).to_contain_text("新設20、廃止5。変更なし311。")


def choose(page: Page, heir: str) -> None:
    """One of the candidates where the name is near, else from the list of all."""
    near = page.locator("label").filter(has_text=re.compile(rf" {heir}\s*$")).locator("input[type=checkbox]")
    if near.count():
        near.first.check()
        return
    other = page.get_by_label("ほかの組織を後継に加える")
    label = next(text for text in other.locator("option").all_inner_texts() if text.endswith(f" {heir}"))
    other.select_option(label=label)


def decide_on_what_closes(page: Page) -> None:
    """An heir for each unit that closes with its assets; the other proposals are taken as they are."""
    for closing, heir in HEIRS.items():
        page.get_by_role("link", name="廃止", exact=False).first.click()
        page.get_by_role("link", name=re.compile(f"後継を決める.*{closing}$")).click()
        choose(page, heir)
        page.get_by_role("button", name="後継を決める").click()
        expect(said(page)).to_contain_text(heir)
    page.get_by_role("link", name="要確認", exact=False).first.click()
    page.get_by_role("button", name=re.compile("^表示している要確認")).click()
    page.get_by_role("dialog").get_by_role("button").first.click()
    expect(page.locator("main")).not_to_contain_text("要確認が")


def test_a_city_goes_to_the_next_year_and_back(browser: Browser) -> None:
    list_of("202104")
    with running("", "first_run") as server:
        server.manage("shell", "-v0", "-c", CITY)
        before = server.manage("shell", "-v0", "-c", FINGERPRINT)
        options: dict[str, Any] = {"locale": "ja-JP", "viewport": WIDE, "reduced_motion": "reduce"}
        page = browser.new_context(base_url=server.address, **options).new_page()
        page.set_default_timeout(30_000)
        heard = Faults(page)
        sign_in(page, "secretariat", PASSWORD)
        plan_from(page, server)
        decide_on_what_closes(page)
        page.get_by_role("link", name="影響を確かめる").click()
        faults = look(page, "city preview", narrow=False)
        page.get_by_label("理由").fill("行政組織規則の改正")
        agree(page, "組織改編を反映する")
        expect(said(page)).to_contain_text(f"「{NAME}」を反映しました。")
        page.goto("/assets/?q=こども保育教育課")
        expect(page.locator("main")).to_contain_text("こども保育教育課")
        assert server.manage("shell", "-v0", "-c", FINGERPRINT) != before
        page.goto("/reorganizations/")
        page.get_by_role("link", name=NAME).click()
        page.get_by_label("元に戻す理由").fill("確かめるため")
        agree(page, "元に戻す")
        expect(said(page)).to_contain_text(f"「{NAME}」を元に戻しました。")
        assert server.manage("shell", "-v0", "-c", FINGERPRINT) == before
        assert heard.words == []
    assert not faults, "\n".join(faults)
