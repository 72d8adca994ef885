"""Which scheme an organ classifies by on a day, and which assets carry levels of another one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q

from assets.models.scheme import LEVEL_FIELDS, Axis, Level, Scheme


class Classification:
    """All schemes as they stand on one day: an organ uses its own, or that of the whole body where it has none."""

    def __init__(self, axes: Iterable[Axis], day: dt.date) -> None:
        """axes: those of every scheme, with scheme, organs and levels read."""
        self.day = day
        self._axes: dict[int, list[Axis]] = {}
        schemes: dict[int, Scheme] = {}
        for axis in axes:
            schemes[axis.scheme_id] = axis.scheme
            self._axes.setdefault(axis.scheme_id, []).append(axis)
        self._used: dict[int | None, int] = {}
        for scheme in sorted(schemes.values(), key=lambda one: one.valid_from):
            if scheme.is_valid_on(day):
                self._used |= dict.fromkeys(scheme.scope or (None,), scheme.pk)
        self.levels: dict[int, Level] = {level.pk: level for level in self._all_levels()}

    def _all_levels(self) -> Iterator[Level]:
        return (level for axes in self._axes.values() for axis in axes for level in axis.levels.all())

    def scheme_of(self, organ_id: int | None) -> int | None:
        """The key of the scheme that an organ uses (without one: the whole body); None where none is valid."""
        return self._used.get(organ_id, self._used.get(None))

    def axes_of(self, organ_id: int | None) -> list[Axis]:
        """The axes of that scheme, each with its levels."""
        return self._axes.get(self.scheme_of(organ_id) or 0, [])

    def axes_among(self, organ_ids: Collection[int]) -> list[Axis]:
        """The axes of every scheme that one of these organs uses; the scheme of the whole body comes first."""
        used = {self.scheme_of(organ) for organ in organ_ids} or {self.scheme_of(None)}
        return [axis for key in self.schemes_in_use() if key in used for axis in self._axes[key]]

    def former_axes(self, organ_id: int | None) -> list[Axis]:
        """The axes of the schemes that an organ used before and that have ended, the latest first."""
        found = [axis for axes in self._axes.values() for axis in axes if self._was_used(axis.scheme, organ_id)]
        return sorted(found, key=lambda axis: (axis.scheme.valid_from, -axis.slot), reverse=True)

    def _was_used(self, scheme: Scheme, organ_id: int | None) -> bool:
        ended = scheme.valid_until is not None and scheme.valid_until < self.day
        return ended and (not scheme.scope or organ_id in scheme.scope)

    def is_foreign(self, level_id: int | None, organ_id: int | None) -> bool:
        """Is this a level of another scheme than the one the organ uses?"""
        level, used = self.levels.get(level_id or 0), self.scheme_of(organ_id)
        return level is not None and used is not None and level.axis.scheme_id != used

    def foreign(self) -> Q:
        """The assets that carry a level of another scheme than the one their organ uses (要移行確認)."""
        return Q(*(self.foreign_to(scheme) for scheme in self.schemes_in_use()), _connector=Q.OR) or Q(pk__in=())

    def foreign_to(self, scheme: int) -> Q:
        """Of the organs that use this scheme, the assets that carry a level of another one."""
        keys = [pk for pk, level in self.levels.items() if level.axis.scheme_id != scheme]
        carries = Q(*((f"{field}__in", keys) for field in LEVEL_FIELDS), _connector=Q.OR)
        with_own = [organ for organ in self._used if organ is not None]
        if self._used.get(None) == scheme:
            return ~Q(department__organ__in=with_own) & carries if with_own else carries
        return Q(department__organ__in=[organ for organ in with_own if self._used[organ] == scheme]) & carries

    def schemes_in_use(self) -> list[int]:
        """Keys of the schemes that hold on the day, that of the whole body first."""
        general = self._used.get(None)
        return sorted(dict.fromkeys(self._used.values()), key=lambda key: key != general)

    def axes_in(self, scheme: int) -> list[Axis]:
        """The axes of a scheme."""
        return self._axes.get(scheme, [])
