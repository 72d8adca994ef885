"""Two people, one organisation list, the same moment."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from registry.base.verdict import Conflict
from registry.organization.importing import apply_list, preview, stage
from registry.organization.list_reading import read_list
from registry.organization.models import Department, ListImport, Organ
from tests.registry.organization.lists import old_form
from tests.world import person


@pytest.mark.usefixtures("committed")
def test_two_people_taking_over_at_the_same_time_make_one_import() -> None:
    organ, day = Organ.objects.get(code="town"), dt.date(2026, 4, 1)
    batch = ListImport(filename="組織.xlsx", sha256="ab" * 32, effective_on=day, organ=organ)
    stage(read_list(old_form(), "組織.xlsx"), batch, by=person("secretariat"))
    seen = preview(batch).digest

    def take_over(_: int) -> str:
        try:
            apply_list(batch, seen=seen, with_heads=False, by=person("secretariat"))
        except Conflict as conflict:
            return type(conflict).__name__
        else:
            return "applied"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take_over, range(2)))
    assert answers == ["AlreadyApplied", "applied"]
    assert Department.objects.filter(name="教育局").count() == 1
