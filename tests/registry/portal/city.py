"""A real city for tests: its published organisation list of 2020 taken over, a head in every 課, and a ledger.

The lists are open data of 高松市 (CC BY 4.0); they lie beside the project and are not part of it.
"""

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from assets.models import Asset, Proposal, Revision
from assets.numbering import next_numbers
from assets.states import Kind, Standing, State
from assets.values import snapshot, texts, with_related
from registry.organization.grants import project
from registry.organization.importing import apply_list, preview, stage
from registry.organization.list_reading import read_list
from registry.organization.models import (
    Appointment,
    Department,
    DepartmentGroupPermission,
    ListImport,
    Organ,
    Post,
    PostRole,
    Reorganization,
    Succession,
    User,
)
from registry.organization.reorganization.staging import stage_list
from registry.organization.roles import Role
from tests import world

LISTS = Path(__file__).resolve().parents[4] / "shared/data/takamatsu"
DAYS = {"202004": dt.date(2020, 4, 1), "202104": dt.date(2021, 4, 1), "202504": dt.date(2025, 4, 1)}
LAST = world.SINCE + dt.timedelta(days=1)


def list_of(year: str) -> Path:
    """The published list of a year; skips with the reason where it is not there."""
    path = LISTS / f"takamatsu_city_organization_list_0083_{year}.xlsx"
    if not path.exists():
        pytest.skip(f"{path.name} がありません(オープンデータは同梱していません)。")
    return path


def city_organ() -> Organ:
    organ, _ = Organ.objects.get_or_create(code="city", defaults={"name": "高松市", "position": 3})
    return organ


def found_city() -> None:
    """Take over the list of 2020 with a head in every 課, and appoint somebody to each."""
    path = list_of("202004")
    batch = ListImport(filename=path.name, sha256="0" * 64, effective_on=DAYS["202004"], organ=city_organ())
    by = world.person("secretariat")
    stage(read_list(path.read_bytes(), path.name), batch, by=by)
    apply_list(batch, seen=preview(batch).digest, with_heads=True, by=by)
    heads = Post.objects.current(DAYS["202004"]).with_role(Role.MANAGER, on=DAYS["202004"]).filter(title="所属長")
    people = User.objects.bulk_create(
        [User(username=f"head{n}", name=f"所属長{n:03d}", password="!") for n in range(heads.count())]
    )
    Appointment.objects.bulk_create(
        [
            Appointment(user=user, post=post, kind="main", valid_from=DAYS["202004"])
            for user, post in zip(people, heads.order_by("pk"), strict=True)
        ]
    )
    project()


def fill_ledger(count: int) -> None:
    """Registered assets all over the city, each with its number, proposal and revision, as imports leave them."""
    places = list(Department.objects.current(DAYS["202004"]).filter(organ=city_organ()).in_tree_order())
    heads = {post.department_id: post for post in Post.objects.filter(title="所属長", department__organ=city_organ())}
    above = {place.pk: place.parent_id for place in places}
    anybody = min(heads.values(), key=lambda post: post.pk)
    by, now = world.person("secretariat"), timezone.now()
    assets = []
    for number, place in enumerate(itertools.islice(itertools.cycle(places), count)):
        asset = Asset(department=place, name=f"{place.name}の資料{number}", sec_responsible=anybody)
        asset.sec_manager = heads.get(place.pk) or heads.get(above[place.pk] or 0, anybody)
        asset.standing, asset.asset_type, asset.segment = Standing.REGISTERED, "information", "lgwan"
        asset.location, asset.version, asset.revision_number, asset.registered_at = "書庫", 1, 1, now
        asset.level_1 = world.level("confidentiality", "2")
        asset.level_2, asset.level_3 = world.level("integrity", "1"), world.level("availability", "1")
        assets.append(asset)
    for asset, given in zip(assets, next_numbers(world.department("tax"), DAYS["202004"], count), strict=True):
        asset.number = given
    Asset.objects.bulk_create(assets, batch_size=500)
    with_related(assets)
    proposals = [
        Proposal(asset=a, kind=Kind.NEW, state=State.APPROVED, values=snapshot(a), drafted_by=by) for a in assets
    ]
    Proposal.objects.bulk_create(proposals, batch_size=500)
    Revision.objects.bulk_create(
        [
            Revision(
                asset=asset,
                number=1,
                proposal=proposal,
                values=proposal.values,
                texts=texts(asset),
                approved_by=by,
                valid_from=now,
            )
            for asset, proposal in zip(assets, proposals, strict=True)
        ],
        batch_size=500,
    )


def planned(year: str, *, organ: Organ | None = None) -> Reorganization:
    """The list of a year staged as a reorganisation on its first of April."""
    path = list_of(year)
    plan = Reorganization(
        organ=organ or city_organ(), title=f"{year}の改編", effective_on=DAYS[year], filename=path.name
    )
    return stage_list(read_list(path.read_bytes(), path.name), plan, by=world.person("secretariat"))


def standing() -> dict[str, list[Any]]:
    """All that a reorganisation may touch, as it stands: units, posts, people, rights, assets and what is under way."""
    real = {"annulled": False}
    tables: dict[str, Any] = {
        "departments": Department.objects.filter(**real),
        "posts": Post.objects.filter(**real),
        "roles": PostRole.objects.all(),
        "appointments": Appointment.objects.all(),
        "successions": Succession.objects.all(),
    }
    found = {name: list(rows.order_by("pk").values()) for name, rows in tables.items()}
    granted = DepartmentGroupPermission.objects.filter(group__post__annulled=False, content_object__annulled=False)
    found["rights"] = sorted(granted.values_list("group_id", "permission_id", "content_object_id"))
    found["members"] = sorted(User.groups.through.objects.values_list("user_id", "group_id"))
    found["assets"] = [
        (asset.pk, asset.standing, asset.number, snapshot(asset)) for asset in Asset.objects.order_by("pk")
    ]
    found["proposals"] = list(
        Proposal.objects.exclude(state=State.APPROVED).order_by("pk").values("pk", "state", "values", "asset_id")
    )
    return found
