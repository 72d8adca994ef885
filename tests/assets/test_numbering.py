"""Registration numbers 年度-課-連番-履歴番号: counted per 年度 and 課, without gaps while all goes well, never used again."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from assets.models import Asset, NumberSeries
from assets.numbering import next_number, next_numbers
from assets.states import State
from assets.workflow import approve
from registry.organization.models import Department, Organ
from registry.organization.structure import create_department
from tests import world

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 4, 1)
DAYS = {
    dt.date(2026, 3, 31): "R07",
    dt.date(2026, 4, 1): "R08",
    dt.date(2019, 4, 1): "R01",
    dt.date(2019, 3, 31): "H30",
    dt.date(2028, 12, 31): "R10",
}


@pytest.mark.parametrize(("day", "year"), DAYS.items(), ids=str)
def test_the_year_is_the_fiscal_year(day: dt.date, year: str) -> None:
    assert next_number(world.department("tax"), day) == f"{year}-1040-0001"


def test_each_department_and_each_year_counts_for_itself() -> None:
    tax, residents = world.department("tax"), world.department("residents")
    given = [next_number(place, day) for day in (DAY, dt.date(2027, 4, 1)) for place in (tax, residents, tax)]
    assert given == [
        "R08-1040-0001",
        "R08-1050-0001",
        "R08-1040-0002",
        "R09-1040-0001",
        "R09-1050-0001",
        "R09-1040-0002",
    ]


def test_many_numbers_in_a_row_and_then_the_next() -> None:
    tax = world.department("tax")
    assert next_numbers(tax, DAY, 3) == ["R08-1040-0001", "R08-1040-0002", "R08-1040-0003"]
    assert next_number(tax, DAY) == "R08-1040-0004"


def test_a_department_without_a_code_has_a_series_of_its_own() -> None:
    organ = Organ.objects.get(code="town")
    without = create_department(Department(organ=organ, name="コードのない課", valid_from=world.SINCE), by=None)
    assert next_number(without, DAY) == f"R08-{without.pk}-0001"


def test_a_number_that_was_not_used_in_the_end_is_not_lost() -> None:
    proposal = world.proposal_in(State.CONFIRMED)
    with transaction.atomic():
        next_number(world.department("tax"), DAY)
        transaction.set_rollback(True)
    with pytest.raises(PermissionDenied):
        approve(proposal, by=world.person("clerk"))
    assert next_number(world.department("tax"), DAY) == "R08-1040-0001"


def test_a_number_is_not_given_again_when_its_asset_is_gone() -> None:
    first = world.proposal_in(State.APPROVED).asset
    number = Asset.objects.get(pk=first.pk).number
    Asset.objects.filter(pk=first.pk).update(**world.DISPOSED)
    second = world.proposal_in(State.APPROVED, name="つぎの資産").asset
    assert Asset.objects.get(pk=second.pk).number == f"{number[:-1]}2"
    assert NumberSeries.objects.get().last == 2


def test_a_change_keeps_the_number_and_raises_the_history_number() -> None:
    asset = Asset.objects.get(pk=world.proposal_in(State.APPROVED).asset_id)
    assert asset.full_number == f"{asset.number}-01"
