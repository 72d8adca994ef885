"""Pages in the states that no link leads to: refused, empty, answered, asking, about to decide."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import CLERK, HEAD, OFFICE, RETURN, follow_guide
from tests.browser.looking import look

FAILURES = 5


def refused_form(page: Page) -> None:
    page.goto("/assets/new/")
    page.get_by_label("資産種別").select_option(label="取り扱う情報")
    page.get_by_role("button", name="申請する").click()
    expect(page.locator(".error-summary")).to_be_focused()


def answered_guide(page: Page) -> None:
    page.goto("/assets/new/")
    follow_guide(page)


def empty_list(page: Page) -> None:
    page.goto("/assets/?q=どこにもない資料&segment=paper")
    expect(page.locator(".empty")).to_contain_text("条件に合う情報資産はありません。")


def name_of_a_section(page: Page) -> None:
    page.goto("/assets/?q=税務課")
    expect(page.locator("main .notice")).to_contain_text("税務課の情報資産を見る")


def missing_page(page: Page) -> None:
    page.goto("/assets/999999/")
    expect(page.get_by_role("heading", level=1)).to_have_text("ページが見つかりません")


def closed_page(page: Page) -> None:
    page.goto("/history/")
    expect(page.get_by_role("heading", level=1)).to_have_text("この操作はできません")


def wrong_password(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("利用者ID").fill("nobody-here")
    page.get_by_label("パスワード").fill("wrong")
    page.get_by_role("button", name="ログイン").click()
    expect(page.locator(".error-summary")).to_contain_text("利用者IDかパスワードが違います。")


def locked(page: Page) -> None:
    for _ in range(FAILURES):
        page.goto("/login/")
        page.get_by_label("利用者ID").fill("somebody-else")
        page.get_by_label("パスワード").fill("wrong")
        page.get_by_role("button", name="ログイン").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ログインを止めています")


def about_to_decide(page: Page) -> None:
    page.goto("/assets/reviews/")
    page.get_by_label("すべて選ぶ").check()
    page.get_by_text("選んだ申請をまとめて決める").click()
    page.get_by_label("まとめて決める理由").fill("課内で確かめました。")
    page.get_by_role("button", name="まとめて確認する").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("まとめて確認する")


def returned_without_a_word(page: Page) -> None:
    page.goto("/assets/reviews/")
    page.get_by_role("button", name=RETURN, exact=True).click()
    expect(page.get_by_label("理由・コメント")).to_be_focused()


def decided_without_a_reason(page: Page) -> None:
    page.goto("/assets/reviews/")
    page.get_by_label("すべて選ぶ").check()
    page.get_by_text("選んだ申請をまとめて決める").click()
    page.get_by_role("button", name="まとめて確認する").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_label("すべて選ぶ")).to_be_checked()


def address_of_a_button(page: Page) -> None:
    returned_without_a_word(page)
    page.goto(page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("この操作は行われていません")


def asking(page: Page) -> None:
    page.goto("/assets/reviews/")
    page.get_by_role("button", name="承認して登録する").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def whole_form(page: Page) -> None:
    page.goto("/assets/new/")
    page.locator("main details").evaluate_all("parts => parts.forEach(part => part.open = true)")


STATES = {
    "": (wrong_password, locked),
    CLERK: (refused_form, answered_guide, whole_form, empty_list, name_of_a_section, missing_page, closed_page),
    HEAD: (about_to_decide, returned_without_a_word, decided_without_a_reason, address_of_a_button),
    OFFICE: (asking,),
}


@pytest.mark.parametrize("username", STATES)
def test_pages_in_other_states(at_desk: AtDesk, username: str) -> None:
    page = at_desk(username)
    page.on("dialog", lambda dialog: dialog.accept())
    faults = []
    for state in STATES[username]:
        state(page)
        faults += look(page, f"state-{state.__name__.replace('_', '-')}")
    assert not faults, "\n".join(faults)
