"""移行: where it is said that assets have to move, to whom, how many are left, and what a past day shows."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assets.classification import classification_on
from assets.models import Asset, Proposal, Revision, Scheme
from assets.scheme_editing import load_scheme
from assets.scheme_migration import plans
from assets.states import State
from tests import world
from tests.assets.former_scheme import PAGE, many, registered

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _former_scheme(db: None) -> None:
    load_scheme("r2-three-level", by=None)


def test_what_is_listed_is_counted_and_grouped_and_shrinks_to_none(signed_in: SignIn) -> None:
    first, second = registered(confidentiality="3"), registered(confidentiality="3", name="別の記録")
    other = registered(confidentiality="1", name="公表した資料")
    world.proposal_in(State.APPROVED, name="新しい分類のもの")
    client = signed_in("secretariat")
    page = client.get(PAGE)
    assert "残り 3件 / 4件" in " ".join(page.content.decode().split())
    assert [(g["text"], g["count"]) for g in page.context["groups"]] == [
        ("機密性3 → 自治体機密性3B", "2"),
        ("機密性1 → 自治体機密性1", "1"),
    ]
    group = client.get(page.context["groups"][0]["url"])
    assert [entry["asset"] for entry in group.context["entries"]] == [first, second]
    answer = many(client, first, second, other, ending="register")
    assert "3件を新しい分類で登録しました。残りは0件です" in answer.content.decode()
    assert "分類の移行は終わっています。" in answer.content.decode()
    assert {asset.level_1.label for asset in Asset.objects.all() if asset.level_1} == {
        "自治体機密性3B",
        "自治体機密性1",
    }


def test_assets_of_other_departments_are_neither_counted_nor_shown_nor_confirmed(signed_in: SignIn) -> None:
    mine, theirs = registered(), registered("residents", name="住民課のもの")
    client = signed_in("clerk")
    page = client.get(PAGE)
    assert "残り 1件 / 1件" in " ".join(page.content.decode().split())
    assert [entry["asset"] for entry in page.context["entries"]] == [mine]
    assert client.get(f"{PAGE}{theirs.pk}/").status_code == 404
    assert many(client, mine, theirs, ending="submit").status_code == 409
    assert not Proposal.objects.filter(state=State.SUBMITTED).exists()


@pytest.mark.parametrize("person", ["auditor", "reviewer"])
def test_who_only_looks_sees_the_progress_and_confirms_nothing(person: str, signed_in: SignIn) -> None:
    asset = registered()
    client = signed_in(person)
    page = client.get(PAGE)
    assert page.context["entries"][0]["ready"] is False
    assert "まとめて確認する" not in page.content.decode()
    assert client.get(f"{PAGE}{asset.pk}/").status_code == 403
    assert many(client, asset, ending="submit").status_code == 409


def test_a_draft_is_listed_and_leads_to_its_form_which_names_the_proposal(signed_in: SignIn) -> None:
    draft = world.proposal_in(State.DRAFT, **world.old_levels("3")).asset
    client = signed_in("clerk")
    (entry,) = client.get(PAGE).context["entries"]
    assert (entry["asset"], entry["ready"]) == (draft, False)
    form = client.get(f"{PAGE}{draft.pk}/", follow=True)
    assert form.redirect_chain[-1][0] == f"/assets/{draft.pk}/edit/"
    assert "機密性3 → 自治体機密性3B（提案）" in form.content.decode()
    assert "機密性3のまま" in form.content.decode()


def test_a_disposed_asset_need_not_move(signed_in: SignIn) -> None:
    asset = registered()
    Asset.objects.filter(pk=asset.pk).update(**world.DISPOSED)
    assert "残り" not in signed_in("secretariat").get(PAGE).content.decode()


def test_the_list_of_the_ledger_marks_and_filters_what_has_to_move(signed_in: SignIn) -> None:
    old = registered(confidentiality="3")
    world.proposal_in(State.APPROVED, name="新しい分類のもの")
    client = signed_in("secretariat")
    (entry,) = client.get("/assets/?migration=yes").context["entries"]
    assert (entry["pk"], entry["migrates"]) == (old.pk, True)
    assert [cell["text"] for cell in entry["cells"] if cell["kind"] == "level"][:1] == ["機密性3"]
    assert [e["migrates"] for e in client.get("/assets/").context["entries"]] == [True, False]


def test_my_page_says_how_many_wait_and_asset_pages_say_so_themselves(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert "要移行確認" not in client.get("/").content.decode()
    asset = registered()
    assert "要移行確認（1件）" in client.get("/").content.decode()
    assert "分類の移行の確認がまだです" in client.get(f"/assets/{asset.pk}/").content.decode()


def test_a_past_day_shows_the_words_of_then(signed_in: SignIn) -> None:
    now = timezone.now()
    with time_machine.travel(now - dt.timedelta(days=30), tick=False):
        asset = registered(confidentiality="3")
    many(signed_in("secretariat"), asset, ending="register")
    client = signed_in("secretariat")
    for days, level in ((10, "機密性3"), (0, "自治体機密性3B")):
        day = timezone.localdate(now - dt.timedelta(days=days))
        page = client.get(f"/assets/as-of/?day={day}").content.decode()
        assert f">{level}<" in "".join(page.split()), day
    assert Revision.objects.filter(asset=asset).count() == 2


def crowd(count: int) -> None:
    """So many assets of the earlier scheme, in force."""
    one = registered()
    start = Asset.objects.count()
    copies: list[Asset] = []
    for n in range(start, count):
        copy = Asset.objects.get(pk=one.pk) if not copies else copies[0]
        values = {f.attname: getattr(copy, f.attname) for f in Asset._meta.concrete_fields if f.name != "id"}
        copies.append(Asset(**{**values, "number": f"R08-1040-{n:05d}", "open_proposal_id": None}))
    Asset.objects.bulk_create(copies, batch_size=500)


def test_ten_thousand_that_have_to_move_are_listed_with_no_more_questions_than_five(signed_in: SignIn) -> None:
    client, counts = signed_in("secretariat"), []
    client.get("/")
    for count in (5, 10_000):
        crowd(count)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 20
    (plan,) = plans(classification_on())
    assert plan.assets(Asset.objects.visible_to(world.person("secretariat"))).count() == 10_000
    assert Scheme.objects.count() == 2
