"""Saved views: whose they are, who may change them, what opens first, and that none of them shows more than one sees."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from assets.models import SavedView, ViewScope
from assets.saved_views import change_view, delete_view, overwrite_view, restore_view, save_view
from assets.states import State
from registry.base.verdict import Conflict
from registry.history.models import Entry
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Post
from tests import world
from tests.assets.test_listing import keys

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
LGWAN = QueryDict("segment=lgwan&columns=name&columns=segment&sort=name&group=segment")


def kept(name: str = "表示", by: str = "clerk", scope: str = "own", query: str = "pi=yes", **more: Any) -> SavedView:
    place = world.department("tax") if scope == ViewScope.DEPARTMENT and "department" not in more else None
    asked: Any = {"department": place, **more}
    return save_view(name, QueryDict(query), scope=scope, by=world.person(by), **asked)


def offered(person: str) -> set[str]:
    return set(SavedView.objects.visible_to(world.person(person)).kept().values_list("name", flat=True))


def opened(client: Client) -> str:
    """The address that 台帳 leads to."""
    answer = client.get("/assets/")
    return answer.headers["Location"] if answer.status_code == 302 else "/assets/"


def test_a_view_keeps_filters_columns_order_and_groups_and_opens_with_them(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    typed = {"name": "LGWANのもの", "scope": "own", "query": LGWAN.urlencode() + "&after=x&start=51&q=&view=3"}
    answer = client.post("/assets/views/new/", typed, follow=True)
    view = SavedView.objects.get()
    assert "「LGWANのもの」を保存しました。" in answer.content.decode()
    assert QueryDict(view.query) == LGWAN
    listing = answer.context
    assert [header["label"] for header in listing["headers"]] == ["情報資産名称", "ネットワーク区分"]
    assert [chip["label"] for chip in listing["chips"]] == ["ネットワーク区分: LGWAN接続系"]
    assert (listing["view"], listing["departed"]) == (view, False)
    entry = Entry.objects.about("view", view.pk).get()
    assert (entry.act, entry.department_id) == ("view.saved", world.department("tax").pk)


def test_who_is_offered_which_view() -> None:
    kept("わたしの表示")
    kept("税務課の表示", scope="department")
    kept("みんなの表示", by="secretariat", scope="everyone")
    assert offered("clerk") == {"わたしの表示", "税務課の表示", "みんなの表示"}
    assert offered("colleague") == offered("manager") == {"税務課の表示", "みんなの表示"}
    assert offered("stranger") == offered("councillor") == offered("secretariat") == {"みんなの表示"}


SHARING = {
    ("clerk", "everyone"): False,
    ("manager", "everyone"): False,
    ("reviewer", "everyone"): False,
    ("secretariat", "everyone"): True,
    ("sysadmin", "everyone"): False,
    ("councillor", "everyone"): False,
    ("clerk", "department"): True,
    ("manager", "department"): True,
    ("stranger", "department"): False,
    ("secretariat", "department"): False,
    ("auditor", "own"): True,
    ("sysadmin", "own"): False,
    ("former", "own"): False,
}


@pytest.mark.parametrize(("person", "scope"), SHARING)
def test_who_may_keep_a_view_for_whom(person: str, scope: str) -> None:
    if SHARING[person, scope]:
        assert kept(by=person, scope=scope).pk
    else:
        with pytest.raises(PermissionDenied):
            kept(by=person, scope=scope)
        assert not SavedView.objects.exists()


CHANGING = {"clerk": True, "manager": True, "colleague": False}


@pytest.mark.parametrize("person", CHANGING)
def test_the_view_of_a_section_is_changed_by_its_maker_or_the_head(person: str, signed_in: SignIn) -> None:
    view = kept(scope="department")
    posts = {"edit": {"name": "別の名前"}, "overwrite": {"query": "pi=no"}, "delete": {}}
    statuses = [
        signed_in(person).post(f"/assets/views/{view.pk}/{act}/", data).status_code for act, data in posts.items()
    ]
    assert statuses == ([302] * 3 if CHANGING[person] else [403] * 3)
    view.refresh_from_db()
    assert (view.name, view.query, bool(view.deleted_at)) == (
        ("別の名前", "pi=no", True) if CHANGING[person] else ("表示", "pi=yes", False)
    )
    assert view.owner == world.person("clerk")


@pytest.mark.parametrize("act", ["edit", "overwrite", "delete", "restore"])
def test_a_view_of_others_does_not_exist_for_you(act: str, signed_in: SignIn) -> None:
    for view in (kept("わたしの"), kept("課の", scope="department")):
        for person in ("stranger", "secretariat", "sysadmin"):
            answer = signed_in(person).post(f"/assets/views/{view.pk}/{act}/", {"name": "奪った", "query": ""})
            assert answer.status_code == 404, (view, person)
        assert signed_in("stranger").get("/assets/", {"view": view.pk}).context["view"] is None
    assert set(SavedView.objects.values_list("name", flat=True)) == {"わたしの", "課の"}


def leave(person: str) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    end_appointment(Appointment.objects.current().get(user__username=person), yesterday, by=None)


@pytest.mark.parametrize("gone", ["moved", "disabled"])
def test_the_view_of_a_section_stays_when_its_maker_leaves_and_a_colleague_takes_it_over(
    gone: str, signed_in: SignIn
) -> None:
    view = kept(scope="department", default=True)
    mine = kept("わたしの")
    if gone == "moved":
        leave("clerk")
        post = Post.objects.get(title="住民課主事")
        appoint(world.person("clerk"), post, timezone.localdate(), by=None)
    else:
        person = world.person("clerk")
        person.is_active = False
        person.save()
    assert offered("colleague") == {"表示"}
    page = signed_in("colleague").get("/assets/views/").content.decode()
    assert "もうこの課にいません" in page
    change_view(SavedView.objects.get(pk=view.pk), by=world.person("colleague"), name="引き継いだ表示", default=True)
    view.refresh_from_db()
    assert (view.owner, view.name) == (world.person("colleague"), "引き継いだ表示")
    with pytest.raises(PermissionDenied):
        delete_view(view, by=world.person("clerk"))
    assert mine.pk not in set(SavedView.objects.visible_to(world.person("colleague")).values_list("pk", flat=True))


def test_the_first_view_is_ones_own_then_the_sections_then_everybodys(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert opened(client) == "/assets/"
    everyone = kept("みんなの", by="secretariat", scope="everyone", query="segment=lgwan", default=True)
    assert opened(signed_in("clerk")) == opened(signed_in("councillor")) == everyone.get_absolute_url()
    section = kept("課の", scope="department", query="segment=paper", default=True)
    assert opened(signed_in("clerk")) == opened(signed_in("manager")) == section.get_absolute_url()
    own = kept("わたしの", query="segment=internet", default=True)
    assert opened(signed_in("clerk")) == own.get_absolute_url()
    assert opened(signed_in("stranger")) == everyone.get_absolute_url()
    assert client.get("/assets/", {"view": ""}).context["chips"] == []
    assert client.get("/assets/?q=x").status_code == 200


def test_there_is_one_first_view_for_each(signed_in: SignIn) -> None:
    one, other = kept("一つ目", default=True), kept("二つ目", default=True)
    foreign = kept("ほかの人の", by="colleague", default=True)
    assert set(SavedView.objects.filter(is_default=True)) == {other, foreign}
    signed_in("clerk").post(f"/assets/views/{one.pk}/edit/", {"name": "一つ目", "default": "on"})
    assert set(SavedView.objects.filter(is_default=True)) == {one, foreign}


def test_a_view_never_shows_more_than_one_sees(signed_in: SignIn) -> None:
    mine = world.proposal_in(State.APPROVED, "residents", name="住民課のもの", pi=True).asset
    world.proposal_in(State.APPROVED, "tax", name="税務課のもの", pi=True)
    tax = world.department("tax").pk
    view = kept(by="secretariat", scope="everyone", query=f"pi=yes&department={tax}")
    answer = signed_in("stranger").get(view.get_absolute_url())
    assert set(keys(answer)) <= {mine.pk}
    assert any("所管課" in problem for problem in answer.context["problems"])
    page = signed_in("stranger").get("/assets/views/").content.decode()
    assert "いまは使えません" in page
    assert "税務課" not in page


def test_a_deleted_view_comes_back_within_thirty_days(signed_in: SignIn) -> None:
    client, view = signed_in("clerk"), kept(default=True)
    page = client.post(f"/assets/views/{view.pk}/delete/", follow=True).content.decode()
    assert "元に戻" in page
    assert offered("clerk") == set()
    assert client.get(f"/assets/views/{view.pk}/edit/").status_code == 404
    client.post(f"/assets/views/{view.pk}/restore/")
    assert offered("clerk") == {"表示"}
    delete_view(view, by=world.person("clerk"))
    SavedView.objects.update(deleted_at=timezone.now() - dt.timedelta(days=31))
    with pytest.raises(Conflict):
        restore_view(view, by=world.person("clerk"))


def test_a_name_is_taken_once_and_free_again_after_deleting(signed_in: SignIn) -> None:
    first = kept()
    answer = signed_in("clerk").post("/assets/views/new/", {"name": "表示", "scope": "own", "query": ""})
    assert "すでにあります" in answer.content.decode()
    kept(by="colleague")
    kept(scope="department")
    delete_view(first, by=world.person("clerk"))
    second = kept()
    with pytest.raises(ValidationError, match="すでにあります"):
        restore_view(first, by=world.person("clerk"))
    with pytest.raises(ValidationError, match="すでにあります"):
        change_view(kept("別の"), by=world.person("clerk"), name=second.name, default=False)


BAD_NAMES = ["", "   ", "\u200b", "あ" * 61, "表\x07示"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_nobody_could_read_is_refused(name: str, signed_in: SignIn) -> None:
    answer = signed_in("clerk").post("/assets/views/new/", {"name": name, "scope": "own", "query": ""})
    assert answer.context["form"].errors["name"]
    assert not SavedView.objects.exists()


def test_a_scope_that_was_not_on_offer_is_refused(signed_in: SignIn) -> None:
    for scope in ("everyone", str(world.department("residents").pk), "department", "9" * 40):
        answer = signed_in("clerk").post("/assets/views/new/", {"name": "表示", "scope": scope, "query": ""})
        assert answer.context["form"].errors["scope"]
    assert not SavedView.objects.exists()


def test_what_departs_from_a_view_can_be_written_over_it(signed_in: SignIn) -> None:
    client, view = signed_in("clerk"), kept()
    answer = client.get(f"/assets/?view={view.pk}&pi=no&sort=number")
    assert (answer.context["departed"], answer.context["may_overwrite"]) == (True, True)
    client.post(f"/assets/views/{view.pk}/overwrite/", {"query": answer.context["query_string"]})
    view.refresh_from_db()
    assert view.query == "pi=no"
    assert Entry.objects.about("view", view.pk).latest("sequence").changes == [["条件・列・並び", "pi=yes", "pi=no"]]


def test_an_address_too_long_to_keep_is_refused() -> None:
    with pytest.raises(ValidationError, match="条件が多すぎ"):
        kept(query="q=" + "あ" * 4000)
    with pytest.raises(ValidationError, match="条件が多すぎ"):
        overwrite_view(kept(), QueryDict("q=" + "あ" * 4000), by=world.person("clerk"))
