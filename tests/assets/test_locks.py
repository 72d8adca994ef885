"""Two people, or twenty, at the same moment: one wins, the others are told, nothing is lost and nothing happens twice."""

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from assets.classification import axes_in_force
from assets.editing import draft, propose_change, revise
from assets.ledger import importing, staging
from assets.models import Asset, Batch, Proposal, Revision
from assets.numbering import next_number
from assets.states import APPROVE, Standing, State
from assets.workflow import approve, confirm, decide_many, register_directly, return_by_head, submit, withdraw
from registry.base.verdict import Conflict
from registry.files.reading import read
from registry.history.chain import verify
from registry.history.models import Entry, Head
from registry.history.record import record
from tests import world
from tests.assets.at_once import REFUSALS, at_once, refused

pytestmark = pytest.mark.usefixtures("committed")
TWENTY = range(20)


def again(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def approving(proposal: Proposal, username: str = "secretariat") -> Callable[[], Proposal]:
    return lambda: approve(again(proposal), by=world.person(username))


def withdrawing(proposal: Proposal) -> Callable[[], Proposal]:
    return lambda: withdraw(again(proposal), by=world.person("clerk"))


def drafting(name: str) -> Callable[[], Proposal]:
    return lambda: draft(world.values(name=name), by=world.person("clerk"))


def acts_about(proposal: Proposal, act: str) -> int:
    return Entry.objects.about("asset", proposal.asset_id).filter(act=act).count()


def test_twenty_clicks_on_submit_make_one_submission() -> None:
    proposal = world.proposal_in(State.DRAFT)
    results = at_once([lambda: submit(again(proposal), by=world.person("clerk")) for _ in TWENTY])
    assert len(refused(results)) == len(TWENTY) - 1
    assert (again(proposal).state, again(proposal).version) == (State.SUBMITTED, 2)
    assert acts_about(proposal, "asset.submit") == 1
    assert verify().problem == ""


def test_two_editors_of_one_draft_one_is_told_and_nothing_is_lost() -> None:
    proposal = world.proposal_in(State.DRAFT)

    def save(username: str, location: str) -> Callable[[], Any]:
        return lambda: revise(again(proposal), world.values(location=location), version=1, by=world.person(username))

    results = at_once([save("clerk", "東支所"), save("colleague", "西支所")])
    (conflict,) = refused(results)
    assert isinstance(conflict, Conflict)
    winner = next(result for result in results if result is not conflict)
    assert again(proposal).values["location"] == winner.values["location"]
    assert (again(proposal).version, acts_about(proposal, "asset.revised")) == (2, 1)
    assert Asset.objects.get(pk=proposal.asset_id).location == winner.values["location"]


def test_two_people_propose_a_change_of_the_same_asset_and_one_is_told() -> None:
    asset = world.proposal_in(State.APPROVED).asset

    def change(username: str) -> Callable[[], Any]:
        return lambda: propose_change(
            Asset.objects.get(pk=asset.pk), {"location": username}, base_version=1, by=world.person(username)
        )

    results = at_once([change("clerk"), change("colleague"), change("manager"), change("secretariat")])
    assert len(refused(results)) == 3
    assert Proposal.objects.filter(asset=asset, state=State.DRAFT).count() == 1
    assert Asset.objects.get(pk=asset.pk).location == "本庁舎サーバ室"


def test_two_reviewers_approve_one_proposal_once() -> None:
    proposal = world.proposal_in(State.CONFIRMED)
    people = ["secretariat", "reviewer"] * 3
    results = at_once([approving(proposal, name) for name in people])
    assert len(refused(results)) == len(people) - 1
    assert Revision.objects.filter(asset=proposal.asset).count() == 1
    asset = Asset.objects.get(pk=proposal.asset_id)
    assert (asset.standing, asset.version, asset.revision_number) == (Standing.REGISTERED, 1, 1)
    assert acts_about(proposal, "asset.approve") == 1


def test_approving_while_it_is_withdrawn_ends_in_one_of_the_two() -> None:
    for n in range(5):
        proposal = world.proposal_in(State.CONFIRMED, name=f"資産{n}")
        results = at_once([approving(proposal), withdrawing(proposal)])
        assert len(refused(results)) == 1
        asset = Asset.objects.get(pk=proposal.asset_id)
        outcome = {State.APPROVED: Standing.REGISTERED, State.WITHDRAWN: Standing.ABANDONED}
        assert asset.standing == outcome[State(again(proposal).state)]
        assert asset.open_proposal is None
        assert Revision.objects.filter(asset=asset).count() == (asset.standing == Standing.REGISTERED)


def test_confirming_while_it_is_returned_ends_in_one_of_the_two() -> None:
    proposal = world.proposal_in(State.SUBMITTED)
    results = at_once(
        [
            lambda: confirm(again(proposal), by=world.person("manager"), version=proposal.version),
            lambda: return_by_head(again(proposal), by=world.person("reviewer"), note="直してください"),
        ]
    )
    assert len(refused(results)) == 1
    assert again(proposal).state in {State.CONFIRMED, State.RETURNED}
    assert again(proposal).version == proposal.version + 1


def test_assets_registered_at_the_same_moment_get_numbers_of_their_own() -> None:
    waiting = [world.proposal_in(State.CONFIRMED, name=f"資産{n}") for n in range(8)]
    at_once([approving(proposal) for proposal in waiting])
    numbers = set(Asset.objects.filter(standing=Standing.REGISTERED).values_list("number", flat=True))
    assert len(numbers) == len(waiting)
    assert {int(number.rsplit("-", 1)[1]) for number in numbers} == set(range(1, len(waiting) + 1))


def test_the_first_number_of_a_series_is_given_once_even_when_many_ask_for_it() -> None:
    @transaction.atomic
    def number() -> str:
        return next_number(world.department("residents"), dt.date(2026, 4, 1))

    assert len(set(at_once([number] * 12))) == 12


def checked_batch(name: str = "取込") -> Batch:
    data = "情報資産名称,概要\n".encode() + "".join(f"{name}{n},第{n}行\n" for n in range(5)).encode()
    secretariat = world.person("secretariat")
    batch = staging.stage(read(data, "台帳.csv"), data, "台帳.csv", by=secretariat)
    assert axes_in_force()
    fixed = {key: value for key, value in world.values().items() if key != "name"}
    return staging.check(batch, batch.mapping, fixed, by=secretariat)


def registering(batch: Batch) -> Callable[[], int]:
    return lambda: importing.register(
        Batch.objects.get(pk=batch.pk), by=world.person("secretariat"), reason="年度当初の取込"
    )


def discarding(batch: Batch) -> Callable[[], Batch]:
    return lambda: staging.discard(Batch.objects.get(pk=batch.pk), by=world.person("secretariat"))


def test_a_double_click_on_register_registers_an_import_once() -> None:
    batch = checked_batch()
    results = at_once([registering(batch)] * 4)
    assert len(refused(results)) == 3
    assert Asset.objects.filter(standing=Standing.REGISTERED).count() == 5
    assert Batch.objects.get(pk=batch.pk).stage == Batch.Stage.DONE


def test_the_same_file_uploaded_twice_is_registered_once() -> None:
    batches = [checked_batch(), checked_batch(), checked_batch()]
    results = at_once([registering(batch) for batch in batches])
    assert len(refused(results)) == 2
    assert Asset.objects.filter(standing=Standing.REGISTERED).count() == 5


def test_registering_while_it_is_discarded_ends_in_one_of_the_two() -> None:
    for n in range(5):
        batch = checked_batch(f"第{n}回")
        assert len(refused(at_once([registering(batch), *[discarding(batch)] * 3]))) == 3
        done = Batch.objects.get(pk=batch.pk).stage == Batch.Stage.DONE
        assert Asset.objects.filter(proposals__batch=batch).count() == (5 if done else 0)
        assert not batch.rows.exists()


def test_two_direct_registrations_of_one_draft_are_one() -> None:
    proposal = world.proposal_in(State.DRAFT)

    def act() -> Proposal:
        return register_directly(again(proposal), by=world.person("secretariat"), reason="急ぎ")

    assert len(refused(at_once([act] * 4))) == 3
    assert Revision.objects.filter(asset=proposal.asset).count() == 1


def test_fifty_acts_at_once_leave_an_unbroken_chain() -> None:
    before = Head.objects.get(pk=1).count

    @transaction.atomic
    def act() -> None:
        record("asset.revised", world.department("tax"), by=world.person("clerk"), note="同時")

    at_once([act] * 50)
    report = verify()
    assert (report.count, report.problem) == (before + 50, "")


def test_twenty_people_begin_entries_at_once_and_all_are_kept() -> None:
    before = Asset.objects.count()
    at_once([drafting(f"同時{n}") for n in TWENTY])
    assert Asset.objects.count() == before + len(TWENTY)
    assert verify().problem == ""


def test_deciding_about_many_and_withdrawing_them_one_by_one_never_wait_for_each_other() -> None:
    proposals = [world.proposal_in(State.CONFIRMED, name=f"資産{n}") for n in range(12)]
    chosen = [(proposal.pk, proposal.version) for proposal in proposals]

    def approve_all() -> list[Proposal]:
        return decide_many(chosen, APPROVE, by=world.person("secretariat"), note="まとめて")

    def withdraw_from_the_end() -> None:
        for proposal in reversed(proposals):
            with contextlib.suppress(*REFUSALS):
                withdrawing(proposal)()

    done, _ = at_once([approve_all, withdraw_from_the_end])
    states = {again(proposal).state for proposal in proposals}
    assert states == ({State.APPROVED} if isinstance(done, list) else {State.WITHDRAWN})
    assert verify().problem == ""
