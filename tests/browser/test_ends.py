"""Doubles and ends as people meet them: a name that is there already, two that become one, spellings, a disposal."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import (
    CLERK,
    HEAD,
    OFFICE,
    classify,
    decide,
    fill_in,
    open_review,
    press_and_agree,
    put_into_ledger,
    said,
)
from tests.browser.looking import look

NAME = "償却資産申告書綴り"


def agree(page: Page, button: str) -> None:
    """Press a button and say yes to its question."""
    press_and_agree(page, button)


def key_of(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[-1]


def test_a_name_that_is_there_already_is_told_while_it_is_typed(at_desk: AtDesk) -> None:
    clerk, faults = at_desk(CLERK), []
    there = put_into_ledger(clerk, at_desk(HEAD), at_desk(OFFICE), NAME)
    clerk.goto("/assets/new/")
    clerk.get_by_label("情報資産名称").press_sequentially("償却資産申告書の綴り")
    expect(clerk.locator("#similar")).to_contain_text("似た情報資産が1件あります。")
    faults += look(clerk, "ends similar typed")
    fill_in(clerk, NAME)
    classify(clerk)
    clerk.get_by_role("button", name="申請する").click()
    expect(clerk.locator("main")).to_contain_text("同じ課に同じ名称の情報資産があります")
    faults += look(clerk, "ends same name refused")
    clerk.get_by_label("別のものです").check()
    clerk.get_by_label("別のものと分かる理由").fill("こちらは前年度までの綴り")
    clerk.get_by_role("button", name="下書きを保存").last.click()
    clerk.goto(f"{clerk.url}edit/")
    expect(clerk.locator("#similar")).to_contain_text("この情報資産を使う")
    clerk.locator(f"#similar button[value='{key_of(there)}']").click()
    clerk.get_by_role("dialog").get_by_role("button", name="取り下げて使う").click()
    expect(said(clerk)).to_contain_text("登録を取り下げました。")
    assert clerk.url.endswith(f"/assets/{key_of(there)}/")
    assert not faults, "\n".join(faults)


def test_two_become_one_and_two_again(at_desk: AtDesk) -> None:
    clerk, head, office, faults = at_desk(CLERK), at_desk(HEAD), at_desk(OFFICE), []
    kept = put_into_ledger(clerk, head, office, "納税通知書発送簿")
    gone = put_into_ledger(clerk, head, office, "納税通知書の発送簿")
    office.goto("/assets/duplicates/?kind=near")
    expect(office.locator("main")).to_contain_text("納税通知書の発送簿")
    faults += look(office, "ends near names")
    office.goto(kept)
    office.get_by_role("link", name="ほかの情報資産と統合する").click()
    faults += look(office, "ends merge choice")
    office.get_by_role("link", name="納税通知書の発送簿と比べる").click()
    faults += look(office, "ends merge")
    office.get_by_label("統合の理由").fill("同じ発送簿を二度登録していたため")
    agree(office, "直接統合する")
    expect(said(office)).to_contain_text("に統合しました。")
    faults += look(office, "ends kept")
    office.goto(gone)
    expect(office.locator("main")).to_contain_text("ほかの情報資産に統合されています。")
    faults += look(office, "ends merged")
    office.get_by_text("統合を取り消す").first.click()
    office.get_by_label("理由・コメント").fill("年度のちがう別の簿冊だったため")
    agree(office, "統合を取り消す")
    expect(said(office)).to_contain_text("台帳に戻っています。")
    assert not faults, "\n".join(faults)


def test_a_disposal_is_permitted_approved_and_taken_back(at_desk: AtDesk) -> None:
    clerk, head, office, faults = at_desk(CLERK), at_desk(HEAD), at_desk(OFFICE), []
    name = "軽自動車税減免申請書綴り"
    address = put_into_ledger(clerk, head, office, name)
    clerk.goto(address)
    clerk.get_by_role("link", name="廃棄を申請する").click()
    faults += look(clerk, "ends disposal")
    clerk.get_by_label("廃棄方法").select_option(label="溶解")
    clerk.get_by_label("廃棄の日").first.fill("2026-04-01")
    clerk.get_by_label("時刻").fill("10:30")
    clerk.get_by_role("button", name="廃棄を申請する").click()
    expect(clerk.locator(".error-summary")).to_contain_text("処理内容")
    faults += look(clerk, "ends disposal incomplete")
    clerk.get_by_label("処理内容").fill("製紙工場で立会いのもと溶解")
    clerk.get_by_role("button", name="廃棄を申請する").click()
    expect(said(clerk)).to_contain_text("申請しました。")
    faults += look(clerk, "ends disposal asked")
    open_review(head, name)
    faults += look(head, "ends disposal review")
    decide(head, name, "廃棄を許可する")
    decide(office, name, "廃棄を承認する")
    clerk.goto(address)
    expect(clerk.locator("main")).to_contain_text("廃棄の記録")
    faults += look(clerk, "ends disposed")
    office.goto(address)
    office.get_by_text("廃棄を取り消す").first.click()
    office.get_by_label("理由・コメント").fill("別の綴りを溶解していたため")
    agree(office, "廃棄を取り消す")
    expect(said(office)).to_contain_text("台帳に戻っています。")
    assert not faults, "\n".join(faults)
