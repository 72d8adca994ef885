"""Many assets changed as one: all or none, each with its revision and history, undone as one while nothing newer touched it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assets.bulk import change_at_once, propose_at_once, undo
from assets.editing import propose_change
from assets.models import Asset, ChangeKind, ChangeSet, Proposal, Revision
from assets.states import Standing, State
from assets.values import snapshot
from assets.workflow import approve, confirm
from registry.base.verdict import Conflict
from registry.history.chain import verify
from registry.history.models import Entry
from registry.organization.appointments import appoint
from registry.organization.models import User
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests import world

pytestmark = pytest.mark.django_db
BULK, WHY = ChangeKind.BULK, "書庫の引越しのため"


def registered(count: int = 3, place: str = "tax") -> list[Asset]:
    if place == "council":
        proposals = [world.proposal_in(State.CONFIRMED, place, name=f"議会の資料{n}") for n in range(count)]
        return [approve(proposal, by=council_office()).asset for proposal in proposals]
    return [world.proposal_in(State.APPROVED, place, name=f"{place}の資料{n}").asset for n in range(count)]


def council_office() -> User:
    """The assembly's own 事務局, which alone registers there."""
    post = create_post(world.department("council"), "議会事務局次長", [Role.SECRETARIAT], world.SINCE, by=None)
    appoint(
        person := User.objects.create_user("council-office", "議会の事務局の人", world.PASSWORD),
        post,
        world.SINCE,
        by=None,
    )
    return person


def changes(assets: list[Asset], **values: Any) -> dict[int, dict[str, Any]]:
    return {asset.pk: values for asset in assets}


def everything() -> list[list[Any]]:
    """All that acts write, to see that a refused one wrote nothing."""
    return [list(model.objects.order_by("pk").values()) for model in (Asset, Proposal, Revision, ChangeSet, Entry)]


def fresh(assets: list[Asset]) -> list[Asset]:
    return list(Asset.objects.filter(pk__in=[asset.pk for asset in assets]).order_by("pk"))


def test_the_office_puts_one_value_in_force_on_many(secretariat: User) -> None:
    assets = registered() + registered(1, "residents")
    made = change_at_once(changes(assets, location="新書庫", remarks="引越し済"), kind=BULK, reason=WHY, by=secretariat)
    for asset in fresh(assets):
        assert (asset.location, asset.remarks, asset.version, asset.revision_number) == ("新書庫", "引越し済", 2, 2)
        now, before = asset.revisions.all()
        assert (now.texts["location"], before.texts["location"]) == ("新書庫", "本庁舎サーバ室")
        assert before.valid_until == now.valid_from
        entry = Entry.objects.about("asset", asset.pk).latest("sequence")
        assert (entry.act, entry.note) == ("asset.changed-at-once", WHY)
        assert ["保管場所", "本庁舎サーバ室", "新書庫"] in entry.changes
    assert made.lines.count() == 4
    assert Asset.objects.visible_to(secretariat).filter(location="新書庫").count() == 4
    assert not verify().problem


def test_undone_all_of_it_stands_as_before_under_a_new_revision(secretariat: User) -> None:
    assets = registered()
    stood = [snapshot(asset) for asset in fresh(assets)]
    made = change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)
    undoing = undo(made, by=secretariat, reason="引越しが中止になった")
    assert [snapshot(asset) for asset in fresh(assets)] == stood
    assert [asset.revision_number for asset in fresh(assets)] == [3, 3, 3]
    with pytest.raises(Conflict, match="すでに取り消されています"):
        undo(made, by=secretariat, reason="もう一度")
    undo(undoing, by=secretariat, reason="やはり引っ越す")
    assert {asset.location for asset in fresh(assets)} == {"新書庫"}


def test_what_was_changed_since_is_named_and_nothing_is_put_back(secretariat: User) -> None:
    assets = registered()
    made = change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)
    change_at_once(changes(assets[:1], location="別の書庫"), kind=BULK, reason=WHY, by=secretariat)
    before = everything()
    with pytest.raises(Conflict, match="「taxの資料0」は、そのあとに変わった"):
        undo(made, by=secretariat, reason="取りやめ")
    assert everything() == before


def test_an_application_begun_since_stands_in_the_way_of_undoing(secretariat: User, clerk: User) -> None:
    assets = registered()
    made = change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)
    propose_change(assets[1], {"remarks": "追記"}, base_version=2, by=clerk)
    with pytest.raises(Conflict, match="「taxの資料1」は、そのあとに変わった"):
        undo(made, by=secretariat, reason="取りやめ")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a required column emptied": ({"location": ""}, "保管場所"),
    "a My Number": ({"remarks": "123456789018"}, "個人番号"),
    "control characters": ({"location": "書\x07庫"}, "制御文字"),
    "too long": ({"unit": "係" * 101}, "100文字まで"),
    "a contract that ends before it begins": (
        {"contract_from": "2026-04-01", "contract_term": "2025-04-01"},
        "開始より前",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_values_that_may_not_stand_change_nothing(name: str, secretariat: User) -> None:
    values, sentence = REFUSED[name]
    assets = registered()
    before = everything()
    for act in (change_at_once, propose_at_once):
        with pytest.raises(Conflict, match=sentence):
            act(changes(assets, **values), kind=BULK, reason=WHY, by=secretariat)
    assert everything() == before


@pytest.mark.parametrize("username", ["clerk", "manager", "reviewer", "auditor", "stranger", "councillor", "sysadmin"])
def test_nobody_but_the_office_puts_in_force(username: str) -> None:
    assets = registered()
    before = everything()
    with pytest.raises(Conflict):
        change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=world.person(username))
    assert everything() == before


