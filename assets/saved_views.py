"""Keeping a way to look at the ledger: saving, changing, deleting and bringing back views, passing on those of a 課."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, count
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from assets.access import may_change_view, may_share_with
from assets.models import SavedView, ViewScope
from registry.base.verdict import Conflict
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import Department, User

KINDS_AT_MOST = 50
LONGEST = 4000
GONE = "この表示は、ほかの人が先に削除しました。一覧を開き直してください。"
USUAL_ORDER = ("sort", "number")
PASSING = ("csrfmiddlewaretoken", "view", "after", "before", "start")


def kept_part(query: QueryDict) -> str:
    """What a view keeps of an address: filters, columns, order and groups; not the page, nor what is empty."""
    kept = QueryDict(mutable=True)
    for key, values in sorted(query.lists()):
        given = [value for value in values if value and (key, value) != USUAL_ORDER]
        if given and key not in PASSING:
            kept.setlist(key, given)
    return kept.urlencode()


@in_turn()
def save_view(
    name: str, query: QueryDict, *, scope: str, by: User, department: Department | None = None, default: bool = False
) -> SavedView:
    """Keep the address under a name, for oneself, one's 課 or everybody; ValidationError for a name that is taken."""
    view = SavedView(name=name, scope=scope, department=department, owner=by, query=kept_part(query))
    may_share_with(by, scope, department).require()
    if len(view.query) > LONGEST:
        raise ValidationError("条件が多すぎて保存できません。しぼり込みか列を減らしてください。")
    if SavedView.objects.kept().filter(owner=by, scope=scope).count() >= KINDS_AT_MOST:
        raise ValidationError(f"保存できる表示は{KINDS_AT_MOST}個までです。使わないものを削除してください。")
    _refuse_taken(view)
    view.is_default = default
    _only_default(view)
    view.save()
    return _recorded("view.saved", view, by, [("見る人", "", view.place), *_default_words(view, default)])


@in_turn()
def change_view(view: SavedView, *, by: User, name: str, default: bool) -> SavedView:
    """Give a view another name, or make it what one sees first."""
    view, changes = _locked(view, by), []
    if view.name != name:
        changes.append(("名前", view.name, name))
    if view.is_default != default:
        changes += _default_words(view, default) if default else [("はじめの表示", "する", "しない")]
    view.name, view.is_default = name, default
    _refuse_taken(view)
    _only_default(view)
    return _saved("view.changed", view, by, changes)


@in_turn()
def overwrite_view(view: SavedView, query: QueryDict, *, by: User) -> SavedView:
    """Let a view show what the ledger shows now."""
    view = _locked(view, by)
    kept = kept_part(query)
    if len(kept) > LONGEST:
        raise ValidationError("条件が多すぎて保存できません。しぼり込みか列を減らしてください。")
    changes = [("条件・列・並び", view.query, kept)] if kept != view.query else []
    view.query = kept
    return _saved("view.changed", view, by, changes)


@in_turn()
def delete_view(view: SavedView, *, by: User) -> SavedView:
    """Put a view away; for thirty days it can come back."""
    view = _locked(view, by)
    view.deleted_at, view.is_default = timezone.now(), False
    return _saved("view.deleted", view, by, [])


@in_turn()
def restore_view(view: SavedView, *, by: User) -> SavedView:
    """Bring a deleted view back; ValidationError when its name was given to another one meanwhile."""
    found = SavedView.objects.select_for_update(of=("self",)).with_makers().deleted().filter(pk=view.pk).first()
    if found is None:
        raise Conflict("この表示は、すでに元に戻っているか、戻せる期間を過ぎています。")
    may_change_view(by, found).require()
    found.deleted_at = None
    _refuse_taken(found)
    return _saved("view.restored", found, by, [])


@in_turn()
def pass_on_views(successors: Mapping[int, int], *, by: User) -> list[list[Any]]:
    """Give the views of 課 that end to those that take over from them (課 → 課), as part of a larger act that asked for rights.

    Returns what it takes to give them back.
    """
    places = Department.objects.in_bulk(successors.values())
    found = _of_departments(Q(department__in=successors))
    return [[*_stood(view), _hand_over(view, places[successors[key]], by=by)] for key, view in found]


