"""The organisation on screen and the four pages of taking over a list."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.organization.appointments import appoint
from registry.organization.models import Appointment, Department, ListImport, Organ, Post
from registry.organization.structure import close_department, create_department, create_post
from tests.registry.organization.lists import TOWN, old_form
from tests.world import SINCE, department, person

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
INDEX, UPLOAD = "/organization/", "/organization/lists/"


def text_of(client: Client, url: str = INDEX) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def uploading(data: bytes, name: str = "組織.xlsx", **changes: Any) -> dict[str, Any]:
    organ = Organ.objects.get(code="town").pk
    return {"file": SimpleUploadedFile(name, data), "effective_on": "令和8年4月1日", "organ": organ, **changes}


def upload(client: Client, data: bytes) -> ListImport:
    response = client.post(UPLOAD, uploading(data))
    assert response.status_code == 302
    return ListImport.objects.latest("pk")


def apply(client: Client, batch: ListImport, **data: str) -> Any:
    page = client.get(reverse("organization:list", args=[batch.pk]))
    seen = page.context["form"].initial["seen"]
    return client.post(reverse("organization:list-apply", args=[batch.pk]), {"seen": seen, **data})


def test_everyone_with_a_post_sees_departments_posts_roles_and_holders(signed_in: SignIn) -> None:
    text = text_of(signed_in("clerk"))
    assert all(word in text for word in ["町長部局", "税務課", "1040", "税務課長の人", "情報セキュリティ管理者"])


def test_a_seat_nobody_holds_is_marked(signed_in: SignIn) -> None:
    create_post(department("tax"), "税務課参事", [], SINCE, by=None)
    assert "税務課参事" in text_of(signed_in("clerk"))
    assert text_of(signed_in("clerk")).count(">空席</span>") == 2  # 参事と、任期の切れた嘱託


@pytest.mark.parametrize(("kind", "word"), [("concurrent", "兼務"), ("acting", "代理")])
def test_second_posts_and_stand_ins_are_marked(signed_in: SignIn, kind: str, word: str) -> None:
    post = create_post(department("tax"), "税務課参事", [], SINCE, by=None)
    appoint(person("stranger"), post, SINCE, kind=kind, by=None)
    assert word in text_of(signed_in("clerk"))


def test_what_is_out_of_scope_is_marked_with_its_reason(signed_in: SignIn) -> None:
    Department.objects.filter(code="1050").update(excluded="小中学校")
    text = text_of(signed_in("clerk"))
    assert "対象外" in text
    assert "小中学校" in text


def test_closed_departments_are_shown_on_request(signed_in: SignIn) -> None:
    old = create_department(Department(organ=department("tax").organ, name="旧課", valid_from=SINCE), by=None)
    close_department(old, dt.date(2024, 3, 31), by=None)
    assert "旧課" not in text_of(signed_in("clerk"))
    text = text_of(signed_in("clerk"), INDEX + "?closed=1")
    assert "旧課" in text
    assert "令和6年3月31日廃止" in text


@pytest.mark.parametrize("query", ["ぜいむ", "税務課", "１０４０", "税務課長の人", "税務　主査"])
def test_the_search_folds_what_is_typed(signed_in: SignIn, query: str) -> None:
    Department.objects.filter(code="1040").update(full_name="税務課 ゼイム")
    text = text_of(signed_in("clerk"), INDEX + "?q=" + query)
    assert "税務課主事" in text
    assert "住民課主事" not in text


def test_a_search_without_an_answer_says_so(signed_in: SignIn) -> None:
    assert "当てはまる組織はありません" in text_of(signed_in("clerk"), INDEX + "?q=ありえない")


def test_who_holds_no_post_is_told_why(signed_in: SignIn) -> None:
    response = signed_in("postless").get(INDEX)
    assert (response.status_code, "任命" in response.content.decode()) == (403, True)


def test_the_administrator_sees_the_organisation_without_a_post(signed_in: SignIn) -> None:
    assert "組織一覧を取り込む" in text_of(signed_in("sysadmin"))


def test_the_tree_costs_the_same_however_large_it_is(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    text_of(client)
    with CaptureQueriesContext(connection) as few:
        text_of(client)
    for number in range(5):
        new = create_department(
            Department(organ=department("tax").organ, name=f"課{number}", valid_from=SINCE), by=None
        )
        post = create_post(new, "課長", [], SINCE, by=None)
        appoint(person("stranger"), post, SINCE, kind=Appointment.Kind.CONCURRENT, by=None)
    with CaptureQueriesContext(connection) as many:
        text_of(client)
    assert len(many) == len(few) <= 20


def test_a_list_goes_from_file_to_preview_to_result(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    assert "組織一覧のファイル" in text_of(client, UPLOAD)
    batch = upload(client, old_form())
    page = text_of(client, reverse("organization:list", args=[batch.pk]))
    assert "局2、部3、課5を追加します。" in page
    assert "使わない列" in page
    assert not Department.objects.filter(name="福祉事務所").exists()
    assert apply(client, batch).status_code == 302
    result = text_of(client, reverse("organization:list", args=[batch.pk]))
    assert "組織11、職2を追加しました。" in result
    assert result.count('role="status"') == 1
    assert "作業中" not in result
    assert batch.sha256 not in result
    assert "福祉事務所" in text_of(client)
    assert "反映済み" in text_of(client, UPLOAD)


def test_only_the_rows_with_findings_on_request(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = upload(client, old_form())
    text = text_of(client, reverse("organization:list", args=[batch.pk]) + "?only=findings")
    assert "別々の組織として追加します" in text
    assert "健康福祉総務課" not in text


def test_a_list_with_errors_offers_no_button(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = upload(client, old_form([TOWN[3], TOWN[3]]))
    text = text_of(client, reverse("organization:list", args=[batch.pk]))
    assert "一覧の中に2回" in text
    assert "全部の行を反映する" not in text


def test_heads_are_made_when_the_box_is_ticked(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    apply(client, upload(client, old_form()), with_heads="on")
    assert Post.objects.filter(title="所属長").count() == 5


def test_a_double_click_is_one_import(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = upload(client, old_form())
    seen = client.get(reverse("organization:list", args=[batch.pk])).context["form"].initial["seen"]
    answers = [client.post(reverse("organization:list-apply", args=[batch.pk]), {"seen": seen}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Department.objects.filter(name="教育局").count() == 1
    assert "すでに反映されています" in text_of(client, reverse("organization:list", args=[batch.pk]))


def test_an_organisation_that_moved_is_a_conflict(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = upload(client, old_form())
    response = client.post(reverse("organization:list-apply", args=[batch.pk]), {"seen": "old"})
    assert response.status_code == 409
    assert not Department.objects.filter(name="教育局").exists()


def test_a_list_can_be_given_up(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = upload(client, old_form())
    response = client.post(reverse("organization:list-discard", args=[batch.pk]), follow=True)
    assert "中止しました" in response.content.decode()
    assert client.get(reverse("organization:list", args=[batch.pk])).status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"%PDF-1.7", "組織.xlsx", "PDF"),
        (b"", "組織.xlsx", "空"),
        (b"a,b\n1,2\n", "組織.csv", "見出しが見つかりません"),
    ],
)
def test_a_file_that_is_no_list_is_answered_at_its_field(signed_in: SignIn, data: bytes, name: str, words: str) -> None:
    response = signed_in("secretariat").post(UPLOAD, uploading(data, name))
    assert words in str(response.context["form"].errors["file"])
    assert not ListImport.objects.exists()


def test_a_day_that_does_not_exist_is_answered_at_its_field(signed_in: SignIn) -> None:
    response = signed_in("secretariat").post(UPLOAD, uploading(old_form(), effective_on="令和8年2月30日"))
    assert "暦にない" in str(response.context["form"].errors["effective_on"])


@pytest.mark.parametrize("name", ["list-upload", "list", "list-apply", "list-discard"])
def test_the_list_pages_are_closed_to_those_who_do_not_manage(signed_in: SignIn, name: str) -> None:
    batch = upload(signed_in("secretariat"), old_form())
    url = reverse(f"organization:{name}", args=[] if name == "list-upload" else [batch.pk])
    client = signed_in("manager")
    response = client.post(url) if name in {"list-apply", "list-discard"} else client.get(url)
    assert (response.status_code, "事務局" in response.content.decode()) == (403, True)


@pytest.mark.parametrize("name", ["list-apply", "list-discard"])
def test_acts_are_posts(signed_in: SignIn, name: str) -> None:
    assert signed_in("secretariat").get(reverse(f"organization:{name}", args=[1])).status_code == 405


@pytest.mark.parametrize("url", [INDEX, UPLOAD])
def test_without_a_login_there_is_only_the_login(client: Client, url: str) -> None:
    response = client.get(url)
    assert (response.status_code, response.headers["Location"].startswith("/login/")) == (302, True)
