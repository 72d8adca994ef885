"""A column of the body's own, from the 事務局 that adds it to the clerk who fills it in and the workbook that holds it."""

from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import CLERK, HEAD, OFFICE, decide, fill_in, said
from tests.browser.desk import classify as choose_levels
from tests.browser.looking import look

LABEL, NAME = "公開の区分", "条例集の差し替え原稿"


def add_column(office: Page) -> None:
    office.goto("/admin/")
    office.locator("#content-main").get_by_role("link", name="独自項目", exact=True).click()
    office.get_by_role("link", name="独自項目を追加する").click()
    office.get_by_label("項目名").fill(LABEL)
    office.get_by_label("種類", exact=True).select_option(label="選択肢から1つ")
    office.get_by_label("置く場所").select_option(label="保管とネットワーク")
    office.get_by_label("説明").fill("公開してよい範囲を選びます。")
    office.get_by_label("申請に必須").check()
    for n, option in enumerate(("公開", "一部公開", "非公開")):
        office.locator(f"#id_options-{n}-label").fill(option)


def retire_column(office: Page) -> None:
    office.goto("/admin/assets/extracolumn/")
    office.locator("#result_list tr").filter(has_text=LABEL).locator("input.action-select").check()
    office.locator("select[name=action]").select_option(label="選んだ独自項目を廃止する")
    office.locator("button[name=index]").click()
    office.get_by_role("button", name="廃止する").click()
    expect(office.locator(".messagelist")).to_contain_text("1項目を廃止しました。")


def test_the_secretariat_adds_a_choice_a_clerk_fills_it_in_and_it_is_filtered_and_exported(
    at_desk: AtDesk, tmp_path: Path
) -> None:
    office, clerk, head = at_desk(OFFICE), at_desk(CLERK), at_desk(HEAD)
    add_column(office)
    faults = look(office, "extra-column-form")
    office.get_by_role("button", name="保存する", exact=True).click()
    expect(office.locator(".messagelist")).to_contain_text(LABEL)
    faults += look(office, "extra-columns")

    clerk.goto("/assets/new/")
    fill_in(clerk, NAME)
    choose_levels(clerk)
    clerk.get_by_role("button", name="申請する").click()
    expect(clerk.locator(".error-summary")).to_contain_text(LABEL)
    clerk.get_by_label(LABEL).select_option(label="一部公開")
    faults += look(clerk, "extra-entry-form")
    clerk.get_by_role("button", name="申請する").click()
    expect(said(clerk)).to_contain_text(f"「{NAME}」を申請しました。")
    expect(clerk.locator("main dl.facts").filter(has_text=LABEL).first).to_contain_text("一部公開")
    clerk.goto(clerk.url)  # without the message
    faults += look(clerk, "extra-asset")
    decide(head, NAME, "確認する")
    decide(office, NAME, "承認して登録する")

    clerk.goto("/assets/")
    clerk.get_by_role("link", name="表示する列").click()
    clerk.get_by_role("checkbox", name=LABEL).check()
    clerk.get_by_role("button", name="この列で表示する").click()
    clerk.get_by_text("ほかの条件・並び順・まとめ方").click()
    clerk.locator("select[name^=x_]").filter(has=clerk.get_by_text("一部公開")).select_option(label="一部公開")
    expect(clerk.locator(".chips, .filter-chips").first).to_contain_text(f"{LABEL}: 一部公開")
    expect(clerk.locator(".ledger-name")).to_have_text([NAME])
    faults += look(clerk, "extra-list")
    assert exported(clerk, tmp_path) == [(NAME, "一部公開")]
    retire_column(office)
    clerk.goto("/assets/new/")
    expect(clerk.get_by_label(LABEL)).to_have_count(0)
    assert faults == [], "\n".join(faults)


def exported(page: Page, folder: Path) -> list[tuple[object, object]]:
    """Name and own column of every row of the workbook, which offers the options in a drop-down."""
    page.goto(page.url)
    with page.expect_download() as download:
        page.get_by_role("button", name="Excelに出力").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    at = next(n for n, row in enumerate(rows) if f"{LABEL}※" in row)
    assert '"公開,一部公開,非公開"' in [rule.formula1 for rule in sheet.data_validations.dataValidation]
    header = rows[at]
    return [(row[header.index("情報資産名称※")], row[header.index(f"{LABEL}※")]) for row in rows[at + 1 :]]
