"""What is too much for one request goes on in the background: the same acts, the same refusals, the rights of that moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets.bulk import change_at_once
from assets.ledger import background
from assets.models import Asset, Batch, ChangeKind
from assets.views import bulk, importing
from registry.jobs.models import Job, State
from registry.jobs.running import finish, run_next
from registry.organization.models import User
from tests import world
from tests.assets.test_bulk_editing import done, picked, registered, weighed
from tests.assets.uploads import checked, decide, good, register, table

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (background, bulk, importing):
        monkeypatch.setattr(module, "IN_A_REQUEST", 1)


def carried_out() -> Job:
    job = Job.objects.latest("pk")
    assert run_next() == job
    return Job.objects.get(pk=job.pk)


def prepared(client: Client, assets: list[Asset]) -> Any:
    draft = picked(client, assets)
    weighed(client, draft, "location", value="新庁舎")
    return draft


def test_many_are_changed_in_the_background_with_the_reason(signed_in: SignIn) -> None:
    assets, client = registered(2), signed_in("secretariat")
    answer = done(client, prepared(client, assets))
    assert answer.request["PATH_INFO"] == f"/jobs/{Job.objects.get().pk}/"
    assert {asset.location for asset in Asset.objects.all()} != {"新庁舎"}
    job = carried_out()
    assert (job.state, job.outcome) == (State.DONE, "2件を変更しました。")
    assert {Asset.objects.get(pk=asset.pk).location for asset in assets} == {"新庁舎"}
    assert client.get(job.url).context["change"]["count"] == "2件"


def test_what_moved_meanwhile_stops_it_in_words_and_leads_back(signed_in: SignIn, secretariat: User) -> None:
    assets, client = registered(2), signed_in("secretariat")
    draft = prepared(client, assets)
    done(client, draft)
    change_at_once({assets[0].pk: {"remarks": "先に"}}, kind=ChangeKind.BULK, reason="先に", by=secretariat)
    job = carried_out()
    assert job.state == State.FAILED
    assert "確かめたあとに、「tax0」が変わりました。" in job.outcome
    assert job.url == f"/assets/bulk/{draft.pk}/preview/"
    assert Asset.objects.get(pk=assets[1].pk).location != "新庁舎"


def test_asked_twice_it_is_done_once(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    draft = prepared(client, registered(2))
    done(client, draft)
    done(client, draft)
    assert run_next()
    assert run_next()
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_who_lost_their_login_meanwhile_changes_nothing(signed_in: SignIn) -> None:
    assets, client = registered(2), signed_in("secretariat")
    done(client, prepared(client, assets))
    User.objects.filter(pk=world.person("secretariat").pk).update(is_active=False)
    assert carried_out().outcome.startswith("頼んだ人の利用者IDが使えなくなった")
    assert "新庁舎" not in set(Asset.objects.values_list("location", flat=True))


def test_an_upload_is_checked_and_registered_in_the_background(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, table(good(), good(), good(segment="どこか")))
    assert batch.stage == Batch.Stage.COLUMNS
    job = carried_out()
    assert (job.state, job.outcome) == (State.DONE, "3行を確かめました。1行に直すところがあります。")
    assert Batch.objects.get(pk=batch.pk).stage == Batch.Stage.CHECKED
    register(client, batch)
    job = carried_out()
    assert job.state == State.FAILED
    assert "1行に直すところが残っている" in job.outcome
    assert not Asset.objects.filter(proposals__batch=batch).exists()


def test_a_clean_upload_comes_into_the_ledger(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, table(good(), good()))
    carried_out()
    register(client, batch)
    job = carried_out()
    assert (job.state, job.outcome) == (State.DONE, "2件を登録しました。")
    assert client.get(job.url).context["done"] == "2件を登録しました。"
    assert Asset.objects.filter(proposals__batch=batch).count() == 2


def call_off_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the wish to stop come when the work is done but for saying so."""

    def too_late(job: Job, outcome: str, url: str = "") -> None:
        Job.objects.filter(pk=job.pk).update(cancel_asked=True)
        finish(job, outcome, url)

    monkeypatch.setattr(background, "finish", too_late)


def test_called_off_at_the_very_end_nothing_of_a_change_stays(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets, client = registered(2), signed_in("secretariat")
    done(client, prepared(client, assets))
    call_off_at_the_end(monkeypatch)
    assert carried_out().state == State.CANCELLED
    assert "新庁舎" not in set(Asset.objects.values_list("location", flat=True))


def test_called_off_at_the_very_end_nothing_of_an_upload_stays(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("secretariat")
    batch = checked(client, table(good(), good()))
    with monkeypatch.context() as patch:
        call_off_at_the_end(patch)
        assert carried_out().state == State.CANCELLED
        assert Batch.objects.get(pk=batch.pk).stage == Batch.Stage.COLUMNS
    decide(client, batch)
    assert carried_out().state == State.DONE
    register(client, batch)
    call_off_at_the_end(monkeypatch)
    assert carried_out().state == State.CANCELLED
    assert Batch.objects.get(pk=batch.pk).stage == Batch.Stage.CHECKED
    assert not Asset.objects.filter(proposals__batch=batch).exists()
