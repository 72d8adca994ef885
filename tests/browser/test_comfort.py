"""What makes the day easier or keeps from harm: keys, warnings, one application from two clicks, two editors, the end of a session."""

import re

from playwright.sync_api import Dialog, Page, Route, expect

from assets.editing import TWICE
from registry.portal.demo_organization import PASSWORD
from tests.browser.conftest import AtDesk
from tests.browser.desk import CLERK, HEAD, RETURN, apply_for, classify, decide, fill_in, open_review, said, sign_in
from tests.browser.looking import look
from tests.browser.server import Server

COLLEAGUE = "tax-deputy"
LIKENESS = re.compile("/similar/")
LONG_AGO = """
from django.contrib.sessions.backends.db import SessionStore
session = SessionStore("{key}")
session["session_seen"] -= 24 * 60 * 60
session.save()
"""


def test_single_keys_move_through_the_queue_and_decide(at_desk: AtDesk) -> None:
    clerk, head = at_desk(CLERK), at_desk(HEAD)
    for name in ("キーで確認する資料", "キーで差し戻す資料"):
        apply_for(clerk, name)
    open_review(head, "キーで確認する資料")
    opened = head.locator(".review-main h2")
    head.keyboard.press("j")
    expect(opened).to_have_text("キーで差し戻す資料")
    head.keyboard.press("k")
    expect(opened).to_have_text("キーで確認する資料")
    head.keyboard.press("a")
    expect(head.get_by_role("dialog")).to_contain_text("「キーで確認する資料」を確認し、事務局の審査に送ります。")
    for _ in range(5):
        head.keyboard.press("Escape")
        expect(head.get_by_role("dialog")).to_have_count(0)
        head.keyboard.press("a")
        expect(head.get_by_role("dialog")).to_have_count(1)
    expect(said(head)).to_have_count(0)
    head.get_by_role("dialog").get_by_role("button", name="確認する").click()
    expect(said(head)).to_contain_text("「キーで確認する資料」を確認しました。")
    expect(opened).to_have_text("キーで差し戻す資料")
    head.get_by_label("理由・コメント").fill("jakr と書いても何も起きません。")
    head.get_by_label("理由・コメント").press("j")
    expect(opened).to_have_text("キーで差し戻す資料")
    head.locator(".review-main h2").click()
    head.keyboard.press("r")
    head.get_by_role("dialog").get_by_role("button", name="差し戻す").click()
    expect(said(head)).to_contain_text("「キーで差し戻す資料」を差し戻しました。")


def test_keys_can_be_switched_off(at_desk: AtDesk) -> None:
    clerk, head = at_desk(CLERK), at_desk(HEAD)
    apply_for(clerk, "キーを止めて見る資料")
    open_review(head, "キーを止めて見る資料")
    head.get_by_text("キーボードの使い方").click()
    head.get_by_label("1文字のキーを使う").uncheck()
    head.reload()
    head.keyboard.press("a")
    head.wait_for_timeout(300)
    expect(head.locator(".review-main h2")).to_have_text("キーを止めて見る資料")
    expect(said(head)).to_have_count(0)


def test_control_k_goes_to_the_search_from_anywhere(at_desk: AtDesk) -> None:
    page = at_desk(CLERK)
    page.goto("/assets/new/")
    page.get_by_label("情報資産名称").focus()
    page.keyboard.press("Control+k")
    expect(page.get_by_label("台帳を検索")).to_be_focused()
    page.keyboard.type("ケイジドウシャ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("台帳")


def test_leaving_with_unsaved_words_warns_and_saving_does_not(at_desk: AtDesk) -> None:
    page = at_desk(CLERK)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/assets/new/")
    page.get_by_label("情報資産名称").fill("書きかけ")
    page.locator(".menu").get_by_role("link", name="マイページ").click()
    expect(page.get_by_label("情報資産名称")).to_have_value("書きかけ")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="下書きを保存").last.click()
    expect(said(page)).to_contain_text("「書きかけ」の下書きを保存しました。")
    assert asked == ["beforeunload"]


def test_two_clicks_send_one_application(at_desk: AtDesk) -> None:
    name = "二度押された申請"
    page = at_desk(CLERK)
    page.goto("/assets/new/")
    fill_in(page, name)
    classify(page)
    sent: list[Route] = []
    page.route("**/assets/new/", lambda route: sent.append(route))
    button = page.get_by_role("button", name="申請する")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    for _ in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(200)
    assert len(sent) == 1
    sent[0].continue_()
    expect(said(page)).to_contain_text(f"「{name}」を申請しました。")
    assert found(page, name) == 1


