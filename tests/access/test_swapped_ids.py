"""Keys of other people's things, put into path, query, form and file: nothing is accepted, nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assets.ledger import staging
from assets.models import Asset, Level, Proposal
from assets.scheme_editing import load_scheme
from assets.states import STEPS, State
from registry.files.reading import Book, Cell, Sheet
from registry.organization.models import Department, Organ, Post
from registry.organization.roles import Role
from registry.organization.structure import change_department, close_department, create_department, create_post
from tests import world
from tests.access.addresses import addresses, checked_batch
from tests.access.fingerprint import changed, fingerprint

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NOBODYS = 987654321
HUGE = "9" * 40


def filled(**changes: Any) -> dict[str, str]:
    """The form of an asset of 税務課 as a browser would send it."""
    typed = {**world.values("tax"), "confidentiality": world.level("confidentiality", "2").pk, **changes}
    return {key: str(value) for key, value in typed.items() if value is not None}


def gone(code: str) -> Department:
    """A department of the clerk's own that was closed, with a head who was there."""
    made = Department(organ=Organ.objects.get(code="town"), parent=world.department("tax"), name="旧収納係", code=code)
    made.valid_from = world.SINCE
    made = create_department(made, by=None)
    create_post(made, "収納係長", [Role.MANAGER], world.SINCE, by=None)
    return close_department(made, world.SINCE.replace(year=2021), by=None)


def excluded(code: str) -> Department:
    """A department of the clerk's own that is out of scope."""
    made = Department(organ=Organ.objects.get(code="town"), parent=world.department("tax"), name="対象外係", code=code)
    made.valid_from = world.SINCE
    return change_department(create_department(made, by=None), {"excluded": "指定管理"}, by=None) or made


def not_on_offer() -> list[tuple[str, Any]]:
    """(field, key) pairs that exist but are not for a clerk of 税務課 to choose, or do not exist."""
    foreign = world.proposal_in(State.APPROVED, "residents", name="住基システム", asset_type="system").asset
    no_system = world.proposal_in(State.APPROVED, "tax", name="ただの情報").asset
    closed, out = gone("1041"), excluded("1042")
    integrity, own_axis = world.level("integrity", "2"), world.level("confidentiality", "2").axis
    load_scheme("r2-three-level", by=None)
    other_scheme = Level.objects.filter(axis__slot=1).exclude(axis=own_axis)[0]
    return [
        *[("section", world.department(place).pk) for place in ("residents", "planning", "council")],
        *[("section", key) for key in (closed.pk, out.pk, NOBODYS, HUGE, "税務課", "1 OR 1=1")],
        *[("sec_manager", key) for key in (world.person("clerk").appointments.get().post_id, NOBODYS, HUGE)],
        ("sec_manager", Post.objects.get(department=closed).pk),
        ("sec_responsible", world.head_of("tax").pk),
        ("sys_manager", world.head_of("tax").pk),
        *[("system", key) for key in (foreign.pk, no_system.pk, NOBODYS, HUGE)],
        *[("confidentiality", key) for key in (integrity.pk, other_scheme.pk)],
        *[("availability", key) for key in (NOBODYS, HUGE, "-1")],
        *[("asset_type", "secret"), ("segment", "internet2"), ("likelihood", "9"), ("pi", "maybe")],
    ]


def test_a_key_that_was_not_on_offer_is_refused_at_its_field(signed_in: SignIn) -> None:
    client, wrong = signed_in("clerk"), []
    mine, typed = world.proposal_in(State.DRAFT, "tax").asset, filled()
    for field, key in not_on_offer():
        before = fingerprint()
        for address in (reverse("assets:new"), reverse("assets:edit", args=[mine.pk])):
            version = {"version": "1", "proposal": str(mine.open_proposal_id)}
            response = client.post(address, {**typed, field: str(key), **version, "act": "save"})
            told = response.context and field in response.context["form"].errors
            if response.status_code != 200 or not told or changed(before, fingerprint()):
                wrong.append(f"{address} {field}={key}: {response.status_code}, told: {told}")
    assert not wrong, "\n".join(wrong)


def test_the_same_form_with_what_was_on_offer_is_accepted(signed_in: SignIn) -> None:
    response = signed_in("clerk").post(reverse("assets:new"), {**filled(), "act": "save"})
    assert response.status_code == 302
    assert Asset.objects.get().department == world.department("tax")


