"""Long work on its page: only for who asked, in numbers while it runs, with a way to stop it and to what came of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from registry.jobs.models import Job, State
from registry.jobs.running import ask
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def asked(state: str = State.WAITING, **facts: Any) -> Job:
    job = ask("import-check", "「台帳.xlsx」の確認", {}, by=world.person("clerk"))
    Job.objects.filter(pk=job.pk).update(state=state, **facts)
    return Job.objects.get(pk=job.pk)


def test_the_page_says_how_far_it_is_and_asks_again_while_it_is_open(signed_in: SignIn) -> None:
    job = asked(State.RUNNING, stage="行を確かめています", done=400, total=3000)
    client, address = signed_in("clerk"), f"/jobs/{job.pk}/"
    page = client.get(address).content.decode()
    assert "行を確かめています（400 / 3000件）" in "".join(page.split("\n")).replace("  ", "")
    assert f'hx-get="{address}"' in page
    assert "中止する" in page
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "<html" not in part


def test_what_came_of_it_is_told_once_and_leads_to_the_result(signed_in: SignIn) -> None:
    job = asked(State.DONE, outcome="3,000件を登録しました。", url="/assets/imports/")
    page = signed_in("clerk").get(f"/jobs/{job.pk}/").content.decode()
    assert "3,000件を登録しました。" in page
    assert 'href="/assets/imports/"' in page
    assert "hx-get" not in page.partition('id="job"')[2].partition("</section>")[0]
    assert "中止する" not in page


@pytest.mark.parametrize("person", ["colleague", "manager", "secretariat", "sysadmin"])
def test_nobody_else_sees_or_stops_it(signed_in: SignIn, person: str) -> None:
    job, client = asked(), signed_in(person)
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert list(client.get("/jobs/").context["jobs"]) == []
    assert Job.objects.get(pk=job.pk).state == State.WAITING


def test_it_is_called_off_from_its_page(signed_in: SignIn) -> None:
    job, client = asked(), signed_in("clerk")
    answer = client.post(f"/jobs/{job.pk}/cancel/", follow=True)
    assert "中止しました" in answer.content.decode()
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 409
    assert [str(one) for one in client.get("/jobs/").context["jobs"]] == [str(job)]


def test_the_queue_before_it_is_counted(signed_in: SignIn) -> None:
    asked()
    job = asked()
    assert signed_in("clerk").get(f"/jobs/{job.pk}/").context["ahead"] == 1
