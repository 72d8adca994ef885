"""Two people at the bench, one field, the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from registry.history.models import Entry
from registry.organization.models import Department
from tests.registry.organization.bench import url_of
from tests.registry.organization.sheet import Sheet
from tests.world import department, person


@pytest.mark.usefixtures("committed")
@pytest.mark.ignore_template_errors  # the stock admin leaves variables undefined
def test_of_two_saving_at_the_same_moment_one_is_told() -> None:
    address, sheets = url_of(Department, "change", department("tax").pk), []
    for name in ("secretariat", "sysadmin"):
        client = Client()
        client.force_login(person(name), "django.contrib.auth.backends.ModelBackend")
        sheets.append(Sheet(client, address))

    def save(number: int) -> int:
        try:
            return int(sheets[number].send(telephone=f"048-721-000{number}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(save, range(2)))
    assert answers == [200, 302]
    assert department("tax").telephone in {"048-721-0000", "048-721-0001"}
    assert Entry.objects.filter(act="department.changed").count() == 1
