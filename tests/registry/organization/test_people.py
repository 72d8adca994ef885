"""Acts on people: who may do what to whom, what history keeps of it, and what a temporary password is worth."""

from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client

from registry.history.models import Entry
from registry.organization import people
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from tests.world import person

pytestmark = pytest.mark.django_db
ACTS: dict[str, Callable[[User, User], object]] = {
    "change": lambda user, by: people.change_person(user, "別の名前", by=by),
    "disable": lambda user, by: people.disable(user, by=by),
    "enable": lambda user, by: people.enable(user, by=by),
    "password": lambda user, by: people.set_temporary_password(user, by=by),
}


def last_entry() -> Entry:
    return Entry.objects.newest_first()[0]


def test_a_new_person_is_recorded_and_cannot_log_in_yet() -> None:
    user = people.create_person("new", "新人", by=person("secretariat"))
    assert (user.has_usable_password(), user.must_change_password, user.is_superuser) == (False, True, False)
    assert (last_entry().act, last_entry().subject_label) == ("person.created", "新人")


@pytest.mark.parametrize("username", ["CLERK", "clerk", "ＣＬＥＲＫ"])
def test_a_login_name_that_looks_like_another_is_refused(username: str) -> None:
    with pytest.raises(ValidationError, match="すでに使われています"):
        people.create_person(username, "誰か", by=person("secretariat"))


@pytest.mark.parametrize("username", ["税務", "a b", ""])
def test_a_login_name_is_plain_ascii(username: str) -> None:
    with pytest.raises(ValidationError):
        people.create_person(username, "誰か", by=person("secretariat"))


def test_a_changed_name_keeps_old_and_new_in_history() -> None:
    people.change_person(person("clerk"), "改姓後", by=person("secretariat"))
    assert person("clerk").name == "改姓後"
    assert last_entry().changes == [["氏名", "税務課主査の人", "改姓後"]]


def test_nothing_is_recorded_when_nothing_changes() -> None:
    count = Entry.objects.count()
    people.change_person(person("clerk"), person("clerk").name, by=person("secretariat"))
    people.enable(person("clerk"), by=person("secretariat"))
    assert Entry.objects.count() == count


def test_a_stopped_person_is_outside_at_once_and_inside_again_when_let_in(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("clerk")
    people.disable(person("clerk"), by=person("secretariat"))
    assert client.get("/").status_code == 302
    assert departments_where(person("clerk"), Permission.VIEW_ASSETS) == frozenset()
    assert not person("clerk").groups.exists()
    people.enable(person("clerk"), by=person("secretariat"))
    assert client.get("/").status_code == 302
    assert departments_where(person("clerk"), Permission.VIEW_ASSETS)
    assert person("clerk").groups.exists()
    assert [entry.act for entry in Entry.objects.newest_first()[:2]] == ["person.enabled", "person.disabled"]


def test_a_temporary_password_opens_the_door_once_and_is_nowhere_in_history(client: Client) -> None:
    password = people.set_temporary_password(person("clerk"), by=person("secretariat"))
    assert person("clerk").check_password(password)
    assert person("clerk").must_change_password
    assert last_entry().act == "person.password-set"
    assert password not in str([last_entry().changes, last_entry().note, last_entry().subject_label])


def test_temporary_passwords_differ() -> None:
    assert len({people.set_temporary_password(person("clerk"), by=person("secretariat")) for _ in range(5)}) == 5


def test_a_temporary_password_ends_running_sessions(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("clerk")
    people.set_temporary_password(person("clerk"), by=person("secretariat"))
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["clerk", "manager", "reviewer", "auditor", "postless"])
def test_only_those_who_manage_the_organisation_act_on_people(act: str, who: str) -> None:
    count = Entry.objects.count()
    with pytest.raises(PermissionDenied):
        ACTS[act](person("stranger"), person(who))
    assert Entry.objects.count() == count


@pytest.mark.parametrize("act", ACTS)
def test_an_administrator_is_only_changed_by_an_administrator(act: str) -> None:
    with pytest.raises(PermissionDenied, match="システム管理者だけ"):
        ACTS[act](person("sysadmin"), person("secretariat"))


@pytest.mark.parametrize("who", ["secretariat", "sysadmin"])
def test_nobody_stops_themselves(who: str) -> None:
    with pytest.raises(PermissionDenied, match="自分を停止"):
        people.disable(person(who), by=person(who))


def test_a_lifted_lock_is_recorded_with_the_person() -> None:
    attempt = AccessAttempt.objects.create(
        username="clerk", ip_address="192.0.2.1", failures_since_start=5, user_agent="x", get_data="", post_data=""
    )
    assert people.unlock([attempt], by=person("secretariat")) == 1
    assert not AccessAttempt.objects.exists()
    assert (last_entry().act, last_entry().subject_id) == ("person.unlocked", person("clerk").pk)


def test_a_failed_act_leaves_neither_change_nor_history(monkeypatch: pytest.MonkeyPatch) -> None:
    count = Entry.objects.count()

    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(people, "project_memberships", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        people.disable(person("clerk"), by=person("secretariat"))
    assert (person("clerk").is_active, Entry.objects.count()) == (True, count)
