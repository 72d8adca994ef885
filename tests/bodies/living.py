"""A database that holds the demonstration of one body and nothing else, as run.py makes it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import time_machine
from django.db import connections

from registry.organization.profiles import Profile
from registry.portal.demo import load_demo_assets
from registry.portal.demo_organization import load_demo_organization
from registry.portal.setup import load_profile
from tests import world
from tests.conftest import empty_the_database

DAY = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)


@contextmanager
def living(key: str, blocker: Any) -> Iterator[Profile]:
    """Inside, the body lives on DAY; afterwards the town of the other tests is back. `blocker`: django_db_blocker."""
    with time_machine.travel(DAY):
        with blocker.unblock():
            empty_the_database()
            profile, _ = load_profile(key)
            load_demo_organization(profile)
            load_demo_assets(profile)
        yield profile
    with blocker.unblock():
        empty_the_database()
        world.build()
        connections.close_all()
