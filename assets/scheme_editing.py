"""Schemes in the database: loading a preset, and mending its words afterwards.

Ranks and codes stay as they are, because assets hang on them.
"""

from typing import Any

from assets import schemes
from assets.models import Axis, Level, Scheme
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.models import User

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
    added = []
    for slot, axis in enumerate(preset.axes, 1):
        kept, _ = Axis.objects.get_or_create(
            scheme=scheme, code=axis.code, defaults={"label": axis.label, "help": axis.help, "slot": slot}
        )
        for level in axis.levels:
            _, new = Level.objects.get_or_create(axis=kept, code=level.code, defaults=_facts(level))
            added += [("区分", "", level.label)] if new else []
    if added:
        record("scheme.loaded", scheme, by=by, changes=added)
    return scheme


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
    changes = []
    for name in WORDS:
        if name in words and getattr(level, name) != words[name]:
            column: Any = Level._meta.get_field(name)
            label = str(column.verbose_name)
            changes.append((f"{level.axis} {level.short} {label}", _shown(getattr(level, name)), _shown(words[name])))
            setattr(level, name, words[name])
    if changes:
        level.save(update_fields=list(WORDS))
        record("scheme.changed", level.axis.scheme, by=by, changes=changes)
    return level


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return {True: "する", False: "しない"}.get(value, str(value)) if isinstance(value, bool) else str(value)
