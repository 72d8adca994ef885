"""A reorganisation is taken back as a whole while nothing newer touched it; otherwise what did is named."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from assets.body_columns import columns_of_body
from assets.columns import Kind
from assets.editing import draft, propose_change
from assets.models import Asset
from assets.states import State
from assets.values import snapshot, texts
from assets.workflow import withdraw
from registry.base.verdict import Conflict
from registry.history.models import Entry
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Department, Organ, Post, Reorganization
from registry.organization.models.reorganization import Stage
from registry.organization.structure import create_department, create_post
from registry.portal.reorganizing import undo
from tests import world
from tests.assets.own_columns import made as made
from tests.registry.portal.city import standing
from tests.registry.portal.plans import (
    DAY,
    by_hand,
    carried_out,
    changed,
    renamed,
)

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)


def now(name: str) -> Department:
    return Department.objects.current().get(name=name)


def test_undone_everything_is_as_it_was() -> None:
    world.proposal_in(State.APPROVED)
    world.proposal_in(State.SUBMITTED, name="申請中の資料")
    world.proposal_in(State.DRAFT, name="下書きの資料")
    before = standing()
    plan = carried_out(renamed())
    assert standing() != before
    undo(plan, reason="誤り", by=world.person("secretariat"))
    assert standing() == before
    assert not Department.objects.current(DAY).filter(name="課税課").exists()
    assert Entry.objects.newest_first()[0].act in {"reorganization.undone", "ledger.undone-at-once"}
    plan.refresh_from_db()
    assert plan.stage == Stage.UNDONE
    with pytest.raises(Conflict, match="元に戻した"):
        undo(plan, reason="もう一度", by=world.person("secretariat"))


def test_taken_back_only_with_a_reason() -> None:
    plan = carried_out(renamed())
    with pytest.raises(ValidationError, match="元に戻す理由"):
        undo(plan, reason=" ", by=world.person("secretariat"))
    assert now("課税課")


def test_undone_it_can_be_done_again() -> None:
    undo(carried_out(renamed()), reason="誤り", by=world.person("secretariat"))
    carried_out(renamed())
    assert now("課税課").code == "1040"


def test_what_own_columns_name_goes_along_and_comes_back() -> None:
    made(Kind.POST, "点検する職")
    made(Kind.OTHER_DEPARTMENT, "共に使う課")
    head, unit = (column.key for column in columns_of_body().own)
    said = {head: world.head_of("tax").pk, unit: world.department("tax").pk}
    assets = [
        world.proposal_in(state, "residents", name=state, **said).asset for state in (State.APPROVED, State.DRAFT)
    ]
    plan = carried_out(renamed())
    for asset in assets:
        now_said = texts(Asset.objects.get(pk=asset.pk))
        assert (now_said[head], now_said[unit]) == ("課税課長", "課税課")
    late = draft(
        world.values("residents", name="後から", **{unit: now("課税課").pk}), by=world.person("stranger_clerk")
    )
    with pytest.raises(Conflict, match="後から"):
        undo(plan, reason="誤り", by=world.person("secretariat"))
    withdraw(late, by=world.person("stranger_clerk"))
    undo(plan, reason="誤り", by=world.person("secretariat"))
    assert {snapshot(Asset.objects.get(pk=asset.pk))[unit] for asset in assets} == {said[unit]}


def appointed_since() -> None:
    appoint(world.person("postless"), Post.objects.get(title="課税課主事"), timezone.localdate(), by=None)


def ended_since() -> None:
    end_appointment(world.person("clerk").appointments.current().get(), timezone.localdate(), by=None)


def posted_since() -> None:
    create_post(now("課税課"), "係長", [], DAY, by=None)


def placed_since() -> None:
    create_department(
        Department(organ=Organ.objects.get(code="town"), parent=now("課税課"), name="収納係", valid_from=DAY), by=None
    )


def registered_since() -> None:
    head = Post.objects.current().get(title="課税課長")
    values = world.values("residents", section=now("課税課").pk, sec_manager=head.pk, name="あとからの資料")
    draft(values, by=world.person("clerk"))


def disposed_since() -> None:
    head = Post.objects.current().get(title="課税課長")
    values = world.values("residents", section=now("課税課").pk, sec_manager=head.pk, name="あとから廃棄した資料")
    Asset.objects.filter(pk=draft(values, by=world.person("clerk")).asset_id).update(
        open_proposal=None, **world.DISPOSED
    )


def code_given_since() -> None:
    council = Organ.objects.get(code="council")
    create_department(Department(organ=council, name="調査課", code="1040", valid_from=DAY), by=None)


def proposed_since() -> None:
    asset = Asset.objects.get(name="住民の資料")
    head = Post.objects.current().get(title="課税課長")
    propose_change(asset, {"sec_responsible": head.pk}, base_version=1, by=world.person("stranger_clerk"))


def reorganized_since() -> None:
    carried_out(renamed_again())


def renamed_again() -> Reorganization:
    plan = by_hand(DAY + ONE)
    changed(plan, "住民課", name="市民課")
    return plan


SINCE_THEN = {
    "somebody appointed": (appointed_since, "任命「課税課主事 任命のない人」"),
    "somebody's appointment ended": (ended_since, "任命「課税課主査 税務課主査の人」"),
    "a post added": (posted_since, "職「課税課 係長」"),
    "a unit added": (placed_since, "組織「課税課 収納係」"),
    "an asset entered": (registered_since, "情報資産「あとからの資料」"),
    "an asset that came and went": (disposed_since, "情報資産「あとから廃棄した資料」"),
    "the old code given to another": (code_given_since, "所属コード1040を、いまは「調査課」が使っています"),
    "a proposal that names a new post": (proposed_since, "「住民の資料」の申請"),
    "another reorganisation": (reorganized_since, "後の組織改編「春の改編」"),
}


@pytest.mark.parametrize("case", SINCE_THEN)
def test_what_was_touched_since_is_named_and_nothing_is_taken_back(case: str) -> None:
    world.proposal_in(State.APPROVED, "residents", name="住民の資料")
    plan = by_hand()
    changed(plan, "税務課", name="課税課", code="1041")
    plan = carried_out(plan)
    act, words = SINCE_THEN[case]
    act()
    before = standing()
    with pytest.raises(Conflict, match=words):
        undo(plan, reason="誤り", by=world.person("secretariat"))
    assert standing() == before
