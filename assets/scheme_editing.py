"""Changing the words of a scheme: labels, criteria, restrictions; ranks and codes stay, because assets hang on them."""

from typing import Any

from django.db import transaction

from assets.models import Level
from registry.history.record import record
from registry.organization.models import User
from registry.organization.structure import may_build

WORDS = ("label", "short", "criterion", "examples", "restrictions", "synonyms", "tone", "reads_recorded")


@transaction.atomic
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
