"""Every page that links lead to, as each kind of person: axe finds nothing, the browser complains of nothing, it fits."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from tests.access.addresses import patterns
from tests.browser.conftest import AtDesk
from tests.browser.desk import ADMINISTRATOR, CLERK, HEAD, OFFICE, said, upload
from tests.browser.looking import look

PERSONS = {"office": OFFICE, "clerk": CLERK, "head": HEAD, "administrator": ADMINISTRATOR, "anonymous": ""}
# These are looked at as everybody; the rest is the same for all who may open it.
OWN = {"portal:home", "assets:index", "assets:reviews", "admin:index", "login"}
# Only ever sent by a form, or answered with something that is not a page.
NO_PAGE = {
    "assets:as-of-export",
    "assets:attachment",
    "assets:attachment-restore",
    "assets:bulk-apply",
    "assets:bulk-leave-out",
    "assets:bulk-new",
    "assets:change-undo",
    "assets:comment-confirm",
    "assets:comment-withdraw",
    "assets:comparison-export",
    "assets:decide",
    "assets:export",
    "assets:import-discard",
    "assets:import-register",
    "assets:migrate-many",
    "assets:migration-undo",
    "assets:disposal-cancel",
    "assets:merge-undo",
    "assets:set-apart",
    "assets:similar",
    "assets:spelling",
    "assets:spelling-keep",
    "assets:spelling-undo",
    "assets:step",
    "assets:use-instead",
    "assets:view-delete",
    "assets:view-overwrite",
    "assets:view-restore",
    "logout",
    "organization:absence-end",
    "organization:list-apply",
    "organization:list-discard",
    "portal:first-run",
    "portal:first-run-administrator",
    "portal:first-run-body",
    "portal:first-run-own",
    "portal:first-run-words",
    "portal:go-on",
    "portal:health",
    "portal:job-cancel",
    "portal:kept",
    "portal:reorganization-apply",
    "portal:reorganization-catch-up",
    "portal:reorganization-discard",
    "portal:reorganization-recall",
    "portal:reorganization-settle",
    "portal:reorganization-undo",
    "portal:reorganization-unit-remove",
}
# Reached only after work that has a walk of its own, where they are looked at.
ELSEWHERE = {
    "portal:job": "test_imports",
    "assets:attachment-remove": "test_evidence",
    "assets:disposal": "test_ends",
    "assets:merge": "test_ends",
    "assets:migrate": "test_migration",
    "portal:getting-ready-organization": "test_first_run",
    "portal:reorganization-department": "test_reorganization",
    "portal:reorganization-unit": "test_reorganization",
}
SEEDS = ("/", "/password/done/")
LEDGER = "情報資産名称,資産種別,所管課,機密性\n道路台帳,取り扱う情報,土木課,2\n橋りょう台帳,本,土木課,9\n"
ORGANIZATION = "局,部,課,室・出先,係,所属名称,電話番号,機構分類名称\n監査室,,,,,監査室,048-721-2111,局\n"


def links(page: Page) -> Iterator[str]:
    """The addresses of this server that the page links to."""
    here = urlsplit(page.url)
    for href in page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))"):
        found = urlsplit(urldefrag(urljoin(page.url, href)).url)
        if found.netloc == here.netloc:
            yield found._replace(scheme="", netloc="").geturl()


def name_of(address: str) -> str:
    """The name of the URL pattern behind an address; the address itself when there is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address


def walk(page: Page, looked: set[str]) -> Iterator[str]:
    """Open every page that links lead to, one of each kind not `looked` at; gives the kind while the page is open."""
    ahead, known = list(SEEDS), set[str]()
    while ahead:
        address = ahead.pop(0)
        name = name_of(address)
        if name in known or is_passed_by(name, looked):
            continue
        page.goto(address)
        arrived = name_of(page.url)
        if arrived not in known:
            yield arrived
        known |= {name, arrived}
        ahead += links(page)


def leave_work_undone(office: Page, clerk: Page, folder: Path) -> None:
    """Leave a table and a list of departments half taken over and a draft, so that their pages exist."""
    for filename, text, address in (
        ("組織一覧.csv", ORGANIZATION, "/organization/lists/"),
        ("台帳.csv", LEDGER, "/assets/imports/new/"),
    ):
        (folder / filename).write_text(text, encoding="utf-8-sig")
        upload(office, address, folder / filename)
    office.get_by_role("button", name="2行を確かめる").click()
    expect(office.locator("main")).to_contain_text("直す行 2行")
    office.goto("/reorganizations/")
    office.get_by_label("施行日").fill("2026-10-01")
    office.locator("select[name=organ]").select_option(label="町長部局")
    office.get_by_role("button", name="計画を始める").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("組織改編")
    keep_a_view_and_change_together(office)
    clerk.goto("/assets/new/")
    clerk.get_by_label("情報資産名称").fill("書きかけの資料")
    clerk.get_by_role("button", name="下書きを保存").last.click()
    expect(said(clerk)).to_contain_text("下書きを保存しました。")


def keep_a_view_and_change_together(office: Page) -> None:
    """A view, a change at once, and two that are only begun."""
    office.goto("/assets/views/new/?pi=yes")
    office.get_by_label("名前").fill("個人情報のあるもの")
    office.get_by_role("button", name="保存する").click()
    for ending in ("変更する", "確かめる", ""):
        office.goto("/assets/?state=registered.none")
        office.locator("input[data-select-row]").first.check()
        office.get_by_role("button", name="選んだ行を一括変更").click()
        if not ending:
            return
        office.goto(f"{office.url}?column=remarks&act=append")
        office.get_by_label("最後に加える文").fill(f"点検済 {ending}")
        office.get_by_role("button", name="確かめる").click()
        if ending == "変更する":
            office.get_by_label("変更の理由").fill("点検のため")
            office.get_by_role("button", name="すぐに変更する").click()
            office.get_by_role("dialog").get_by_role("button", name="変更する").click()
            expect(said(office)).to_contain_text("1件を変更しました。")


def is_passed_by(name: str, looked: set[str]) -> bool:
    """Pages seen before that are the same for everybody, and the stock pages of the bench that only repeat others."""
    stock = name.startswith("admin:") and name.endswith(("_history", "_delete", "app_list"))
    return stock or (name in looked and name not in OWN)


def test_every_page(at_desk: AtDesk, tmp_path: Path) -> None:
    leave_work_undone(at_desk(OFFICE), at_desk(CLERK), tmp_path)
    looked, faults = set[str](), []
    for person, username in PERSONS.items():
        page = at_desk(username)
        for name in walk(page, looked):
            picture = re.sub(r"\W+", "-", f"{person} {name}")
            faults += look(page, picture, narrow=name not in looked and not name.startswith("admin:"))
            looked.add(name)
    ours = {pattern.name for pattern in patterns() if not pattern.name.startswith("admin:")}
    faults += [f"nobody came to {name}" for name in sorted(ours - NO_PAGE - looked - ELSEWHERE.keys())]
    assert not faults, "\n".join(faults)
