"""The body's own columns that went or became another while somebody had them in hand: imports, links, saved views."""

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client

from assets.columns import Kind
from assets.extra_editing import change_column, delete_column
from assets.models import Asset, Batch, ExtraColumn
from assets.saved_views import save_view
from tests import world
from tests.assets.own_columns import LABEL, made
from tests.assets.uploads import HEADERS, checked, good, table

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def remove(column: ExtraColumn) -> None:
    delete_column(column, by=None)


def turn_into_number(column: ExtraColumn) -> None:
    change_column(column, {"kind": Kind.INTEGER.value}, by=None)


@pytest.mark.parametrize("act", [remove, turn_into_number])
def test_a_checked_import_that_names_the_column_is_to_be_checked_again(
    act: Callable[[ExtraColumn], None], signed_in: SignIn
) -> None:
    column, client = made(Kind.TEXT), signed_in("secretariat")
    batch = checked(client, table([*good(), "三号庫"], headers=[*HEADERS, LABEL]))
    assert batch.rows.get().values[column.key] == "三号庫"
    act(column)
    answer = client.post(f"/assets/imports/{batch.pk}/register/", {"reason": "取込", "ending": "register"})
    assert answer.status_code == 409
    assert not Asset.objects.exists()
    assert client.get(f"/assets/imports/{batch.pk}/columns/").status_code == 200
    assert Batch.objects.get().stage == Batch.Stage.COLUMNS


def test_a_checked_import_that_does_not_name_the_column_goes_on(signed_in: SignIn) -> None:
    column, client = made(Kind.TEXT), signed_in("secretariat")
    checked(client, table(good()))
    remove(column)
    assert Batch.objects.get().stage == Batch.Stage.CHECKED


@pytest.mark.parametrize("act", [remove, turn_into_number])
def test_a_condition_on_a_column_that_went_is_told_and_not_dropped_in_silence(
    act: Callable[[ExtraColumn], None], signed_in: SignIn
) -> None:
    column = made(Kind.YESNO)
    view = save_view("独自項目が有", QueryDict(f"{column.key}=yes"), scope="own", by=world.person("clerk"))
    client = signed_in("clerk")
    assert client.get(view.get_absolute_url()).context["problems"] == []
    act(column)
    problems = client.get(view.get_absolute_url()).context["problems"]
    assert len(problems) == 1
    assert "独自項目" in problems[0]
    assert "独自項目" in client.get("/assets/views/").content.decode()
