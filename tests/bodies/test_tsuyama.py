"""津山広域事務組合: a union without a code, whose マイナンバー利用事務系 is its own payroll and whose procedures have a name."""

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

from assets.models import Asset, Proposal
from registry.organization.models import Body, Organ, Post, User
from registry.organization.profiles import Profile
from tests.assets.pages import NEW, as_typed, shown_form
from tests.bodies.living import living

SignIn = Callable[[str], Client]
CLERK, HEAD, OFFICE, SYSADMIN = "tax-clerk", "tax-head", "office1", "sysadmin"
BENCH = "/admin/organization/body/1/change/"
CODE_WORDS = ("団体コード", "地方公共団体コード")
ANSWERS = {
    "personal": "staff",
    "mynumber": "yes",
    "sensitive": "no",
    "secret": "no",
    "leak": "severe",
    "publish": "never",
    "damage": "serious",
    "stop": "week",
}
NAME = "源泉徴収簿"
LEVELS = ["自治体機密性3B", "完全性2", "可用性1"]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Profile]:
    """A database that holds the demonstration of the union and nothing else."""
    with living("tsuyama", django_db_blocker) as body:
        yield body


@pytest.fixture
def profile(loaded: Profile, db: None) -> Profile:
    return loaded


@pytest.fixture
def at_desk(profile: Profile, signed_in: SignIn) -> SignIn:
    return signed_in


