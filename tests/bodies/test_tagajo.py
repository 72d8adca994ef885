"""多賀城市 classifies by 内容 and 性格: its people do their whole work without ever meeting the three axes of others."""

import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from assets.classification import axes_in_force
from assets.columns import COLUMNS
from assets.ledger.matching import meant
from assets.models import Asset, Batch, Level, Proposal
from assets.schemes import read_preset
from assets.states import Standing, State
from registry.organization.models import Body, Department, Organ
from registry.organization.profiles import Profile, read
from tests.assets.pages import NEW, as_typed, shown_form
from tests.assets.uploads import decide, register, uploaded
from tests.bodies.living import living

SignIn = Callable[[str], Client]
FOREIGN = re.compile("機密性|完全性|可用性")
SCHEME = read_preset("tagajo-character")
ANSWERS = {
    "personal": "residents",
    "mynumber": "yes",
    "sensitive": "no",
    "corporate": "yes",
    "secret": "no",
    "publish": "never",
    "leak": "some",
    "damage": "serious",
    "stop": "days",
}
HEADERS = "情報資産名称,資産種別,所管課,情報セキュリティ管理者,内容,性格,ネットワーク区分,保管場所"
ROW = ("市たばこ税申告書", "取り扱う情報", "税務課", "税務課長", "慎重に扱う", "法人等の情報", "紙", "税務課 書庫")
MEANS = {"内容": "confidentiality", "性格": "integrity"}


@pytest.fixture(scope="module")
def profile(django_db_setup: None, django_db_blocker: Any) -> Iterator[Profile]:
    """A database that holds this body and nothing else, as `run.py --profile tagajo` sets it up."""
    with living("tagajo", django_db_blocker) as body:
        yield body


@pytest.fixture(autouse=True)
def _here(profile: Profile, db: None) -> None:
    """Every test of this module happens in this body."""


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return html.unescape(answer.content.decode())


def exported(client: Client, query: str = "") -> tuple[Workbook, str]:
    answer: Any = client.post("/assets/export/", {"query": query})
    assert answer.status_code == 200
    name = unquote(answer["Content-Disposition"].split("''", 1)[1])
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content))), name


def words_of(book: Workbook) -> list[str]:
    """Everything that stands in a workbook: cells, names of sheets, drop-downs, header and footer."""
    found = list(book.sheetnames)
    for sheet in book.worksheets:
        found += [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
        found += [str(rule.formula1) for rule in sheet.data_validations.dataValidation]
        edges = [part for edge in (sheet.oddHeader, sheet.oddFooter) if edge for part in (edge.left, edge.center)]
        found += [str(part.text) for part in edges]
    return found


def guided(client: Client, **values: str) -> dict[str, str]:
    """The form of a new entry after the guide was answered, as the browser would send it on."""
    answers = {f"guide-{question}": answer for question, answer in ANSWERS.items()}
    answer = client.post(NEW, {**shown_form(client, NEW), **values, **answers, "act": "guide"})
    sent = {field.html_name: as_typed(field.value()) for field in answer.context["form"]}
    return {**sent, **answers, "version": "0", "token": str(answer.context["token"]), "proposal": ""}


def take(client: Client, asset: Asset, step: str, note: str = "") -> str:
    proposal = asset.open_proposal
    assert proposal is not None
    address = reverse("assets:step", args=[proposal.pk, step])
    answer = client.post(address, {"note": note, "version": str(proposal.version)}, follow=True)
    asset.refresh_from_db()
    return text_of(answer)


def applied_for(client: Client) -> Asset:
    """A new entry of the tax office, classified by the guide and applied for."""
    values = {
        "name": "法人市民税申告書",
        "asset_type": "information",
        "segment": "paper",
        "location": "税務課 鍵付き書庫",
    }
    assert client.post(NEW, {**guided(client, **values), "act": "submit"}).status_code == 302
    return Asset.objects.get(name="法人市民税申告書")


def table(*rows: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS.split(","), *rows])
    return text.getvalue().encode("utf-8-sig")


