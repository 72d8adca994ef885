"""不在と代理: a deputy has the rights of the post for the period and no longer, and what they do says so."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from assets.models import Proposal
from assets.states import State
from assets.workflow import confirm, submit
from registry.history.models import Entry
from registry.organization.access import departments_where
from registry.organization.appointments import end_appointment
from registry.organization.models import Appointment, Post, User
from registry.organization.roles import Permission, Role
from registry.organization.standing_in import end_stand_in, may_record_absence, stand_in
from registry.organization.structure import create_post
from tests import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PAGE = "/organization/absences/"


def today() -> dt.date:
    return timezone.localdate()


def held_by(username: str) -> Appointment:
    return Appointment.objects.get(user__username=username, absentee__isnull=True)


def deputy(username: str = "colleague", of: str = "manager", by: str = "secretariat", days: int = 7) -> Appointment:
    return stand_in(
        held_by(of), world.person(username), today(), today() + days * DAY, reason="出張", by=world.person(by)
    )


def test_a_deputy_confirms_and_history_says_as_what() -> None:
    proposal = world.proposal_in(State.SUBMITTED)
    with pytest.raises(PermissionDenied):
        confirm(proposal, by=world.person("colleague"))
    deputy()
    confirm(Proposal.objects.get(pk=proposal.pk), by=world.person("colleague"))
    entry = Entry.objects.newest_first()[0]
    assert (entry.act, entry.post_label) == ("asset.confirm", "税務課主事、税務課長代理")


def test_before_and_after_the_period_there_is_no_right() -> None:
    later = stand_in(
        held_by("manager"),
        world.person("colleague"),
        today() + DAY,
        today() + DAY,
        reason="",
        by=world.person("secretariat"),
    )
    assert not departments_where(world.person("colleague"), Permission.CONFIRM_ASSETS)
    Appointment.objects.filter(pk=later.pk).update(valid_from=today(), valid_until=today())
    assert departments_where(world.person("colleague"), Permission.CONFIRM_ASSETS)
    Appointment.objects.filter(pk=later.pk).update(valid_from=today() - DAY, valid_until=today() - DAY)
    assert not departments_where(world.person("colleague"), Permission.CONFIRM_ASSETS)
    assert world.person("colleague").post_label() == "税務課主事"


def test_nobody_confirms_their_own_as_a_deputy() -> None:
    own = world.proposal_in(State.SUBMITTED)
    deputy("clerk")
    with pytest.raises(PermissionDenied, match="自分が作成"):
        confirm(own, by=world.person("clerk"))
    others = world.proposal_in(State.DRAFT, name="ほかの人の資料")
    Proposal.objects.filter(pk=others.pk).update(drafted_by=world.person("colleague"))
    confirm(submit(Proposal.objects.get(pk=others.pk), by=world.person("colleague")), by=world.person("clerk"))


def test_a_head_names_the_deputies_of_the_own_unit() -> None:
    deputy(by="manager")
    deputy("postless", of="clerk", by="manager")
    entry = Entry.objects.newest_first()[0]
    assert (entry.act, entry.actor_label, entry.changes[0]) == (
        "person.stand-in",
        "税務課長の人",
        ["職", "", "税務課主査代理"],
    )


@pytest.mark.parametrize(
    "username", ["clerk", "colleague", "stranger", "stranger_clerk", "reviewer", "auditor", "council_head"]
)
def test_nobody_else_does(username: str) -> None:
    before = Appointment.objects.count()
    with pytest.raises(PermissionDenied, match=r"課長.*事務局|事務局に依頼|自律機関"):
        deputy("postless", by=username)
    assert Appointment.objects.count() == before


def test_a_head_gives_no_rights_that_reach_beyond_the_unit() -> None:
    office = Post.objects.get(title="情報政策係長")
    create_post(world.department("planning"), "企画課の長", [Role.MANAGER], world.SINCE, by=None)
    head = Post.objects.get(title="企画課の長")
    Appointment.objects.create(user=world.person("postless"), post=head, kind="main", valid_from=world.SINCE)
    verdict = may_record_absence(world.person("postless"), office)
    assert not verdict
    assert "課の外に及ぶ権限" in verdict.reason


def test_a_deputy_of_the_head_names_no_further_deputies() -> None:
    deputy()
    with pytest.raises(PermissionDenied, match="課長"):
        deputy("postless", of="clerk", by="colleague")


WRONG = {
    "themselves": (("manager", "manager", "secretariat", 7), "別の人"),
    "the recorder": (("manager", "manager", "manager", 7), "自分を代理にする"),
    "a stopped person": (("disabled", "manager", "secretariat", 7), "停止中"),
    "a period gone by": (("colleague", "manager", "secretariat", -1), "過ぎた期間"),
    "somebody in the post already": (("stranger", "stranger", "secretariat", 7), "別の人"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_said_and_nothing_is_kept(case: str) -> None:
    (who, of, by, days), words = WRONG[case]
    before = (Appointment.objects.count(), Entry.objects.count())
    with pytest.raises(ValidationError) as refused:
        deputy(who, of, by, days)
    assert any(words in message for message in refused.value.messages)
    assert (Appointment.objects.count(), Entry.objects.count()) == before


def test_only_while_the_holder_is_in_office() -> None:
    end_appointment(held_by("manager"), today() + 3 * DAY, by=None)
    with pytest.raises(ValidationError, match="在任している期間"):
        deputy()
    with pytest.raises(ValidationError, match="在任している期間"):
        stand_in(
            held_by("clerk"),
            world.person("colleague"),
            world.SINCE - DAY,
            today(),
            reason="",
            by=world.person("manager"),
        )


def test_who_leaves_office_takes_their_deputies_along() -> None:
    deputy(days=7)
    begun, coming = Appointment.objects.get(absentee=world.person("manager")), today() + 5 * DAY
    later = stand_in(
        held_by("manager"), world.person("postless"), coming, coming, reason="", by=world.person("secretariat")
    )
    end_appointment(held_by("manager"), today() + DAY, by=None)
    begun.refresh_from_db()
    assert begun.valid_until == today() + DAY
    assert not Appointment.objects.filter(pk=later.pk).exists()
    assert Entry.objects.filter(act="person.stand-in-withdrawn").count() == 1


def test_a_deputy_has_no_deputy() -> None:
    acting, clerk = deputy(), world.person("clerk")
    with pytest.raises(ValidationError, match="代理の人の代理"):
        stand_in(acting, clerk, today(), today(), reason="", by=world.person("secretariat"))


def test_the_same_deputy_twice_at_once_is_refused() -> None:
    deputy()
    with pytest.raises(ValidationError, match="すでに"):
        deputy()


def test_back_early_today_is_the_last_day_and_what_has_not_begun_is_off() -> None:
    acting = deputy()
    end_stand_in(acting, by=world.person("manager"))
    acting.refresh_from_db()
    assert acting.valid_until == today()
    later = stand_in(
        held_by("clerk"), world.person("colleague"), today() + DAY, today() + DAY, reason="", by=world.person("manager")
    )
    end_stand_in(later, by=world.person("manager"))
    assert not Appointment.objects.filter(pk=later.pk).exists()
    assert Entry.objects.newest_first()[0].act == "person.stand-in-withdrawn"
    with pytest.raises(PermissionDenied):
        end_stand_in(acting, by=world.person("clerk"))


def test_the_page_from_form_to_early_end(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("manager")
    data = {
        "holder": held_by("clerk").pk,
        "deputy": world.person("colleague").pk,
        "since": today().isoformat(),
        "until": (today() + 7 * DAY).isoformat(),
        "reason": "休暇",
    }
    answer = client.post(PAGE, data, follow=True)
    assert "税務課主事の人さんが税務課主査代理になります" in answer.content.decode()
    acting = Appointment.objects.get(absentee__isnull=False)
    assert (acting.absentee, acting.reason) == (world.person("clerk"), "休暇")
    assert "代理中" in client.get(PAGE).content.decode()
    assert "税務課主事の人" in client.get("/organization/").content.decode()
    done = client.post(f"{PAGE}{acting.pk}/end/", follow=True)
    assert "今日で終わります" in done.content.decode()


def test_the_form_offers_only_ones_own_unit_and_takes_nothing_else(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("manager")
    page = client.get(PAGE).content.decode()
    assert "税務課主査の人（税務課主査）" in page
    assert "住民課長の人（住民課長）" not in page
    assert "情報政策係長の人（" not in page
    data = {
        "holder": held_by("stranger").pk,
        "deputy": world.person("clerk").pk,
        "since": "2026-04-01",
        "until": "2099-01-01",
    }
    assert client.post(PAGE, data).status_code == 400
    data |= {"holder": held_by("clerk").pk, "deputy": world.person("manager").pk}
    assert client.post(PAGE, data).status_code == 400
    assert not Appointment.objects.filter(absentee__isnull=False).exists()


def test_a_deputy_of_another_unit_is_not_ended_from_here(signed_in: Callable[[str], Client]) -> None:
    acting = deputy("postless", of="stranger")
    assert signed_in("manager").post(f"{PAGE}{acting.pk}/end/").status_code == 404
    acting.refresh_from_db()
    assert acting.valid_until == today() + 7 * DAY
    assert User.objects.filter(appointments=acting).exists()
