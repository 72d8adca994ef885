"""The first morning in the browser: five bodies are set up from nothing, and one of them goes on to its first asset."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from registry.organization.profiles import Profile, read
from tests.browser.desk import (
    APPROVE,
    CONFIRM,
    Faults,
    apply_for,
    decide,
    said,
    sign_in,
)
from tests.browser.looking import WIDE, look
from tests.browser.server import Server, running

WITH_A_LIST = "satsumasendai"
LIST = """\
局,部,課,室・出先,係,所属名称,所属コード,電話番号,機構分類名称
総務部,,,,,総務部,1000,,部
総務部,,総務課,,,総務部総務課,1010,,課
総務部,,税務課,,,総務部税務課,1020,,課
"""
PASSWORD = "ame-ni-mo-makezu"
# The people of the first department, as the acts of the bench make them; going through its forms is tested there.
STAFF = """
import datetime as dt
from registry.organization.models import Department, User
from registry.organization.appointments import appoint
from registry.organization.structure import create_post
from registry.organization.roles import Role
since, place = dt.date(2026, 4, 1), Department.objects.get()
for name, title, role in (("clerk", "主任", Role.STAFF), ("office", "情報係長", Role.SECRETARIAT)):
    post = create_post(place, title, [role], since, by=None)
    appoint(User.objects.create_user(name, name, "%(password)s"), post, since, by=None)
appoint(User.objects.create_user("head", "head", "%(password)s"), place.posts.get(title="総務課長"), since, by=None)
"""
JAPANESE: dict[str, Any] = {"locale": "ja-JP", "viewport": WIDE, "reduced_motion": "reduce"}


@contextmanager
def empty_server(browser: Browser, **options: Any) -> Iterator[tuple[Server, Callable[[], Page]]]:
    """A server where nothing is set up, and a way to sit down before it; what a browser complains about fails at the end."""
    faults: list[Faults] = []
    with running("", "first_run") as server:

        def sit_down() -> Page:
            page = browser.new_context(base_url=server.address, **{**JAPANESE, **options}).new_page()
            page.set_default_timeout(15_000)
            faults.append(Faults(page))
            return page

        yield server, sit_down
    assert [word for found in faults for word in found.words] == []


def enter(page: Page, server: Server) -> None:
    """Through the door, with the code from the terminal."""
    found = re.search(r"設定コード: (\S+)", server.manage("setup_code"))
    assert found
    page.goto("/assets/")
    page.get_by_label("設定コード").fill(found[1])
    page.get_by_role("button", name="設定を始める").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("団体を決める")


def choose(page: Page, profile: Profile) -> Iterator[str]:
    """The three steps for a shipped body; gives the name of each page while it is open."""
    yield "body"
    page.get_by_label(f"{profile.name}（").check()
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{profile.name}の分類と用語")
    for code, word in profile.words.items():
        expect(page.locator(f"[name=word_{code}]")).to_have_value(word)
    yield "words"
    page.get_by_role("button", name="次へ").click()
    expect(page.locator("main .facts")).to_contain_text(profile.organs[0].name)
    yield "administrator"
    page.get_by_label("利用者ID").fill("root")
    page.get_by_label("氏名").fill("山田 太郎")
    page.get_by_label("パスワード").first.fill(PASSWORD)
    page.get_by_label("パスワード(確認)").fill(PASSWORD)
    page.get_by_role("button", name="この内容で設定する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("組織を入れる")


def first_department(page: Page, profile: Profile) -> None:
    page.get_by_label("組織の名称").fill("総務課")
    page.get_by_label("所属コード").fill("1010")
    page.get_by_label("設置日").fill("2026-04-01")
    page.get_by_label("長の職名").fill("総務課長")
    page.locator("[name=organ]").select_option(label=profile.organs[0].name)
    page.get_by_role("button", name="この組織を追加する").click()
    expect(said(page)).to_contain_text("「総務課」を追加しました。")


def whole_list(page: Page, profile: Profile, folder: Path) -> None:
    """The body's list of departments instead of one by one."""
    file = folder / "組織一覧.csv"
    file.write_text(LIST, encoding="utf-8-sig")
    page.get_by_role("link", name="組織一覧を選ぶ").click()
    page.get_by_label("適用日").fill("2026-04-01")
    page.locator("[name=organ]").select_option(label=profile.organs[0].name)
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form .button").first.click()
    expect(page.locator("main tbody")).to_contain_text("税務課")
    page.get_by_role("button", name="全部の行を反映する").click()
    expect(page.get_by_role("status")).to_contain_text("組織3を追加しました。")
    page.goto("/getting-ready/")


