"""Appointing and releasing people; the rights follow in the same transaction."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Q

from registry.base.fiscal import wareki
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_appoint, may_build
from registry.organization.grants import project_memberships
from registry.organization.models import Appointment, Post, User


def obstacle_to_appointing(user: User, post: Post, since: dt.date, until: dt.date | None = None) -> str:
    """Why this person cannot hold this post in this period (both days included), in a sentence; '' when they can."""
    if until is not None and until < since:
        return "終了日が開始日より前です。日付を確かめてください。"
    if since < post.valid_from:
        return f"「{post}」は{wareki(post.valid_from)}に置かれます。開始日をその日からにしてください。"
    if post.valid_until is not None and (until is None or until > post.valid_until):
        return f"「{post}」は{wareki(post.valid_until)}で廃止されます。終了日をそれまでにしてください。"
    held = Appointment.objects.filter(user=user, post=post).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=since)
    )
    if until is not None:
        held = held.filter(valid_from__lte=until)
    return f"{user.name}さんは、すでに「{post}」に任命されています。" if held.exists() else ""


@in_turn()
def appoint(
    user: User,
    post: Post,
    since: dt.date,
    until: dt.date | None = None,
    *,
    kind: str = Appointment.Kind.MAIN,
    by: User | None,
) -> Appointment:
    """Put a person into a post from a day (until a day, both included); by=None only while a body is set up."""
    post = Post.objects.select_for_update(of=("self",)).select_related("department__organ").get(pk=post.pk)
    may_appoint(by, user, post.department.organ).require()
    if obstacle := obstacle_to_appointing(user, post, since, until):
        raise ValidationError(obstacle)
    appointment = Appointment.objects.create(user=user, post=post, kind=kind, valid_from=since, valid_until=until)
    period = f"{wareki(since)}〜{wareki(until) if until else ''}"
    changes = [("職", "", str(post)), ("区分", "", appointment.get_kind_display()), ("期間", "", period)]
    record("person.appointed", user, by=by, department_id=post.department_id, changes=changes)
    project_memberships()
    return appointment


@in_turn()
def end_appointment(appointment: Appointment, last_day: dt.date, *, by: User | None) -> Appointment:
    """Let an appointment end with a day; from the next day on its rights are gone."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    may_build(by, appointment.post.department.organ).require()
    return end(appointment, last_day, by=by)


def end(appointment: Appointment, last_day: dt.date, *, by: User | None) -> Appointment:
    """Write the last day of an appointment that is locked, for somebody who was asked for the right to do so."""
    if last_day < appointment.valid_from:
        raise ValidationError("終了日が開始日より前です。日付を確かめてください。")
    if appointment.valid_until is not None and last_day > appointment.valid_until:
        raise ValidationError(
            f"{wareki(appointment.valid_until)}に終わる任命は延ばせません。続けるときは、新しく任命してください。"
        )
    before = wareki(appointment.valid_until) if appointment.valid_until else ""
    appointment.valid_until = last_day
    appointment.save(update_fields=["valid_until"])
    changes = [("職", str(appointment.post), str(appointment.post)), ("終了日", before, wareki(last_day))]
    record(
        "person.appointment-ended",
        appointment.user,
        by=by,
        department_id=appointment.post.department_id,
        changes=changes,
    )
    _end_stand_ins(appointment, last_day, by=by)
    project_memberships()
    return appointment


def call_off(acting: Appointment, *, by: User | None) -> None:
    """A deputy whose days have not begun does not come to act at all."""
    changes = [("職", f"{acting.post.full_title}代理", ""), ("期間", f"{wareki(acting.valid_from)}から", "")]
    record("person.stand-in-withdrawn", acting.user, by=by, department_id=acting.post.department_id, changes=changes)
    acting.delete()


def _end_stand_ins(holder: Appointment, last_day: dt.date, *, by: User | None) -> None:
    """Nobody acts for somebody who is in office no longer."""
    acting = Appointment.objects.filter(post=holder.post_id, absentee=holder.user_id, valid_until__gt=last_day)
    for deputy in acting.select_for_update(of=("self",)).select_related("post__department", "user").order_by("pk"):
        if deputy.valid_from > last_day:
            call_off(deputy, by=by)
        else:
            end(deputy, last_day, by=by)
