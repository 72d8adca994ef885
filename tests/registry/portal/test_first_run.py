"""A new installation: the code from the terminal, the steps in the browser, and what stands at the end."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from assets.models import Scheme
from registry.base.verdict import Conflict
from registry.organization.models import Body, Department, FirstRun, Organ, Post, Preset, User
from registry.organization.profiles.reading import FOLDER, data_of, read
from registry.organization.roles import Role
from registry.portal import first_run, getting_ready
from registry.portal.setup import load_profile
from tests import world
from tests.registry.portal.first_settings import (
    ADMINISTRATOR,
    BODY,
    DOOR,
    KEYS,
    OWN,
    PERSON,
    WORDS,
    acts,
    as_shown,
    come_in,
    new_code,
    nothing_set_up,
    printed,
    said,
    set_up,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _nothing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with nothing_set_up(django_db_blocker):
        yield


@pytest.mark.parametrize("address", ["/", "/login/", "/assets/", "/admin/", "/organization/", "/history/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_before_there_is_a_body_every_address_leads_to_the_first_settings(address: str, method: str) -> None:
    assert getattr(Client(), method)(address).headers["Location"] == DOOR


def test_the_health_of_an_empty_installation_can_be_asked() -> None:
    assert Client().get("/health/").status_code == 200


@pytest.mark.parametrize("address", [BODY, OWN, WORDS, ADMINISTRATOR])
def test_nobody_gets_past_the_door_without_the_code(address: str) -> None:
    new_code()
    client = Client()
    assert client.get(address).headers["Location"] == DOOR
    assert client.post(address, PERSON).headers["Location"] == DOOR
    assert not User.objects.exists()


def test_without_a_code_the_door_says_how_to_get_one() -> None:
    assert "manage.py setup_code" in said(Client().get(DOOR))
    assert "設定コードがまだありません" in said(Client().post(DOOR, {"code": "x"}))


def test_the_code_may_be_typed_in_any_width_and_case() -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in new_code().upper().replace("-", ""))
    assert come_in(wide).get(BODY).status_code == 200


def test_five_wrong_codes_close_the_door_for_a_while() -> None:
    code = new_code()
    with time_machine.travel("2026-11-20 10:00+09:00", tick=False) as clock:
        for left in (4, 3, 2, 1):
            assert f"あと{left}回" in said(Client().post(DOOR, {"code": "まちがい"}))
        assert "15分止めます" in said(Client().post(DOOR, {"code": "まちがい"}))
        assert "10:15を過ぎてから" in said(Client().post(DOOR, {"code": code}))
        clock.shift(15 * 60 + 1)
        assert Client().post(DOOR, {"code": code}).headers["Location"] == BODY
    assert acts().count("first-run.refused") == 5


def test_a_new_code_opens_a_closed_door_and_puts_out_who_was_inside() -> None:
    old = new_code()
    inside = come_in(old)
    inside.post(BODY, {"choice": "ina"})
    for _ in range(5):
        Client().post(DOOR, {"code": "まちがい"})
    other = come_in()
    assert "「伊奈町」を選んでいます" in said(other.get(BODY))
    assert "設定コードが違います" in said(Client().post(DOOR, {"code": old}))
    assert inside.get(WORDS).headers["Location"] == DOOR
    assert "別の画面で設定コードが入れられ" in said(inside.get(DOOR))


def test_the_second_person_is_told_that_somebody_is_at_it() -> None:
    code = new_code()
    with time_machine.travel("2026-11-20 10:00+09:00", tick=False) as clock:
        first = come_in(code)
        assert "いま、別の画面で設定を進めている人がいます(最後の操作 10:00)" in said(
            Client().post(DOOR, {"code": code})
        )
        clock.shift(31 * 60)
        come_in(code)
        answer = first.post(BODY, {"choice": "ina"})
    assert answer.headers["Location"] == DOOR
    assert FirstRun.objects.get().draft == {}


def test_who_comes_back_goes_on_where_they_were() -> None:
    client = come_in()
    assert client.get(DOOR).headers["Location"] == BODY
    assert client.get(WORDS).headers["Location"] == BODY
    client.post(BODY, {"choice": "setagaya"})
    assert client.get(DOOR).headers["Location"] == WORDS
    assert client.get(ADMINISTRATOR).headers["Location"] == WORDS
    client.post(WORDS, as_shown(client, WORDS))
    assert client.get(DOOR).headers["Location"] == ADMINISTRATOR
    assert "統括情報化責任者" in said(client.get(ADMINISTRATOR))


@pytest.mark.parametrize("key", KEYS)
def test_a_shipped_body_stands_as_if_it_had_been_loaded_on_the_terminal(key: str) -> None:
    client = come_in()
    assert client.post(BODY, {"choice": key}).headers["Location"] == WORDS
    assert set_up(client).headers["Location"] == "/getting-ready/organization/"
    body, profile = Body.objects.get(), read(key)
    assert (body.profile, body.name, body.code) == (key, profile.name, profile.code)
    assert body.words == dict(profile.words)
    assert [organ.name for organ in Organ.objects.all()] == [organ.name for organ in profile.organs]
    assert Scheme.objects.filter(code=profile.scheme).exists()
    in_browser = set(Preset.objects.values_list("kind", "code", "in_policy"))
    load_profile(key)
    assert set(Preset.objects.values_list("kind", "code", "in_policy")) == in_browser
    assert not FirstRun.objects.exists()
    for address in (DOOR, BODY, WORDS, ADMINISTRATOR):
        assert client.get(address).status_code == 404
    done = {"first-run.entered", "body.loaded", "scheme.loaded", "person.created", "first-run.finished"}
    assert done <= set(acts())


def test_the_administrator_is_inside_at_once_and_comes_in_again_with_the_password() -> None:
    client = come_in()
    client.post(BODY, {"choice": "ina"})
    page = set_up(client)
    assert client.get(page.headers["Location"]).status_code == 200
    assert "person.logged-in" in acts()
    user = User.objects.get()
    assert (user.is_superuser, user.must_change_password, user.check_password(PERSON["password"])) == (
        True,
        False,
        True,
    )
    answer = Client().post("/login/", {"username": "root", "password": PERSON["password"]})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "short", "again": "short"}, "パスワード"),
        ({"password": "123456789012", "again": "123456789012"}, "数字"),
        ({"again": "something-else-0"}, "同じパスワード"),
        ({"username": "山田"}, "半角の英数字"),
        ({"username": ""}, "利用者IDを入力してください。"),
        ({"name": "  "}, "氏名を入力してください。"),
    ],
)
def test_a_bad_administrator_sets_nothing_up(change: dict[str, str], sentence: str) -> None:
    client = come_in()
    client.post(BODY, {"choice": "ina"})
    client.post(WORDS, as_shown(client, WORDS))
    answer = client.post(ADMINISTRATOR, {**PERSON, **change})
    assert sentence in said(answer)
    assert PERSON["password"] not in said(answer)
    assert not Body.objects.exists()
    assert not User.objects.exists()


def test_words_changed_in_the_first_settings_are_stood_behind() -> None:
    client = come_in()
    client.post(BODY, {"choice": "tsuyama"})
    client.post(WORDS, {**as_shown(client, WORDS), "word_secretariat": "総務課情報係", "title_secretariat": ""})
    client.post(ADMINISTRATOR, PERSON)
    assert Body.objects.get().words["secretariat"] == "総務課情報係"
    assert Preset.objects.get(kind="word", code="secretariat").in_policy
    assert not Preset.objects.get(kind="word", code="organ").in_policy
    assert "総務課情報係" in said(client.get("/getting-ready/"))


def test_one_word_has_one_meaning() -> None:
    client = come_in()
    client.post(BODY, {"choice": "ina"})
    answer = client.post(WORDS, {**as_shown(client, WORDS), "word_section": "部局"})
    assert "「部局」は、「部局」の語と同じです。別の語にしてください。" in said(answer)


def test_a_second_body_is_refused_even_in_the_last_moment() -> None:
    client = come_in()
    client.post(BODY, {"choice": "ina"})
    client.post(WORDS, as_shown(client, WORDS))
    mark = FirstRun.objects.get().holder
    load_profile("setagaya")
    assert client.post(ADMINISTRATOR, PERSON).status_code == 404
    with pytest.raises(ValueError, match="すでに「世田谷区」のもの"):
        first_run.finish(mark, username="root", name="山田", password=PERSON["password"])
    assert not User.objects.exists()


@pytest.mark.parametrize("mark", ["", "guessed"])
def test_the_acts_themselves_ask_who_is_at_it(mark: str) -> None:
    new_code()
    with pytest.raises(Conflict, match="この画面での設定は終わっています"):
        first_run.finish(mark, username="intruder", name="よその人", password=world.PASSWORD)
    with pytest.raises(Conflict, match="この画面での設定は終わっています"):
        first_run.decide(mark, data_of("ina"), "ina")
    assert not User.objects.exists()


def test_where_a_body_is_set_up_there_is_no_code() -> None:
    load_profile("ina")
    assert "「伊奈町」の設定は済んでいます。" in printed("setup_code")
    assert not FirstRun.objects.exists()


def test_the_list_of_what_is_missing_shrinks_until_nothing_is() -> None:
    client = come_in()
    client.post(BODY, {"choice": "ina"})
    page = said(client.get(set_up(client).headers["Location"]))
    assert "組織はまだありません。" in page
    assert [bool(item.open) for item in getting_ready.items(User.objects.get())] == [True] * 7
    town = Organ.objects.get(code="town")
    form = {"organ": town.pk, "name": "総務課", "code": "1010", "valid_from": "2026-04-01", "head": "総務課長"}
    assert client.post("/getting-ready/organization/", form).status_code == 302
    post = Post.objects.get()
    assert (Department.objects.get().name, post.title) == ("総務課", "総務課長")
    assert list(post.roles.values_list("role", flat=True)) == [Role.MANAGER]
    page = said(client.get("/getting-ready/"))
    assert "空席の情報セキュリティ管理者の職が1あります。" in page
    assert "あと5つ" in page
    assert "あと5つ残っています" in said(client.get("/"))
    again = client.post("/getting-ready/organization/", {**form, "name": "税務課"})
    assert "所属コード1010は、いまの「総務課」が使っています。" in said(again)


def test_the_shipped_profiles_are_all_on_offer() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == KEYS
    assert all(tomllib.loads((FOLDER / f"{key}.toml").read_text(encoding="utf-8"))["key"] == key for key in KEYS)
