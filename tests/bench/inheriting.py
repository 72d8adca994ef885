"""Levels inherited over links: the whole web worked out in one go, and one change that climbs two storeys."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.test import Client

from assets.holdings import Reach, settle
from assets.models import Asset, Axis
from assets.states import Standing
from tests.bench.asking import Result, spent
from tests.bench.measuring import Timing
from tests.bench.town import Town

ROOMS, SYSTEMS = 10, 100
CHANGES = 24


def inherited(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """Ten rooms hold a hundred systems, which hold everything else that is registered; nothing of it stays."""
    with transaction.atomic():
        things = _web()
        whole = Timing()
        whole.run(partial(settle, list(Asset.objects.filter(pk__in=things)), by=town.secretariat))
        found = [Result(f"適用値 {len(things):,}件を算定し直す", len(things) / whole.spent[0] * 1000, "件/CPU秒")]
        levels = list(Axis.objects.filter(scheme__code="r8-five-level", slot=1).get().levels.order_by("rank"))
        changed = list(Asset.objects.filter(pk__in=things[-2 * CHANGES :]))
        for n, asset in enumerate(changed):
            asset.level_1 = levels[-1 if n % 2 else 0]
        found.append(spent("変更が影響する件数を数える", [partial(Reach, [asset]) for asset in changed[:CHANGES]]))
        found.append(
            spent("一件の分類を変え、上まで算定する", [partial(_change, asset, town) for asset in changed[CHANGES:]])
        )
        transaction.set_rollback(True)
    yield from found


def _web() -> list[int]:
    """Put everything registered into systems and those into rooms; the keys of what lies in the systems."""
    keys = list(Asset.objects.filter(standing=Standing.REGISTERED).order_by("pk").values_list("pk", flat=True))
    rooms, systems, things = keys[:ROOMS], keys[ROOMS : ROOMS + SYSTEMS], keys[ROOMS + SYSTEMS :]
    for held, holders in ((systems, rooms), (things, systems)):
        for n, holder in enumerate(holders):
            Asset.objects.filter(pk__in=held[n :: len(holders)]).update(holder_keys=[holder])
    settle(list(Asset.objects.filter(pk__in=systems)), by=None)
    return things


def _change(asset: Asset, town: Town) -> None:
    asset.save(update_fields=["level_1"])
    settle([asset], by=town.secretariat)
