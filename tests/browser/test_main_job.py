"""The main job as three people: register, confirm, approve, find, export; and everything that can come between."""

import re
from pathlib import Path

import openpyxl
from django.utils import timezone
from playwright.sync_api import Page, expect

from registry.base.fiscal import wareki
from tests.browser.conftest import AtDesk
from tests.browser.desk import (
    APPROVE,
    CLERK,
    CONFIRM,
    HEAD,
    OFFICE,
    RETURN,
    apply_for,
    decide,
    fill_in,
    follow_guide,
    open_review,
    press_and_agree,
    put_into_ledger,
    said,
)


def test_an_asset_goes_from_the_clerk_to_the_ledger_and_into_the_workbook(at_desk: AtDesk, tmp_path: Path) -> None:
    name = "固定資産税課税台帳"
    clerk, head, office = at_desk(CLERK), at_desk(HEAD), at_desk(OFFICE)
    clerk.goto("/assets/new/")
    fill_in(clerk, name)
    follow_guide(clerk)
    expect(clerk.locator(".guide .result")).to_contain_text("個人番号を含み")
    expect(clerk.locator("#contents")).not_to_contain_text("必須あと")
    expect(clerk.get_by_label("取扱制限")).to_have_value("\n".join(restrictions(clerk)))
    clerk.get_by_role("button", name="申請する").click()
    expect(said(clerk)).to_contain_text("課長の確認を待っています。")
    facts = clerk.locator("main dl.facts").filter(has_text="特定個人情報").first
    expect(facts).to_contain_text(re.compile(r"個人情報\s*有\s*要配慮個人情報\s*無\s*特定個人情報\s*有"))

    head.goto("/")
    head.locator("#waiting").get_by_role("link", name=name).click()
    expect(head.locator(".review-main")).to_contain_text("佐藤 花子")
    press_and_agree(head, CONFIRM)
    expect(said(head)).to_contain_text(f"「{name}」を確認しました。事務局の審査に進みます。")

    open_review(office, name)
    office.get_by_role("button", name=APPROVE).click()
    expect(office.get_by_role("dialog")).to_contain_text("1件を承認し、台帳に登録します。")
    office.keyboard.press("Escape")
    decide(office, name, APPROVE, note="分類の理由を確かめました。")
    expect(said(office)).to_contain_text("資産番号は R")
    assert name in exported(office, name, tmp_path)

    clerk.reload()
    expect(clerk.locator("main .chip").first).to_have_text("登録済")
    clerk.get_by_role("link", name="履歴をすべて見る").click()
    acts = clerk.locator(".history > li").filter(has_not=clerk.get_by_text("閲覧", exact=True))
    expect(acts.locator(".history-act")).to_have_text(["承認・登録", "確認", "申請", "下書きを作成"])
    approval = acts.first
    expect(approval).to_contain_text("田中 由美")
    expect(approval).to_contain_text("分類の理由を確かめました。")
    expect(approval).to_contain_text(wareki(timezone.localdate()))


def restrictions(page: Page) -> list[str]:
    """The lines of the field, read back; they must be there and none of them empty."""
    lines = page.get_by_label("取扱制限").input_value().splitlines()
    assert lines
    assert all(lines)
    return lines


