"""廃棄: every state × step × person, what a disposal leaves behind, what stands in its way, and the way back."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from assets.disposal import Particulars
from assets.editing import propose_change, revise
from assets.ledger import asof
from assets.models import Asset, DisposalRecord, Proposal, Revision
from assets.numbering import next_number
from assets.retiring import apply_for_disposal, cancel_disposal
from assets.states import STEPS, Kind, Standing, State
from assets.workflow import TAKE, approve, confirm, register_directly, return_by_head, withdraw
from registry.base.verdict import Conflict
from registry.history.models import Entry
from tests import world
from tests.assets.at_once import at_once, refused
from tests.assets.test_workflow import ALLOWED, PEOPLE

SignIn = Callable[[str], Client]
DONE = dt.datetime(2026, 4, 1, 10, 30, tzinfo=timezone.get_default_timezone())
WORK = "本庁舎で立会いのもと裁断"
SAID = Particulars("shred", DONE, "佐藤 花子", WORK, "文書番号 R8税第123号")


def asset_of(**values: Any) -> Asset:
    return Asset.objects.get(pk=world.proposal_in(State.APPROVED, **values).asset_id)


def asked(asset: Asset | None = None, said: Particulars = SAID, by: str = "clerk") -> Proposal:
    asset = asset or asset_of()
    return apply_for_disposal(asset, said, version=asset.version, by=world.person(by))


def disposal_in(state: State) -> Proposal:
    """A disposal brought to a state by the right people."""
    proposal = asked()
    if state == State.DRAFT:  # an application is submitted at once: no draft of it exists
        Proposal.objects.filter(pk=proposal.pk).update(state=state, submitted_by=None, submitted_at=None)
        return Proposal.objects.get(pk=proposal.pk)
    if state == State.SUBMITTED:
        return proposal
    if state == State.WITHDRAWN:
        return withdraw(proposal, by=world.person("clerk"))
    if state == State.RETURNED:
        return return_by_head(proposal, by=world.person("manager"), note="方法を直してください。")
    proposal = confirm(proposal, by=world.person("manager"))
    return proposal if state == State.CONFIRMED else approve(proposal, by=world.person("secretariat"))


def disposed() -> Asset:
    return Asset.objects.get(pk=disposal_in(State.APPROVED).asset_id)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "step"), list(itertools.product(State, STEPS)), ids=str)
def test_a_disposal_goes_the_same_way_for_every_state_step_and_person(state: State, step: str) -> None:
    proposal = disposal_in(state)
    for name in PEOPLE:
        expected = name in ALLOWED.get((step, state), set())
        before, mark = Entry.objects.count(), transaction.savepoint()
        try:
            TAKE[step](Proposal.objects.get(pk=proposal.pk), by=world.person(name), note="理由")
        except PermissionDenied:
            assert not expected, f"{name} must be able to {step} from {state}"
            assert Entry.objects.count() == before
        else:
            assert expected, f"{name} must not {step} from {state}"
            found = Proposal.objects.get(pk=proposal.pk)
            assert found.state == STEPS[step].target
            gone = found.asset.standing == Standing.DISPOSED
            assert gone == (step == "approve") == DisposalRecord.objects.exists()
        transaction.savepoint_rollback(mark)


@pytest.mark.django_db
def test_a_disposal_leaves_a_whole_record_a_revision_and_history() -> None:
    asset = disposed()
    record = DisposalRecord.objects.get(asset=asset)
    assert (record.method, record.disposed_at, record.handled_by, record.work) == ("shred", DONE, "佐藤 花子", WORK)
    assert record.permitted_by == world.person("manager")
    assert (asset.standing, asset.disposed_on, asset.disposal_method) == (
        Standing.DISPOSED,
        dt.date(2026, 4, 1),
        "shred",
    )
    last = Revision.objects.filter(asset=asset).latest("number")
    assert (last.number, last.valid_from) == (2, last.valid_until)
    assert not Revision.objects.filter(asset=asset, valid_until__isnull=True).exists()
    acts = Entry.objects.about("asset", asset.pk).values_list("act", flat=True)
    assert {"asset.disposal-asked", "asset.submit", "asset.confirm", "asset.approve"} <= set(acts)


@pytest.mark.django_db
def test_the_head_sees_what_is_to_be_done_and_only_what_changes(signed_in: SignIn) -> None:
    proposal = asked()
    page = signed_in("manager").get(f"/assets/reviews/{proposal.pk}/")
    assert {row.label for row in page.context["rows"]} == {"廃棄日", "廃棄方法"}
    told = {item["label"]: item["value"] for item in page.context["particulars"]}
    assert (told["処理内容"], told["証拠の所在"]) == (WORK, "文書番号 R8税第123号")
    assert [button.label for button in page.context["steps"]] == ["廃棄を許可する", "差し戻す"]


@pytest.mark.django_db
def test_nobody_permits_their_own_disposal_and_nobody_skips_the_round(manager: Any, secretariat: Any) -> None:
    asset = asset_of()
    with pytest.raises(PermissionDenied, match="自分が"):
        confirm(asked(asset, by="manager"), by=manager)
    proposal = Proposal.objects.get(asset=asset, kind=Kind.DISPOSAL)
    Proposal.objects.filter(pk=proposal.pk).update(state=State.RETURNED)
    with pytest.raises(PermissionDenied, match="直接登録できません"):
        register_directly(proposal, by=secretariat, reason="急ぎ")
    assert not DisposalRecord.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [{"work": ""}, {"handled_by": ""}, {"method": ""}, {"method": "throw-away"}, {"permitted_by": None}],
    ids=str,
)
def test_an_incomplete_record_does_not_exist(broken: dict[str, Any], manager: Any) -> None:
    proposal = asked()
    whole = {"method": "shred", "disposed_at": DONE, "handled_by": "佐藤", "work": WORK, "permitted_by": manager}
    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalRecord.objects.create(asset=proposal.asset, proposal=proposal, permitted_at=DONE, **{**whole, **broken})
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=proposal.asset_id).update(standing=Standing.DISPOSED)


MEDIA = [
    ({"segment": "mynumber", "pi": True, "medium": "removable"}, True),
    ({"segment": "mynumber", "pi": None, "medium": ""}, True),
    ({"segment": "mynumber", "pi": True, "medium": "server", "asset_type": "system"}, True),
    ({"segment": "mynumber", "pi": True, "medium": "server"}, False),
    ({"segment": "mynumber", "pi": False, "medium": "removable"}, False),
    ({"segment": "lgwan", "pi": True, "medium": "removable"}, False),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "needed"), MEDIA, ids=str)
def test_media_with_residents_data_are_physically_destroyed(values: dict[str, Any], needed: bool) -> None:
    asset = asset_of(**values)
    for method in ("shred", "dissolve", "burn", "destroy", "degauss", "erase", "crypto", "return", "other"):
        mark = transaction.savepoint()
        said = Particulars(method, DONE, "佐藤", WORK)
        if needed and method not in {"shred", "dissolve", "burn", "destroy"}:
            with pytest.raises(ValidationError, match="物理的"):
                asked(asset, said)
        else:
            assert asked(asset, said).state == State.SUBMITTED
        transaction.savepoint_rollback(mark)


@pytest.mark.django_db
def test_what_is_not_destroyed_yet_is_not_approved(manager: Any, secretariat: Any) -> None:
    tomorrow = Particulars("shred", timezone.now() + dt.timedelta(days=1), "佐藤", WORK)
    proposal = confirm(asked(said=tomorrow), by=manager)
    with pytest.raises(ValidationError, match="まだ来ていません"):
        approve(proposal, by=secretariat)
    assert Asset.objects.get(pk=proposal.asset_id).standing == Standing.REGISTERED


@pytest.mark.django_db
def test_what_is_disposed_of_is_found_by_its_filter_alone_and_never_changes(signed_in: SignIn, clerk: Any) -> None:
    asset = disposed()
    client = signed_in("clerk")
    assert asset.number not in client.get("/assets/").content.decode()
    assert asset.number in client.get("/assets/?state=disposed").content.decode()
    assert WORK in client.get(f"/assets/{asset.pk}/").content.decode()
    with pytest.raises(PermissionDenied):
        propose_change(asset, {"location": "東支所"}, base_version=asset.version, by=clerk)
    assert client.get(f"/assets/{asset.pk}/edit/").status_code == 403
    assert list(asof.standing(clerk, timezone.localdate())) == []


@pytest.mark.django_db
def test_the_number_of_what_is_disposed_of_is_not_given_again() -> None:
    asset = disposed()
    assert next_number(world.department("tax"), timezone.localdate()) != asset.number
    assert world.proposal_in(State.APPROVED, name="つぎの資産").asset.number != asset.number


@pytest.mark.django_db
def test_a_returned_disposal_is_written_again_on_its_own_page(signed_in: SignIn, clerk: Any) -> None:
    proposal = disposal_in(State.RETURNED)
    client, address = signed_in("clerk"), f"/assets/{proposal.asset_id}/disposal/"
    assert client.get(f"/assets/{proposal.asset_id}/edit/")["Location"] == address
    page = client.get(address)
    assert page.context["form"]["work"].value() == WORK
    with pytest.raises(Conflict, match="その申請の画面"):
        revise(proposal, {"location": "東支所"}, version=proposal.version, by=clerk)
    sent = {
        "method": "dissolve",
        "day": "2026-04-02",
        "time": "09:00",
        "handled_by": "鈴木",
        "work": "溶解処理",
        "evidence": "",
        "note": "",
        "version": proposal.version,
    }
    assert client.post(address, {**sent, "work": " "}).status_code == 200
    assert client.post(address, {**sent, "version": 1}).status_code == 409
    assert client.post(address, sent).status_code == 302
    again = Proposal.objects.get(pk=proposal.pk)
    assert (again.state, Particulars.of(again).method) == (State.SUBMITTED, "dissolve")


@pytest.mark.django_db
def test_the_office_takes_a_disposal_back_with_a_reason_and_nobody_else_does(secretariat: Any) -> None:
    asset = disposed()
    for name in ("clerk", "manager", "reviewer", "auditor", "sysadmin"):
        with pytest.raises(PermissionDenied):
            cancel_disposal(asset, by=world.person(name), reason="誤り")
    with pytest.raises(ValidationError, match="理由"):
        cancel_disposal(asset, by=secretariat, reason=" ")
    back = cancel_disposal(asset, by=secretariat, reason="別の台帳を廃棄していたため")
    assert (back.standing, back.disposed_on, back.disposal_method) == (Standing.REGISTERED, None, "")
    assert (back.number, back.revision_number) == (asset.number, 3)
    assert Revision.objects.get(asset=asset, valid_until__isnull=True).number == 3
    record = DisposalRecord.objects.get(asset=asset)
    assert record.cancelled_by == secretariat
    with pytest.raises(PermissionDenied):
        cancel_disposal(asset, by=secretariat, reason="もう一度")
    assert asked(back).state == State.SUBMITTED


@pytest.mark.usefixtures("committed")
def test_twenty_clicks_make_one_disposal_and_one_taking_back() -> None:
    proposal = disposal_in(State.CONFIRMED)
    people = ("secretariat", "reviewer")

    def approving(name: str) -> Callable[[], Any]:
        return lambda: approve(Proposal.objects.get(pk=proposal.pk), by=world.person(name))

    def cancelling() -> Any:
        asset = Asset.objects.get(pk=proposal.asset_id)
        return cancel_disposal(asset, by=world.person("secretariat"), reason="誤り")

    assert len(refused(at_once([approving(people[n % 2]) for n in range(20)]))) == 19
    assert DisposalRecord.objects.count() == 1
    assert len(refused(at_once([cancelling for _ in range(8)]))) == 7
    assert Revision.objects.filter(asset_id=proposal.asset_id).count() == 3
