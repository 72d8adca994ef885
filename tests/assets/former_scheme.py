"""Assets on an earlier scheme, and confirming their new levels as one would on the page."""

from typing import Any

from django.test import Client

from assets.handling import default_handling
from assets.models import Asset, Level
from assets.states import State
from tests import world

PAGE = "/assets/migration/"


def registered(place: str = "tax", confidentiality: str = "2", **changes: Any) -> Asset:
    """An asset in force with the levels of the earlier scheme and the restrictions that went with them."""
    levels = world.old_levels(confidentiality)
    text = default_handling(
        world.level(axis, code, "r2-three-level")
        for axis, code in zip(levels, (confidentiality, "2", "1"), strict=True)
    )
    values = {**levels, "name": "窓口の記録", "handling": text, **changes}
    return world.proposal_in(State.APPROVED, place, **values).asset


def many(client: Client, *assets: Asset, **posted: str) -> Any:
    """Confirm as one would: choose, be asked in numbers, say yes."""
    chosen = {"chosen": [f"{asset.pk}:{asset.version}" for asset in assets], "reason": "新しい基準による", **posted}
    asked = client.post(f"{PAGE}confirm/", chosen)
    if asked.context is None or "seen" not in asked.context:
        return asked
    return client.post(f"{PAGE}confirm/", {**chosen, "sure": "1", "seen": asked.context["seen"]}, follow=True)


def classified_group(client: Client) -> str:
    """The key of the first group on the page."""
    return str(client.get(PAGE).context["groups"][0]["url"].split("group=")[1])


def refreshed(assets: list[Asset]) -> list[Asset]:
    return [Asset.objects.get(pk=asset.pk) for asset in assets]


def level_of(asset: Asset) -> Level:
    """The first level as it is now."""
    level = Asset.objects.get(pk=asset.pk).level_1
    assert level
    return level
