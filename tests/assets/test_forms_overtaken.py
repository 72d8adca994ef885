"""Two people with the same form open: the second is told, keeps what was typed, sees the difference, and decides."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets.models import Asset, Proposal
from assets.states import State
from assets.workflow import approve, confirm, submit, withdraw
from registry.history.models import Entry
from tests import world
from tests.assets.pages import edit_page, errors_of, shown_form

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def told(answer: Any) -> dict[str, tuple[str, str]]:
    """What the page of the loser says differs: key → (theirs, mine)."""
    assert errors_of(answer)["__all__"]
    assert "保存されている内容(変更前)と、あなたの入力(変更後)" in answer.content.decode()
    return {row.key: (row.old, row.new) for row in answer.context["conflict"]}


def test_the_second_to_save_a_draft_keeps_the_input_and_sees_field_by_field_what_differs(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.DRAFT).asset
    first, second = signed_in("clerk"), signed_in("colleague")
    mine, theirs = shown_form(first, edit_page(asset)), shown_form(second, edit_page(asset))
    first.post(edit_page(asset), {**mine, "location": "東支所", "remarks": "先に保存"})
    answer = second.post(edit_page(asset), {**theirs, "location": "西支所", "staff": "鈴木"})
    assert told(answer) == {"location": ("東支所", "西支所"), "staff": ("", "鈴木"), "remarks": ("先に保存", "")}
    assert answer.context["form"]["location"].value() == "西支所"
    assert (Asset.objects.get().location, Asset.objects.get().staff) == ("東支所", "")
    again = {**theirs, "location": "西支所", "version": str(answer.context["version"])}
    assert second.post(edit_page(asset), again).status_code == 302
    assert Asset.objects.get().location == "西支所"


def test_two_who_propose_a_change_of_the_same_asset_do_not_overwrite_each_other(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED).asset
    first, second = signed_in("clerk"), signed_in("colleague")
    mine, theirs = shown_form(first, edit_page(asset)), shown_form(second, edit_page(asset))
    assert first.post(edit_page(asset), {**mine, "location": "東支所"}).status_code == 302
    answer = second.post(edit_page(asset), {**theirs, "location": "西支所"})
    assert told(answer) == {"location": ("東支所", "西支所")}
    change = Proposal.objects.get(asset=asset, state=State.DRAFT)
    assert (change.values["location"], change.drafted_by) == ("東支所", world.person("clerk"))
    assert answer.context["form"]["location"].value() == "西支所"


def test_a_draft_that_was_submitted_meanwhile_is_not_changed_and_the_input_is_not_lost(signed_in: SignIn) -> None:
    proposal = world.proposal_in(State.DRAFT)
    client = signed_in("clerk")
    form = shown_form(client, edit_page(proposal.asset))
    submit(proposal, by=world.person("colleague"))
    answer = client.post(edit_page(proposal.asset), {**form, "location": "西支所"})
    assert "西支所" in answer.content.decode()
    assert "西支所" not in Proposal.objects.get(pk=proposal.pk).values.values()


def test_a_change_that_was_decided_meanwhile_is_not_begun_anew_by_an_old_form(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED).asset
    client = signed_in("clerk")
    client.post(edit_page(asset), {**shown_form(client, edit_page(asset)), "location": "東支所"})
    change = Proposal.objects.get(asset=asset, state=State.DRAFT)
    old = shown_form(client, edit_page(asset))
    withdraw(change, by=world.person("colleague"))
    answer = client.post(edit_page(asset), {**old, "location": "西支所"})
    assert told(answer)["location"] == ("本庁舎サーバ室", "西支所")
    assert Proposal.objects.filter(asset=asset).count() == 2
    assert not Proposal.objects.filter(asset=asset, state=State.DRAFT).exists()


def test_a_change_approved_meanwhile_is_seen_before_a_new_one_is_proposed(signed_in: SignIn) -> None:
    asset = world.proposal_in(State.APPROVED).asset
    client = signed_in("colleague")
    old = shown_form(client, edit_page(asset))
    other = signed_in("clerk")
    other.post(edit_page(asset), {**shown_form(other, edit_page(asset)), "location": "東支所", "act": "submit"})
    change = Proposal.objects.get(asset=asset, state=State.SUBMITTED)
    approve(confirm(change, by=world.person("manager")), by=world.person("secretariat"))
    answer = client.post(edit_page(asset), {**old, "staff": "鈴木"})
    assert told(answer) == {"location": ("東支所", "本庁舎サーバ室"), "staff": ("", "鈴木")}
    assert Asset.objects.get(pk=asset.pk).location == "東支所"


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "９", "99999999999999999999999"])
def test_a_strange_version_saves_nothing(version: str, signed_in: SignIn) -> None:
    asset = world.proposal_in(State.DRAFT).asset
    client = signed_in("clerk")
    answer = client.post(
        edit_page(asset), {**shown_form(client, edit_page(asset)), "version": version, "staff": "鈴木"}
    )
    assert told(answer)["staff"] == ("", "鈴木")
    assert Asset.objects.get().staff == ""
    assert not Entry.objects.filter(act="asset.revised").exists()