def test_one_asset_of_another_department_stops_all_of_it(clerk: User, secretariat: User) -> None:
    mine, theirs, council = registered(), registered(1, "residents"), registered(1, "council")
    before = everything()
    with pytest.raises(Conflict, match="見つからない") as hidden:
        propose_at_once(changes(mine + theirs, location="新書庫"), kind=BULK, reason=WHY, by=clerk)
    with pytest.raises(Conflict) as absent:
        propose_at_once({**changes(mine, location="新書庫"), 999_999: {}}, kind=BULK, reason=WHY, by=clerk)
    assert str(hidden.value) == str(absent.value)
    with pytest.raises(Conflict, match="見つからない"):
        change_at_once(changes(mine + council, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)
    assert everything() == before


def test_nothing_moves_across_the_border_of_an_autonomous_organ(secretariat: User) -> None:
    assets = registered()
    with pytest.raises(Conflict):
        change_at_once(changes(assets, section=world.department("council").pk), kind=BULK, reason=WHY, by=secretariat)


def test_an_open_application_stands_in_the_way(secretariat: User, clerk: User) -> None:
    assets = registered()
    propose_change(assets[0], {"remarks": "追記"}, base_version=1, by=clerk)
    with pytest.raises(Conflict, match="まだ決まっていない変更の申請"):
        change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)


def test_a_reason_is_needed(secretariat: User) -> None:
    for act in (change_at_once, propose_at_once):
        with pytest.raises(ValidationError, match="理由"):
            act(changes(registered(1), location="新書庫"), kind=BULK, reason=" ", by=secretariat)


def test_clerks_propose_for_many_and_each_goes_its_round(clerk: User, manager: User, secretariat: User) -> None:
    assets = registered()
    propose_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=clerk)
    assert {asset.location for asset in fresh(assets)} == {"本庁舎サーバ室"}
    waiting = Proposal.objects.waiting_for(manager)
    assert waiting.count() == 3
    for proposal in waiting:
        approve(confirm(proposal, by=manager), by=secretariat)
    assert {(asset.location, asset.revision_number) for asset in fresh(assets)} == {("新書庫", 2)}


def test_undone_by_the_clerk_all_proposals_are_withdrawn(clerk: User) -> None:
    assets = registered()
    made = propose_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=clerk)
    undoing = undo(made, by=clerk, reason="まちがえた")
    assert {p.state for p in Proposal.objects.filter(asset__in=assets, kind="change")} == {State.WITHDRAWN}
    assert {asset.open_proposal_id for asset in fresh(assets)} == {None}
    with pytest.raises(Conflict, match="すでに取り消されています"):
        undo(undoing, by=clerk, reason="やはり申請する")


def test_once_the_head_has_confirmed_one_the_clerk_cannot_undo_all(clerk: User, manager: User) -> None:
    assets = registered()
    made = propose_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=clerk)
    confirm(Proposal.objects.waiting_for(manager)[0], by=manager)
    before = everything()
    with pytest.raises(Conflict, match="そのあとに変わった"):
        undo(made, by=clerk, reason="まちがえた")
    assert everything() == before


def test_somebody_else_cannot_undo_what_they_could_not_have_done(clerk: User, secretariat: User) -> None:
    assets = registered()
    made = change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)
    proposed = propose_at_once(
        changes(registered(1, "residents"), location="外"), kind=BULK, reason=WHY, by=secretariat
    )
    for change_set in (made, proposed):
        with pytest.raises((Conflict, PermissionDenied)):
            undo(change_set, by=clerk, reason="元に戻す")


@pytest.mark.parametrize("gone", [world.DISPOSED, {"standing": Standing.ABANDONED}])
def test_what_is_no_longer_in_force_is_not_changed(gone: dict[str, Any], secretariat: User) -> None:
    assets = registered(2)
    Asset.objects.filter(pk=assets[0].pk).update(**gone)
    with pytest.raises(Conflict, match="登録済でない"):
        change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)


def test_as_many_queries_for_thirty_as_for_three(secretariat: User, django_assert_max_num_queries: Any) -> None:
    few, many = registered(3), registered(30, "residents")
    counted = []
    change_at_once(changes(few, remarks="慣らし"), kind=BULK, reason=WHY, by=secretariat)
    for assets in (few, many):
        with django_assert_max_num_queries(60) as captured:
            made = change_at_once(changes(assets, location="新書庫"), kind=BULK, reason=WHY, by=secretariat)
        counted.append(len(captured))
        with django_assert_max_num_queries(60):
            undo(made, by=secretariat, reason="元に戻す")
    assert counted[0] == counted[1]
