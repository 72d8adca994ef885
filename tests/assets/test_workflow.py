"""The way into the ledger: every state × step × person, what each act leaves behind, and nothing half done."""

import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from assets.editing import draft, propose_change, revise
from assets.models import Asset, Proposal, Revision
from assets.states import STEPS, Standing, State
from assets.workflow import (
    TAKE,
    approve,
    confirm,
    decide_many,
    register_directly,
    return_by_head,
    return_by_reviewer,
    submit,
    withdraw,
)
from registry.base.verdict import Conflict
from registry.history.models import Entry
from tests import world

PEOPLE = ("clerk", "manager", "stranger", "secretariat", "reviewer", "auditor", "councillor", "sysadmin", "former")
ALLOWED = {
    ("submit", State.DRAFT): {"clerk", "manager", "secretariat"},
    ("submit", State.RETURNED): {"clerk", "manager", "secretariat"},
    ("confirm", State.SUBMITTED): {"manager", "reviewer"},
    ("return", State.SUBMITTED): {"manager", "reviewer"},
    ("approve", State.CONFIRMED): {"secretariat", "reviewer"},
    ("send-back", State.CONFIRMED): {"secretariat", "reviewer"},
    **{
        ("withdraw", state): {"clerk", "manager", "secretariat"}
        for state in (State.DRAFT, State.SUBMITTED, State.CONFIRMED, State.RETURNED)
    },
}


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "step"), list(itertools.product(State, STEPS)), ids=str)
def test_every_state_step_and_person(state: State, step: str) -> None:
    proposal = world.proposal_in(state)
    for name in PEOPLE:
        expected = name in ALLOWED.get((step, state), set())
        before, mark = Entry.objects.count(), transaction.savepoint()
        try:
            TAKE[step](Proposal.objects.get(pk=proposal.pk), by=world.person(name), note="理由")
        except PermissionDenied:
            assert not expected, f"{name} must be able to {step} from {state}"
            assert Entry.objects.count() == before
            assert Proposal.objects.get(pk=proposal.pk).state == state
        else:
            assert expected, f"{name} must not {step} from {state}"
            assert Proposal.objects.get(pk=proposal.pk).state == STEPS[step].target
            assert Entry.objects.count() == before + 1
        transaction.savepoint_rollback(mark)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PEOPLE))
@pytest.mark.parametrize("step", ["confirm", "approve"])
def test_nobody_decides_on_their_own(name: str, step: str) -> None:
    state = State.SUBMITTED if step == "confirm" else State.CONFIRMED
    proposal = world.proposal_in(state)
    Proposal.objects.filter(pk=proposal.pk).update(submitted_by=world.person(name))
    with pytest.raises(PermissionDenied):
        TAKE[step](proposal, by=world.person(name))


@pytest.mark.django_db
def test_the_required_nine_are_asked_for_at_application_not_on_a_draft() -> None:
    clerk = world.person("clerk")
    proposal = draft({"section": world.department("tax").pk}, by=clerk)
    with pytest.raises(ValidationError) as refused:
        submit(proposal, by=clerk)
    sentence = refused.value.messages[0]
    for label in (
        "情報資産名称",
        "資産種別",
        "情報セキュリティ管理者",
        "機密性",
        "完全性",
        "可用性",
        "ネットワーク区分",
        "保管場所",
    ):
        assert label in sentence
    assert Proposal.objects.get(pk=proposal.pk).state == State.DRAFT


@pytest.mark.django_db
def test_approval_gives_a_number_a_revision_and_a_history_entry() -> None:
    proposal = world.proposal_in(State.APPROVED)
    asset = Asset.objects.get(pk=proposal.asset_id)
    assert asset.standing == Standing.REGISTERED
    assert asset.full_number.endswith("-1040-0001-01")
    assert asset.open_proposal is None
    revision = Revision.objects.get(asset=asset)
    assert (revision.number, revision.valid_until, revision.texts["section"]) == (1, None, "税務課")
    entry = Entry.objects.about("asset", asset.pk).newest_first()[0]
    assert (entry.act, entry.note) == ("asset.approve", "よい")
    assert ["資産番号", "", asset.full_number] in entry.changes


@pytest.mark.django_db
def test_a_change_leaves_the_approved_state_in_force_until_it_is_approved() -> None:
    asset = world.proposal_in(State.APPROVED).asset
    change = propose_change(asset, {"location": "東支所"}, base_version=1, by=world.person("clerk"))
    assert Asset.objects.get(pk=asset.pk).location == "本庁舎サーバ室"
    change = submit(change, by=world.person("clerk"))
    change = TAKE["confirm"](change, by=world.person("manager"))
    assert Asset.objects.get(pk=asset.pk).location == "本庁舎サーバ室"
    approve(change, by=world.person("secretariat"))
    asset = Asset.objects.get(pk=asset.pk)
    assert (asset.location, asset.revision_number) == ("東支所", 2)
    first, second = Revision.objects.filter(asset=asset).order_by("number")
    assert first.valid_until == second.valid_from
    assert (first.values["location"], second.values["location"]) == ("本庁舎サーバ室", "東支所")


