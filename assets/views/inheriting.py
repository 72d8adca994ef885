"""How the pages of an asset tell what holds what: the three values per axis, links in both directions, what a change reaches."""

from typing import Any

from django.urls import reverse

from assets.holdings import ELSEWHERE, affected, as_if_in_force, concerns, places_of
from assets.models import Asset, Proposal
from assets.models.asset import SLOTS
from assets.values import as_proposed, holders_of
from registry.organization.models import User
from registry.organization.vocabulary import said

SHOWN = 10


def three_values(asset: Asset, *, for_user: User) -> list[dict[str, Any]]:
    """Per axis 指定値, 算定値 with where it comes from, 適用値; a source the person may not see goes without its name."""
    keys = {key for slot in SLOTS if (key := getattr(asset, f"source_{slot}_id"))}
    seen = Asset.objects.visible_to(for_user).in_bulk(keys) if keys else {}
    found = []
    for slot in SLOTS:
        own, calculated = getattr(asset, f"level_{slot}"), getattr(asset, f"calculated_{slot}")
        applied = asset.applied(slot)
        if not applied:
            continue
        source = seen.get(getattr(asset, f"source_{slot}_id"))
        found.append(
            {
                "axis": applied.axis.label,
                "own": own,
                "calculated": calculated,
                "source": source,
                "source_text": str(source) if source else said(ELSEWHERE),
                "applied": applied,
                "inherited": applied != own,
            }
        )
    return found


def links(asset: Asset, *, for_user: User) -> dict[str, Any]:
    """What the asset is in or on, and what it holds itself; of both only what the person may see leads further."""
    places = [*holders_of(asset), *([asset.system] if asset.system else [])]
    contents = Asset.objects.visible_to(for_user).filter(places__holder=asset).order_by("name", "pk")
    first = list(contents[: SHOWN + 1])
    more = len(first) > SHOWN
    seen = Asset.objects.visible_to(for_user).in_bulk([place.pk for place in places]) if places else {}
    return {
        "places": [{"text": place.label, "url": _url(seen.get(place.pk))} for place in dict.fromkeys(places)],
        "contents": [{"text": one.label, "url": _url(one)} for one in first[:SHOWN]],
        "count": contents.count() if more else len(first),
        "all_url": f"{reverse('assets:index')}?holder={asset.pk}" if more else "",
    }


def reached(asset: Asset, proposal: Proposal, *, for_user: User) -> dict[str, Any]:
    """「N件に影響します」: whose 適用値 changes when the proposal comes in force; others' assets are not counted out."""
    proposed = as_proposed(asset, proposal.values)
    before = asset if proposal.kind != "new" else None
    somewhere = places_of(as_if_in_force(proposed)) or (before and places_of(before))
    if not somewhere or not concerns(before, proposed):
        return {}
    _, above = affected(proposed)
    seen = Asset.objects.visible_to(for_user).in_bulk([one.pk for one in above])
    mine = [one for one in above if one.pk in seen]
    return (
        {
            "count": len(mine),
            "elsewhere": len(mine) < len(above),
            "rows": [{"text": str(one), "url": one.get_absolute_url(), "levels": _said(one)} for one in mine[:SHOWN]],
            "more": max(len(mine) - SHOWN, 0),
        }
        if above
        else {}
    )


def _said(asset: Asset) -> str:
    """The values in force that an asset would have, in words."""
    levels = [getattr(asset, f"applied_{slot}") for slot in SLOTS]
    return "、".join(f"{level.axis.label} {level.short}" for level in levels if level)


def _url(asset: Asset | None) -> str:
    return asset.get_absolute_url() if asset else ""
