"""Replacing units and posts wherever assets name them — in force, in open proposals, in drafts — when an organisation changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from assets.access import may_move, may_register_directly, may_take
from assets.body_columns import columns_of_body
from assets.extra_values import naming, read_own
from assets.holdings import AT_ONCE
from assets.in_force import Move, act_of, begin, finish, moves_of, portions, put_in_force, write
from assets.models import Asset, ChangeLine, ChangeSet, Proposal
from assets.states import OPEN, WITHDRAW, Standing
from assets.values import Values, as_proposed, plain, with_related
from registry.history.record import Act, record_many
from registry.history.turn import in_turn
from registry.organization.models import Department, User

Replacements = Mapping[str, Mapping[int, int]]


@dataclass
class Carried:
    """An open proposal, what it said in the columns that change, and what it says from now on."""

    proposal: Proposal
    before: Values
    after: Values


@in_turn()
def replace_at_once(replacements: Replacements, *, kind: str, reason: str, by: User) -> ChangeSet:
    """Replace related rows (column key → old key → new key: 所管課, posts) in every asset that names them.

    Registered assets get a new revision directly; open proposals and drafts are carried along and stay where they were
    in their round. Needs the right to register directly in the departments concerned (PermissionDenied).
    """
    by = User.objects.get(pk=by.pk)  # the rights of this moment: units and posts may have been made a moment ago
    changes = {asset.pk: _replaced(_said(asset, replacements), replacements) for asset in _naming(replacements)}
    moves = moves_of(changes, by=by)
    carried = _carried(replacements)
    _ask({(m.before.department_id, m.after.department_id) for m in moves} | _departments(carried), by=by)
    change_set = begin(kind, reason, by=by)
    lines = put_in_force(change_set, moves, by=by)
    return finish(change_set, _carry(change_set, carried, lines, by=by), by=by)


def put_back(undoing: ChangeSet, lines: list[ChangeLine], made: list[ChangeLine], *, by: User) -> list[ChangeLine]:
    """Of a change set that is undone: proposals it made are withdrawn, those it carried along say again what they said.

    `lines` are those of the change set, `made` those of the undoing so far; gives back all lines of the undoing.
    """
    keys = [line.proposal_id for line in lines if line.proposal_id]
    found = Proposal.objects.select_for_update(of=("self",)).select_related("asset__department__organ").in_bulk(keys)
    if undoing.proposed:
        return [*made, *_withdraw(undoing, list(found.values()), by=by)]
    carried = [
        Carried(proposal, {key: proposal.values.get(key) for key in line.proposal_before}, line.proposal_before)
        for line in lines
        if (proposal := found.get(line.proposal_id or 0))
    ]
    return _carry(undoing, carried, made, by=by)


def _naming(replacements: Replacements) -> list[Asset]:
    """The registered assets that name what is to be replaced."""
    named = Q(pk__in=())
    columns = columns_of_body().by_key
    for key, pairs in replacements.items():
        column = columns[key]
        named |= naming(column, pairs) if column.own else Q(**{f"{column.attribute}__in": list(pairs)})
    found = list(Asset.objects.filter(named, standing=Standing.REGISTERED))
    read_own(found)
    return found


def _said(asset: Asset, replacements: Replacements) -> Values:
    return {key: plain(asset, columns_of_body().by_key[key]) for key in replacements}


def _replaced(said: Values, replacements: Replacements) -> Values:
    """Of what is said, the columns that change and what they say then."""
    return {key: pairs[said[key]] for key, pairs in replacements.items() if said.get(key) in pairs}


def _carried(replacements: Replacements) -> list[Carried]:
    """The open proposals that name what is to be replaced, with the asset each belongs to."""
    found = Proposal.objects.filter(state__in=OPEN).select_for_update(of=("self",))
    return [
        Carried(proposal, {key: proposal.values[key] for key in after}, after)
        for proposal in found.select_related("asset__department__organ").order_by("pk")
        if (after := _replaced(proposal.values, replacements))
    ]


def _departments(carried: Iterable[Carried]) -> set[tuple[int, int]]:
    """Which departments the proposals would leave and enter."""
    return {(one.before["section"], one.after["section"]) for one in carried if "section" in one.after}


def _ask(pairs: set[tuple[int, int]], *, by: User) -> None:
    """Require the right to register directly in both departments of each pair, and to move from one to the other."""
    found = Department.objects.select_related("organ").in_bulk({key for pair in pairs for key in pair})
    for before, after in sorted(pairs):
        may_register_directly(by, before).require()
        may_register_directly(by, after).require()
        may_move(by, found[before], found[after]).require()


def _carry(change_set: ChangeSet, carried: list[Carried], lines: list[ChangeLine], *, by: User) -> list[ChangeLine]:
    """Let proposals say the new values; drafts show them at once. Gives back the lines with what was carried."""
    by_asset = {line.asset_id: line for line in lines}
    moves, now = _moves(carried), timezone.now()
    for one in carried:
        proposal = one.proposal
        line = by_asset.setdefault(proposal.asset_id, ChangeLine(change_set=change_set, asset=proposal.asset))
        proposal.values = {**proposal.values, **one.after}
        proposal.version, proposal.updated_at = proposal.version + 1, now
        proposal.base_version = line.version or proposal.base_version
        line.proposal, line.proposal_before, line.proposal_version = proposal, one.before, proposal.version
    Proposal.objects.bulk_update(
        [one.proposal for one in carried], ["values", "version", "base_version", "updated_at"], batch_size=AT_ONCE
    )
    write([move for move in moves if move.before.standing == Standing.UNREGISTERED], updated_at=now)
    record_many([act_of("asset.revised", move, change_set.reason) for move in moves], by=by)
    return list(by_asset.values())


def _moves(carried: list[Carried]) -> list[Move]:
    """What each proposal said, beside what it says then."""
    said = with_related([as_proposed(one.proposal.asset, one.proposal.values) for one in carried])
    then = with_related([as_proposed(asset, one.after) for asset, one in zip(said, carried, strict=True)])
    return [Move(before, after, one.after) for before, after, one in zip(said, then, carried, strict=True)]


def _withdraw(undoing: ChangeSet, proposals: list[Proposal], *, by: User) -> list[ChangeLine]:
    now = timezone.now()
    for proposal in proposals:
        may_take(by, proposal, WITHDRAW).require()
        proposal.state, proposal.note, proposal.updated_at = WITHDRAW.target, undoing.reason, now
        proposal.decided_by, proposal.decided_at = by, now
        proposal.version += 1
    fields = ["state", "note", "updated_at", "decided_by", "decided_at", "version"]
    Proposal.objects.bulk_update(proposals, fields, batch_size=AT_ONCE)
    for keys in portions([proposal.asset_id for proposal in proposals]):
        Asset.objects.filter(pk__in=keys).update(open_proposal=None)
    code = f"asset.{WITHDRAW.code}"
    record_many([Act(code, p.asset, p.asset.department_id, [], undoing.reason) for p in proposals], by=by)
    return [ChangeLine(change_set=undoing, asset=p.asset, proposal=p, proposal_version=p.version) for p in proposals]
