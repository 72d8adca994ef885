"""Words planted into what the tools around the list keep: own columns, views, changes of many, disposals, judgements."""

import datetime as dt
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from assets.bulk import propose_at_once
from assets.classification import classification_on
from assets.columns import BY_KEY, Kind
from assets.disposal import Particulars
from assets.editing import draft
from assets.extra_editing import add_column
from assets.ledger import bulk_editing
from assets.ledger.listing import Listing
from assets.models import Asset, BulkAct, ChangeKind, DisposalRecord, ExtraColumn, ViewScope
from assets.retiring import apply_for_disposal
from assets.saved_views import delete_view, overwrite_view, save_view
from assets.setting_apart import keep_spellings, set_apart
from registry.organization.models import User
from tests import world

OWN_COLUMN = "x_canary"


def own_column() -> None:
    """A column that the body added: `Canaries.values` fills it like every other text column."""
    add_column(ExtraColumn(code="canary", label="控えの番号", kind=Kind.TEXT.value), by=None)


def keep_views(canaries: Any, place: str, by: User, told: set[str]) -> None:
    """Views of one's own and of the 課, overwritten and deleted. The trail of the 課 knows of all of them."""
    readers = canaries.readers_of(place)
    for name, scope in (("own", ViewScope.OWN), ("department", ViewScope.DEPARTMENT)):
        who = told if name == "own" else readers
        kept: Any = {"scope": scope, "by": by}
        kept["department"] = world.department(place) if scope == ViewScope.DEPARTMENT else None
        view = save_view(canaries.word(who), QueryDict(f"q={canaries.word(who)}"), **kept)
        overwrite_view(view, QueryDict(f"q={canaries.word(who)}&{OWN_COLUMN}={canaries.word(who)}"), by=by)
        delete_view(save_view(canaries.word(who), QueryDict(f"q={canaries.word(who)}"), **kept), by=by)


def change_many(canaries: Any, place: str, assets: list[Asset], by: User) -> None:
    """A change of many that is being prepared (its maker's business) and one that was applied for."""
    readers = canaries.readers_of(place)
    listing = Listing(by, QueryDict(f"q={canaries.word({by.username})}"), classification_on())
    keys = [str(asset.pk) for asset in Asset.objects.filter(department=world.department(place))]
    prepared, _ = bulk_editing.pick(listing, keys, everything=False, by=by)
    bulk_editing.weigh(prepared, BY_KEY["unit"], BulkAct.REPLACE, {"value": canaries.word({by.username})}, by=by)
    bulk_editing.weigh_again(prepared, by=by, reason=canaries.word({by.username}))
    changes = {asset.pk: {"remarks": canaries.word(readers)} for asset in assets}
    propose_at_once(changes, kind=ChangeKind.BULK, reason=canaries.word(readers), by=by)


def end_some(canaries: Any, place: str, disposed: Asset, ending: Asset, by: User) -> None:
    """The record of a disposal, and an application for one."""
    word = canaries.words_of(place)
    now = timezone.now()
    facts: dict[str, Any] = {"method": "shred", "disposed_at": now - dt.timedelta(days=1)}
    facts["permitted_by"], facts["permitted_at"] = by, now
    told = {"handled_by": word(), "work": word(), "evidence": word()}
    DisposalRecord.objects.create(asset=disposed, proposal=disposed.proposals.get(), **facts, **told)
    said = Particulars("shred", now, handled_by=word(), work=word(), evidence=word())
    apply_for_disposal(ending, said, version=ending.version, by=by, note=word())


def look_alike(canaries: Any, place: str, by: User) -> None:
    """Of one name and nobody has judged them; two spellings of one thing; told apart with a reason."""
    word = canaries.words_of(place)
    name, vendor = word(), word()
    for spelling in (vendor, f"{vendor}・"):
        draft(canaries.values(place) | {"name": name, "vendor": spelling}, by=by)
    pair = [draft(canaries.values(place), by=by).asset_id for _ in range(2)]
    set_apart(pair, by=by, reason=word())


def judge_across(canaries: Any, assets: dict[str, Asset]) -> None:
    """What the 事務局 says of things in two 課: the reason is for both, the names are not; and of spellings."""
    both, office = canaries.readers_of("tax") | canaries.readers_of("residents"), world.person("secretariat")
    set_apart([assets["tax"].pk, assets["residents"].pk], by=office, reason=canaries.word(both))
    told = canaries.readers_of("planning")
    keep_spellings(
        "vendor", "委託先", [canaries.word(told), canaries.word(told)], by=office, reason=canaries.word(told)
    )
