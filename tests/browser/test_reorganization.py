"""Next year's list of departments: brought in, corrected, looked at in numbers, carried out, taken back; and who stands in."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import CLERK, HEAD, OFFICE, said
from tests.browser.looking import look

LIST = """\
局,部,課,室・出先,係,所属名称,所属コード,電話番号,機構分類名称
上下水道局,,,,,上下水道局,4000,,局
上下水道局,,上下水道経営課,,,上下水道局上下水道経営課,4020,,課
"""


def agree(page: Page, button: str) -> None:
    """Press a button that asks, and say yes."""
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("dialog").get_by_role("button").first.click()


def correct(page: Page, name: str) -> None:
    """Open the page of a unit from its row in the plan."""
    row = page.locator("tr").filter(has=page.get_by_role("rowheader", name=name, exact=True))
    row.get_by_role("link", name="直す").click()


def test_a_list_of_a_later_year_becomes_a_reorganisation_and_is_taken_back(at_desk: AtDesk, tmp_path: Path) -> None:
    office, faults = at_desk(OFFICE), []
    file = tmp_path / "組織一覧.csv"
    file.write_text(LIST, encoding="utf-8-sig")

    office.goto("/organization/")
    office.get_by_role("link", name="組織改編を計画する").click()
    office.get_by_label("施行日").fill("2026-10-01")
    office.locator("select[name=organ]").select_option(label="上下水道課")
    office.get_by_label("新しい組織一覧のファイル").set_input_files(file)
    office.get_by_label("名称").fill("上下水道局の設置")
    office.get_by_role("button", name="計画を始める").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("上下水道局の設置")
    expect(office.locator("main")).to_contain_text("要確認")
    faults += look(office, "reorganization-plan")

    correct(office, "上下水道局 4000")
    office.get_by_role("link", name="「上下水道課」の後継を決める").click()
    office.get_by_label("上下水道局", exact=True).uncheck()
    office.get_by_label("上下水道局 上下水道経営課").check()
    faults += look(office, "reorganization-department")
    office.get_by_role("button", name="後継を決める").click()
    expect(said(office)).to_contain_text("「上下水道課」の後継を「上下水道経営課」にしました。")

    correct(office, "上下水道局 上下水道経営課 4020")
    office.get_by_label("電話番号").fill("048-721-2112")
    faults += look(office, "reorganization-unit")
    office.get_by_role("button", name="計画に入れる").click()

    office.get_by_role("link", name="影響を確かめる").click()
    expect(office.locator("main")).to_contain_text("上下水道課長")
    expect(office.locator("main")).to_contain_text("林 浩二")
    faults += look(office, "reorganization-preview")
    office.get_by_label("理由").fill("上下水道局設置条例")
    agree(office, "組織改編を反映する")
    expect(said(office)).to_contain_text("「上下水道局の設置」を反映しました。")
    faults += look(office, "reorganization-outcome")

    office.goto("/organization/?q=上下水道課")
    expect(office.locator("main")).to_contain_text("前身: 上下水道課")
    office.go_back()
    office.get_by_label("元に戻す理由").fill("確かめるため")
    agree(office, "元に戻す")
    expect(said(office)).to_contain_text("「上下水道局の設置」を元に戻しました。")
    faults += look(office, "reorganization-undone")
    office.goto("/organization/")
    expect(office.locator("main")).not_to_contain_text("上下水道経営課")
    assert faults == []


def test_a_head_names_a_deputy_who_sees_what_waits_until_the_head_is_back(at_desk: AtDesk) -> None:
    head, clerk = at_desk(HEAD), at_desk(CLERK)
    head.goto("/organization/")
    head.get_by_role("link", name="不在と代理").click()
    head.get_by_label("不在の人と職").select_option(label="高橋 修（税務課主幹）")
    head.get_by_label("代理をする人").select_option(label="佐藤 花子")
    head.get_by_label("いつまで").fill("2099-03-31")
    head.get_by_label("不在の理由").fill("研修")
    head.get_by_role("button", name="代理を決める").click()
    expect(said(head)).to_contain_text("佐藤 花子さんが税務課主幹代理になります。")
    assert look(head, "absences") == []
    clerk.goto("/")
    expect(clerk.locator("header")).to_contain_text("税務課主幹代理")
    agree(head, "今日で終える : 佐藤 花子")
    expect(said(head)).to_contain_text("今日で終わります")


def test_vacancies_lead_from_the_tree_to_the_first_of_april(at_desk: AtDesk) -> None:
    clerk = at_desk(CLERK)
    clerk.goto("/organization/")
    clerk.get_by_role("link", name="空席").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("空席")
    clerk.get_by_role("link", name="4月1日で見る").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("4月1日")
    assert look(clerk, "vacancies") == []
