"""The pages of an import: what they ask for, what they offer next, and what they say when all is done."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from assets.models import Asset
from tests.assets.pages import errors_of
from tests.assets.uploads import HEADERS, UPLOAD, checked, decide, findings, good, register, table, the_rest, uploaded

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
TWO = table(good(name="一つめ"), good(name="二つめ"))


def test_the_result_says_once_that_all_is_done_and_leads_to_each_asset(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    result = register(client, checked(client, TWO))
    page = result.content.decode()
    assert page.count('role="status"') == 1
    assert [step["state"] for step in result.context["steps"]] == ["done"] * 4
    assert "自治体機密性3B情報を含む" in page
    links = dict(re.findall(r'<a href="(/assets/[0-9]+/)">\s*(\S+)\s*</a>', page))
    assert links == {asset.get_absolute_url(): asset.full_number for asset in Asset.objects.all()}


def test_only_a_column_that_was_not_recognised_is_asked_for(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = uploaded(client, table([*good(), "x"], headers=[*HEADERS, "謎の列"]))
    fields = client.get(f"/assets/imports/{batch.pk}/columns/").context["form"].fields
    assert [name for name, field in fields.items() if field.required] == ["column-9"]
    assert errors_of(decide(client, batch, means={"情報資産名称": "", "謎の列": "-"}))["column-0"]


def test_a_value_for_every_row_can_be_taken_back_and_is_never_the_name(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    batch = checked(client, table(["名前だけ"], headers=["情報資産名称"]), the_rest())
    fixed = {field.name: field for field in client.get(f"/assets/imports/{batch.pk}/columns/").context["form"].fixed()}
    assert "fixed-name" not in fixed
    for name in ("fixed-confidentiality", "fixed-section", "fixed-sec_manager", "fixed-segment", "fixed-pi"):
        assert str(next(iter(fixed[name].field.choices))[1]) == "入れない", name
    assert decide(client, batch, {"confidentiality": "", "section": ""}).status_code == 302
    assert {column for _, column, _ in findings(batch)} == {"自治体機密性", "所管課"}


def test_an_import_that_waits_is_listed_under_the_name_of_its_step(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    uploaded(client, TWO)
    assert '<td data-label="段階">列の対応</td>' in client.get("/assets/imports/").content.decode()


def test_who_cannot_register_is_offered_to_submit_and_a_wrong_file_to_be_chosen_again(signed_in: SignIn) -> None:
    client = signed_in("clerk")
    page = client.get(f"/assets/imports/{checked(client, table(good())).pk}/").content.decode()
    assert 'data-confirm-label="1件を申請する"' in page
    assert "1件を登録する" not in page
    page = client.get(f"/assets/imports/{checked(client, table(good(segment='x'))).pk}/").content.decode()
    assert re.search(rf'href="{UPLOAD}"[^<]*直したファイルを選び直す', page)
