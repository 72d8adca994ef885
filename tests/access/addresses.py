"""Every URL pattern of the registry, and the addresses by which the matrix visits it: one per relation of the object."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.urls import URLResolver, get_resolver, reverse

from assets.ledger import staging
from assets.models import Asset, Batch, Level, Scheme
from assets.states import Standing, State
from registry.files.reading import Book, Cell, Sheet
from registry.history.models import Entry
from registry.organization.list_reading import OrganizationList
from registry.organization.models import Body, Department, ListImport, Organ, User
from tests import world

RELATIONS = ("own", "foreign", "secret", "disposed")
PLACES = {"own": "tax", "foreign": "residents", "secret": "residents", "disposed": "tax"}
LEVELS = {"own": "2", "foreign": "2", "secret": "3A", "disposed": "2"}
Addresses = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Pattern:
    """One URL pattern: its namespaced name (its route where it has none), its route and what answers it."""

    name: str
    route: str
    view: Callable[..., Any]


def patterns(resolver: URLResolver | None = None, namespace: str = "", route: str = "") -> Iterator[Pattern]:
    """Every pattern a request can reach, the admin's included."""
    for found in (resolver or get_resolver()).url_patterns:
        whole = route + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from patterns(found, f"{namespace}{found.namespace}:" if found.namespace else namespace, whole)
        else:
            yield Pattern(namespace + (found.name or whole), whole, found.callback)


def addresses() -> Addresses:
    """Name of a pattern → relation → address. A pattern without an object has the one relation ''."""
    assets, proposals, batches = _assets(), _proposals(), _batches()
    found: Addresses = {}
    for name in ("assets:detail", "assets:edit", "assets:history", "assets:asset-as-of"):
        found[name] = {relation: reverse(name, args=[pk]) for relation, pk in assets.items()}
    found["assets:review"] = {relation: reverse("assets:review", args=[pk]) for relation, pk in proposals.items()}
    found["assets:step"] = {r: reverse("assets:step", args=[pk, "confirm"]) for r, pk in proposals.items()}
    for name in ("assets:import-columns", "assets:import-check", "assets:import-register", "assets:import-discard"):
        found[name] = {relation: reverse(name, args=[pk]) for relation, pk in batches.items()}
    listed = _list_import()
    for name in ("organization:list", "organization:list-apply", "organization:list-discard"):
        found[name] = {"": reverse(name, args=[listed.pk])}
    for pattern in patterns():
        if pattern.name not in found:
            found[pattern.name] = {"": _admin(pattern) if pattern.name.startswith("admin:") else reverse(pattern.name)}
    return found


def _assets() -> dict[str, int]:
    found = {}
    for relation in RELATIONS:
        level = world.level("confidentiality", LEVELS[relation]).pk
        proposal = world.proposal_in(State.APPROVED, PLACES[relation], name=f"登録済 {relation}", confidentiality=level)
        found[relation] = proposal.asset_id
    Asset.objects.filter(pk=found["disposed"]).update(standing=Standing.DISPOSED)
    return found


def _proposals() -> dict[str, int]:
    """Waiting for the head, and, where the asset was disposed of, the one that was approved."""
    found = {}
    for relation in RELATIONS:
        state = State.APPROVED if relation == "disposed" else State.SUBMITTED
        level = world.level("confidentiality", LEVELS[relation]).pk
        found[relation] = world.proposal_in(state, PLACES[relation], name=f"申請 {relation}", confidentiality=level).pk
    Asset.objects.filter(proposals__pk=found["disposed"]).update(standing=Standing.DISPOSED)
    return found


def _batches() -> dict[str, int]:
    """Imports belong to who brought them; the disposed one was given up."""
    return {relation: checked_batch(relation).pk for relation in RELATIONS}


def checked_batch(relation: str) -> Batch:
    """One row of a ledger, staged and checked without findings (given up for 'disposed')."""
    by = world.person(world.CLERK_OF[PLACES[relation]])
    department = world.department(PLACES[relation])
    head = world.head_of(PLACES[relation])
    row = {
        "情報資産名称": f"取込 {relation}",
        "資産種別": "取り扱う情報",
        "所管課": department.name,
        "情報セキュリティ管理者": head.title,
        "機密性": LEVELS[relation],
        "完全性": "2",
        "可用性": "2",
        "ネットワーク区分": "マイナンバー利用事務系",
        "保管場所": "書庫",
    }
    sheet = Sheet("台帳", False, ((1, tuple(map(Cell, row))), (2, tuple(map(Cell, row.values())))))
    batch = staging.stage(Book((sheet,), (), "csv"), relation.encode(), f"{relation}.csv", by=by)
    keys = ("name", "asset_type", "section", "sec_manager", "confidentiality", "integrity", "availability")
    mapping = {str(at): key for at, key in enumerate((*keys, "segment", "location"))}
    batch = staging.check(batch, mapping, {}, by=by)
    assert not batch.rows.exclude(findings=[]).exists(), batch.rows.values_list("findings", flat=True)
    return staging.discard(batch, by=by) if relation == "disposed" else batch


def _list_import() -> ListImport:
    return ListImport.objects.create(
        filename="組織一覧.xlsx",
        sha256="0" * 64,
        effective_on=world.SINCE,
        organ=Organ.objects.get(code="town"),
        rows=OrganizationList("一覧", 1).as_json(),
        uploaded_by=world.person("secretariat"),
    )


def _admin(pattern: Pattern) -> str:
    """The address of a page of the bench: where it has an object, one that everyone who manages can see."""
    kind = pattern.route.removeprefix("admin/").split("/")
    keys = admin_objects()
    route = pattern.route.replace("<path:object_id>", str(keys.get("/".join(kind[:2]), 1)))
    route = route.replace("<path:content_type_id>", "1").replace("(?P<url>.*)$", "nothing-here/")
    return "/" + re.sub(r"\^\(\?P<app_label>.*", "organization/", route)


def admin_objects() -> dict[str, int]:
    """「app/model」 → the key of an object on the bench."""
    attempt, _ = AccessAttempt.objects.get_or_create(username="nobody", ip_address="192.0.2.1", failures_since_start=1)
    appointment = world.person("clerk").appointments.get()
    return {
        "organization/user": User.objects.get(username="clerk").pk,
        "organization/appointment": appointment.pk,
        "organization/post": appointment.post_id,
        "organization/body": Body.objects.get().pk,
        "organization/organ": Organ.objects.get(code="town").pk,
        "organization/department": Department.objects.get(code="1040").pk,
        "organization/listimport": ListImport.objects.get().pk,
        "history/entry": Entry.objects.filter(kind="organ").latest("sequence").pk,
        "axes/accessattempt": attempt.pk,
        "assets/scheme": Scheme.objects.latest("pk").pk,
        "assets/level": Level.objects.latest("pk").pk,
    }