def read(client: Client, address: str) -> str:
    """The page as it is read, without tags, escapes and runs of white space."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return seen(answer)


def seen(answer: Any) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def applied_for(clerk: Client) -> Asset:
    """What the clerk registers with the guide and applies for."""
    head = Post.objects.get(title="総務課長")
    answers = {f"guide-{question}": answer for question, answer in ANSWERS.items()}
    facts = {
        "name": NAME,
        "asset_type": "information",
        "section": str(head.department_id),
        "sec_manager": str(head.pk),
        "segment": "mynumber",
        "location": "事務局2階 サーバ室",
        "access_scope": "給与係の取扱者だけ",
    }
    panel = clerk.post(NEW, {**shown_form(clerk, NEW), **facts, **answers, "act": "guide"})
    assert [axis["level"] for axis in panel.context["guide"].proposed] == LEVELS
    form = {field.html_name: as_typed(field.value()) for field in panel.context["form"]}
    more = {"token": str(panel.context["token"]), "version": str(panel.context["version"]), "proposal": ""}
    sent = clerk.post(NEW, {**form, **more, **answers, "act": "submit"}, follow=True)
    assert f"「{NAME}」を申請しました。" in seen(sent)
    assert "総務課長の確認を待っています。" in seen(sent)
    return Asset.objects.get(name=NAME)


def take(client: Client, asset: Asset, step: str) -> str:
    proposal = Proposal.objects.get(asset=asset)
    data = {"note": "確かめました。", "version": str(proposal.version), "from": "reviews"}
    return seen(client.post(reverse("assets:step", args=[proposal.pk, step]), data, follow=True))


def exported(client: Client, query: str) -> tuple[str, list[list[str]]]:
    """The file name, and every row of the sheet as text."""
    answer: Any = client.post("/assets/export/", {"query": query})
    assert answer.status_code == 200
    name = unquote(answer["Content-Disposition"].split("''", 1)[1])
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    return name, [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_payroll_records_go_from_the_clerk_to_the_ledger_and_into_the_workbook(at_desk: SignIn) -> None:
    clerk, head, office = at_desk(CLERK), at_desk(HEAD), at_desk(OFFICE)
    asset = applied_for(clerk)
    assert "岸本 花子" in read(head, reverse("assets:review", args=[Proposal.objects.get(asset=asset).pk]))
    assert f"「{NAME}」を確認しました。" in take(head, asset, "confirm")
    told = take(office, asset, "approve")
    asset.refresh_from_db()
    assert re.fullmatch(r"R08-1010-\d{4}", asset.number)
    assert f"「{NAME}」を登録しました。資産番号は {asset.number}-01 です。" in told
    page = read(clerk, reverse("assets:detail", args=[asset.pk]))
    for words in (*LEVELS, "自治体機密性3B情報を含む", "マイナンバー利用事務系", "総務課長", "津山広域事務組合"):
        assert words in page, words
    columns = ("asset_no", "name", "organ", "department", "section", "sec_manager", "confidentiality", "segment")
    query = f"q={NAME}&" + "&".join(f"columns={key}" for key in columns)
    name, rows = exported(office, query)
    assert name == "情報資産台帳_津山広域事務組合_自治体機密性3B情報を含む_R8.11.20.xlsx"
    assert rows[0][0] == "情報資産台帳"
    assert rows[1][0] == "自治体機密性3B情報を含む"
    assert rows[2][0].startswith("津山広域事務組合　")
    assert "情報システム係長 片山 由美" in rows[3][0]
    expected = {
        "登録の状態": "登録済",
        "資産番号": f"{asset.number}-01",
        "情報資産名称": NAME,
        "機関": "組合",
        "部局": "事務局",
        "所管課": "総務課",
        "自治体機密性": "自治体機密性3B",
        "ネットワーク区分": "マイナンバー利用事務系",
    }
    headers = next(row for row in rows if "資産番号" in row)
    row = dict(zip((header.removesuffix("※") for header in headers), rows[rows.index(headers) + 1], strict=True))
    assert {key: row[key] for key in expected} == expected
    assert "総務課長" in row["情報セキュリティ管理者"]


@pytest.mark.parametrize("username", [CLERK, HEAD, OFFICE])
@pytest.mark.parametrize("page", ["/", "/assets/", NEW, "/assets/reviews/", "/organization/", "/assets/imports/new/"])
def test_a_person_of_the_union_is_neither_asked_for_a_code_nor_shown_one(
    page: str, username: str, at_desk: SignIn
) -> None:
    answer = at_desk(username).get(page)
    assert "津山広域事務組合" in seen(answer)
    assert [word for word in CODE_WORDS if word in answer.content.decode()] == []


def test_the_workbook_of_the_union_has_no_code(at_desk: SignIn) -> None:
    _, rows = exported(at_desk(OFFICE), "")
    assert [cell for row in rows for cell in row if any(word in cell for word in CODE_WORDS)] == []
    at = next(row for row in rows if "資産番号" in row).index("資産番号")
    numbers = [row[at] for row in rows if row[at].startswith("R08-")]
    assert numbers
    assert all(re.fullmatch(r"R08-\d{4}-\d{4}-\d{2}", number) for number in numbers)


def test_the_bench_takes_no_code_for_the_union(at_desk: SignIn) -> None:
    client = at_desk(SYSADMIN)
    assert 'name="code"' not in client.get(BENCH).content.decode()
    client.post(BENCH, {"code": "113018"})
    assert Body.objects.get().code == ""


def test_the_office_reads_what_the_union_calls_its_procedures_and_itself(at_desk: SignIn) -> None:
    page = html.unescape(at_desk(OFFICE).get(BENCH).content.decode())
    for code, word in (
        ("self", "本組合"),
        ("resident", "地域住民"),
        ("procedure", "情報資産管理運用実施手順"),
        ("external_service", "外部サービス（クラウドサービス）"),
        ("secretariat", "情報セキュリティ事務局"),
    ):
        assert f'name="word_{code}" value="{word}"' in page, code


def test_the_procedures_stand_in_the_ledger_as_a_document_that_is_not_public(at_desk: SignIn) -> None:
    client = at_desk(CLERK)
    assert "情報資産管理運用実施手順" in read(client, "/assets/?q=情報資産管理運用実施手順")
    asset = Asset.objects.get(name="情報資産管理運用実施手順")
    page = read(client, reverse("assets:detail", args=[asset.pk]))
    for words in ("関連文書", "公にしない", "自治体機密性3C", "マイナンバー利用事務系の点検の記録様式"):
        assert words in page, words


def test_the_union_shows_its_three_organs_and_tells_its_office_from_the_role(at_desk: SignIn) -> None:
    page = read(at_desk(OFFICE), "/organization/")
    organs = [organ.name for organ in Organ.objects.order_by("position")]
    assert organs == ["組合", "議会", "監査委員"]
    assert list(Organ.objects.order_by("position").values_list("head_title", flat=True)) == [
        "管理者",
        "議長",
        "代表監査委員",
    ]
    for words in (
        *organs,
        "副管理者",
        "事務局長",
        "情報セキュリティ事務局",
        "クリーンセンター所長",
        "最高情報セキュリティ責任者",
    ):
        assert words in page, words
    assert "町長" not in page
    assert not re.search(r"情報システム係長 事務局\b", page)


def test_only_those_who_handle_it_find_what_holds_the_my_number(at_desk: SignIn) -> None:
    asset = Asset.objects.get(name="人事給与システム")
    address = reverse("assets:detail", args=[asset.pk])
    page = read(at_desk(CLERK), address)
    assert "社会保障と税の事務を受け持つ給与係の職員だけ" in page
    assert "遵守状況の点検" in page
    for stranger in ("care-clerk", "council-head", "waste-clerk"):
        assert at_desk(stranger).get(address).status_code == 404, stranger
    holding = Asset.objects.filter(segment="mynumber")
    assert {one.department.name for one in holding.select_related("department")} == {"総務課"}


def test_the_council_confirms_its_own(at_desk: SignIn) -> None:
    page = read(at_desk("council-head"), "/assets/reviews/")
    assert "定例会の協議資料" in page
    assert "年末調整の申告書" not in page


def test_what_the_policy_chose_is_kept_with_the_body(profile: Profile) -> None:
    body = Body.objects.get()
    assert (body.name, body.kind, body.code) == ("津山広域事務組合", "一部事務組合", "")
    chosen = {
        "mynumber_guard": "limited_handlers",
        "procedure_scope": "per_system",
        "risk_on_review": True,
        "sns_rule": False,
        "terms_of_service_rule": False,
        "violation_clause": True,
    }
    assert {key: body.options[key] for key in chosen} == chosen
    assert all(profile.settings[key].confirmed and "基本方針" in profile.settings[key].note for key in chosen)


def test_what_the_policy_leaves_open_is_to_be_confirmed(profile: Profile) -> None:
    documents = {document.code: document for document in profile.documents}
    assert (documents["procedure"].public, documents["procedure"].confirmed) == (False, True)
    assert (documents["standard"].public, documents["standard"].confirmed) == (False, False)
    assert not profile.settings["retention_from"].confirmed
    assert not profile.demo.confirmed
    parts: tuple[Any, ...] = (*profile.organs, *profile.roles, *profile.decision, *profile.documents)
    unsure = [one for one in (*parts, *profile.settings.values()) if not one.confirmed]
    assert all("要確認" in one.note for one in unsure)


def test_the_head_of_the_whole_office_finds_what_waits(at_desk: SignIn) -> None:
    chief = User.objects.get(username="chief")
    assert "事務局長" in read(at_desk("chief"), "/")
    assert Proposal.objects.waiting_for(chief).exists()
