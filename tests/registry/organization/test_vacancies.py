"""空席: posts nobody sits in on a day, and who ends soon."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.base.fiscal import wareki
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Department, Organ, Post
from registry.organization.structure import create_department, create_post
from registry.organization.vacancies import SOON, endings_after, vacancies_on
from tests import world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PAGE = "/organization/vacancies/"


def today() -> dt.date:
    return timezone.localdate()


def vacant(day: dt.date) -> dict[str, dt.date | None]:
    return {vacancy.post.title: vacancy.since for vacancy in vacancies_on(day)}


def test_a_post_is_vacant_from_the_day_after_the_last_one() -> None:
    end_appointment(world.person("manager").appointments.get(), today() + 10 * DAY, by=None)
    assert "税務課長" not in vacant(today() + 10 * DAY)
    assert vacant(today() + 11 * DAY)["税務課長"] == today() + 10 * DAY


def test_a_post_nobody_ever_held_and_one_whose_holder_is_stopped_are_vacant() -> None:
    create_post(world.department("tax"), "室長", [], world.SINCE, by=None)
    found = {vacancy.post.title: vacancy for vacancy in vacancies_on(today())}
    assert found["室長"].since is None
    assert found["税務課主任"].stopped == ["税務課主任の人"]


def test_closed_units_and_posts_to_come_are_not_vacant() -> None:
    organ = Organ.objects.get(code="town")
    unit = create_department(Department(organ=organ, name="臨時室", valid_from=world.SINCE), by=None)
    create_post(unit, "室長", [], world.SINCE, by=None)
    create_post(world.department("tax"), "将来の職", [], today() + 5 * DAY, by=None)
    Department.objects.filter(pk=unit.pk).update(valid_until=today() - DAY)
    assert not {"室長", "将来の職"} & set(vacant(today()))
    assert "将来の職" in vacant(today() + 5 * DAY)


def test_who_ends_soon_is_listed_with_who_goes_on() -> None:
    end_appointment(world.person("manager").appointments.get(), today() + SOON * DAY, by=None)
    end_appointment(world.person("clerk").appointments.get(), today() + (SOON + 1) * DAY, by=None)
    [ending] = endings_after(today())
    assert (ending.appointment.user, ending.followed_by) == (world.person("manager"), [])
    appoint(world.person("postless"), world.head_of("tax"), today() + (SOON + 1) * DAY, by=None)
    [ending] = endings_after(today())
    assert ending.followed_by == ["任命のない人"]


def test_the_page_takes_any_day_and_says_all_of_it(signed_in: Callable[[str], Client]) -> None:
    last = today() + 10 * DAY
    end_appointment(world.person("manager").appointments.get(), last, by=None)
    client = signed_in("clerk")
    text = client.get(PAGE).content.decode()
    assert f"空席（{wareki(today())}）" in text
    assert "税務課長の人" in text
    assert "空席になる" in text
    later = client.get(PAGE, {"day": (last + DAY).isoformat()}).content.decode()
    assert f"{wareki(last)}まで在任" in later
    assert "日付として読めません" in client.get(PAGE, {"day": "いつか"}).content.decode()


def test_only_posts_with_a_role_on_request(signed_in: Callable[[str], Client]) -> None:
    create_post(world.department("tax"), "役割のない職", [], world.SINCE, by=None)
    client = signed_in("clerk")
    assert "役割のない職" in client.get(PAGE).content.decode()
    assert "役割のない職" not in client.get(PAGE, {"roles": "on"}).content.decode()


def test_the_tree_leads_there_with_the_same_number(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("clerk")
    count = len(vacancies_on(today()))
    assert count
    assert f"空席（{count}）" in client.get("/organization/").content.decode()


def test_as_many_queries_for_many_posts_as_for_few(signed_in: Callable[[str], Client]) -> None:
    client, counted = signed_in("clerk"), []
    for more in (1, 20):
        for number in range(more):
            create_post(world.department("tax"), f"職{more}-{number}", [], world.SINCE, by=None)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 20
    assert Post.objects.filter(title__startswith="職").count() == 21