def test_a_clerk_is_guided_the_head_confirms_the_office_approves_and_the_export_says_it_all(
    signed_in: SignIn,
) -> None:
    asset = applied_for(signed_in("tax-clerk"))
    assert (asset.pi, asset.pi_mynumber, asset.pi_sensitive) == (True, True, False)
    assert [level.label for level in asset.levels] == ["特に慎重に扱う", "個人の情報"]
    assert "個人番号を含み" in asset.class_reason
    assert {"利用目的以外の利用及び提供の禁止", "信頼できる通信回線の選択"} <= set(asset.handling.splitlines())
    assert "確認しました" in take(signed_in("tax-head"), asset, "confirm")
    assert "登録しました" in take(signed_in("office1"), asset, "approve", "分類の理由を確かめました。")
    assert (asset.standing, asset.full_number) == (Standing.REGISTERED, "R08-1020-0004-01")
    page = text_of(signed_in("tax-clerk").get(asset.get_absolute_url()))
    assert all(word in page for word in ("内容", "特に慎重に扱う", "性格", "個人の情報", "税務課長"))

    book, name = exported(signed_in("office1"), "q=法人市民税申告書&columns=asset_no&columns=name&columns=organ")
    words = words_of(book)
    assert {"R08-1020-0004-01", "法人市民税申告書", "市長部局"} <= set(words)
    assert "多賀城市" in name
    assert "特に慎重" in name


def test_the_workbook_has_the_two_axes_with_their_own_levels_to_choose_from(signed_in: SignIn) -> None:
    book, name = exported(signed_in("office1"))
    words = words_of(book)
    assert {"内容※", "性格※"} <= set(words)
    levels = {level.label for axis in SCHEME.axes for level in axis.levels}
    assert levels <= set(words) | {part for word in words for part in word.strip('"').split(",")}
    assert any("特に慎重" in word and word.endswith("情報を含む") for word in re.split(r"[_\n　]", name))
    assert not [word for word in words if FOREIGN.search(word)]


def test_no_column_of_the_export_is_called_after_an_axis_this_city_does_not_have(signed_in: SignIn) -> None:
    book, name = exported(signed_in("office1"), "&".join(f"columns={column.key}" for column in COLUMNS))
    assert not FOREIGN.search("\n".join([name, *words_of(book)]))


PAGES = {
    "マイページ": "/",
    "台帳": "/assets/",
    "台帳, all columns": "/assets/?" + "&".join(f"columns={column.key}" for column in COLUMNS),
    "台帳, strictest first": "/assets/?sort=confidentiality&state=registered",
    "form": NEW,
    "審査": "/assets/reviews/",
    "取込": "/assets/imports/",
    "組織と職": "/organization/",
    "履歴": "/history/",
}


@pytest.mark.parametrize("username", ["tax-clerk", "tax-head", "office1"])
def test_a_page_never_speaks_of_axes_this_city_does_not_have(username: str, signed_in: SignIn) -> None:
    client = signed_in(username)
    for page, address in PAGES.items():
        answer = client.get(address)
        if answer.status_code == 200:
            assert not FOREIGN.findall(text_of(answer)), page


def test_an_asset_its_history_its_form_and_its_review_speak_of_content_and_character(signed_in: SignIn) -> None:
    office, asset = signed_in("office1"), applied_for(signed_in("tax-clerk"))
    take(signed_in("tax-head"), asset, "confirm")
    proposal = Proposal.objects.get(asset=asset)
    pages = [asset.get_absolute_url(), f"{asset.get_absolute_url()}history/", f"/assets/reviews/{proposal.pk}/"]
    for change in Proposal.objects.exclude(state=State.APPROVED).select_related("asset"):
        pages += [change.asset.get_absolute_url(), f"{change.asset.get_absolute_url()}edit/"]
    for address in pages:
        answer = office.get(address)
        if answer.status_code != 403:
            assert not FOREIGN.findall(text_of(answer)), address
    review = text_of(office.get(f"/assets/reviews/{proposal.pk}/"))
    assert all(word in review for word in ("内容", "性格", "特に慎重に扱う", "個人の情報"))


def test_what_is_missing_is_asked_for_by_its_own_name(signed_in: SignIn) -> None:
    client = signed_in("tax-clerk")
    answer = client.post(NEW, {**shown_form(client, NEW), "name": "名前だけ", "act": "submit"})
    page = text_of(answer)
    assert {"confidentiality", "integrity"} <= set(answer.context["form"].errors)
    assert "availability" not in answer.context["form"].fields
    assert not FOREIGN.findall(page)


def test_going_another_way_than_the_guide_is_asked_about_in_the_words_of_the_scheme(signed_in: SignIn) -> None:
    client = signed_in("tax-clerk")
    usual = Level.objects.get(axis__code="content", code="usual")
    answer = client.post(NEW, {**guided(client, name="x"), "confidentiality": str(usual.pk), "act": "save"})
    assert "内容を提案の「特に慎重に扱う」から変えています。変える理由を書いてください。" in text_of(answer)


