"""The form: drafts may be incomplete, nothing in them may be wrong, and whoever was overtaken keeps what they typed."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assets.body_columns import TEXTS
from assets.classification import axes_in_force
from assets.columns import EDITABLE, REQUIRED
from assets.forms.asset import AssetForm
from assets.models import Asset, Proposal
from assets.states import Standing, State
from assets.workflow import approve, confirm
from registry.history.models import Entry
from registry.organization.models import Department, User
from tests import world
from tests.assets.pages import NEW, edit_page, errors_of, shown_form, typed

TYPED_COLUMNS = [column for column in EDITABLE if column.kind in TEXTS]
pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
CONTROL = ("\x00", "\x01", "\x0b", "\x7f", "\u202e", "\u2066")
MY_NUMBERS = ("123456789018", "１２３４５６７８９０１８", "1234 5678 9018", "1234-5678-9018", "番号は123456789018です")


def saved(client: Client, **values: Any) -> Any:
    return client.post(NEW, {**shown_form(client, NEW), **typed(**values)})


def nothing_was_kept() -> bool:
    return (
        not Asset.objects.exists() and not Proposal.objects.exists() and not Entry.objects.filter(kind="asset").exists()
    )


def test_a_name_of_which_nothing_can_be_seen_is_missing(signed_in: SignIn) -> None:
    answer = saved(signed_in("clerk"), **world.values(name="\u200b\u3000\ufeff"), act="submit")
    assert errors_of(answer)["name"] == ["申請に必要です。入力してください。"]


def test_a_draft_is_kept_with_nothing_but_a_department(signed_in: SignIn) -> None:
    answer = saved(signed_in("clerk"))
    asset = Asset.objects.get()
    assert answer.headers["Location"] == asset.get_absolute_url()
    assert (asset.name, asset.standing, asset.open_proposal and asset.open_proposal.state) == (
        "",
        Standing.UNREGISTERED,
        State.DRAFT,
    )
    assert "申請に必要な項目が、まだ入っていません" in signed_in("clerk").get(asset.get_absolute_url()).content.decode()


def test_submitting_names_everything_that_is_missing_at_once(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    answer = saved(client, act="submit", sec_manager="")
    assert set(errors_of(answer)) == {column.key for column in REQUIRED} - {"section"}
    assert all(sentence.startswith("申請に必要です。") for (sentence,) in errors_of(answer).values())
    assert nothing_was_kept()


def test_a_note_typed_beside_an_incomplete_form_is_still_there(signed_in: SignIn) -> None:
    answer = saved(signed_in("clerk"), act="submit", note="急ぎです")
    assert '<textarea id="note" name="note" rows="2">急ぎです</textarea>' in answer.content.decode()


def test_a_very_long_text_is_refused_and_not_cut(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert "maxlength" not in client.get(NEW).content.decode().split('name="name"')[1].split(">")[0]
    answer = saved(client, **world.values(name="長" * 1_000_000))
    assert errors_of(answer)["name"] == ["「情報資産名称」は200文字までです(いまは1,000,000文字)。短くしてください。"]
    assert nothing_was_kept()


def test_a_null_is_named_as_a_control_character(signed_in: SignIn) -> None:
    answer = saved(signed_in("clerk"), **world.values(name="制御\0文字"))
    assert "3文字目に使えない制御文字(U+0000)" in errors_of(answer)["name"][0]
    assert nothing_was_kept()


def test_gaiji_are_kept_and_pointed_out(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    answer = saved(client, **world.values(name="\ue000田台帳"))
    assert Asset.objects.get().name == "\ue000田台帳"
    assert "「情報資産名称」に外字があります。" in client.get(answer.headers["Location"]).content.decode()


def test_a_complete_form_is_submitted_in_one_go(signed_in: SignIn) -> None:
    saved(signed_in("clerk"), **world.values(), act="submit", note="年度当初のため")
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.note) == (State.SUBMITTED, "年度当初のため")
    acts = Entry.objects.filter(kind="asset").order_by("sequence").values_list("act", "operation")
    assert [act for act, _ in acts] == ["asset.drafted", "asset.submit"]
    assert len({operation for _, operation in acts}) == 1


EVERYTHING = {
    "description": "概要です。\r\n二行目",
    "system": None,
    "status": "active",
    "pi": True,
    "pi_sensitive": False,
    "pi_count": 44512,
    "rto": 24,
    "disposal_due": "R18.3.31",
    "contract_from": "2026/4/1",
    "contract_term": "令和9年3月31日",
    "likelihood": 3,
    "loss": 2,
    "encrypted": False,
    "takeout": "forbidden",
    "remarks": "  ＩＣＴ推進室 ①\u3000",
}


def test_every_kind_of_value_is_kept_and_shown_again_as_it_was(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    saved(client, **world.values(), **EVERYTHING)
    asset = Asset.objects.get()
    assert (asset.description, asset.remarks) == ("概要です。\n二行目", "ＩＣＴ推進室 ①")
    assert (asset.pi, asset.pi_sensitive, asset.encrypted, asset.pi_mynumber) == (True, False, False, None)
    assert (asset.pi_count, asset.rto_hours, asset.likelihood, asset.loss) == (44512, 24, 3, 2)
    assert (asset.disposal_due, asset.contract_until) == (dt.date(2036, 3, 31), dt.date(2027, 3, 31))
    shown = shown_form(client, edit_page(asset))
    client.post(edit_page(asset), shown)
    again = Asset.objects.get()
    assert {c.key: getattr(again, c.field) for c in EDITABLE} == {c.key: getattr(asset, c.field) for c in EDITABLE}
    assert [entry.act for entry in Entry.objects.filter(kind="asset").exclude(act="asset.read")] == ["asset.drafted"]


@pytest.mark.parametrize("column", TYPED_COLUMNS, ids=lambda column: column.key)
def test_no_text_takes_a_my_number_a_control_character_or_a_megabyte(column: Any, clerk: User) -> None:
    axes = axes_in_force()

    def problems(text: str) -> Any:
        form = AssetForm({**typed(**world.values()), column.key: text}, asset=Asset(), axes=axes, user=clerk)
        return form.errors.get(column.key, [])

    assert problems("台帳\r\n①") == []
    for number in MY_NUMBERS:
        (sentence,) = problems(number)
        assert "個人番号(マイナンバー)と思われる12桁の数字" in sentence
    for character in CONTROL:
        assert problems(f"台{character}帳")
    (sentence,) = problems("資" * 1_000_000)
    assert "1000000" in sentence.replace(",", "")


def test_a_my_number_and_a_megabyte_are_said_at_the_field_on_the_page(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    wrong = {"name": "資" * 1_000_000, "remarks": MY_NUMBERS[0], "staff": "鈴\x01木", "unit": "一\x00係"}
    assert set(errors_of(saved(client, **{**world.values(), **wrong}))) == set(wrong)
    assert nothing_was_kept()


def test_numbers_that_are_no_my_number_are_kept(signed_in: SignIn) -> None:
    saved(signed_in("clerk"), **world.values(remarks="整理番号 123456789012、電話 0271234567890"))
    assert Asset.objects.get().remarks == "整理番号 123456789012、電話 0271234567890"


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a day that is not in the calendar": ({"disposal_due": "R8.2.30"}, "disposal_due", "暦にない日付"),
    "a day before its era": ({"disposal_due": "令和元年4月1日"}, "disposal_due", "令和の期間の外"),
    "a day that can be read two ways": ({"disposal_due": "8/4/1"}, "disposal_due", "何年のことか決められません"),
    "a word for a day": ({"disposal_due": "来年"}, "disposal_due", "日付として読めません"),
    "a period that runs backwards": (
        {"contract_from": "R8.4.1", "contract_term": "R8.3.31"},
        "contract_term",
        "終了が開始より前",
    ),
    "a negative number": ({"pi_count": -1}, "pi_count", "0"),
    "a word for a number": ({"rto": "一日"}, "rto", "整数"),
    "an endless number": ({"pi_count": "9" * 40}, "pi_count", "2000000000"),
    "a my-number file without personal information": ({"pi_mynumber": True, "pi": False}, "pi", "個人情報も「有」"),
    "a kind that was not on offer": ({"asset_type": "everything"}, "asset_type", "選択"),
    "a level of another axis": ({"confidentiality": "integrity"}, "confidentiality", "選択"),
    "a level that does not exist": ({"confidentiality": "999999999999999999999"}, "confidentiality", "選択"),
    "a department of others": ({"section": "residents"}, "section", "選択"),
    "no department": ({"section": ""}, "section", "必須"),
    "a post that is no head": ({"sec_manager": "税務課主査"}, "sec_manager", "選択"),
    "a system that one cannot see": ({"system": "system"}, "system", "選択"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(case: str, signed_in: SignIn) -> None:
    changes, field, sentence = WRONG[case]
    keys = {
        "integrity": world.level("integrity", "2").pk,
        "residents": world.department("residents").pk,
        "税務課主査": world.person("clerk").appointments_today[0].post_id,
        "system": world.proposal_in(State.DRAFT, "council", asset_type="system").asset_id if "system" in changes else 0,
    }
    values = {**world.values(), **{key: keys.get(value, value) for key, value in changes.items()}}
    before = (Asset.objects.count(), Entry.objects.count())
    client = signed_in("clerk")
    for act in ("save", "submit"):
        answer = saved(client, **values, act=act)
        assert any(sentence in found for found in errors_of(answer)[field])
        assert answer.context["form"]["name"].value() == "固定資産税課税台帳"
    assert (Asset.objects.count(), Entry.objects.count()) == before


def test_all_errors_stand_at_the_top_together(signed_in: SignIn) -> None:
    answer = saved(signed_in("clerk"), disposal_due="来年", pi_count=-1, name="台\x01帳")
    assert set(errors_of(answer)) == {"disposal_due", "pi_count", "name"}
    assert "入力内容を確認してください（3か所）" in answer.content.decode()


@pytest.mark.parametrize(("ending", "field"), [("submit", "note"), ("register", "reason")])
def test_reasons_are_checked_like_every_other_text(field: str, ending: str, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    form = {**shown_form(client, NEW), **typed(**world.values()), "act": ending, "note": "よい", "reason": "よい"}
    for wrong in ("台\x00帳", "台\u202e帳", "資" * 100_000, MY_NUMBERS[0]):
        assert errors_of(client.post(NEW, {**form, field: wrong}))["__all__"]
        assert nothing_was_kept()


def test_the_forms_of_a_department_that_was_closed_since_say_so_at_the_field(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    asset = world.proposal_in(State.DRAFT).asset
    form = shown_form(client, NEW)
    Department.objects.filter(name="税務課").update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    answer = client.post(NEW, {**form, **typed(**world.values())})
    assert errors_of(answer)["section"]
    answer = client.post(edit_page(asset), {**shown_form(client, edit_page(asset)), "act": "submit"})
    assert any("廃止されています" in sentence for sentence in errors_of(answer)["section"])
    assert Proposal.objects.get(asset=asset).state == State.DRAFT


def test_a_department_out_of_scope_is_said_at_the_field(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    asset = world.proposal_in(State.DRAFT).asset
    Department.objects.filter(name="税務課").update(excluded="小中学校の職員")
    answer = client.post(edit_page(asset), {**shown_form(client, edit_page(asset)), "act": "submit"})
    assert any("小中学校の職員" in sentence for sentence in errors_of(answer)["section"])


@pytest.mark.parametrize("username", ["postless", "sysadmin", "auditor", "reviewer", "former"])
def test_who_may_register_nowhere_is_told_and_shown_no_form(username: str, signed_in: SignIn) -> None:
    answer = signed_in(username).get(NEW)
    assert answer.status_code == 403
    assert "登録する権限がありません" in answer.content.decode()
    assert signed_in(username).post(NEW, typed(**world.values())).status_code == 403
    assert nothing_was_kept()


def test_what_is_not_on_the_form_cannot_be_posted(signed_in: SignIn) -> None:
    posted = {"number": "R08-9999-0001", "standing": "registered", "version": "7", "registered_at": "2020-01-01"}
    saved(signed_in("clerk"), **world.values(), **posted, state="approved", drafted_by=world.person("manager").pk)
    asset = Asset.objects.get()
    assert (asset.number, asset.standing, asset.version, asset.registered_at) == ("", Standing.UNREGISTERED, 0, None)
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.drafted_by) == (State.DRAFT, world.person("clerk"))


def test_the_secretariat_registers_directly_with_a_reason(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    answer = saved(client, **world.values(), act="register", reason=" ")
    assert any("直接登録する理由" in sentence for sentence in errors_of(answer)["__all__"])
    assert nothing_was_kept()
    saved(client, **world.values(), act="register", reason="年度当初の一括登録")
    asset = Asset.objects.get()
    assert (asset.standing, asset.full_number) == (Standing.REGISTERED, asset.number + "-01")
    entry = Entry.objects.newest_first()[0]
    assert (entry.act, entry.note) == ("asset.registered-directly", "年度当初の一括登録")


def test_nobody_else_registers_directly(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert "直接登録" not in client.get(NEW).content.decode()
    assert saved(client, **world.values(), act="register", reason="急ぎ").status_code == 403
    assert nothing_was_kept()


def test_an_approved_change_arrives_through_the_pages(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED).asset
    client = signed_in("clerk")
    client.post(edit_page(asset), {**shown_form(client, edit_page(asset)), "location": "東支所", "act": "submit"})
    change = Proposal.objects.get(asset=asset, state=State.SUBMITTED)
    approve(confirm(change, by=world.person("manager")), by=world.person("secretariat"))
    assert Asset.objects.get(pk=asset.pk).location == "東支所"
