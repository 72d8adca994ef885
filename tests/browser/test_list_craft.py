"""The list at a desk: filters, columns, views, groups, paper, and rows changed together; with a mouse, by keys, without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AtDesk
from tests.browser.desk import CLERK, OFFICE, said
from tests.browser.looking import look
from tests.browser.server import Server

MANY = """
from assets.models import Asset
from assets.searching import index
from assets.states import Standing
from registry.organization.models import Department
tax = Department.objects.filter(name="税務課")[0]
rows = [Asset(name=f"頁送りの資料{n:02d}", number=f"Z99-{n:04d}", standing=Standing.REGISTERED, department=tax) for n in range(60)]
index(Asset.objects.bulk_create(rows))
"""
PAGES = "/assets/?q=頁送りの資料&sort=name"
A3_LANDSCAPE = (1190, 842)  # points


@pytest.fixture(scope="module")
def _many(server: Server) -> None:
    """More rows of one name than a page of the list has."""
    server.manage("shell", "-v0", "-c", MANY)


def box(page: Page, name: str) -> None:
    page.get_by_label(f"{name}を選ぶ").check()


@pytest.mark.usefixtures("_many")
def test_picks_survive_paging_and_filters_keep_their_own(at_desk: AtDesk) -> None:
    page = at_desk(CLERK)
    page.goto(PAGES)
    box(page, "頁送りの資料00")
    page.get_by_role("link", name="次へ").first.click()
    box(page, "頁送りの資料55")
    expect(page.locator("[data-picks-count]")).to_have_text("2件を選んでいます（ほかのページの1件を含む）。")
    page.goto("/assets/?view=")
    expect(page.locator("[data-picks-count]")).to_contain_text("変えたい行を選ぶと")
    page.goto(PAGES)
    expect(page.get_by_label("頁送りの資料00を選ぶ")).to_be_checked()
    page.get_by_role("button", name="この条件の60件すべてを選ぶ").click()
    page.get_by_label("頁送りの資料01を選ぶ").uncheck()
    expect(page.locator("[data-picks-count]")).to_contain_text("59件を選んでいます")
    page.get_by_role("button", name="選んだ行を一括変更").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("59件の一括変更")


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("scripts", [True, False])
def test_rows_are_changed_together_and_put_back(at_desk: AtDesk, scripts: bool) -> None:
    page = at_desk(OFFICE, java_script_enabled=scripts)
    page.goto(PAGES)
    box(page, "頁送りの資料02")
    box(page, "頁送りの資料03")
    page.get_by_role("button", name="選んだ行を一括変更").click()
    faults = look(page, f"bulk-choose-{scripts}") if scripts else []
    page.get_by_label("どの項目を変えますか").select_option(label="備考")
    page.get_by_label("どう変えますか").select_option(label="追記する")
    page.get_by_role("button", name="この項目と変え方に進む").click()
    page.get_by_label("最後に加える文").fill("新庁舎に移転")
    page.get_by_role("button", name="2件がどう変わるか確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2件が変わります")
    expect(page.locator(".row-changes ins").first).to_have_text("新庁舎に移転")
    faults += look(page, "bulk-preview") if scripts else []
    page.get_by_label("変更の理由").fill("移転のため")
    page.get_by_role("button", name="2件をすぐに変更する").click()
    if scripts:
        page.get_by_role("dialog").get_by_role("button", name="2件を変更する").click()
    expect(said(page)).to_contain_text("2件を変更しました。")
    faults += look(page, "bulk-result") if scripts else []
    page.get_by_text("この変更を取り消す").click()
    page.get_by_label("変更の理由").fill("移転が延びたため")
    page.get_by_role("button", name="2件を元に戻す").click()
    if scripts:
        page.get_by_role("dialog").get_by_role("button", name="取り消す").click()
    expect(said(page)).to_contain_text("2件を元に戻しました。")
    page.goto(PAGES)
    expect(page.get_by_label("頁送りの資料02を選ぶ")).not_to_be_checked()
    assert not faults, "\n".join(faults)


@pytest.mark.usefixtures("_many")
def test_a_filter_is_a_drop_down_that_keys_open_and_shut(at_desk: AtDesk) -> None:
    page = at_desk(OFFICE)
    page.goto("/assets/?view=")
    face = page.locator(".filter-form .picker summary").nth(1)
    face.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_response(re.compile("segment=mynumber")):
        page.keyboard.press("Space")
    expect(face).to_have_text("マイナンバー利用事務系")
    assert look(page, "list-filter-open") == []
    page.keyboard.press("Escape")
    expect(face).to_be_focused()
    chip = page.locator(".filter-chip")
    expect(chip).to_contain_text("ネットワーク区分: マイナンバー利用事務系")
    page.get_by_role("link", name="すべて解除").click()
    expect(chip).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_columns_are_ordered_by_keys(at_desk: AtDesk, scripts: bool) -> None:
    page = at_desk(CLERK, java_script_enabled=scripts)
    page.goto("/assets/?view=")
    page.get_by_role("link", name="表示する列").click()
    page.get_by_role("button", name="「保管場所」を一つ上へ").focus()
    page.keyboard.press("Enter")
    page.get_by_label("備考", exact=True).check()
    if not scripts:
        page.get_by_role("button", name="選んだ列を加えて並べる").click()
    order = page.locator(".column-order > li > label")
    expect(order.nth(7)).to_have_text("保管場所")
    expect(order.last).to_have_text("備考")
    if scripts:
        page.get_by_role("button", name="「備考」を一つ上へ").press("Enter")
        expect(page.get_by_role("button", name="「備考」を一つ上へ")).to_be_focused()
        page.get_by_role("button", name="「備考」を一つ下へ").press("Enter")
        assert look(page, "columns") == []
    page.get_by_role("button", name="この列で表示する").click()
    headers = [text.strip() for text in page.locator("table.ledger thead th").all_inner_texts()]
    assert headers[-3:] == ["保管場所", "資産種別", "備考"]


def test_a_view_is_kept_opens_first_and_goes_away(at_desk: AtDesk) -> None:
    page = at_desk("office2")
    page.goto("/assets/?segment=lgwan&group=department&view=")
    page.get_by_role("link", name="この表示を保存する").click()
    page.get_by_label("名前").fill("LGWANを課ごとに")
    page.get_by_label("はじめの表示にする").check()
    page.get_by_role("button", name="保存する").click()
    expect(said(page)).to_contain_text("「LGWANを課ごとに」を保存しました。")
    page.locator(".menu").get_by_role("link", name="台帳").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("LGWANを課ごとに")
    expect(page.locator("table.groups")).to_be_visible()
    assert look(page, "list-view-grouped") == []
    page.goto("/assets/views/")
    assert look(page, "views") == []
    page.get_by_role("button", name="削除する").click()
    expect(page.locator(".tasks")).to_contain_text("LGWANを課ごとに")
    page.get_by_role("button", name="元に戻す").click()
    expect(said(page)).to_contain_text("元に戻しました。")
    page.get_by_role("button", name="削除する").click()
    page.locator(".menu").get_by_role("link", name="台帳").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("台帳")


@pytest.mark.parametrize(("paper", "size"), [("a3", A3_LANDSCAPE), ("a4", (842, 595))])
def test_paper_is_landscape_and_has_every_row(at_desk: AtDesk, paper: str, size: tuple[int, int]) -> None:
    page = at_desk(OFFICE)
    page.goto(f"/assets/print/?group=segment&paper={paper}")
    rows = page.locator("table.ledger tbody tr:not(.group-row)").count()
    assert rows > 40
    if paper == "a3":
        assert look(page, "print-a3", narrow=False) == []
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = {
        tuple(round(float(n)) for n in found.split()[2:]) for found in re.findall(rb"MediaBox\s*\[([^\]]+)\]", pdf)
    }
    assert all(abs(have - want) <= 1 for found in boxes for have, want in zip(found, size, strict=True)), boxes
    page.emulate_media(media="print")
    for hidden in (".site-search", ".side", ".list-tools", ".breadcrumb"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in (".print-mark[data-place=top]", ".print-mark[data-place=bottom]", ".print-foot", ".print-facts"):
        expect(page.locator(shown)).to_be_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.print-table thead')).display") == "table-header-group"
    )
