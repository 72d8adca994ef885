"""From when until when a scheme holds, and for whom: planned on the bench, without a gap and without an overlap."""

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from assets import schemes
from assets.models import Scheme
from assets.scheme_editing import add_levels, uses_of
from assets.schemes import SchemeError
from registry.base.fiscal import wareki
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.models import Organ, User
from registry.organization.vocabulary import said, word

DAY = dt.timedelta(days=1)
WORDS = ("name", "source", "valid_from", "valid_until")


@in_turn()
def plan_scheme(scheme: Scheme, organs: Collection[Organ], *, by: User) -> Scheme:
    """Load the preset that an unsaved scheme names, to hold in its period for the organs (none: the whole body).

    The scheme that holds for the same organs until then ends on the day before. ValidationError when the preset cannot
    be used, when periods would overlap or when days would be left without any scheme.
    """
    may_build(by).require()
    try:
        preset = schemes.read_preset(scheme.code)
    except SchemeError as problem:
        raise ValidationError(problem.problems) from problem
    if Scheme.objects.filter(code=scheme.code).exists():
        raise ValidationError(
            f"「{preset.name}」は、すでに加えてあります。期間を変えるときは、一覧から開いてください。"
        )
    scheme.name, scheme.source = preset.name, preset.source
    scheme.save()
    scheme.organs.set(organs)
    add_levels(scheme, preset)
    scope = "、".join(organ.name for organ in organs) or "団体全体"
    record("scheme.loaded", scheme, by=by, changes=[("期間", "", _period(scheme)), (said("使う{organ}"), "", scope)])
    return _settle(scheme, by=by)


@in_turn()
def change_scheme(scheme: Scheme, values: dict[str, Any], *, by: User) -> Scheme:
    """Change name, source or period. With its first day moves the last day of the scheme before it."""
    may_build(by).require()
    scheme = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    touching = None if "valid_from" not in values else _before(scheme)
    holding = scheme.valid_from <= timezone.localdate() and touching is None and not scheme.scope
    changes = []
    for name in WORDS:
        if name in values and getattr(scheme, name) != values[name]:
            column: Any = Scheme._meta.get_field(name)
            changes.append((str(column.verbose_name), _said(getattr(scheme, name)), _said(values[name])))
            setattr(scheme, name, values[name])
    if not changes:
        return scheme
    scheme.full_clean()
    if holding and scheme.valid_from > timezone.localdate():
        raise ValidationError(
            f"「{scheme}」の前には、団体全体で使う分類体系がありません。開始日は今日までの日にしてください。"
        )
    scheme.save(update_fields=list(WORDS))
    record("scheme.changed", scheme, by=by, changes=changes)
    if touching is not None:
        _end(touching, scheme.valid_from - DAY, by=by)
    return _settle(scheme, by=by)


@in_turn()
def withdraw_scheme(scheme: Scheme, *, by: User) -> None:
    """Take back a scheme that has not begun and that nothing is classified by; the one before it holds on."""
    may_build(by).require()
    scheme = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    if scheme.valid_from <= timezone.localdate() or uses_of(scheme.levels()):
        raise ValidationError(f"「{scheme}」は、すでに始まっているか使われているので、取り消せません。")
    before = _before(scheme)
    record("scheme.withdrawn", scheme, by=by, changes=[("期間", _period(scheme), "")])
    scheme.levels().delete()
    scheme.axes.all().delete()
    until = scheme.valid_until
    scheme.organs.clear()
    scheme.delete()
    if before is not None:
        _end(before, until, by=by)


def _settle(scheme: Scheme, *, by: User) -> Scheme:
    """End what holds for the same organs until this one begins, and refuse what then still does not fit."""
    rivals = [one for one in _others(scheme) if one.scope == scheme.scope and one.valid_from < scheme.valid_from]
    before = max(rivals, key=lambda one: one.valid_from, default=None)
    if before is not None and before.valid_until is None:
        _end(before, scheme.valid_from - DAY, by=by)
    if faults := list(_faults(scheme)):
        raise ValidationError(faults)
    return scheme


def _faults(scheme: Scheme) -> Iterator[str]:
    others = [one for one in _others(scheme) if _share(one, scheme)]
    for other in others:
        if _overlap(scheme, other):
            yield f"「{other}」の期間({_period(other)})と重なります。同じ{word('organ')}に使える分類体系は、一日に一つです。日付を直してください。"
    if scheme.scope:
        return  # days without a scheme of its own belong to the scheme of the whole body
    chain = sorted([scheme, *(one for one in others if not one.scope)], key=lambda one: one.valid_from)
    for earlier, later in pairwise(chain):
        if earlier.valid_until and earlier.valid_until + DAY < later.valid_from:
            gap = f"{wareki(earlier.valid_until + DAY)}から{wareki(later.valid_from - DAY)}まで"
            yield f"{gap}、団体全体で使う分類体系がなくなります。間が空かないように、日付を直してください。"
    if chain[-1].valid_until:
        day = wareki(chain[-1].valid_until + DAY)
        yield f"{day}から、団体全体で使う分類体系がなくなります。終了日を空けるか、次の分類体系を先に加えてください。"


def _others(scheme: Scheme) -> list[Scheme]:
    return list(Scheme.objects.exclude(pk=scheme.pk).prefetch_related("organs"))


def _share(one: Scheme, other: Scheme) -> bool:
    """Do they hold for the same organs? That of the whole body gives way to that of an organ, so these two do not."""
    return one.scope == other.scope or bool(one.scope & other.scope)


def _overlap(one: Scheme, other: Scheme) -> bool:
    ends = [scheme.valid_until or dt.date.max for scheme in (one, other)]
    return max(one.valid_from, other.valid_from) <= min(ends)


def _before(scheme: Scheme) -> Scheme | None:
    """The scheme for the same organs that ends on the day before this one begins."""
    ending = Scheme.objects.filter(valid_until=scheme.valid_from - DAY).prefetch_related("organs")
    return next((one for one in ending if one.scope == scheme.scope), None)


def _end(scheme: Scheme, last_day: dt.date | None, *, by: User) -> None:
    """Let a scheme end on a day (None: hold on)."""
    changes = [("適用終了日", _said(scheme.valid_until), _said(last_day))]
    if last_day and last_day < scheme.valid_from:
        raise ValidationError(
            f"「{scheme}」は{wareki(scheme.valid_from)}に始まるので、それより後の日を開始日にしてください。"
        )
    scheme.valid_until = last_day
    scheme.save(update_fields=["valid_until"])
    record("scheme.changed", scheme, by=by, changes=changes)


def _period(scheme: Scheme) -> str:
    return f"{_said(scheme.valid_from)}〜{_said(scheme.valid_until)}"


def _said(value: Any) -> str:
    return wareki(value) if isinstance(value, dt.date) else str(value or "")