def test_the_list_is_narrowed_by_content_and_by_character(signed_in: SignIn) -> None:
    client = signed_in("office1")
    corporate = Level.objects.get(axis__code="nature", code="corporate")
    answer = client.get(f"/assets/?level_2={corporate.pk}")
    assert [chip["label"] for chip in answer.context["chips"]] == ["性格: 法人等の情報"]
    assert [entry["cells"][1]["text"] for entry in answer.context["entries"]] == ["償却資産申告書(紙)"]
    headers = [header["label"] for header in client.get("/assets/").context["headers"]]
    assert headers[3:5] == ["内容", "性格"]


def test_a_file_with_columns_called_after_the_axes_is_brought_in(signed_in: SignIn) -> None:
    client = signed_in("office1")
    batch = uploaded(client, table(ROW, ("水道メータ検針表", *ROW[1:4], "通常", "個人", *ROW[6:])))
    assert (batch.mapping["4"], batch.mapping["5"]) == ("confidentiality", "integrity")
    assert meant("機密性", axes_in_force()) == meant("内容※", []) == ""
    columns = client.get(f"/assets/imports/{batch.pk}/columns/")
    assert not FOREIGN.findall(text_of(columns))
    assert {"内容", "性格"} <= {label for _, label in columns.context["form"].fields["column-4"].choices}
    assert decide(client, batch, means=MEANS).status_code == 302
    assert "2件を登録しました。" in text_of(register(client, Batch.objects.get(pk=batch.pk)))
    found = Asset.objects.get(name="水道メータ検針表")
    assert [level.label for level in found.levels] == ["通常に扱う", "個人の情報"]


@pytest.mark.parametrize("content", ["慎重に扱う", "特に厳重", ""], ids=["right", "unknown", "blank"])
def test_the_check_of_an_import_speaks_of_content_and_character(content: str, signed_in: SignIn) -> None:
    client = signed_in("office1")
    batch = uploaded(client, table((*ROW[:4], content, *ROW[5:])))
    decide(client, batch, means=MEANS)
    page = text_of(client.get(f"/assets/imports/{batch.pk}/"))
    assert not FOREIGN.findall(page)
    assert ("直すところがある" in page) == (content != "慎重に扱う")


def test_who_works_at_a_school_is_out_of_scope_and_its_papers_are_kept_at_the_city_hall(signed_in: SignIn) -> None:
    school = Department.objects.get(name="小学校")
    assert "基本方針2(1)" in school.excluded
    assert not Department.objects.in_scope().filter(organ__code="education", name__in=["小学校", "中学校"]).exists()
    assert signed_in("school-clerk").get(NEW).status_code == 403
    offered = signed_in("office1").get(NEW).context["form"].fields["section"].queryset
    assert school not in offered
    assert Department.objects.get(name="学校教育課") in offered


def test_the_organisation_shows_the_organs_and_who_holds_which_role(signed_in: SignIn) -> None:
    page = text_of(signed_in("tax-clerk").get("/organization/"))
    assert list(Organ.objects.values_list("name", flat=True)) == [organ.name for organ in read("tagajo").organs]
    assert all(organ.name in page for organ in Organ.objects.all())
    assert all(word in page for word in ("総務部長", "情報セキュリティ責任者", "税務課長", "情報セキュリティ管理者"))


def test_the_city_is_told_what_its_policy_says_and_what_is_only_proposed(profile: Profile) -> None:
    body = Body.objects.get()
    assert (body.name, body.code, body.words["committee"]) == ("多賀城市", "042099", "行政経営会議")
    assert (body.words["contractor"], body.words["organ"]) == ("委託事業者", "実施機関等")
    assert [step["title"] for step in body.decision_chain if step["step"] == "deliberate"] == ["行政経営会議"]
    assert body.options["procedure_scope"] == "per_system"
    assert profile.settings["procedure_scope"].confirmed
    assert not any(organ.confirmed for organ in profile.organs)
    assert not any(role.confirmed for role in profile.roles)
    assert {"axes", "levels", "criterion", "restrictions", "guide"} <= set(SCHEME.unconfirmed)
    assert "要確認" in axes_in_force()[0].scheme.name


def test_operators_of_facilities_stand_in_the_ledger_as_contractors() -> None:
    vendors = set(Asset.objects.filter(outsourced=True).values_list("vendor", flat=True))
    assert {"見本文化振興グループ(指定管理者)", "見本住宅供給公社(管理代行者)"} <= vendors


def test_a_level_is_as_strict_as_the_one_of_the_guideline_it_stands_for() -> None:
    five = read_preset("r8-five-level").axis("confidentiality")
    for code, alike in {"special": "3B", "careful": "3C", "usual": "2", "open": "1"}.items():
        own, other = Level.objects.get(axis__code="content", code=code), five.level(alike)
        assert own.severity == (other.severity or other.rank), code
        assert own.reads_recorded == other.reads_recorded, code