@in_turn()
def give_views_back(passed: Sequence[Sequence[Any]], predecessors: Mapping[int, int], *, by: User) -> None:
    """Take `pass_on_views` back; what was saved since in a 課 that is no more goes to its predecessor (課 → 課)."""
    stood = {key: rest for key, *rest in passed}
    places = Department.objects.in_bulk({*predecessors.values(), *(place for place, *_ in stood.values())})
    for key, view in _of_departments(Q(pk__in=stood) | Q(department__in=predecessors)):
        fresh = (predecessors.get(key), view.name, view.is_default, view.name)
        place, name, default, given = stood.get(view.pk, fresh)
        if view.name == given:
            view.name = name
        view.is_default = view.is_default or default
        _hand_over(view, places[place], by=by)


def _of_departments(which: Q) -> list[tuple[int, SavedView]]:
    """The views of 課, deleted ones too, each with the key of its 課."""
    found = SavedView.objects.select_for_update(of=("self",)).filter(which, scope=ViewScope.DEPARTMENT)
    return [(view.department_id or 0, view) for view in found.select_related("department").order_by("pk")]


def _stood(view: SavedView) -> list[Any]:
    return [view.pk, view.department_id, view.name, view.is_default]


def _hand_over(view: SavedView, place: Department, *, by: User) -> str:
    """Let a view belong to another 課; a name or a first view that is there already stays. Returns its name from now on."""
    before, came_from = SavedView.objects.get(pk=view.pk), str(view.department and view.department.name)
    beside = list(SavedView.objects.kept().filter(department=place).exclude(pk=view.pk))
    view.department = place
    if view.deleted_at is None:
        view.name = _free_name(view.name, came_from, {one.name for one in beside})
    view.is_default = view.is_default and view.deleted_at is None and not any(one.is_default for one in beside)
    view.save(update_fields=["department", "name", "is_default"])
    changes = [("所属", came_from, place.name)]
    changes += [("名前", before.name, view.name)] if before.name != view.name else []
    _recorded("view.changed", view, by, changes)
    return view.name


def _free_name(name: str, came_from: str, taken: Collection[str]) -> str:
    ways = chain([name, f"{name[:40]}({came_from[:15]})"], (f"{name[:50]}({number})" for number in count(2)))
    return next(way for way in ways if way not in taken)


def _locked(view: SavedView, by: User) -> SavedView:
    found = SavedView.objects.select_for_update(of=("self",)).with_makers().kept().filter(pk=view.pk).first()
    if found is None:
        raise Conflict(GONE)
    may_change_view(by, found).require()
    return found


def _refuse_taken(view: SavedView) -> None:
    beside = SavedView.objects.kept().filter(scope=view.scope, department=view.department).exclude(pk=view.pk)
    if view.scope == ViewScope.OWN:
        beside = beside.filter(owner=view.owner)
    if beside.filter(name=view.name).exists():
        raise ValidationError(f"「{view.name}」という名前の表示がすでにあります。別の名前にしてください。")


def _only_default(view: SavedView) -> None:
    """There is one first view for each: whoever becomes it takes the place of the one before."""
    if view.is_default:
        beside = SavedView.objects.filter(scope=view.scope, department=view.department, is_default=True)
        beside = beside.filter(owner=view.owner) if view.scope == ViewScope.OWN else beside
        beside.exclude(pk=view.pk).update(is_default=False)


def _default_words(view: SavedView, default: bool) -> list[tuple[str, str, str]]:
    return [("はじめの表示", "しない", "する")] if default else []


def _saved(act: str, view: SavedView, by: User, changes: list[tuple[str, str, str]]) -> SavedView:
    """Whoever changes the view of a 課 whose maker has left answers for it from now on."""
    if view.scope == ViewScope.DEPARTMENT and view.owner_id != by.pk and not view.maker_here:
        changes = [*changes, ("作成者", view.owner.name, by.name)]
        view.owner = by
    view.updated_at = timezone.now()
    view.save()
    return _recorded(act, view, by, changes)


def _recorded(act: str, view: SavedView, by: User, changes: list[tuple[str, str, str]]) -> SavedView:
    home = view.department_id or by.home_department_id()
    record(act, view, by=by, department_id=home, changes=changes)
    return view
