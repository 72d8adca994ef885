"""一括変更: picking many assets in the list, weighing what a change would do to each, and doing it as one."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from assets.body_columns import columns_of_body
from assets.bulk import change_at_once, may_put_back, propose_at_once, why_not
from assets.classification import classification_on
from assets.columns import Column, Kind
from assets.duplicates import doubles_of, names_in
from assets.forms.asset import as_json
from assets.forms.bulk import acts_for, still_offered
from assets.handling import default_handling, follows
from assets.in_force import Move, moved, portions
from assets.ledger.listing import Listing
from assets.models import Asset, BulkAct, BulkDraft, ChangeKind, ChangeSet, Classification, Level
from assets.models.scheme import LEVEL_FIELDS
from assets.states import Standing
from assets.values import EMPTY as EMPTIES
from assets.values import Values, plain, with_related
from registry.base.text import fold
from registry.base.verdict import Conflict
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.organization.vocabulary import said

MOST = 5_000  # what one request carries out in a few seconds
NAMED = 5
SAME = "もう同じ内容です。"
NOT_OFFERED = "選んだ値は、いまは選べません(廃止されたなど)。「変え方」に戻って選び直してください。"
DOUBLE = "移す先の{section}に、同じ名称の{asset}があります。別のものか確かめて、一件ずつ移してください。"
NOT_REGISTERED = "登録済ではありません(下書き・申請中・廃棄済)。"
EMPTY = {Kind.TEXT: "", Kind.LONG: "", Kind.CHOICE: ""}
LONGEST_KEY = 18


@in_turn()
def pick(listing: Listing, keys: Iterable[str], *, everything: bool, by: User) -> tuple[BulkDraft, int]:
    """Keep what was picked: these keys, or all that the list holds but these. Gives also how many were not found.

    Whatever this person may not see is as if it were not there. ValidationError for nothing, or for too many.
    """
    given = {int(key) for key in keys if key.isdecimal() and len(key) <= LONGEST_KEY}
    if everything:
        found = list(listing.assets().order_by("number", "pk").values_list("pk", flat=True)[: MOST + len(given) + 1])
        picked, lost = [key for key in found if key not in given], 0
    else:
        picked = [
            pk for part in portions(given) for pk in _visible(by).filter(pk__in=part).values_list("pk", flat=True)
        ]
        lost = len(given) - len(picked)
    if not picked:
        raise ValidationError(said("変える{asset}が選ばれていません。一覧で行を選んでから押してください。"))
    if len(picked) > MOST:
        raise ValidationError(f"一度に変えられるのは{MOST:,}件までです。しぼり込みを加えて、分けて変えてください。")
    BulkDraft.objects.visible_to(by).outdated().delete()
    conditions = "、".join(text for _, _, text in listing.filter.in_words()) if everything else ""
    origin = listing.query.urlencode()
    return BulkDraft.objects.create(picked=picked, conditions=conditions, origin=origin, made_by=by), lost


@in_turn()
def weigh(draft: BulkDraft, column: Column, act: str, value: Values, *, by: User) -> BulkDraft:
    """Find out which of the picked assets the change would change, and why it leaves the others as they are."""
    draft = _locked(draft, by)
    if act not in acts_for(column):
        raise ValidationError("この項目には、その変え方はできません。")
    draft.column, draft.act, draft.value = column.key, str(act), value
    return _weighed(draft, by)


@in_turn()
def weigh_again(draft: BulkDraft, *, by: User, reason: str = "") -> BulkDraft:
    """The same once more, on the ledger as it stands now; the reason that was typed is kept.

    Nothing is weighed where nothing is said of a column yet, or no longer because it is gone.
    """
    draft = _locked(draft, by)
    draft.reason = reason or draft.reason
    return _weighed(draft, by) if draft.column else draft


@in_turn()
def leave_out(draft: BulkDraft, keys: Iterable[str], *, by: User) -> int:
    """Take some of the picked assets out again; gives how many."""
    draft, gone = _locked(draft, by), set(keys)
    kept = [key for key in draft.picked if str(key) not in gone]
    count = len(draft.picked) - len(kept)
    draft.picked = kept
    draft.fit = [pair for pair in draft.fit if str(pair[0]) not in gone]
    draft.left = [pair for pair in draft.left if str(pair[0]) not in gone]
    draft.save(update_fields=["picked", "fit", "left"])
    return count


@in_turn()
def carry_out(draft: BulkDraft, *, by: User, reason: str, mark: str, directly: bool) -> ChangeSet:
    """Do what was previewed: in force at once (事務局) or proposed for review, with one reason.

    Conflict, and nothing happens, when the preview, the value or any of the assets moved since.
    """
    draft = _locked(draft, by)
    if mark != mark_of(draft) or not draft.fit:
        raise Conflict("別の画面で、この一括変更の内容が変わりました。")
    column, versions = column_of(draft), dict(draft.fit)
    assets = _read(versions, by)
    moved_on = [asset for asset in assets if asset.version != versions[asset.pk] or asset.open_proposal_id is not None]
    if moved_on or len(assets) < len(versions):
        named = "、".join(f"「{asset}」" for asset in moved_on[:NAMED]) or said("選んだ{asset}の一部")
        more = f"ほか{len(moved_on) - NAMED:,}件" if len(moved_on) > NAMED else ""
        raise Conflict(f"確かめたあとに、{named}{more}が変わりました。")
    changes = _still_right(with_related(assets), Wanted(column, draft.act, draft.value), by)
    act = change_at_once if directly else propose_at_once
    draft.change_set = act(changes, kind=ChangeKind.BULK, reason=reason, by=by)
    draft.reason = reason
    draft.save(update_fields=["change_set", "reason"])
    return draft.change_set


class Wanted:
    """What is wanted of a column: 「of」 says what that makes of an asset."""

    def __init__(self, column: Column, act: str, value: Mapping[str, Any]) -> None:
        self.column, self.act, self.value = column, act, value
        level = Level.objects.filter(pk=value["value"]).first() if column.kind is Kind.LEVEL else None
        self.level = level

    def of(self, asset: Asset) -> Values:
        """The columns that differ afterwards, empty when none does."""
        key = self.column.key
        wanted = {key: _after(plain(asset, self.column), self.column, self.act, self.value.get("value"))}
        if self.level:
            if plain(asset, self.column) == self.level.pk:
                return {}
            wanted |= self._beside(asset, self.level)
        columns = columns_of_body().by_key
        return {key: new for key, new in wanted.items() if _differs(as_json(plain(asset, columns[key])), new)}

    def _beside(self, asset: Asset, level: Level) -> Values:
        """What goes with another level: 分類理由, and the 取扱制限 where nobody had written others."""
        set_now = {field: getattr(asset, field) for field in LEVEL_FIELDS}
        before, after = set_now.values(), {**set_now, self.column.field: level}.values()
        beside: Values = {"class_reason": self.value["class_reason"]}
        if follows(asset.handling, filter(None, before)):
            beside["handling"] = default_handling(filter(None, after))
        return beside


def previewed(draft: BulkDraft, keys: Iterable[int], *, by: User) -> list[Move]:
    """These of the picked assets as they stand and as they would be, in the order of the keys."""
    column, order = column_of(draft), {key: at for at, key in enumerate(keys)}
    assets, wanted = with_related(_read(order, by)), Wanted(column, draft.act, draft.value)
    moves = moved(assets, {asset.pk: wanted.of(asset) for asset in assets})
    return sorted(moves, key=lambda move: order[move.before.pk])


def column_of(draft: BulkDraft) -> Column:
    """The column that is to change."""
    return columns_of_body().by_key[draft.column]


def mark_of(draft: BulkDraft) -> str:
    """What was previewed as one short text: a preview that says something else has another."""
    said = repr((draft.column, draft.act, draft.value, draft.fit, draft.direct))
    return hashlib.sha256(said.encode()).hexdigest()


def _weighed(draft: BulkDraft, by: User) -> BulkDraft:
    wanted, schemes = Wanted(column_of(draft), draft.act, draft.value), classification_on()
    fit: list[Move] = []
    left: list[tuple[Asset, str]] = []
    assets = with_related(_read(draft.picked, by))
    moves = moved(assets, {asset.pk: wanted.of(asset) for asset in assets})
    offered, doubled = still_offered(wanted.column, wanted.value.get("value"), by), _doubled(moves, wanted)
    for move in moves:
        reason = _why_left(move, schemes, by) if offered else NOT_OFFERED
        if reason := reason or (said(DOUBLE) if move.before.pk in doubled else ""):
            left.append((move.before, reason))
        else:
            fit.append(move)
    fit.sort(key=lambda move: (move.before.number, move.before.pk))
    draft.fit = [[move.before.pk, move.before.version] for move in fit]
    draft.left = [[asset.pk, reason] for asset, reason in sorted(left, key=lambda one: (one[1], one[0].number))]
    draft.direct = bool(fit) and all(may_put_back(move, by=by) for move in fit)
    draft.save(update_fields=["column", "act", "value", "fit", "left", "direct", "reason"])
    return draft


def _still_right(assets: list[Asset], wanted: Wanted, by: User) -> dict[int, Values]:
    """What becomes of the assets; Conflict when the value could not be chosen for all of them any more."""
    changes = {asset.pk: wanted.of(asset) for asset in assets}
    if not still_offered(wanted.column, wanted.value.get("value"), by):
        raise Conflict("確かめたあとに、選んだ値が使えなくなりました。")
    if wanted.column.kind is Kind.DEPARTMENT and _doubled(moved(assets, changes), wanted):
        raise Conflict(said("確かめたあとに、移す先の{section}に同じ名称の{asset}ができました。"))
    return changes


def _doubled(moves: Iterable[Move], wanted: Wanted) -> set[int]:
    """Keys of the assets that would come to stand in a department under a name that another has there."""
    if wanted.column.kind is not Kind.DEPARTMENT:
        return set()
    found, names = set[int](), set[str]()
    there = names_in(wanted.value["value"])
    for move in moves:
        name = fold(move.after.name)
        if move.values and (name in names or (name in there and doubles_of(move.after).exists())):
            found.add(move.before.pk)
        names.add(name)
    return found


def _why_left(move: Move, schemes: Classification, by: User) -> str:
    if move.before.standing != Standing.REGISTERED:
        return NOT_REGISTERED
    if not move.values:
        return SAME
    organ = move.after.department.organ_id
    verdict = why_not(move, schemes.axes_of(organ), by=by)
    return "" if verdict else verdict.reason


def _after(old: Any, column: Column, act: str, value: Any) -> Any:
    if act == BulkAct.REPLACE:
        return value
    if column.kind is not Kind.LONG or (act == BulkAct.REMOVE and not value):
        return EMPTY.get(column.kind)
    old = old or ""
    lines = old.splitlines()
    if act == BulkAct.REMOVE:
        return "\n".join(line for line in lines if line.strip() != value)
    return old if value in lines or value == old else "\n".join([*lines, value])


def _differs(old: Any, new: Any) -> bool:
    return old != new and not (old in EMPTIES and new in EMPTIES)


def _visible(by: User) -> Any:
    return Asset.objects.visible_to(by).listed()


def _read(keys: Iterable[int], by: User) -> list[Asset]:
    return [asset for part in portions(list(keys)) for asset in _visible(by).filter(pk__in=part)]


def _locked(draft: BulkDraft, by: User) -> BulkDraft:
    found = BulkDraft.objects.select_for_update().visible_to(by).get(pk=draft.pk)
    if found.change_set_id:
        raise Conflict("この一括変更は、すでに行いました。「一括変更の記録」で確かめてください。")
    return found
