"""The same job by keyboard alone, and with scripts switched off."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import (
    ANSWERS,
    APPROVE,
    CLERK,
    CONFIRM,
    HEAD,
    OFFICE,
    answer,
    answered,
    fill_in,
    open_review,
    said,
)

MANY_TABS = 80


def go_to(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus."""
    expect(control).to_be_visible()
    for _ in range(MANY_TABS):
        if control.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {control}")


def pick(page: Page, label: str, option: str) -> None:
    """Choose in a closed list with the arrow."""
    control = page.get_by_label(label)
    go_to(page, control)
    for _ in range(MANY_TABS):
        if control.evaluate("element => element.selectedOptions[0].label") == option:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{label} does not offer {option}")


def press_answer(page: Page, question: str, words: str) -> None:
    """Come to a question by Tab, to its answer by arrows; every press is sent, and the focus has to survive it."""
    radios = page.get_by_role("group", name=question).get_by_role("radio")
    go_to(page, radios.first)
    wanted = answer(page, question, words)
    with answered(page):
        page.keyboard.press("Space")
    expect(radios.first).to_be_focused()
    for _ in range(radios.count()):
        if wanted.is_checked():
            return
        with answered(page):
            page.keyboard.press("ArrowDown")
        expect(page.locator(":focus")).to_be_checked()
    pytest.fail(f"the arrow never comes to {words}")


def test_the_whole_registration_by_keyboard_alone(at_desk: AtDesk) -> None:
    name = "法人町民税申告書"
    page = at_desk(CLERK)
    page.goto("/")
    go_to(page, page.get_by_role("link", name="情報資産を登録する"))
    page.keyboard.press("Enter")
    go_to(page, page.get_by_label("情報資産名称"))
    page.keyboard.type(name)
    pick(page, "資産種別", "取り扱う情報")
    go_to(page, page.locator("details.guide > summary"))
    if page.locator("details.guide").get_attribute("open") is None:
        page.keyboard.press("Enter")
    for question, words in ANSWERS.items():
        press_answer(page, question, words)
    expect(page.locator(".guide .result")).to_contain_text("個人番号を含み")
    pick(page, "ネットワーク区分", "マイナンバー利用事務系")
    go_to(page, page.get_by_label("保管場所"))
    page.keyboard.type("電算室")
    go_to(page, page.get_by_role("button", name="申請する"))
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text(f"「{name}」を申請しました。")


def test_the_skip_link_comes_first_and_leads_to_the_content(at_desk: AtDesk) -> None:
    page = at_desk(CLERK)
    page.goto("/assets/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="本文へ移動")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_registering_confirming_and_approving_without_scripts(at_desk: AtDesk) -> None:
    name = "たばこ税申告書"
    clerk, head, office = (at_desk(username, java_script_enabled=False) for username in (CLERK, HEAD, OFFICE))
    clerk.goto("/assets/new/")
    fill_in(clerk, name)
    if clerk.locator("details.guide").get_attribute("open") is None:
        clerk.locator("details.guide > summary").click()
    later = ("個人番号", "要配慮")
    for question, words in ANSWERS.items():
        if not question.startswith(later):
            answer(clerk, question, words).check()
    clerk.get_by_role("button", name="この答えで分類を提案する").click()
    for question, words in ANSWERS.items():
        if question.startswith(later):
            answer(clerk, question, words).check()
    clerk.get_by_role("button", name="この答えで分類を提案する").click()
    expect(clerk.locator(".guide .result")).to_contain_text("個人番号を含み")
    clerk.get_by_role("button", name="申請する").click()
    expect(said(clerk)).to_contain_text(f"「{name}」を申請しました。")
    for page, button in ((head, CONFIRM), (office, APPROVE)):
        open_review(page, name)
        page.get_by_role("button", name=button, exact=True).click()
        expect(said(page)).to_contain_text(f"「{name}」を")
    expect(said(office)).to_contain_text("資産番号は R")
