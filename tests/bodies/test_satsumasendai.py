"""薩摩川内市 at work: nine 実施機関 side by side, from the form of 警防課 to the workbook of the 事務局."""

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assets.models import Asset, Level, Proposal
from assets.states import Standing, State
from registry.organization.models import Body, Organ, User
from registry.organization.profiles import Profile, read
from tests import world
from tests.assets.pages import NEW, as_typed, shown_form
from tests.bodies.living import living

KEY = "satsumasendai"
ORGANS = [
    "市長",
    "消防局長",
    "教育委員会",
    "選挙管理委員会",
    "公平委員会",
    "監査委員",
    "農業委員会",
    "固定資産評価審査委員会",
    "議会",
]
NAME = "搬送先医療機関の一覧"
ANSWERS = {
    "guide-personal": "residents",
    "guide-mynumber": "no",
    "guide-sensitive": "yes",
    "guide-secret": "no",
    "guide-leak": "severe",
    "guide-publish": "never",
    "guide-damage": "serious",
    "guide-stop": "today",
}
FACTS = {"name": NAME, "asset_type": "information", "segment": "standalone", "location": "消防局 救急隊待機室"}
COLUMNS = (
    "asset_no name organ department section sec_manager confidentiality integrity availability likelihood loss risk"
)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Profile]:
    """A database that holds the demonstration of 薩摩川内市 and nothing else, as run.py makes it."""
    with living(KEY, django_db_blocker) as body:
        yield body


@pytest.fixture
def profile(loaded: Profile, db: None) -> Profile:
    return loaded


