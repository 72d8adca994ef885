"""The access matrix: every URL pattern × method × person × relation against the table of rules, all at once."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.access.addresses import RELATIONS, Pattern, addresses, patterns
from tests.access.rules import (
    BENCH_DOOR,
    FINE,
    LOGIN,
    METHODS,
    OUTSIDE,
    PERSONS,
    TABLE,
    Answer,
    expected,
)
from tests.access.visitor import Visitor

WITH_AN_OBJECT = 35


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refusals are expected here; kept with their frames they would slow the sweep down tenfold."""
    caplog.set_level(logging.CRITICAL, "django.request")


def ask(visitor: Any, method: str, address: str, data: dict[str, str]) -> tuple[int, str]:
    """Status and target of one request; everything it wrote is taken back."""
    with transaction.atomic():
        response = visitor.post(address, data) if method == "POST" else visitor.generic(method, address)
        if response.streaming:
            list(response)
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", "")


def agrees(wanted: Answer, status: int, target: str) -> bool:
    """Is this the demanded answer? A redirect to a login page is never an ordinary redirect."""
    if wanted == LOGIN:
        return status == 302 and target.startswith(("/login/?next=", "/admin/login/?next="))
    if wanted == BENCH_DOOR:
        return status == 302 and target.startswith("/admin/login/?next=")
    if wanted == FINE:
        return status in {200, 302} and "login/?next=" not in target
    return status == wanted and "login/?next=" not in target


def sweep(chosen: Callable[[Pattern], bool]) -> Iterator[str]:
    """Visit the chosen patterns in every way; yields a line per answer that the rules do not demand."""
    reached, people = addresses(), {name: Visitor(name) for name in PERSONS}
    for pattern in filter(chosen, patterns()):
        rule = TABLE.get(pattern.name)
        data = dict(rule.data) if rule else {"posted": "1"}
        for relation, address in reached[pattern.name].items():
            for method in METHODS:
                for name in PERSONS:
                    yield from _one(pattern, relation, method, name, ask(people[name], method, address, data))


def _one(pattern: Pattern, relation: str, method: str, name: str, answer: tuple[int, str]) -> Iterator[str]:
    try:
        wanted = expected(pattern.name, pattern.route, method, name, relation)
    except KeyError:
        yield f"{pattern.name}: no rule for this address, write one in tests/access/rules.py"
        return
    if not agrees(wanted, *answer):
        yield f"{method} {pattern.name} ({relation or 'no object'}) as {name}: demanded {wanted}, was {answer}"


def on_the_bench(pattern: Pattern) -> bool:
    return pattern.name.startswith("admin:")


@pytest.mark.django_db
def test_every_page_method_person_and_relation() -> None:
    wrong = list(sweep(lambda pattern: not on_the_bench(pattern)))
    assert not wrong, f"{len(wrong)} answers:\n" + "\n".join(dict.fromkeys(wrong))


@pytest.mark.django_db
@pytest.mark.ignore_template_errors  # the stock admin leaves variables undefined
def test_every_page_of_the_bench_method_and_person() -> None:
    wrong = list(sweep(on_the_bench))
    assert not wrong, f"{len(wrong)} answers:\n" + "\n".join(dict.fromkeys(wrong))


@pytest.mark.django_db
def test_the_matrix_is_whole() -> None:
    everything = list(patterns())
    names = [pattern.name for pattern in everything]
    reached = addresses()
    assert set(reached) == set(names)
    assert len(reached) == len(names) == len({pattern.route for pattern in everything}), "two patterns share a name"
    assert set(TABLE) == {name for name in names if not name.startswith("admin:")}
    assert sum(tuple(found) == RELATIONS for found in reached.values()) == WITH_AN_OBJECT
    for pattern in everything:
        for person in PERSONS:
            assert expected(pattern.name, pattern.route, "GET", person, next(iter(reached[pattern.name]))), pattern
    assert len(PERSONS) == 9
    assert len(METHODS) == 7
    assert set(OUTSIDE) < set(PERSONS)
