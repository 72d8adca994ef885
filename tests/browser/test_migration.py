"""分類の移行 at the desk: the head proposes for their 課, the office puts a whole proposal in force and takes it back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import HEAD, OFFICE, said
from tests.browser.looking import look

LEFT = re.compile(r"残り (\d+)件")


def left(page: Page) -> int:
    page.goto("/assets/migration/")
    found = LEFT.search(" ".join(page.locator("#left").inner_text().split()))
    assert found
    return int(found[1])


def test_the_head_opens_it_from_my_page_and_confirms_one_with_the_keyboard(at_desk: AtDesk) -> None:
    page = at_desk(HEAD)
    page.goto("/")
    page.get_by_role("link", name="分類の移行を開く").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("分類の移行")
    page.get_by_role("link", name="固定資産税減免申請書").click()
    expect(page.get_by_role("radio", name=re.compile("自治体機密性3B"))).to_be_checked()
    faults = look(page, "migrate one")
    page.get_by_role("radio", name=re.compile("自治体機密性3C")).check()
    page.get_by_role("button", name="この区分で申請する").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("変える理由を書いてください。")
    faults += look(page, "migrate one refused")
    page.get_by_label("移行の理由").fill("写しだけで、個人番号はないため。")
    page.get_by_role("button", name="この区分で申請する").press("Enter")
    expect(said(page)).to_contain_text("1件を新しい分類で申請しました。")
    assert not faults, "\n".join(faults)


def test_the_office_confirms_a_whole_proposal_is_asked_in_numbers_and_takes_it_back(at_desk: AtDesk) -> None:
    page = at_desk(OFFICE)
    before = left(page)
    faults = look(page, "migration")
    page.get_by_role("link", name="機密性1 → 自治体機密性1").click()
    page.get_by_label(re.compile("この提案の確認できるものすべて")).check()
    page.get_by_label("まとめて確認する理由").fill("公表したものだけのため。")
    page.get_by_role("button", name="提案どおりに登録する").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2件の分類を、提案どおりに移行します")
    faults += look(page, "migration many")
    page.get_by_role("button", name="2件を登録する").click()
    expect(said(page)).to_contain_text("2件を新しい分類で登録しました。")
    assert left(page) == before - 2
    page.get_by_text("この確認を取り消す").first.click()
    page.get_by_label("取り消す理由").first.fill("基準を見直すため。")
    page.get_by_role("button", name="2件を取り消す").click()
    page.get_by_role("dialog").get_by_role("button", name="取り消す").click()
    expect(said(page)).to_contain_text("2件の移行を取り消しました。")
    assert left(page) == before
    assert not faults, "\n".join(faults)