def test_no_key_in_a_path_of_a_post_changes_what_is_not_yours(signed_in: SignIn) -> None:
    reached, wrong = addresses(), []
    posts = {"assets:edit": filled(act="submit", version=1), "assets:import-register": {"reason": "取込"}}
    steps = [
        reverse("assets:step", args=[key, code])
        for key in Proposal.objects.filter(asset__department=world.department("residents")).values_list("pk", flat=True)
        for code in STEPS
    ]
    for person in ("clerk", "manager", "councillor", "council_head", "sysadmin", "former", "postless"):
        client, before = signed_in(person), fingerprint()
        targets = [
            (at[r], posts.get(name, {})) for name, at in reached.items() for r in ("foreign", "secret") if r in at
        ]
        for address, data in [*targets, *((step, {"note": "理由", "version": ""}) for step in steps)]:
            status = client.post(address, {"columns": "", **data}).status_code
            if status not in {403, 404, 405} or changed(before, fingerprint()):
                wrong.append(f"{person} {address}: {status}")
    assert not wrong, "\n".join(wrong)


def test_a_foreign_proposal_among_ones_own_stops_the_whole_decision(signed_in: SignIn) -> None:
    own, foreign = world.proposal_in(State.SUBMITTED, "tax"), world.proposal_in(State.SUBMITTED, "residents")
    client, answers = signed_in("manager"), []
    for other in (f"{foreign.pk}:{foreign.version}", f"{NOBODYS}:1", f"{HUGE}:1", f"{own.pk}:{own.version}"):
        before = fingerprint()
        data = {"chosen": [f"{own.pk}:{own.version}", other], "step": "confirm", "note": "一括", "sure": "1"}
        response = client.post(reverse("assets:decide"), data)
        answers.append(response.status_code)
        assert not changed(before, fingerprint()), other
    assert answers[0] == answers[1] == 409
    data = {"chosen": [f"{own.pk}:{own.version}"], "step": "confirm", "note": "一括", "sure": "1"}
    assert client.post(reverse("assets:decide"), data).status_code == 302
    assert Proposal.objects.get(pk=own.pk).state == State.CONFIRMED


def test_only_steps_on_offer_can_be_decided_together(signed_in: SignIn) -> None:
    own = world.proposal_in(State.SUBMITTED, "tax")
    for step in ("withdraw", "return", "submit", "delete", ""):
        before = fingerprint()
        data = {"chosen": [f"{own.pk}:{own.version}"], "step": step, "note": "一括", "sure": "1"}
        signed_in("manager").post(reverse("assets:decide"), data)
        signed_in("manager").post(reverse("assets:step", args=[own.pk, step or "none"]), {"version": "0"})
        assert not changed(before, fingerprint()), step


def test_columns_and_fixed_values_of_an_import_take_nothing_that_was_not_on_offer(signed_in: SignIn) -> None:
    batch, client, wrong = checked_batch("own"), signed_in("clerk"), []
    address = reverse("assets:import-columns", args=[batch.pk])
    given = {f"column-{index}": key for index, key in batch.mapping.items()}
    for name, value in [
        *[("column-0", key) for key in ("standing", "number", "state", "organ", "pk", "guide")],
        *[("fixed-section", str(world.department(place).pk)) for place in ("residents", "council")],
        *[("fixed-sec_manager", str(key)) for key in (world.person("clerk").appointments.get().post_id, NOBODYS, HUGE)],
        ("fixed-confidentiality", str(world.level("integrity", "2").pk)),
    ]:
        before = fingerprint()
        response = client.post(address, {**given, name: value})
        if response.status_code != 200 or changed(before, fingerprint()):
            wrong.append(f"{name}={value}: {response.status_code}")
    assert client.post(address, given).status_code == 302
    assert not wrong, "\n".join(wrong)


def test_a_cell_cannot_name_a_department_or_a_system_that_is_not_yours() -> None:
    world.proposal_in(State.APPROVED, "residents", name="住基システム", asset_type="system")
    clerk, findings = world.person("clerk"), []
    for section, system in (("住民課", ""), ("1050", ""), ("議会事務局", ""), ("税務課", "住基システム")):
        rows = ((1, (Cell("名称"), Cell("課"), Cell("システム"))), (2, (Cell("台帳"), Cell(section), Cell(system))))
        book = Book((Sheet("台帳", False, rows),), (), "csv")
        batch = staging.stage(book, f"{section}{system}".encode(), "台帳.csv", by=clerk)
        batch = staging.check(batch, {"0": "name", "1": "section", "2": "system"}, {}, by=clerk)
        row = batch.rows.get()
        assert row.values.get("section") in (None, world.department("tax").pk)
        assert "system" not in row.values
        findings.append({finding["column"] for finding in row.findings})
    assert [("所管課" in found, "情報システム名" in found) for found in findings] == [(True, False)] * 3 + [
        (False, True)
    ]