def exported(page: Page, name: str, folder: Path) -> list[object]:
    """Search, export what is on screen, open the workbook: the names in it."""
    page.goto("/")
    page.get_by_label("台帳を検索").fill(name)
    page.get_by_role("button", name="検索").click()
    expect(page.locator(".ledger-name").filter(has_text=name)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excelに出力").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    header = next(row for row in rows if "情報資産名称※" in row)
    return [row[header.index("情報資産名称※")] for row in rows]


def test_what_is_returned_comes_back_to_the_clerk_with_the_note_and_is_mended(at_desk: AtDesk) -> None:
    name, note = "償却資産申告書つづり", "保管場所の書庫の番号も書いてください。"
    clerk, head = at_desk(CLERK), at_desk(HEAD)
    apply_for(clerk, name)
    open_review(head, name)
    head.get_by_role("button", name=RETURN, exact=True).click()
    expect(head.locator(".review-acts .field-error")).to_contain_text("何を直してほしいかを書いてください。")
    expect(head.get_by_label("理由・コメント")).to_be_focused()
    decide(head, name, RETURN, note=note)

    clerk.goto("/")
    returned = clerk.locator("#returned li").filter(has_text=name)
    expect(returned).to_contain_text(note)
    returned.get_by_role("link", name=name).click()
    expect(clerk.locator("main .notice").filter(has_text="差戻し")).to_contain_text(note)
    clerk.get_by_label("保管場所").fill("第2書庫 12番")
    clerk.get_by_role("button", name="申請する").click()
    expect(said(clerk)).to_contain_text(f"「{name}」を申請しました。")
    open_review(head, name)
    expect(head.locator(".review-main")).to_contain_text("第2書庫 12番")


def test_a_change_shows_old_beside_new_and_leaves_the_registered_state_in_force(at_desk: AtDesk) -> None:
    name = "土地評価図"
    clerk, head, office = at_desk(CLERK), at_desk(HEAD), at_desk(OFFICE)
    address = put_into_ledger(clerk, head, office, name)
    clerk.goto(address)
    clerk.get_by_role("link", name="変更を申請する").click()
    clerk.get_by_label("保管場所").fill("庁舎2階 書庫")
    clerk.get_by_role("button", name="申請する").click()
    changed = clerk.locator(".differences tr").filter(has_text="保管場所")
    expect(changed.locator("del")).to_have_text("電算室")
    expect(changed.locator("ins")).to_have_text("庁舎2階 書庫")
    expect(clerk.locator(".facts").filter(has_text="保管場所")).to_contain_text("電算室")
    expect(clerk.locator("main .chip").first).to_have_text("登録済・変更申請中")

    open_review(head, name)
    expect(head.locator(".review-main .differences ins").filter(has_text="庁舎2階 書庫")).to_be_visible()
    decide(head, name, CONFIRM)
    decide(office, name, APPROVE)
    clerk.goto(address)
    expect(clerk.locator(".facts").filter(has_text="保管場所")).to_contain_text("庁舎2階 書庫")


def test_many_are_approved_at_once_after_one_look_at_the_number(at_desk: AtDesk) -> None:
    names = ["納税通知書の控え", "還付金台帳"]
    clerk, head = at_desk(CLERK), at_desk(HEAD)
    for name in names:
        apply_for(clerk, name)
    head.goto("/assets/reviews/")
    for name in names:
        head.get_by_label(f"{name}を選ぶ").check()
    head.get_by_text("選んだ申請をまとめて決める").click()
    expect(head.locator("[data-selection-count]")).to_have_text("2件を選んでいます")
    head.get_by_label("まとめて決める理由").fill("課内で確かめました。")
    head.get_by_role("button", name="まとめて確認する").click()
    for name in names:
        expect(head.locator(".tasks")).to_contain_text(name)
    head.get_by_role("button", name="2件を確認する").click()
    expect(said(head)).to_contain_text("2件を確認しました。")
    for name in names:
        expect(head.locator("main")).not_to_contain_text(name)


def test_withdrawing_asks_once(at_desk: AtDesk) -> None:
    name = "不要になった一覧"
    clerk = at_desk(CLERK)
    apply_for(clerk, name)
    clerk.get_by_role("button", name="取り下げる").click()
    expect(clerk.get_by_role("dialog")).to_contain_text(f"「{name}」の登録を取り下げます。")
    clerk.get_by_role("button", name="やめる").click()
    expect(clerk.get_by_role("dialog")).to_have_count(0)
    clerk.get_by_role("button", name="取り下げる").click()
    clerk.get_by_role("dialog").get_by_role("button", name="取り下げる").click()
    expect(said(clerk)).to_contain_text(f"「{name}」の申請を取り下げました。")
