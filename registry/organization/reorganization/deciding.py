"""The stages of a reorganisation: set down for its day, called back, given up, carried out, taken back."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from registry.base.fiscal import wareki
from registry.base.verdict import Conflict
from registry.history.record import record, record_many
from registry.history.turn import in_turn
from registry.organization.grants import project
from registry.organization.models import Organ, Reorganization, User
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization.applying import Done, carry_out, summary
from registry.organization.reorganization.blueprint import Blueprint
from registry.organization.reorganization.obstacles import obstacles_of
from registry.organization.reorganization.seats import Seat, seats_of
from registry.organization.reorganization.staging import locked
from registry.organization.reorganization.undoing import take_back, touched_since

MOVED = "画面を開いたあとで、組織か計画が変わりました。内容をもう一度確かめてから反映してください。"


def organizational_obstacles(plan: Reorganization) -> list[str]:
    """What stands in the way of a plan as far as units, posts and people go."""
    blueprint = Blueprint.of(plan)
    return obstacles_of(blueprint, seats_of(blueprint))


@in_turn()
def schedule(plan: Reorganization, *, seen: str, reason: str, with_heads: bool, by: User) -> Reorganization:
    """Set a plan down to be carried out on its day; Conflict when it moved since it was looked at, or cannot be."""
    plan = locked(plan, by)
    ready(plan, seen)
    plan.stage, plan.seen, plan.reason, plan.with_heads, plan.held = Stage.SCHEDULED, seen, reason, with_heads, ""
    plan.scheduled_by, plan.scheduled_at = by, timezone.now()
    plan.save()
    changes = [("施行日", "", wareki(plan.effective_on))]
    record("reorganization.scheduled", plan, by=by, changes=changes, note=reason)
    return plan


@in_turn()
def recall(plan: Reorganization, *, by: User) -> Reorganization:
    """Take a plan that waits for its day back into preparation."""
    plan = locked(plan, by, [Stage.SCHEDULED])
    plan.stage, plan.held, plan.scheduled_by, plan.scheduled_at = Stage.DRAFT, "", None, None
    plan.save(update_fields=["stage", "held", "scheduled_by", "scheduled_at"])
    record("reorganization.recalled", plan, by=by)
    return plan


@in_turn()
def discard(plan: Reorganization, *, by: User) -> Reorganization:
    """Give a plan up before it was carried out; what was staged is not kept."""
    plan = locked(plan, by, [Stage.DRAFT, Stage.SCHEDULED])
    plan.stage, plan.scheduled_by, plan.scheduled_at = Stage.DISCARDED, None, None
    plan.save(update_fields=["stage", "scheduled_by", "scheduled_at"])
    plan.origins.all().delete()
    plan.units.all().delete()
    record("reorganization.discarded", plan, by=by)
    return plan


def ready(plan: Reorganization, seen: str) -> tuple[Blueprint, list[Seat]]:
    """The plan as it stands, fit to be carried out; Conflict when it moved since it was looked at, or cannot be."""
    blueprint = Blueprint.of(plan)
    if blueprint.digest != seen:
        raise Conflict(MOVED)
    seats = seats_of(blueprint)
    if obstacles := obstacles_of(blueprint, seats):
        raise Conflict("".join(obstacles))
    return blueprint, seats


@in_turn()
def put_into_force(plan: Reorganization, *, seen: str, by: User) -> Done:
    """Carry the plan out in the organisation, with history and rights; the ledger follows in the same turn, by the caller."""
    plan = locked(plan, by, [Stage.DRAFT, Stage.SCHEDULED])
    Organ.objects.select_for_update().get(pk=plan.organ_id)
    blueprint, seats = ready(plan, seen)
    done = carry_out(blueprint, seats, with_heads=plan.with_heads)
    plan.stage, plan.applied_by, plan.applied_at = Stage.APPLIED, by, timezone.now()
    plan.summary, plan.done, plan.held, plan.seen = blueprint.in_words(), done.as_json(), "", seen
    plan.save()
    trace = done.trace
    counted = [("置き直した職", trace.count("post")), ("移った任命", trace.count("appointment"))]
    changes = [("施行日", "", wareki(plan.effective_on)), *summary(blueprint, counted)]
    record_many(done.acts, by=by)
    record("reorganization.applied", plan, by=by, changes=changes, note=plan.reason)
    project()
    return done


@in_turn()
def undo(plan: Reorganization, *, reason: str, by: User) -> Reorganization:
    """Take a reorganisation back in the organisation; Conflict names what was touched since."""
    plan = locked(plan, by, [Stage.APPLIED])
    if touched := touched_since(plan):
        raise Conflict("元に戻せません。" + "。".join(touched[:10]) + "。")
    take_back(plan)
    plan.stage, plan.undone_by, plan.undone_at = Stage.UNDONE, by, timezone.now()
    plan.save(update_fields=["stage", "undone_by", "undone_at"])
    record("reorganization.undone", plan, by=by, note=reason)
    project()
    return plan


@in_turn()
def hold(plan: Reorganization, why: str) -> None:
    """Say at the plan why it could not be carried out on its day; it waits for a person."""
    plan.held = why
    plan.save(update_fields=["held"])
    record("reorganization.held", plan, by=None, note=why)


def remember_ledger(
    plan: Reorganization, change_set: int | None, counts: Mapping[str, Any], back: Mapping[str, Any]
) -> None:
    """Keep with the plan what the ledger changed along with it, and what else it takes to go back."""
    plan.change_set, plan.done = change_set, {**plan.done, **back}
    plan.summary = "".join([plan.summary, *(f"{label}{count:,}件。" for label, count in counts.items() if count)])
    plan.save(update_fields=["change_set", "summary", "done"])
