"""Duplicates: seen while typing, asked about before application, found as a list, judged once; never those of others."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from assets.duplicates import same_names, similar
from assets.editing import draft, propose_change
from assets.models import Apart, Asset, Proposal
from assets.setting_apart import set_apart
from assets.states import Standing, State
from assets.workflow import register_directly, submit, withdraw
from registry.base.verdict import Conflict
from registry.history.models import Entry
from tests import world
from tests.assets.pages import typed

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NAME = "固定資産税課税台帳"
WHY = "こちらは償却資産だけのもの"


def entry(act: str, **changes: str) -> dict[str, str]:
    """A whole new entry as the browser sends it."""
    more = {key: changes.pop(key) for key in ("apart", "apart_reason") if key in changes}
    return typed(**world.values(**changes), **more, act=act)


def registered(name: str = NAME, place: str = "tax") -> Asset:
    return world.proposal_in(State.APPROVED, place, name=name).asset


def names_like(name: str, username: str = "clerk", place: str = "tax") -> list[tuple[str, str]]:
    found = similar(name, by=world.person(username), department_id=world.department(place).pk)
    return [(one.asset.name, one.how) for one in found]


@pytest.mark.parametrize(
    "typed",
    [
        NAME,
        "固定資産税 課税台帳",
        "固定資産税の課税台帳",
        "固定資産課税台帳",
        "固定資産税課税台帳(控)",
        "固定資産税課税大帳",
    ],
)
def test_an_asset_like_the_name_that_is_typed_appears(typed: str) -> None:
    registered()
    registered("道路台帳")
    assert [name for name, _ in names_like(typed)] == [NAME]


def test_what_holds_the_name_appears_and_the_equal_one_of_ones_own_section_stands_first() -> None:
    registered("軽自動車税システム操作マニュアル")
    registered("軽自動車税システム", "residents")
    registered("軽自動車税システム")
    assert names_like("軽自動車税システム", "secretariat") == [
        ("軽自動車税システム", "同じ課に同じ名称があります"),
        ("軽自動車税システム", "ほかの課に同じ名称があります"),
        ("軽自動車税システム操作マニュアル", "名称が似ています"),
    ]


def test_an_asset_one_may_not_see_never_appears(signed_in: SignIn) -> None:
    registered(place="residents")
    assert names_like(NAME) == []
    bare = signed_in("clerk").get("/assets/similar/", {"name": "ほかにない名称"}).content
    assert signed_in("clerk").get("/assets/similar/", {"name": NAME}).content == bare
    assert NAME in signed_in("secretariat").get("/assets/similar/", {"name": NAME}).content.decode()


def test_what_was_given_up_or_disposed_of_does_not_appear() -> None:
    gone = registered()
    Asset.objects.filter(pk=gone.pk).update(**world.DISPOSED)
    withdraw(draft(world.values(), by=world.person("clerk")), by=world.person("clerk"))
    assert names_like(NAME) == []


def test_the_button_asks_without_losing_what_was_typed(signed_in: SignIn) -> None:
    asset = registered()
    answer = signed_in("clerk").post("/assets/new/", entry(name=NAME, location="東書庫", act="similar"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert asset.full_number in text
    assert "東書庫" in text
    assert "この情報資産を使う" in text
    assert Asset.objects.count() == 1


def test_the_same_name_in_the_same_section_is_not_applied_for_without_a_word(signed_in: SignIn) -> None:
    registered()
    client = signed_in("clerk")
    answer = client.post("/assets/new/", entry(name=f" {NAME} ", act="submit"))
    assert answer.status_code == 200
    assert "別のものです" in answer.content.decode()
    assert Asset.objects.count() == 1
    answer = client.post("/assets/new/", entry(name=NAME, act="submit", apart="on", apart_reason=" "))
    assert "別のものと分かる理由を書いてください。" in answer.content.decode()
    answer = client.post("/assets/new/", entry(name=NAME, act="submit", apart="on", apart_reason=WHY))
    assert answer.status_code == 302
    assert Proposal.objects.latest("pk").state == State.SUBMITTED
    assert Apart.objects.get().reason == WHY
    told = Entry.objects.about("asset", Asset.objects.latest("pk").pk).filter(act="asset.set-apart").get()
    assert told.note == WHY


def test_the_act_itself_refuses_a_double_however_it_is_reached(clerk: Any, secretariat: Any) -> None:
    registered()
    for act in (
        lambda one: submit(one, by=clerk),
        lambda one: register_directly(one, by=secretariat, reason="急ぎ"),
    ):
        with pytest.raises(ValidationError, match="同じ課に同じ名称"):
            act(draft(world.values(), by=clerk))
    submit(draft(world.values("residents"), by=secretariat), by=secretariat)


def test_a_change_is_asked_only_when_it_brings_the_name_anew(clerk: Any) -> None:
    first, second, third = registered(), registered(), registered("道路台帳")
    submit(propose_change(second, {"location": "東支所"}, base_version=1, by=clerk), by=clerk)
    with pytest.raises(ValidationError, match=first.full_number):
        submit(propose_change(third, {"name": NAME}, base_version=1, by=clerk), by=clerk)


def test_the_draft_is_given_up_for_the_asset_that_is_there(signed_in: SignIn, clerk: Any) -> None:
    asset = registered()
    proposal = draft(world.values(name="固定資産課税台帳"), by=clerk)
    page = signed_in("clerk").get(f"/assets/{proposal.asset_id}/edit/").content.decode()
    assert f'value="{asset.pk}"' in page
    answer = signed_in("clerk").post(f"/assets/proposals/{proposal.pk}/use-instead/", {"asset": asset.pk})
    assert (answer.status_code, answer["Location"]) == (302, f"/assets/{asset.pk}/")
    assert Asset.objects.get(pk=proposal.asset_id).standing == Standing.ABANDONED


def test_a_draft_is_not_given_up_for_what_one_cannot_see(signed_in: SignIn, clerk: Any) -> None:
    foreign = registered(place="residents")
    proposal = draft(world.values(name="わたしの台帳"), by=clerk)
    answer = signed_in("clerk").post(
        f"/assets/proposals/{proposal.pk}/use-instead/", {"asset": foreign.pk}, follow=True
    )
    assert NAME not in answer.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).state == State.DRAFT


def test_the_list_shows_equal_and_near_names_with_those_of_one_section_first(signed_in: SignIn) -> None:
    for place in ("tax", "residents"):
        registered("職員名簿", place)
    first = registered()
    second = draft(world.values(name="固定資産税 課税台帳"), by=world.person("clerk")).asset
    near = registered("固定資産税の課税台帳")
    groups = signed_in("secretariat").get("/assets/duplicates/").context["groups"]
    assert [group["title"] for group in groups] == [NAME, "職員名簿"]
    assert {asset.pk for asset in groups[0]["assets"]} == {first.pk, second.pk}
    (group,) = signed_in("secretariat").get("/assets/duplicates/?kind=near").context["groups"]
    assert {asset.pk for asset in group["assets"]} == {first.pk, second.pk, near.pk}


def test_a_group_with_somebody_elses_asset_is_none(signed_in: SignIn) -> None:
    registered("職員名簿")
    registered("職員名簿", "residents")
    page = signed_in("clerk").get("/assets/duplicates/")
    assert page.context["total"] == 0
    assert signed_in("secretariat").get("/assets/duplicates/").context["total"] == 1


def test_what_was_judged_is_not_shown_again_until_another_one_comes(signed_in: SignIn) -> None:
    office = world.person("secretariat")
    both = [registered("職員名簿", place) for place in ("tax", "residents")]
    client = signed_in("secretariat")
    keys = ",".join(str(asset.pk) for asset in both)
    client.post("/assets/duplicates/apart/", {"assets": keys, "reason": " "})
    assert same_names(office) == ["職員名簿"]
    client.post("/assets/duplicates/apart/", {"assets": keys, "reason": "課ごとの名簿"})
    assert same_names(office) == []
    assert {entry.note for entry in Entry.objects.filter(act="asset.set-apart")} == {"課ごとの名簿"}
    world.registered("planning", name="職員名簿")
    assert same_names(office) == ["職員名簿"]


def test_near_names_are_judged_too(clerk: Any, signed_in: SignIn) -> None:
    pair = [registered(), registered("固定資産税の課税台帳")]
    assert signed_in("clerk").get("/assets/duplicates/?kind=near").context["total"] == 1
    set_apart([asset.pk for asset in pair], by=clerk, reason=WHY)
    assert signed_in("clerk").get("/assets/duplicates/?kind=near").context["total"] == 0


def test_only_who_may_change_all_of_them_says_they_are_different(clerk: Any, auditor: Any, secretariat: Any) -> None:
    own, other, foreign = registered(), registered("道路台帳"), registered(place="residents")
    with pytest.raises(Conflict):
        set_apart([own.pk, foreign.pk], by=clerk, reason=WHY)
    with pytest.raises(PermissionDenied):
        set_apart([own.pk, other.pk], by=auditor, reason=WHY)
    with pytest.raises(Conflict):
        set_apart([own.pk], by=clerk, reason=WHY)
    assert not Apart.objects.exclude(reason="試験で何度も使う名称").exists()
    set_apart([own.pk, foreign.pk], by=secretariat, reason=WHY)
