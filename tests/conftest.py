"""What every test finds: the town of tests/world.py, people, and a way to commit for real."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases

from registry.base import operation
from registry.history.models import Head
from registry.history.triggers import arm, disarm
from registry.organization import vocabulary
from registry.organization.models import User
from tests import world


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The town is built once and committed; every test works inside a transaction that is rolled back."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})  # type: ignore[arg-type]  # the stubs say Mapping, Django takes names
        world.build()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Nothing that another test has read is still known."""
    cache.clear()
    operation.begin()
    vocabulary.end()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For threads, locks and read-only pages: nothing is rolled back; afterwards the town is built anew."""
    with django_db_blocker.unblock():
        yield
        empty_the_database()
        world.build()
        connections.close_all()


def empty_the_database() -> None:
    """Delete every row, with the refusal to delete history lifted for that moment."""
    disarm(connection)
    call_command("flush", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assets_search")
    Head.objects.create(pk=1)
    arm(connection)


@pytest.fixture
def signed_in(db: None) -> Callable[[str], Client]:
    """A browserless client of a person of the town."""

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def clerk(db: None) -> User:
    return world.person("clerk")


@pytest.fixture
def manager(db: None) -> User:
    return world.person("manager")


@pytest.fixture
def secretariat(db: None) -> User:
    return world.person("secretariat")


@pytest.fixture
def auditor(db: None) -> User:
    return world.person("auditor")


@pytest.fixture
def stranger(db: None) -> User:
    return world.person("stranger")
