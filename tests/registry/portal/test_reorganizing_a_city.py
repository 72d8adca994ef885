"""A real city of 375 units and 2,000 assets goes from one year's list to the next, and back, as if nothing had been."""


import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.history.chain import verify
from registry.organization.reorganization.blueprint import Blueprint
from registry.organization.reorganization.correcting import decide, settle
from registry.portal.reorganizing import apply, effects_of, undo
from tests import world
from tests.registry.portal.city import fill_ledger, found_city, planned, standing

pytestmark = pytest.mark.django_db
ASSETS = 2_000


@pytest.fixture
def city() -> None:
    found_city()
    fill_ledger(ASSETS)


def solved(year: str):  # type: ignore[no-untyped-def]
    """The plan of a year with every doubt settled, closures with contents given to a successor."""
    by = world.person("secretariat")
    plan = planned(year)
    blueprint = Blueprint.of(plan)
    effects = effects_of(plan, by=by)
    for one in blueprint.closing:
        if effects.assets[one.pk] or any(seat.holders for seat in effects.seats if seat.post.department_id == one.pk):
            target = next(
                unit for unit in blueprint.units if blueprint.told(unit, "kind") == "課" and blueprint.principal(unit)
            )
            decide(plan, one, [target], None, by=by)
    settle(plan, units=[u.pk for u in blueprint.units], befores=[d.pk for d in blueprint.closing], by=by)
    return plan


@pytest.mark.usefixtures("city")
def test_a_city_goes_to_its_next_year_and_back() -> None:
    before = standing()
    by = world.person("secretariat")
    plan = solved("202104")
    effects = effects_of(plan, by=by)
    assert effects.obstacles == []
    print(effects.blueprint.in_words(), effects.moving, effects.elsewhere)
    import time

    t = time.time()
    with CaptureQueriesContext(connection) as queries:
        apply(plan, seen=effects.digest, reason="庁議決定", with_heads=False, by=by)
    print("apply", time.time() - t, len(queries))
    from collections import Counter

    for k, n in Counter(q["sql"][:90] for q in queries).most_common(20):
        print(n, k)
    t = time.time()
    plan.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        undo(plan, reason="誤り", by=world.person("secretariat"))
    for k, n in Counter(q["sql"][:90] for q in queries).most_common(6):
        print(n, k)
    print("undo", time.time() - t, len(queries))
    after = standing()
    assert {name: after[name] == before[name] for name in before} == dict.fromkeys(before, True)
    assert verify().problem == ""