@pytest.mark.parametrize("key", ["ina", "setagaya", "tagajo", "satsumasendai"])
def test_a_body_is_set_up_without_javascript(browser: Browser, key: str, tmp_path: Path) -> None:
    profile = read(key)
    with empty_server(browser, java_script_enabled=False) as (server, sit_down):
        page = sit_down()
        enter(page, server)
        assert list(choose(page, profile)) == ["body", "words", "administrator"]
        expect(page.locator(".brand-body")).to_have_text(profile.name)
        if key == WITH_A_LIST:
            whole_list(page, profile, tmp_path)
        else:
            first_department(page, profile)
            page.get_by_role("link", name="準備の一覧へ進む").click()
        expect(page.locator("main")).to_contain_text("あと")
        word = profile.words.get("secretariat", "事務局")
        expect(page.locator("main")).to_contain_text(f"{word}の人を任命する")


@pytest.mark.parametrize("key", ["tsuyama"])
def test_a_body_is_set_up_and_its_first_asset_is_registered(browser: Browser, key: str, tmp_path: Path) -> None:
    profile, name = read(key), "文書管理簿"
    secretariat = profile.words.get("secretariat", "事務局")
    with empty_server(browser) as (server, sit_down):
        page, faults = sit_down(), []
        page.goto("/")
        faults += look(page, f"first-run {key} door")
        enter(page, server)
        for place in choose(page, profile):
            faults += look(page, f"first-run {key} {place}")
        first_department(page, profile)
        faults += look(page, f"first-run {key} organization")
        page.goto("/getting-ready/")
        faults += look(page, f"first-run {key} checklist")
        server.manage("shell", "-c", STAFF % {"password": PASSWORD})
        people = {username: sit_down() for username in ("clerk", "head", "office")}
        for username, desk in people.items():
            sign_in(desk, username, PASSWORD)
        apply_for(people["clerk"], name)
        decide(people["head"], name, CONFIRM)
        expect(said(people["head"])).to_contain_text(f"{secretariat}の審査に進みます。")
        decide(people["office"], name, APPROVE)
        office = people["office"]
        office.goto("/assets/")
        with office.expect_download() as download:
            office.get_by_role("button", name=re.compile("Excel")).first.click()
        assert profile.name in download.value.suggested_filename
        office.goto("/")
        expect(office.locator("main")).to_contain_text("はじめの準備が、あと1つ残っています。")
        page.goto("/first-run/")
        expect(page.get_by_role("heading", level=1)).to_have_text("ページが見つかりません")
    assert not faults, "\n".join(faults)


def test_a_body_of_its_own_is_described_on_a_small_screen(browser: Browser) -> None:
    with empty_server(browser, viewport={"width": 375, "height": 720}) as (server, sit_down):
        page, faults = sit_down(), []
        enter(page, server)
        page.get_by_label("近い団体の設定から始める（").check()
        page.get_by_label("近い団体", exact=True).select_option(label="津山広域事務組合")
        page.get_by_role("button", name="次へ").click()
        faults += look(page, "first-run own")
        page.get_by_label("団体名").fill("見本町")
        page.get_by_label("団体の種類").select_option(label="町")
        page.get_by_label("全国地方公共団体コード").fill("113018")
        page.get_by_label("2番目の自律機関").check()
        page.get_by_role("button", name="次へ").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("見本町の分類と用語")
        page.get_by_role("link", name="団体").click()
        page.get_by_role("link", name="入れた内容を直す").click()
        expect(page.get_by_label("団体名")).to_have_value("見本町")
        other = sit_down()
        other.goto("/")
        expect(other.get_by_role("heading", level=1)).to_have_text("最初の設定")
    assert not faults, "\n".join(faults)
