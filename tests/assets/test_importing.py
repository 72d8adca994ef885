"""An import from file to result: nothing before registering, then all rows or none, once, by those who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from assets.ledger import importing
from assets.models import Asset, Batch, BatchRow, NumberSeries, Proposal, Revision
from assets.states import Standing, State
from assets.workflow import approve, confirm
from registry.base.fiscal import fiscal_year, fiscal_year_code
from registry.history.models import Entry
from registry.organization.models import Department, Post
from tests import world
from tests.assets.pages import errors_of
from tests.assets.uploads import (
    HEADERS,
    UPLOAD,
    checked,
    decide,
    findings,
    good,
    register,
    table,
    the_rest,
    upload,
    uploaded,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
THREE = table(good(name="一つめ"), good(name="二つめ"), good(name="三つめ", section="1050", sec_manager="住民課長"))


def ledger() -> tuple[int, int, int, int]:
    """What an import may not touch before it is registered."""
    return Asset.objects.count(), Proposal.objects.count(), Revision.objects.count(), NumberSeries.objects.count()


def acts() -> list[str]:
    return list(Entry.objects.order_by("sequence").values_list("act", flat=True))


def test_nothing_is_in_the_ledger_before_it_is_registered_and_everything_is_after(signed_in: SignIn) -> None:
    client, before = signed_in("secretariat"), ledger()
    batch = uploaded(client, THREE)
    assert ledger() == before
    assert decide(client, batch).status_code == 302
    assert (ledger(), findings(batch)) == (before, [])
    page = client.get(f"/assets/imports/{batch.pk}/").content.decode()
    assert "自治体機密性3B情報を含む" in page
    assert "3行のうち、登録できる行 3行、直す行 0行" in page
    assert ledger() == before
    assert register(client, batch).content.decode().count("3件を登録しました。") == 1
    assert ledger() == (3, 3, 3, 2)


def test_each_row_is_an_asset_with_number_proposal_revision_history_and_place_in_the_search(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    register(client, checked(client, THREE), reason="旧台帳からの移行")
    year = fiscal_year_code(fiscal_year(timezone.localdate()))
    found = {asset.name: asset for asset in Asset.objects.select_related("level_1", "sec_manager")}
    assert {name: asset.full_number for name, asset in found.items()} == {
        "一つめ": f"{year}-1040-0001-01",
        "二つめ": f"{year}-1040-0002-01",
        "三つめ": f"{year}-1050-0001-01",
    }
    for asset in found.values():
        assert (asset.standing, asset.version, asset.open_proposal) == (Standing.REGISTERED, 1, None)
        assert asset.level_1 == world.level("confidentiality", "3B")
        proposal, revision = Proposal.objects.get(asset=asset), Revision.objects.get(asset=asset)
        assert (proposal.state, proposal.note, revision.number) == (State.APPROVED, "旧台帳からの移行", 1)
        assert revision.approved_by == world.person("secretariat")
        entry = Entry.objects.about("asset", asset.pk).get()
        assert (entry.act, entry.note) == ("asset.registered-directly", "旧台帳からの移行")
        assert ["情報資産名称", "", asset.name] in entry.changes
    assert acts()[-5:] == ["ledger.uploaded", *["asset.registered-directly"] * 3, "ledger.imported"]
    assert [entry["pk"] for entry in client.get("/assets/?q=三つ").context["entries"]] == [found["三つめ"].pk]


def test_the_same_file_is_refused_a_second_time(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    register(client, checked(client, THREE))
    (sentence,) = errors_of(upload(client, THREE, "別の名前.csv"))["file"]
    assert "すでに取込済みです" in sentence
    assert (Batch.objects.count(), Asset.objects.count()) == (1, 3)


def test_a_second_upload_made_before_is_refused_when_registered(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    first, second = checked(client, THREE), checked(client, THREE)
    register(client, first)
    answer = register(client, second)
    assert answer.status_code == 409
    assert "すでに取込済み" in answer.content.decode()
    assert Asset.objects.count() == 3


def test_registering_again_is_told_that_it_is_done(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, THREE)
    register(client, batch)
    for answer in (register(client, batch), client.post(f"/assets/imports/{batch.pk}/discard/")):
        assert answer.status_code == 409
        assert "すでに「完了」です" in answer.content.decode()
    assert client.get(f"/assets/imports/{batch.pk}/columns/")["Location"] == f"/assets/imports/{batch.pk}/"
    assert Asset.objects.count() == 3


def test_a_clerk_submits_and_the_round_goes_on_for_each_row(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    batch = checked(client, table(good(name="一つめ"), good(name="二つめ")))
    assert "2件を申請しました。" in register(client, batch, "submit").content.decode()
    assert "未採番" in client.get(f"/assets/imports/{batch.pk}/").content.decode()
    for proposal in Proposal.objects.filter(batch=batch):
        assert (proposal.state, proposal.asset.standing) == (State.SUBMITTED, Standing.UNREGISTERED)
        assert proposal.asset.open_proposal == proposal
        approve(confirm(proposal, by=world.person("manager")), by=world.person("secretariat"))
    assert Asset.objects.filter(standing=Standing.REGISTERED).count() == 2


def test_a_clerk_cannot_register_directly(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    batch, before = checked(client, table(good())), ledger()
    assert register(client, batch, "register").status_code == 403
    assert (ledger(), Batch.objects.get(pk=batch.pk).stage) == (before, Batch.Stage.CHECKED)


@pytest.mark.parametrize("reason", ["", "  ", "理\x00由", "理\u202e由", "x" * 3000, "番号123456789018"])
def test_registering_takes_a_reason_that_is_fit_to_keep(reason: str, signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch, before = checked(client, THREE), ledger()
    assert "「取込の理由」" in register(client, batch, reason=reason).content.decode()
    assert ledger() == before


def test_one_wrong_row_keeps_all_of_them_out(signed_in: SignIn) -> None:
    client, before = signed_in("secretariat"), ledger()
    batch = checked(client, table(good(name="よい行"), good(name="わるい行", confidentiality="9")))
    assert len(findings(batch)) == 1
    answer = register(client, batch)
    assert answer.status_code == 409
    assert "1行に直すところが残っているので、登録できません。" in answer.content.decode()
    assert ledger() == before


def test_a_failure_in_the_middle_leaves_nothing(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, THREE)
    year = fiscal_year_code(fiscal_year(timezone.localdate()))
    taken = world.proposal_in(State.DRAFT).asset
    Asset.objects.filter(pk=taken.pk).update(number=f"{year}-1050-0001")
    before, history = ledger(), acts()
    with pytest.raises(IntegrityError), transaction.atomic():
        importing.register(batch, by=world.person("secretariat"), reason="取込")
    assert (ledger(), acts()) == (before, history)
    assert Batch.objects.get(pk=batch.pk).stage == Batch.Stage.CHECKED


def test_a_department_closed_after_the_check_keeps_all_of_them_out(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch, before = checked(client, THREE), ledger()
    Department.objects.filter(name="住民課").update(valid_until=world.SINCE)
    answer = register(client, batch)
    assert answer.status_code == 403
    assert "廃止されています" in answer.content.decode()
    assert ledger() == before


def test_a_post_that_ended_after_the_check_keeps_all_of_them_out(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch, before = checked(client, THREE), ledger()
    Post.objects.filter(title="住民課長").update(valid_until=world.SINCE)
    answer = register(client, batch)
    assert answer.status_code == 409
    assert "職「住民課長」は、いまはありません" in answer.content.decode()
    assert ledger() == before


def test_rights_lost_after_the_check_keep_all_of_them_out(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, THREE)
    with pytest.raises((PermissionDenied, Batch.DoesNotExist)):
        importing.register(batch, by=world.person("clerk"), reason="横取り")
    assert not Asset.objects.exists()


def test_an_import_is_given_up_without_a_trace_in_the_ledger(signed_in: SignIn) -> None:
    client, before = signed_in("secretariat"), ledger()
    batch = checked(client, THREE)
    answer = client.post(f"/assets/imports/{batch.pk}/discard/", follow=True)
    assert "台帳は何も変わっていません" in answer.content.decode()
    assert (ledger(), BatchRow.objects.count()) == (before, 0)
    assert acts()[-1] == "ledger.import-discarded"
    assert register(client, batch).status_code == 409
    assert register(client, checked(client, THREE)).status_code == 200


PAGES = ("", "columns/", "register/", "discard/")


@pytest.mark.parametrize("username", ["clerk", "reviewer", "auditor", "sysadmin", "stranger", "councillor"])
def test_the_batch_of_another_person_does_not_exist_for_you(username: str, signed_in: SignIn) -> None:
    batch = checked(signed_in("secretariat"), THREE)
    other = signed_in(username)
    for page in PAGES:
        address = f"/assets/imports/{batch.pk}/{page}"
        answers = [other.post(address, {"reason": "x", "ending": "submit"})]
        answers += [other.get(address)] if page in {"", "columns/"} else []
        assert {answer.status_code for answer in answers} <= {404, 403, 405}, address
    listed = other.get("/assets/imports/")
    assert listed.status_code == 403 or "台帳.csv" not in listed.content.decode()
    assert Batch.objects.get(pk=batch.pk).stage == Batch.Stage.CHECKED


@pytest.mark.parametrize("username", ["postless", "sysadmin", "auditor", "reviewer"])
def test_who_may_register_nowhere_brings_no_file(username: str, signed_in: SignIn) -> None:
    client = signed_in(username)
    assert (client.get(UPLOAD).status_code, upload(client, THREE).status_code) == (403, 403)
    assert not Batch.objects.exists()


def test_a_column_left_undecided_or_used_twice_is_named(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = uploaded(client, table([*good(), "x", "y"], headers=[*HEADERS, "謎の列", "保管の場所はここ"]))
    wrong = errors_of(decide(client, batch, means={"保管の場所はここ": "location"}))
    assert wrong["column-9"] == ["どの項目に入れるか、取り込まないかを選んでください。"]
    assert "同じ項目に" in wrong["column-10"][0]
    assert "I列「保管場所」" in wrong["column-10"][0]
    assert Batch.objects.get(pk=batch.pk).stage == Batch.Stage.COLUMNS
    assert decide(client, batch, means={"謎の列": "remarks", "保管の場所はここ": "-"}).status_code == 302
    register(client, batch)
    assert Asset.objects.get().remarks == "x"


def test_a_column_cannot_be_sent_to_what_was_not_on_offer(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = uploaded(client, table([*good(), "R08-0001"], headers=[*HEADERS, "謎の列"]))
    for key in ("number", "standing", "registered_on", "nothing"):
        assert errors_of(decide(client, batch, means={"謎の列": key}))["column-9"]


def test_values_for_every_row_fill_blanks_and_never_what_is_written(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    data = table(["名前だけ", ""], ["場所つき", "東支所"], headers=["情報資産名称", "保管場所"])
    batch = checked(client, data, the_rest(location="本庁舎", retention="10"))
    assert findings(batch) == []
    register(client, batch)
    found = {asset.name: (asset.location, asset.retention) for asset in Asset.objects.all()}
    assert found == {"名前だけ": ("本庁舎", "10"), "場所つき": ("東支所", "10")}


def test_the_columns_can_be_decided_again_after_the_check(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, table(["名前だけ"], headers=["情報資産名称"]))
    assert len(findings(batch)) == 8
    assert decide(client, batch, the_rest()).status_code == 302
    assert findings(batch) == []


def test_a_value_for_every_row_must_be_on_offer(signed_in: SignIn) -> None:
    client: Any = signed_in("clerk")
    batch = uploaded(client, table(["名前だけ"], headers=["情報資産名称"]))
    wrong = errors_of(decide(client, batch, the_rest(section=world.department("residents").pk, asset_type="x")))
    assert set(wrong) == {"fixed-section", "fixed-asset_type"}
