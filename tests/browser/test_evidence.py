"""Evidence and comments as two people: attach, open, take off, put back; say something to a post, be answered."""

import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import CLERK, HEAD, apply_for, said
from tests.browser.looking import look
from tests.registry.files.making import pdf

NAME = "固定資産税システム保守業務委託契約書(令和8年度).pdf"
EXE = b"MZ\x90\0" + b"\0" * 60 + b"PE\0\0" + b"\0" * 100


def attach(page: Page, *files: tuple[str, bytes], note: str = "") -> None:
    """From the page of an asset: choose files as contracts and send them."""
    page.get_by_role("link", name="ファイルを添付する").click()
    page.get_by_label("種類").select_option(label="契約書")
    page.get_by_label("説明").fill(note)
    payloads: list[FilePayload] = [
        {"name": name, "mimeType": "application/pdf", "buffer": data} for name, data in files
    ]
    page.get_by_label("ファイル", exact=False).set_input_files(payloads)
    page.get_by_role("button", name="添付する").click()


def test_evidence_is_attached_opened_taken_off_and_put_back(at_desk: AtDesk, tmp_path: Path) -> None:
    clerk, faults, contract = at_desk(CLERK), list[str](), pdf()
    address = apply_for(clerk, "証拠のある資料")
    expect(clerk.locator("main")).to_contain_text("まだ添付されていません。")

    attach(clerk, ("見積.pdf", EXE), note="保守契約の見積")
    expect(clerk.locator(".error-summary")).to_contain_text("「見積.pdf」は添付できません。中身は実行ファイルです。")
    expect(clerk.get_by_label("説明")).to_have_value("保守契約の見積")
    expect(clerk.get_by_label("種類")).to_have_value("contract")
    faults += look(clerk, "evidence refused")

    clerk.goto(address)
    attach(clerk, (NAME, contract), ("見積.pdf", EXE), note="保守契約")
    expect(said(clerk)).to_contain_text("1個のファイルを添付しました。")
    expect(said(clerk)).to_contain_text("「見積.pdf」は添付できません。")
    expect(clerk.get_by_role("heading", name="添付ファイル（1件）")).to_be_visible()
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name=NAME, exact=True).click()
    assert download.value.suggested_filename == NAME
    download.value.save_as(tmp_path / "back.pdf")
    assert (tmp_path / "back.pdf").read_bytes() == contract
    faults += look(clerk, "evidence on the page")

    clerk.get_by_role("link", name=re.compile("取り外す.*契約書")).click()
    clerk.get_by_label("取り外す理由").fill("別の資産のものでした。")
    faults += look(clerk, "evidence taken off")
    clerk.get_by_role("button", name="取り外す").click()
    expect(said(clerk)).to_contain_text("取り外しました。")
    clerk.get_by_text("取り外したファイル（1件）").click()
    expect(clerk.locator("main")).to_contain_text("別の資産のものでした。")
    faults += look(clerk, "evidence to be put back")
    clerk.get_by_role("button", name=re.compile("元に戻す.*契約書")).click()
    expect(said(clerk)).to_contain_text("元に戻しました。")
    expect(clerk.get_by_role("link", name=NAME, exact=True)).to_be_visible()
    assert not faults, "\n".join(faults)


def test_a_comment_to_the_head_is_answered_from_the_first_page(at_desk: AtDesk) -> None:
    clerk, head, faults = at_desk(CLERK), at_desk(HEAD), list[str]()
    name, question, answer = "コメントのある資料", "保管場所はこれでよいですか。", "書庫の番号も書いてください。"
    address = apply_for(clerk, name)
    clerk.get_by_role("link", name="コメントを書く").click()
    clerk.get_by_label("コメントの内容").fill(question)
    clerk.get_by_label("税務課長", exact=True).check()
    faults += look(clerk, "comment")
    clerk.get_by_role("button", name="コメントする").click()
    expect(said(clerk)).to_contain_text("宛先の職(1)のマイページに表示されます。")
    expect(clerk.locator(".talk")).to_contain_text("税務課長宛て（未確認）")

    head.goto("/")
    waiting = head.locator("#mentions li").filter(has_text=question)
    expect(waiting).to_contain_text("佐藤 花子")
    faults += look(head, "comment on the first page")
    waiting.get_by_role("link", name="返事を書く").click()
    expect(head.locator("blockquote")).to_contain_text(question)
    expect(head.get_by_label("税務課主査", exact=True)).to_be_checked()
    head.get_by_label("コメントの内容").fill(answer)
    faults += look(head, "answer")
    head.get_by_role("button", name="コメントする").click()
    expect(head.locator(".talk")).to_contain_text("佐藤 花子さんへの返事")
    head.goto("/")
    expect(head.locator("main")).not_to_contain_text(question)

    clerk.goto("/")
    clerk.locator("#mentions li").filter(has_text=answer).get_by_role("button", name="確認した").click()
    expect(said(clerk)).to_contain_text("コメントを確認済みにしました。")
    expect(clerk.locator("#mentions")).to_have_count(0)
    clerk.goto(address)
    mine = clerk.locator(".talk > li").filter(has_text=question)
    expect(mine).to_contain_text("税務課長宛て（鈴木 健一が")
    mine.get_by_role("button", name="取り消す").click()
    expect(clerk.get_by_role("dialog")).to_contain_text("履歴には残ります")
    clerk.get_by_role("dialog").get_by_role("button", name="取り消す").click()
    expect(clerk.locator(".talk")).to_contain_text("このコメントは取り消されました。")
    expect(clerk.locator(".talk")).not_to_contain_text(question)
    faults += look(clerk, "comment withdrawn")
    assert not faults, "\n".join(faults)
