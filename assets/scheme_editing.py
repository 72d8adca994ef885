"""Schemes in the database: loading a preset, and mending its words and levels afterwards.

Ranks and codes stay as they are, because assets hang on them.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from assets import schemes
from assets.columns import LEVELS
from assets.models import Asset, Axis, Level, Proposal, Revision, Scheme
from assets.models.scheme import LEVEL_FIELDS
from assets.states import OPEN
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.models import User
from registry.organization.vocabulary import word

AXIS_WORDS = ("label", "help")
WORDS = ("label", "short", "criterion", "examples", "restrictions", "synonyms", "tone", "reads_recorded")


@in_turn()
def load_scheme(code: str, *, by: User | None) -> Scheme:
    """Bring a preset into the database. What is there already stays as it is: a body may have given it other words."""
    preset = schemes.read_preset(code)
    facts = {
        "name": preset.name,
        "source": preset.source,
        "valid_from": preset.valid_from,
        "valid_until": preset.valid_until,
    }
    scheme, _ = Scheme.objects.get_or_create(code=code, defaults=facts)
    if added := add_levels(scheme, preset):
        record("scheme.loaded", scheme, by=by, changes=added)
    return scheme


def add_levels(scheme: Scheme, preset: schemes.Scheme) -> list[tuple[str, str, str]]:
    """Give a scheme the axes and levels of its preset that it lacks; returns the new ones as history tells them."""
    added = []
    for slot, axis in enumerate(preset.axes, 1):
        kept, _ = Axis.objects.get_or_create(
            scheme=scheme, code=axis.code, defaults={"label": axis.label, "help": axis.help, "slot": slot}
        )
        for level in axis.levels:
            _, new = Level.objects.get_or_create(axis=kept, code=level.code, defaults=_facts(level))
            added += [("区分", "", level.label)] if new else []
    return added


def predecessors(code: str) -> list[str]:
    """The shipped schemes that ended before this one began and that it knows the way from: old ledgers still speak them."""
    preset = schemes.read_preset(code)
    known = [schemes.read_preset(scheme) for scheme in dict.fromkeys(rule.scheme for rule in preset.migration)]
    return [one.code for one in known if one.valid_until and one.valid_until < preset.valid_from]


def _facts(level: schemes.Level) -> dict[str, Any]:
    return {
        "label": level.label,
        "short": level.short,
        "rank": level.rank,
        "severity": level.severity or level.rank,
        "criterion": level.criterion,
        "examples": "、".join(level.examples),
        "restrictions": list(level.restrictions),
        "synonyms": list(level.synonyms),
        "tone": level.tone,
        "reads_recorded": level.reads_recorded,
    }


@in_turn()
def change_level(level: Level, words: dict[str, Any], *, by: User) -> Level:
    """Give a level other words, and say in history which."""
    may_build(by).require()
    level = Level.objects.select_for_update(of=("self",)).select_related("axis__scheme").get(pk=level.pk)
    if changes := _changed(level, words, WORDS, f"{level.axis} {level.short}"):
        level.save(update_fields=list(WORDS))
        record("scheme.changed", level.axis.scheme, by=by, changes=changes)
    return level


@in_turn()
def change_axis(axis: Axis, words: dict[str, Any], *, by: User) -> Axis:
    """Give an axis another name or explanation, and say in history which."""
    may_build(by).require()
    axis = Axis.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=axis.pk)
    if changes := _changed(axis, words, AXIS_WORDS, f"{axis}"):
        axis.save(update_fields=list(AXIS_WORDS))
        record("scheme.changed", axis.scheme, by=by, changes=changes)
    return axis


@in_turn()
def add_level(level: Level, *, by: User) -> Level:
    """Add an unsaved level to its axis."""
    may_build(by).require()
    level.severity = level.severity or level.rank
    level.full_clean(exclude=("restrictions", "synonyms"))  # both may be empty lists
    level.save()
    changes = [(f"{level.axis} 区分", "", level.label), ("順位", "", str(level.rank))]
    record("scheme.changed", level.axis.scheme, by=by, changes=changes)
    return level


@in_turn()
def remove_level(level: Level, *, by: User) -> None:
    """Take a level out of its axis; ValidationError while anything is classified by it, or it is the last."""
    may_build(by).require()
    level = Level.objects.select_for_update(of=("self",)).select_related("axis__scheme").get(pk=level.pk)
    if uses := uses_of([level]):
        raise ValidationError(f"「{level}」は、{uses}が使っているので、なくせません。")
    if level.axis.levels.count() == 1:
        raise ValidationError(f"「{level}」は「{level.axis}」の最後の区分なので、なくせません。")
    record("scheme.changed", level.axis.scheme, by=by, changes=[(f"{level.axis} 区分", level.label, "")])
    level.delete()


def uses_of(levels: Iterable[Level]) -> str:
    """What is classified by one of these levels, in numbers (「情報資産 12件、過去の内容 30件」); '' when nothing is."""
    keys = [level.pk for level in levels]
    held = Q(*((f"{field}__in", keys) for field in LEVEL_FIELDS), _connector=Q.OR)
    said = Q(*((f"values__{column.key}__in", keys) for column in LEVELS), _connector=Q.OR)
    found = {
        word("asset"): Asset.objects.filter(held).count(),
        "申請中の内容": Proposal.objects.filter(said, state__in=OPEN).count(),
        "過去の内容": Revision.objects.filter(said, valid_until__isnull=False).count(),
    }
    return "、".join(f"{name} {count:,}件" for name, count in found.items() if count)


def _changed(thing: Any, words: dict[str, Any], names: Iterable[str], place: str) -> list[tuple[str, str, str]]:
    """Set the words of a thing that differ; returns what changed, as history tells it."""
    changes = []
    for name in names:
        if name in words and getattr(thing, name) != words[name]:
            label = str(thing._meta.get_field(name).verbose_name)
            changes.append((f"{place} {label}", _shown(getattr(thing, name)), _shown(words[name])))
            setattr(thing, name, words[name])
    return changes


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return {True: "する", False: "しない"}.get(value, str(value)) if isinstance(value, bool) else str(value)