def desk(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def guided(client: Client, **facts: str) -> Any:
    """The form after 「この答えで分類を提案する」."""
    return client.post(NEW, {**shown_form(client, NEW), **facts, **ANSWERS, "act": "guide"})


def applied_for(client: Client, **facts: str) -> Proposal:
    """Register with the guide and submit."""
    answer = guided(client, **facts)
    form = answer.context["form"]
    sent = {field.html_name: as_typed(field.value()) for field in form}
    hidden = {"version": str(answer.context["version"]), "token": str(answer.context["token"]), "proposal": ""}
    done = client.post(NEW, {**sent, **hidden, **ANSWERS, "act": "submit"})
    assert done.status_code == 302, done.context["form"].errors
    return Proposal.objects.get(asset__name=facts["name"])


def decided(client: Client, proposal: Proposal, code: str) -> str:
    """Take a step from the review page; what the page then says."""
    proposal.refresh_from_db()
    typed = {"note": "", "version": str(proposal.version), "from": "reviews"}
    answer = client.post(reverse("assets:step", args=[proposal.pk, code]), typed, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def workbook(client: Client, query: str) -> tuple[str, list[str], list[dict[str, Any]]]:
    """File name, the lines above the table, and the rows under their headers."""
    answer: Any = client.post("/assets/export/", {"query": query})
    assert answer.status_code == 200
    name = unquote(answer["Content-Disposition"].split("''", 1)[1])
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    at = next(n for n, row in enumerate(rows) if row[0] == "登録の状態")
    headers = [str(header).removesuffix("※") for header in rows[at]]
    above = [str(row[0]) for row in rows[:at] if row[0]]
    return name, above, [dict(zip(headers, row, strict=True)) for row in rows[at + 1 :]]


def query(text: str = "") -> str:
    return f"q={text}&" + "&".join(f"columns={key}" for key in COLUMNS.split())


def test_a_clerk_of_the_fire_bureau_registers_their_own_head_confirms_and_the_workbook_says_so(
    profile: Profile,
) -> None:
    proposal = applied_for(desk("fire-clerk"), **FACTS)
    assert proposal.asset.department.full_name == "消防局 警防課"
    assert "警防課長の確認を待っています。" in page(desk("fire-clerk"), proposal.asset.get_absolute_url())
    assert NAME in page(desk("fire-head"), "/")
    assert "確認しました。" in decided(desk("fire-head"), proposal, "confirm")
    assert "資産番号は R08-2020-" in decided(desk("office1"), proposal, "approve")
    asset = Asset.objects.get(name=NAME)
    assert asset.standing == Standing.REGISTERED
    assert re.fullmatch(r"R08-2020-\d{4}", asset.number)
    name, above, (row,) = workbook(desk("office1"), query(NAME))
    assert name == "情報資産台帳_薩摩川内市_自治体機密性3B情報を含む_R8.11.20.xlsx"
    assert above[:2] == ["情報資産台帳", "自治体機密性3B情報を含む"]
    assert above[2].startswith("薩摩川内市")
    assert "情報政策課 情報セキュリティグループ長 永田 由美" in above[3]
    assert row["資産番号"] == asset.full_number
    assert (row["実施機関"], row["部局"], row["所管課"]) == ("消防局長", "消防局", "警防課")
    assert (row["情報セキュリティ管理者"], row["登録の状態"]) == ("警防課長", "登録済")
    assert (row["自治体機密性"], row["完全性"], row["可用性"]) == ("自治体機密性3B", "完全性2", "可用性2")


def test_the_guide_speaks_in_the_three_axes_and_five_levels_of_the_body(profile: Profile) -> None:
    answer = guided(desk("fire-clerk"), **FACTS)
    panel = answer.context["guide"]
    assert [axis["level"] for axis in panel.proposed] == ["自治体機密性3B", "完全性2", "可用性2"]
    assert "要配慮個人情報を含み" in answer.content.decode()
    levels = Level.objects.filter(axis__slot=1, axis__scheme__code=profile.scheme).order_by("-rank")
    assert [level.short for level in levels] == ["3A", "3B", "3C", "2", "1"]


def test_nobody_from_another_organ_finds_or_confirms_what_the_fire_bureau_asks_for(profile: Profile) -> None:
    proposal = applied_for(desk("fire-clerk"), **FACTS)
    step = reverse("assets:step", args=[proposal.pk, "confirm"])
    for username in ("tax-head", "education-head", "council-head", "election-head"):
        client = desk(username)
        assert client.get(proposal.asset.get_absolute_url()).status_code == 404, username
        assert client.post(step, {"note": "", "version": str(proposal.version)}).status_code == 404, username
    proposal.refresh_from_db()
    assert proposal.state == State.SUBMITTED


def test_the_head_of_the_whole_fire_bureau_may_confirm_for_each_of_its_units(profile: Profile) -> None:
    proposal = applied_for(desk("fire-clerk"), **FACTS)
    assert "確認しました。" in decided(desk("fire-chief"), proposal, "confirm")


def test_all_nine_organs_stand_on_the_organisation_page_in_the_order_of_the_policy(profile: Profile) -> None:
    text = page(desk("fire-clerk"), "/organization/")
    shown = re.findall(r'<h2 id="organ-\d+">\s*(\S+)\s', text)
    assert shown == ORGANS
    assert "自律機関" not in text
    for title in (
        "最高情報セキュリティ責任者",
        "統括情報セキュリティ責任者",
        "情報セキュリティ責任者",
        "情報セキュリティ管理者",
    ):
        assert title in text


def test_departments_of_all_nine_organs_are_on_offer_for_a_new_asset(profile: Profile) -> None:
    client = desk("office1")
    form = client.get(NEW).context["form"]
    offered = {key for _, group in form.fields["section"].choices if isinstance(group, list) for key, _ in group}
    organs = Organ.objects.filter(departments__in=offered).distinct().order_by("position")
    assert [organ.name for organ in organs] == ORGANS
    text = page(client, "/assets/")
    for place in ("消防局 警防課", "水道局 経営管理課", "公平委員会事務局", "固定資産評価審査委員会事務局"):
        assert place in text


def test_a_clerk_is_offered_only_their_own_place(profile: Profile) -> None:
    form = desk("fire-clerk").get(NEW).context["form"]
    assert [label for key, label in form.fields["section"].choices if key] == ["消防局 警防課"]


def test_a_person_who_serves_two_organs_answers_for_both(profile: Profile) -> None:
    text = page(desk("audit-head"), "/organization/?q=" + "橋口")
    assert "公平委員会" in text
    assert "監査委員" in text
    form = desk("audit-head").get(NEW).context["form"]
    assert [label for _, group in form.fields["section"].choices if isinstance(group, list) for _, label in group] == [
        "公平委員会事務局",
        "監査事務局",
    ]


def test_the_ledger_of_the_office_holds_all_nine_organs_and_the_mayor_has_division_and_section(
    profile: Profile,
) -> None:
    name, _, rows = workbook(desk("office1"), query())
    assert {row["実施機関"] for row in rows} == set(ORGANS)
    places = {(row["実施機関"], row["部局"] or "", row["所管課"]) for row in rows}
    assert ("市長", "総務部", "税務課") in places
    assert ("市長", "水道局", "経営管理課") in places
    assert ("消防局長", "消防局", "予防課") in places
    assert ("公平委員会", "", "公平委員会事務局") in places
    assert "自治体機密性3A情報を含む" in name


def test_risk_is_likelihood_times_loss(profile: Profile) -> None:
    _, _, rows = workbook(desk("office1"), query())
    judged = {row["情報資産名称"]: row for row in rows if row["リスク値"]}
    assert len(judged) >= 10
    for row in judged.values():
        assert int(row["リスク値"]) == int(row["発生可能性"][0]) * int(row["発生時の損失"][0])
    assert int(judged["救急活動記録票"]["リスク値"]) == 6


def test_services_on_standard_terms_and_sns_accounts_are_told_apart(profile: Profile) -> None:
    client = desk("office1")
    for name, words in {
        "行事アンケートフォーム(約款による外部サービス)": "約款による外部サービス",
        "市公式SNSアカウント": "ソーシャルメディア",
    }.items():
        asset = Asset.objects.get(name=name)
        assert words in page(client, asset.get_absolute_url())
        assert asset.level_1 is not None
        assert asset.level_1.code == "1"


def test_what_the_policy_decides_is_kept_with_the_body(profile: Profile) -> None:
    body = Body.objects.get()
    assert (body.name, body.kind, body.code) == ("薩摩川内市", "市", "462152")
    kept = {key: body.options[key] for key in ("audit_scope", "risk_on_review", "terms_of_service_rule", "sns_rule")}
    assert kept == {
        "audit_scope": "per_organ",
        "risk_on_review": True,
        "terms_of_service_rule": True,
        "sns_rule": True,
    }
    assert body.decision_chain[-1]["title"] == "各実施機関"
    assert body.words == {"self": "本市", "outsourcing": "外部委託", "contractor": "外部委託事業者"}


def test_what_the_policy_leaves_open_is_marked_to_be_confirmed() -> None:
    found = read(KEY)
    assert [organ.name for organ in found.organs if organ.confirmed] == ["市長", "消防局長"]
    assert all(organ.note for organ in found.organs)
    assert not any(step.confirmed for step in found.decision)
    for code, setting in found.settings.items():
        assert setting.note, code
        assert setting.confirmed == (code not in {"retention_from", "procedure_scope"}), code


def test_each_auditor_sees_the_ledger_of_their_own_organ_only(profile: Profile) -> None:
    for username, organ in (("auditor", "市長"), ("fire-auditor", "消防局長")):
        seen = Asset.objects.visible_to(world.person(username))
        assert set(seen.values_list("department__organ__name", flat=True)) == {organ}
    assert len(set(Asset.objects.visible_to(world.person("office1")).values_list("department__organ"))) > 2
