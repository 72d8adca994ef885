"""Taking over what a body has: its table of information assets with columns matched by hand, its list of departments."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import OFFICE, upload
from tests.browser.looking import look
from tests.browser.server import Server

OPEN_DATA = Path(__file__).resolve().parents[3] / "shared/data/takamatsu/open_data_list_0099.xlsx"
ROWS = 113
COLUMNS = {
    "B": "取り込まない",
    "C": "取り込まない",
    "D": "取り込まない",
    "E": "情報資産名称",
    "F": "業務名",
    "G": "概要",
}
COLUMNS |= {"H": "保管場所", "I": "取り込まない", "J": "取り込まない", "K": "備考"}
FIXED = {
    "資産種別": "取り扱う情報",
    "所管課": "企画課",
    "情報セキュリティ管理者": "企画課長",
    "ネットワーク区分": "インターネット接続系",
}
MANY = 1200
WORKER = """
from registry.jobs.running import run_next
from registry.organization import vocabulary
vocabulary.begin()
run_next()
"""
LEVELS = ("自治体機密性1:", "完全性1:", "可用性1:")
ORGANIZATION = """\
局,部,課,室・出先,係,所属名称,電話番号,機構分類名称
固定資産評価審査委員会,,,,,固定資産評価審査委員会,048-721-2111,行政委員会
固定資産評価審査委員会,,委員会事務局,,,固定資産評価審査委員会委員会事務局,048-721-2111,課
公平委員会,,,,,公平委員会,048-721-2111,行政委員会
"""


def test_a_foreign_workbook_is_matched_by_hand_checked_and_registered(at_desk: AtDesk) -> None:
    if not OPEN_DATA.exists():
        pytest.skip(f"{OPEN_DATA.name} がありません(オープンデータは同梱していません)。")
    page = at_desk(OFFICE)
    upload(page, "/assets/imports/new/", OPEN_DATA)
    expect(page.locator("main")).to_contain_text(f"{ROWS}行を読みました")
    for letter, item in COLUMNS.items():
        page.get_by_label(f"{letter}列「").select_option(label=item)
    page.get_by_role("button", name=f"{ROWS}行を確かめる").click()
    expect(page.locator("main")).to_contain_text(f"登録できる行 0行、直す行 {ROWS}行")

    page.get_by_role("link", name="列の対応に戻る").click()
    fixed = page.locator("section").filter(has_text="全行に入れる値")
    for label, choice in FIXED.items():
        option = fixed.get_by_label(label).locator("option").filter(has_text=choice)
        fixed.get_by_label(label).select_option(value=option.get_attribute("value"))
    for level in LEVELS:
        fixed.get_by_label(level).check()
    page.get_by_role("button", name=f"{ROWS}行を確かめる").click()
    expect(page.locator("main")).to_contain_text(f"登録できる行 {ROWS}行、直す行 0行")

    page.get_by_label("取込の理由").fill("公開しているデータの一覧から")
    page.get_by_role("button", name=f"{ROWS}件を登録する").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{ROWS}件を台帳に登録します。")
    page.get_by_role("dialog").get_by_role("button", name=f"{ROWS}件を登録する").click()
    expect(page.get_by_role("status")).to_contain_text(f"{ROWS}件を登録しました。")
    expect(page.locator(".steps")).not_to_contain_text("作業中")
    page.get_by_role("link", name="台帳を見る").click()
    page.get_by_label("台帳を検索").fill("AED設置場所")
    page.get_by_role("button", name="検索").click()
    row = page.locator(".ledger tbody tr").filter(has_text="AED設置場所").first
    expect(row).to_contain_text("企画課")
    expect(row).to_contain_text("登録済")


def test_a_refused_file_says_what_to_do_and_changes_nothing(at_desk: AtDesk, tmp_path: Path) -> None:
    page = at_desk(OFFICE)
    file = tmp_path / "台帳.xlsx"
    file.write_bytes(b"PK\x03\x04 broken")
    upload(page, "/assets/imports/new/", file)
    expect(page.locator(".error-summary")).to_contain_text("ください")
    expect(page.get_by_role("heading", level=1)).to_have_text("取込: ファイルを選ぶ")


def test_the_list_of_departments_is_looked_at_and_taken_over(at_desk: AtDesk, tmp_path: Path) -> None:
    page = at_desk(OFFICE)
    file = tmp_path / "組織一覧.csv"
    file.write_text(ORGANIZATION, encoding="utf-8-sig")
    upload(page, "/organization/lists/", file)
    expect(page.locator("main")).to_contain_text("いまはまだ何も変わっていません")
    expect(page.locator("main tbody")).to_contain_text("公平委員会")
    page.get_by_role("button", name="全部の行を反映する").click()
    expect(page.get_by_role("status")).to_contain_text("組織3を追加しました。")
    page.goto("/organization/?q=公平委員会")
    expect(page.locator("main tbody")).to_contain_text("公平委員会")


def test_a_large_table_is_checked_in_the_background(at_desk: AtDesk, server: Server, tmp_path: Path) -> None:
    page, faults = at_desk(OFFICE), []
    file = tmp_path / "大きな台帳.csv"
    rows = "".join(
        f"道路台帳 第{n}号,取り扱う情報,土木課,{'本' if n % 100 == 0 else '紙'}\n" for n in range(1, MANY + 1)
    )
    file.write_text(f"情報資産名称,資産種別,所管課,媒体\n{rows}", encoding="utf-8-sig")
    upload(page, "/assets/imports/new/", file)
    page.get_by_role("button", name=f"{MANY}行を確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("「大きな台帳.csv」の確認")
    expect(page.locator("#job")).to_contain_text("順番を待っています")
    faults += look(page, "job waiting")
    server.manage("shell", "-v0", "-c", WORKER)
    expect(page.locator("#job")).to_contain_text("終わりました", timeout=15_000)
    expect(page.locator("#job")).to_contain_text(f"{MANY:,}行を確かめました。")
    faults += look(page, "job done")
    page.get_by_role("link", name="結果を見る").click()
    expect(page.locator("main")).to_contain_text("直す行")
    page.goto("/jobs/")
    faults += look(page, "jobs")
    assert not faults, "\n".join(faults)