def test_what_is_sent_twice_becomes_one_application(at_desk: AtDesk) -> None:
    name = "二度送られた申請"
    page = at_desk(CLERK, java_script_enabled=False)
    page.goto("/assets/new/")
    fill_in(page, name)
    classify(page)
    with page.expect_request(lambda request: request.method == "POST") as first:
        page.get_by_role("button", name="申請する").click()
    expect(said(page)).to_contain_text(f"「{name}」を申請しました。")
    again = first.value
    headers = {"content-type": again.headers["content-type"], "referer": again.url}
    answer = page.context.request.post(again.url, data=again.post_data_buffer, headers=headers)
    assert TWICE in answer.text()
    assert found(page, name) == 1


def found(page: Page, name: str) -> int:
    """How many rows of the ledger have the name."""
    page.goto(f"/assets/?q={name}")
    expect(page.locator(".ledger-name").first).to_be_visible()
    return page.locator(".ledger-name").filter(has_text=name).count()


def test_the_second_of_two_editors_sees_the_difference_and_keeps_the_input(at_desk: AtDesk) -> None:
    name = "二人で直す資料"
    clerk, colleague, head = at_desk(CLERK), at_desk(COLLEAGUE), at_desk(HEAD)
    address = apply_for(clerk, name)
    decide(head, name, RETURN, note="二人で直してください。")
    for page in (clerk, colleague):
        page.goto(f"{address}edit/")
    clerk.get_by_label("保管場所").fill("先に書いた書庫")
    clerk.get_by_role("button", name="下書きを保存").last.click()
    expect(said(clerk)).to_contain_text("下書きを保存しました。")
    colleague.get_by_label("保管場所").fill("あとから書いた書庫")
    colleague.get_by_role("button", name="下書きを保存").last.click()
    row = colleague.locator(".differences tr").filter(has_text="保管場所")
    expect(row.locator("del")).to_have_text("先に書いた書庫")
    expect(row.locator("ins")).to_have_text("あとから書いた書庫")
    expect(colleague.get_by_label("保管場所")).to_have_value("あとから書いた書庫")
    colleague.get_by_role("button", name="下書きを保存").last.click()
    expect(said(colleague)).to_contain_text("下書きを保存しました。")


def test_the_end_of_a_session_says_why_and_leads_back(at_desk: AtDesk, server: Server) -> None:
    page = at_desk("")
    sign_in(page, "welfare-clerk")
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    server.manage("shell", "-v0", "-c", LONG_AGO.format(key=key))
    page.goto("/assets/")
    expect(page.get_by_role("heading", level=1)).to_have_text("ログイン")
    expect(page.locator("main .notice")).to_contain_text("自動的にログアウトしました")
    page.reload()
    expect(page.locator("main .notice")).to_have_count(0)


def test_who_is_away_is_told_before_the_login_ends_and_can_go_on(at_desk: AtDesk) -> None:
    page = at_desk("")
    page.clock.install()
    sign_in(page, "welfare-clerk")
    page.goto("/assets/new/")
    with page.expect_response(LIKENESS):
        page.get_by_label("情報資産名称").fill("時間のかかる資料")
    page.clock.fast_forward("26:00")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("あと4分でログアウトします。")
    with page.expect_response("**/session/"):
        dialog.get_by_role("button", name="続ける").click()
    expect(dialog).to_have_count(0)
    page.clock.fast_forward("10:00")
    with page.expect_response("**/session/"), page.expect_response(LIKENESS):
        page.get_by_label("情報資産名称").fill("もっと時間のかかる資料")
        page.clock.run_for(1000)
    page.clock.fast_forward("24:00")
    expect(dialog).to_have_count(0)
    page.clock.fast_forward("06:30")
    expect(dialog).to_contain_text("ログインの時間が切れました。")


def test_what_is_sent_after_the_end_is_sent_again_after_logging_in(at_desk: AtDesk, server: Server) -> None:
    page = at_desk("")
    sign_in(page, "welfare-clerk")
    page.goto("/assets/new/")
    with page.expect_response(LIKENESS):
        page.get_by_label("情報資産名称").fill("昼休みをまたいだ資料")
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    server.manage("shell", "-v0", "-c", LONG_AGO.format(key=key))
    with page.expect_response(LIKENESS) as part:
        page.get_by_label("情報資産名称").fill("昼休みをまたいだ資料です")
    assert part.value.status == 401
    page.get_by_role("dialog").get_by_role("button", name="閉じる").click()
    page.get_by_role("button", name="下書きを保存").last.click()
    page.get_by_label("利用者ID").fill("welfare-clerk")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("まだ保存されていない内容があります")
    expect(page.locator("main .card")).to_contain_text("昼休みをまたいだ資料")
    assert look(page, "state-sent-too-late") == []
    page.get_by_role("button", name="もう一度送る").click()
    expect(said(page)).to_contain_text("「昼休みをまたいだ資料です」の下書きを保存しました。")