@pytest.mark.django_db
def test_a_withdrawn_change_leaves_the_registered_asset_as_it_was() -> None:
    asset = world.proposal_in(State.APPROVED).asset
    change = propose_change(asset, {"location": "東支所"}, base_version=1, by=world.person("clerk"))
    withdraw(change, by=world.person("clerk"))
    asset = Asset.objects.get(pk=asset.pk)
    assert (asset.location, asset.standing, asset.open_proposal) == ("本庁舎サーバ室", Standing.REGISTERED, None)


@pytest.mark.django_db
def test_a_stale_approval_is_refused_and_says_what_is_there_now() -> None:
    proposal = world.proposal_in(State.CONFIRMED)
    with pytest.raises(Conflict, match="確認済"):
        approve(proposal, by=world.person("secretariat"), version=proposal.version - 1)


@pytest.mark.django_db
def test_a_second_click_on_approve_changes_nothing() -> None:
    proposal = world.proposal_in(State.CONFIRMED)
    approve(proposal, by=world.person("secretariat"))
    with pytest.raises(PermissionDenied, match="登録済"):
        approve(proposal, by=world.person("secretariat"))
    assert Revision.objects.filter(asset=proposal.asset).count() == 1


@pytest.mark.django_db
def test_return_needs_a_note() -> None:
    proposal = world.proposal_in(State.CONFIRMED)
    with pytest.raises(ValidationError, match="コメント"):
        TAKE["send-back"](proposal, by=world.person("secretariat"), note="  ")


@pytest.mark.django_db
def test_many_at_once_is_all_or_nothing() -> None:
    ready = [world.proposal_in(State.CONFIRMED, name=f"資産{n}") for n in range(3)]
    late = world.proposal_in(State.SUBMITTED, name="まだ確認前")
    chosen = [(p.pk, p.version) for p in [*ready, late]]
    with pytest.raises(PermissionDenied):
        decide_many(chosen, STEPS["approve"], by=world.person("secretariat"), note="まとめて")
    assert Proposal.objects.filter(state=State.APPROVED).count() == 0
    done = decide_many(chosen[:3], STEPS["approve"], by=world.person("secretariat"), note="まとめて")
    assert len(done) == 3
    assert Asset.objects.filter(standing=Standing.REGISTERED).count() == 3


@pytest.mark.django_db
def test_the_secretariat_registers_directly_with_a_reason_and_nobody_else_does() -> None:
    proposal = world.proposal_in(State.DRAFT)
    for name in ("clerk", "manager", "reviewer", "auditor", "sysadmin"):
        with pytest.raises(PermissionDenied):
            register_directly(proposal, by=world.person(name), reason="急ぎ")
    with pytest.raises(ValidationError, match="理由"):
        register_directly(proposal, by=world.person("secretariat"), reason=" ")
    done = register_directly(proposal, by=world.person("secretariat"), reason="年度当初の一括登録")
    assert Revision.objects.get(asset=done.asset).approved_by == world.person("secretariat")


@pytest.mark.django_db
def test_numbers_are_never_used_again() -> None:
    first = world.proposal_in(State.APPROVED, name="一つめ").asset.number
    second = world.proposal_in(State.APPROVED, name="二つめ").asset.number
    assert first != second


@pytest.mark.django_db
def test_who_confirmed_does_not_approve() -> None:
    proposal = TAKE["confirm"](world.proposal_in(State.SUBMITTED), by=world.person("reviewer"))
    assert proposal not in Proposal.objects.waiting_for(world.person("reviewer"))
    with pytest.raises(PermissionDenied, match="自分が確認した"):
        approve(proposal, by=world.person("reviewer"))
    approve(proposal, by=world.person("secretariat"))


@pytest.mark.django_db
def test_what_was_confirmed_waits_for_every_other_reviewer() -> None:
    proposal = world.proposal_in(State.CONFIRMED)
    for name in ("reviewer", "secretariat"):
        assert proposal in Proposal.objects.waiting_for(world.person(name))


@pytest.mark.django_db
def test_who_rewrote_a_returned_entry_does_not_approve_it() -> None:
    office, clerk, head = world.person("secretariat"), world.person("clerk"), world.person("manager")
    proposal = return_by_head(world.proposal_in(State.SUBMITTED), by=head, note="分類を確かめてください。")
    proposal = revise(proposal, {"location": "別の場所"}, version=proposal.version, by=office)
    proposal = confirm(submit(proposal, by=clerk), by=head)
    with pytest.raises(PermissionDenied, match="自分が内容を変更した"):
        approve(proposal, by=office)
    assert not Proposal.objects.waiting_for(office).exists()
    assert approve(proposal, by=world.person("reviewer")).state == State.APPROVED


@pytest.mark.django_db
def test_a_direct_registration_names_no_confirmer_of_an_earlier_round() -> None:
    office = world.person("secretariat")
    proposal = return_by_reviewer(world.proposal_in(State.CONFIRMED), by=office, note="直してください。")
    proposal = register_directly(proposal, by=office, reason="急ぎのため")
    assert (proposal.confirmed_by, proposal.confirmed_at) == (None, None)
