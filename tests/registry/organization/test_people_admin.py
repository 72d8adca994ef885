"""People and appointments on the bench of the 事務局: given, ended, stopped and let in through the acts."""

import datetime as dt

import pytest
from axes.models import AccessAttempt

from registry.history.models import Entry
from registry.organization.access import departments_where
from registry.organization.models import Appointment, User
from registry.organization.roles import Permission
from tests.registry.organization.bench import TODAY, SignIn, acts_since, run, url_of
from tests.world import head_of, person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,  # the stock admin leaves variables undefined
]


def test_appointing_gives_rights_and_history(signed_in: SignIn) -> None:
    start = Entry.objects.count()
    data = {
        "user": person("postless").pk,
        "post": head_of("tax").pk,
        "kind": "acting",
        "valid_from": "2026-04-01",
        "valid_until": "",
    }
    assert signed_in("secretariat").post(url_of(Appointment, "add"), data).status_code == 302
    assert acts_since(start) == ["person.appointed"]
    assert departments_where(person("postless"), Permission.CONFIRM_ASSETS) or TODAY() < dt.date(2026, 4, 1)


def test_an_appointment_that_exists_is_refused(signed_in: SignIn) -> None:
    data = {"user": person("manager").pk, "post": head_of("tax").pk, "kind": "main", "valid_from": "2026-04-01"}
    answer = signed_in("secretariat").post(url_of(Appointment, "add"), data)
    assert "すでに「税務課長」に任命されています" in answer.content.decode()


def test_appointments_end_today_after_one_question(signed_in: SignIn) -> None:
    rows = list(Appointment.objects.filter(user__username__in=["clerk", "colleague"]))
    client, start = signed_in("secretariat"), Entry.objects.count()
    assert "選んだ2件の任命を今日で終了します" in run(client, Appointment, "end_selected", *rows).content.decode()
    assert acts_since(start) == []
    run(client, Appointment, "end_selected", *rows, confirmed="1")
    assert acts_since(start) == ["person.appointment-ended"] * 2
    assert set(Appointment.objects.filter(pk__in=[row.pk for row in rows]).values_list("valid_until", flat=True)) == {
        TODAY()
    }


def test_the_end_of_an_appointment_cannot_be_taken_back(signed_in: SignIn) -> None:
    ended = Appointment.objects.get(user__username="former")
    answer = signed_in("secretariat").post(url_of(Appointment, "change", ended.pk), {"valid_until": ""})
    assert "空欄に戻せません" in answer.content.decode()


def test_a_new_person_gets_a_password_that_is_shown_once(signed_in: SignIn) -> None:
    client, start = signed_in("secretariat"), Entry.objects.count()
    answer = client.post(url_of(User, "add"), {"username": "newcomer", "name": "新人"})
    [given] = answer.context["given"]
    assert given["password"] in answer.content.decode()
    assert person("newcomer").check_password(given["password"])
    assert acts_since(start) == ["person.created", "person.password-set"]
    assert given["password"] not in client.get(url_of(User, "change", person("newcomer").pk)).content.decode()


def test_people_are_stopped_and_let_in_again_after_one_question(signed_in: SignIn) -> None:
    client, people = signed_in("secretariat"), [person("clerk"), person("colleague"), person("manager")]
    assert "選んだ3人を停止します" in run(client, User, "disable_selected", *people).content.decode()
    run(client, User, "disable_selected", *people, confirmed="1")
    assert not any(person(name).is_active for name in ("clerk", "colleague", "manager"))
    run(client, User, "enable_selected", *people, confirmed="1")
    assert person("clerk").is_active


def test_stopping_oneself_among_others_stops_nobody(signed_in: SignIn) -> None:
    refused = run(
        signed_in("secretariat"), User, "disable_selected", person("clerk"), person("secretariat"), confirmed="1"
    )
    assert "自分を停止" in refused.content.decode()
    assert person("clerk").is_active


def test_the_secretariat_cannot_take_over_an_administrator(signed_in: SignIn) -> None:
    client, before = signed_in("secretariat"), person("sysadmin").password
    answer = run(client, User, "give_temporary_passwords", person("sysadmin"), confirmed="1")
    assert "システム管理者だけ" in answer.content.decode()
    client.post(
        url_of(User, "change", person("secretariat").pk), {"name": "私", "is_superuser": "on", "username": "root"}
    )
    assert (person("sysadmin").password, person("secretariat").is_superuser) == (before, False)


def test_temporary_passwords_for_several(signed_in: SignIn) -> None:
    answer = run(
        signed_in("secretariat"), User, "give_temporary_passwords", person("clerk"), person("manager"), confirmed="1"
    )
    assert [row["username"] for row in answer.context["given"]] == ["clerk", "manager"]


def test_a_lock_is_lifted(signed_in: SignIn) -> None:
    attempt = AccessAttempt.objects.create(
        username="clerk", ip_address="192.0.2.1", failures_since_start=5, user_agent="x", get_data="", post_data=""
    )
    client = signed_in("secretariat")
    assert "選んだ1件のロックを解除します" in run(client, AccessAttempt, "unlock_selected", attempt).content.decode()
    run(client, AccessAttempt, "unlock_selected", attempt, confirmed="1")
    assert not AccessAttempt.objects.exists()
