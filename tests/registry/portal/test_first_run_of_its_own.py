"""A new installation for a body that does not ship: described in the browser, or taken from a profile file."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.organization.models import Body, FirstRun, Organ, Preset
from tests.registry.organization.test_profiles import SMALL
from tests.registry.portal.first_settings import BODY, OWN, WORDS, come_in, nothing_set_up, said, set_up

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _nothing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with nothing_set_up(django_db_blocker):
        yield


OWN_BODY = {"name": "見本町", "kind": "町", "code": "113018"}
ROWS = {
    "organs-TOTAL_FORMS": "3",
    "organs-INITIAL_FORMS": "0",
    "organs-0-name": "町長部局",
    "organs-0-head_title": "町長",
}
ROWS |= {"organs-1-name": "議会", "organs-1-head_title": "議長", "organs-1-autonomous": "on", "organs-2-name": ""}


def own(client: Client, **change: str) -> Any:
    assert client.post(BODY, {"choice": "own", "base": "setagaya"}).headers["Location"] == f"{OWN}?base=setagaya"
    return client.post(f"{OWN}?base=setagaya", {**OWN_BODY, **ROWS, **change})


def test_a_body_of_its_own_begins_with_a_near_one_and_everything_copied_is_to_be_confirmed() -> None:
    client = come_in()
    assert own(client, code="１１３０１８").headers["Location"] == WORDS
    page = said(client.get(WORDS))
    assert "要確認: 「世田谷区」の設定から写しました。" in page
    assert "本区" not in page
    set_up(client)
    body = Body.objects.get()
    assert (body.profile, body.name, body.kind, body.code) == ("own", "見本町", "町", "113018")
    assert list(Organ.objects.values_list("name", "autonomous")) == [("町長部局", False), ("議会", True)]
    assert body.exclusions == []
    organs = Preset.objects.filter(kind="organ")
    assert not organs.filter(in_policy=False).exists()
    assert not Preset.objects.exclude(pk__in=organs).filter(in_policy=True).exists()
    assert not Preset.objects.filter(note__contains="基本方針").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "113019"}, "検査数字が合いません"),
        ({"code": ""}, "町には団体コードが要ります"),
        ({"kind": "一部事務組合"}, "空欄にしてください"),
        ({"name": ""}, "団体名を入力してください。"),
        (
            {
                "organs-0-name": "",
                "organs-0-head_title": "",
                "organs-1-name": "",
                "organs-1-head_title": "",
                "organs-1-autonomous": "",
            },
            "機関が一つもありません",
        ),
        ({"organs-1-name": "町長部局"}, "機関「町長部局」が2つあります"),
        ({"organs-2-head_title": "会長"}, "機関の名称を入れるか、この行を空に"),
    ],
)
def test_a_faulty_body_of_its_own_is_told_what_is_wrong(change: dict[str, str], sentence: str) -> None:
    client = come_in()
    assert sentence in said(own(client, **change))
    assert FirstRun.objects.get().draft == {}


def test_more_rows_are_added_to_what_was_typed() -> None:
    client = come_in()
    assert own(client, more="1").headers["Location"] == OWN
    shown = client.get(OWN).context["organs"]
    assert [form["name"].value() for form in shown][:2] == ["町長部局", "議会"]
    assert len(shown.forms) == 2 + 4


def sent(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("mihon.toml", text.encode())
    return client.post(BODY, {"choice": "file", "file": file})


def test_a_profile_file_is_taken_as_it_is() -> None:
    client = come_in()
    text = SMALL.replace('scheme = "five"', 'scheme = "r8-five-level"')
    assert sent(client, text).headers["Location"] == WORDS
    set_up(client)
    assert (Body.objects.get().name, Organ.objects.get().name) == ("見本町", "町長部局")


def test_every_fault_of_a_profile_file_is_told_at_once() -> None:
    text = SMALL.replace('"113018"', '"113019"').replace(
        'key = "sample"', 'key = "見本"\nwords = { king = "王", sns = "" }'
    )
    text = text.replace('role = "ciso"', 'role = "boss"').replace('name = "町長部局"', 'name = ""')
    page = said(sent(come_in(), text))
    for sentence in (
        "検査数字",
        "用語「king」",
        "「sns」は",
        "役割「boss」",
        "分類体系「five」はありません",
        "「見本」は使えません",
        "「name」が空です",
    ):
        assert sentence in page, sentence
    assert FirstRun.objects.get().draft == {}


@pytest.mark.parametrize("data", [b"\xff\xfe", b"key = ", b"[" * 100_000, b"x" * 200_001])
def test_a_file_that_is_no_profile_is_refused_in_a_sentence(data: bytes) -> None:
    answer = come_in().post(BODY, {"choice": "file", "file": SimpleUploadedFile("a.toml", data)})
    assert answer.status_code == 200
    assert "a.toml は" in said(answer)
