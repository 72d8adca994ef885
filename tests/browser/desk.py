"""What people do at their desk, in the words of the screen: sign in, register, answer the guide, decide."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from registry.portal.demo_organization import PASSWORD

CLERK, HEAD, OFFICE, ADMINISTRATOR = "tax-clerk", "tax-head", "office1", "sysadmin"
CONFIRM, APPROVE, RETURN = "確認する", "承認して登録する", "差し戻す"
# The answers of 税務課 for its tax roll: 個人番号 is in it, and the counter stands still without it.
ANSWERS = {
    "個人情報が入っていますか。": "住民など、職員以外の人の個人情報が入っている",
    "個人番号（マイナンバー）が入っていますか。": "入っている",
    "要配慮個人情報が入っていますか。": "入っていない",
    "「極秘」「秘」に指定された秘密文書ですか。": "当たらない",
    "漏れたら、住民や事業者の権利や利益を害しますか。": "大きく害する（財産・生活・身の安全に関わる、又は大勢に及ぶ）",
    "公開することを前提にしていますか。": "公開しない（予定価格、職員の人事など）",
    "書き換えられたり、壊れたりしたら困りますか。": "住民の権利を害する、又は仕事を正しく進められない",
    "使えなくなったり無くなったりしたら、何日で困りますか。": "その日のうちに困る",
}
PART_REFUSED = re.compile(r"Response Status Error Code 401 from /")  # htmx, of a part of the page
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Faults:
    """What the browser complains about on a page.

    A page that is itself refused (4xx) is an answer, not a fault; words without a place are about the tests' own scripts.
    """

    def __init__(self, page: Page) -> None:
        self.words: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.words.append(f"{page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        place = message.location["url"]
        refused = PART_REFUSED.match(message.text) or (REFUSAL.match(message.text) and "/static/" not in place)
        if message.type in {"error", "warning"} and place and not refused:
            self.words.append(f"{place}: {message.text}")


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """From the login page to マイページ."""
    page.goto("/login/")
    page.get_by_label("利用者ID").fill(username)
    page.get_by_label("パスワード").fill(password)
    page.get_by_role("button", name="ログイン").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("マイページ")


def fill_in(page: Page, name: str) -> None:
    """The fields of a new entry that the guide does not fill: what it is, where it lies."""
    page.get_by_label("情報資産名称").fill(name)
    page.get_by_label("資産種別").select_option(label="取り扱う情報")
    page.get_by_label("ネットワーク区分").select_option(label="マイナンバー利用事務系")
    page.get_by_label("媒体", exact=True).select_option(label="サーバ")
    page.get_by_label("保管場所").fill("電算室")


def answer(page: Page, question: str, words: str) -> Locator:
    """The button of an answer of the guide."""
    return page.get_by_role("group", name=question).get_by_label(words, exact=True)


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """What is done inside is sent to the server; afterwards its answer stands on the page."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        yield
    for state in (".htmx-request", ".htmx-swapping", ".htmx-settling"):
        page.wait_for_selector(state, state="detached")


def follow_guide(page: Page, answers: Mapping[str, str] = ANSWERS) -> None:
    """Answer question after question; each answer is sent at once and the section comes back."""
    if page.locator("details.guide").get_attribute("open") is None:
        page.locator("details.guide > summary").click()
    for question, words in answers.items():
        with answered(page):
            answer(page, question, words).check()
        expect(answer(page, question, words)).to_be_checked()


def classify(page: Page) -> None:
    """Choose the levels by hand, as people do who know them."""
    for level in ("自治体機密性3C:", "完全性2:", "可用性1:"):
        page.get_by_label(level).check()
    page.get_by_label("分類理由").fill("過去の同じ資料に合わせた。")


def apply_for(page: Page, name: str) -> str:
    """Register something without the guide and submit it; the address of its page."""
    page.goto("/assets/new/")
    fill_in(page, name)
    classify(page)
    page.get_by_role("button", name="申請する").click()
    expect(said(page)).to_contain_text(f"「{name}」を申請しました。")
    return page.url


def upload(page: Page, address: str, file: Path) -> None:
    """Choose a file on a page that asks for one, with the other questions of the list of departments, and send it."""
    page.goto(address)
    page.locator("input[type=file]").set_input_files(file)
    if page.get_by_label("適用日").count():
        page.get_by_label("適用日").fill("2026-04-01")
        page.get_by_label("機関").select_option(label="行政委員会")
    page.locator("main form .button").first.click()


def said(page: Page) -> Locator:
    """What the page says about what was just done."""
    return page.locator(".messages")


def open_review(page: Page, name: str) -> None:
    """From the menu to the application of that name in the queue."""
    page.goto("/")
    page.get_by_role("navigation", name="メインメニュー").get_by_role("link", name="審査").click()
    page.locator(".queue").get_by_role("link", name=name).click()
    expect(page.locator(".review-main").get_by_role("heading", name=name)).to_be_visible()


def decide(page: Page, name: str, button: str, note: str = "") -> None:
    """Open an application in the queue and press one of its buttons."""
    open_review(page, name)
    page.get_by_label("理由・コメント").fill(note)
    press_and_agree(page, button)
    expect(said(page)).to_contain_text(name)


def press_and_agree(page: Page, button: str) -> None:
    """Press a deciding button and say yes to its question."""
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("dialog").get_by_role("button").first.click()


def put_into_ledger(clerk: Page, head: Page, office: Page, name: str) -> str:
    """Application, confirmation, approval; the address of the registered asset."""
    address = apply_for(clerk, name)
    decide(head, name, CONFIRM)
    decide(office, name, APPROVE)
    return address
