"""Fills the ledger in bulk: assets with their search rows, proposals, revisions and history, as approval leaves them.

What was approved keeps only the name in proposal and revision: those rows have to be there, but no job here reads them.
"""

import importlib
import itertools
import random
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from assets.columns import COLUMNS
from assets.models import Asset, Proposal, Revision
from assets.searching import index
from assets.states import OPEN, Kind, Standing, State
from assets.values import snapshot
from registry.history.record import Act, record_many
from registry.portal.management.commands.worker import learn_what_is_stored
from tests.bench.bulk import insert, renumber
from tests.bench.names import SEED, line
from tests.bench.town import Town

CHUNK = 5_000
UNDER_WAY = (State.DRAFT, State.SUBMITTED, State.CONFIRMED, State.RETURNED)
EVERY = 40  # one asset of so many is not registered yet
MAKE_INDEX = importlib.import_module("assets.migrations.0002_search").POSTGRESQL[1]
NO_WORKERS = "SET max_parallel_workers_per_gather = 0"  # their processor time could not be seen
READY = 40  # drafts and confirmed entries of the clerk's 課 to save and approve, per size


def grow(town: Town, size: int) -> None:
    """Bring the ledger to `size` assets, then let the database learn what it holds, as a running one does by itself."""
    _statements("DROP INDEX assets_search_grams")
    for start in range(Asset.objects.count(), size, CHUNK):
        with transaction.atomic():
            _load(town, [_asset(town, number) for number in range(start, min(start + CHUNK, size))])
    for model in (Asset, Proposal, Revision):
        renumber(model)
    _statements(MAKE_INDEX, "VACUUM ANALYZE", NO_WORKERS)
    learn_what_is_stored()


def _statements(*statements: str) -> None:
    """For PostgreSQL, where an index is made faster than it is kept up to date."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def ready(town: Town, state: State, first: int) -> list[int]:
    """Keys of fresh proposals of the clerk's 課 in a state, beyond the measured size; numbered from `first`."""
    assets = [_asset(town, number) for number in range(first, first + READY)]
    for asset in assets:
        _unregistered(asset, town.clerks_section)
    with transaction.atomic():
        keys = [proposal.pk for proposal in _load(town, assets, state)]
        for model in (Asset, Proposal):
            renumber(model)
    return keys


def _asset(town: Town, number: int) -> Asset:
    chance = random.Random(-SEED - number)
    section = chance.choices(town.sections, cum_weights=town.shares)[0]
    asset = Asset(**line(number), department_id=section, sec_manager_id=town.heads[section])
    for slot, keys in town.levels.items():
        setattr(asset, f"level_{slot}_id", chance.choice(keys))
        setattr(asset, f"applied_{slot}_id", getattr(asset, f"level_{slot}_id"))
    if number % EVERY == 0:
        return asset
    prefix = f"R{chance.randrange(1, 8):02d}-{town.codes[section]}"
    town.given[prefix] = town.given.get(prefix, 0) + 1
    asset.number, asset.revision_number, asset.version = f"{prefix}-{town.given[prefix]:04d}", 1, 1
    asset.standing, asset.registered_at = Standing.REGISTERED, timezone.now()
    return asset


def _unregistered(asset: Asset, section: int) -> None:
    asset.number, asset.revision_number, asset.version = "", 0, 0
    asset.standing, asset.registered_at, asset.department_id = Standing.UNREGISTERED, None, section


def _load(town: Town, assets: list[Asset], state: State | None = None) -> list[Proposal]:
    insert(Asset, assets)
    index(assets)
    states = itertools.cycle([state] if state else UNDER_WAY)
    proposals = [_proposal(town, asset, State.APPROVED if asset.number else next(states)) for asset in assets]
    insert(Proposal, proposals)
    insert(Revision, list(_revisions(town, proposals)))
    for proposal in proposals:
        if proposal.state in OPEN:
            Asset.objects.filter(pk=proposal.asset_id).update(open_proposal=proposal)
    code = "asset.registered-directly" if state is None else "asset.drafted"
    record_many((Act(code, asset, asset.department_id) for asset in assets), by=town.secretariat)
    return proposals


def _proposal(town: Town, asset: Asset, state: State) -> Proposal:
    values = {"name": asset.name} if state == State.APPROVED else snapshot(asset)
    proposal = Proposal(asset=asset, kind=Kind.NEW, state=state, values=values, drafted_by=town.clerk)
    now = timezone.now()
    if state not in {State.DRAFT, State.RETURNED}:
        proposal.submitted_by, proposal.submitted_at = town.clerk, now
    if state in {State.CONFIRMED, State.APPROVED}:
        proposal.confirmed_by, proposal.confirmed_at = town.people["head"], now
    if state == State.APPROVED:
        proposal.decided_by, proposal.decided_at = town.secretariat, now
    return proposal


def _revisions(town: Town, proposals: list[Proposal]) -> Iterator[Revision]:
    for proposal in proposals:
        if proposal.state == State.APPROVED:
            yield Revision(
                asset=proposal.asset,
                number=1,
                proposal=proposal,
                values=proposal.values,
                texts=_texts(proposal),
                approved_by=town.secretariat,
                valid_from=timezone.now(),
            )


def _texts(proposal: Proposal) -> dict[str, str]:
    """As much text as a revision keeps; what the words are does not matter for the clock."""
    written = {column.key: str(proposal.values.get(column.key) or "") for column in COLUMNS}
    return {**written, "asset_no": proposal.asset.full_number}
