"""Absence and deputy (不在と代理): somebody acts in a post for a period, with its rights, while its holder is away."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.base.fiscal import wareki
from registry.base.verdict import ALLOWED, Verdict, denied
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import holds, may_build, may_manage_organization, organs_built_by
from registry.organization.appointments import call_off, end, obstacle_to_appointing
from registry.organization.grants import project_memberships
from registry.organization.models import Appointment, Post, PostRole, User
from registry.organization.roles import GRANTS, Reach, Role
from registry.organization.vocabulary import said, word


def may_record_absence(by: User, post: Post) -> Verdict:
    """May this person say who acts in a post? The 事務局; and a head for the posts of the own unit and below,
    as far as these hold no rights that the head does not have. Who only acts as head does not.
    """
    if may_build(by, post.department.organ):
        return ALLOWED
    if not any(
        post.department.path.startswith(path) for organ, path in _led_by(by) if organ == post.department.organ_id
    ):
        return denied(said("不在の代理を決められるのは、その{section}の{manager}(課長)と{secretariat}だけです。"))
    for held in PostRole.objects.current().filter(post=post):
        grant = GRANTS[Role(held.role)]
        own = all(holds(by, permission, post.department_id) for permission in grant.permissions)
        if grant.reach != Reach.UNIT or not own:
            return denied(
                f"「{post.full_title}」には{word('section')}の外に及ぶ権限があります。{word('secretariat')}に依頼してください。"
            )
    return ALLOWED


def records_absences(by: User) -> Verdict:
    """May this person say for any post at all who acts in it?"""
    if may_manage_organization(by) or _led_by(by):
        return ALLOWED
    return denied(said("不在の代理を決められるのは、{section}の{manager}(課長)と{secretariat}だけです。"))


def stand_ins_seen_by(user: User) -> QuerySet[Appointment]:
    """The deputies of today and later in the posts for which this person may record absences."""
    found = Appointment.objects.filter(absentee__isnull=False, valid_until__gte=timezone.localdate())
    found = found.filter(post__in=_posts_of(user)).select_related("user", "absentee", "post__department__organ")
    return found.order_by("valid_from", "pk")


def holders_for(user: User) -> QuerySet[Appointment]:
    """The people in office today for whose posts this person may record an absence."""
    found = Appointment.objects.current().filter(post__in=_posts_of(user), user__is_active=True)
    found = found.exclude(kind=Appointment.Kind.ACTING).select_related("user", "post__department__organ")
    return found.order_by("post__department__organ__position", "post__department__path", "post__position", "pk")


@in_turn()
def stand_in(
    holder: Appointment, deputy: User, since: dt.date, until: dt.date, *, reason: str, by: User
) -> Appointment:
    """Let a deputy act in the post of a holder who is away, from a day until a day (both included).

    ValidationError says what is wrong with the people or the days.
    """
    found = Appointment.objects.select_related("user", "post__department__organ")
    holder = found.select_for_update(of=("self",)).get(pk=holder.pk)
    may_record_absence(by, holder.post).require()
    if deputy.pk == by.pk:
        raise ValidationError({"deputy": "自分を代理にすることはできません。別の人に登録してもらってください。"})
    if obstacle := _obstacle(holder, deputy, since, until):
        raise ValidationError(obstacle)
    made = Appointment.objects.create(
        user=deputy,
        post=holder.post,
        kind=Appointment.Kind.ACTING,
        valid_from=since,
        valid_until=until,
        absentee=holder.user,
        reason=reason,
    )
    changes = [
        ("職", "", f"{holder.post.full_title}代理"),
        ("不在の人", "", holder.user.name),
        ("期間", "", f"{wareki(since)}〜{wareki(until)}"),
    ]
    record("person.stand-in", deputy, by=by, department_id=holder.post.department_id, changes=changes, note=reason)
    project_memberships()
    return made


@in_turn()
def end_stand_in(acting: Appointment, *, by: User) -> None:
    """The holder is back earlier: today is the deputy's last day; what has not begun does not come to pass."""
    acting = (
        Appointment.objects.select_for_update(of=("self",)).select_related("post__department__organ").get(pk=acting.pk)
    )
    may_record_absence(by, acting.post).require()
    today = timezone.localdate()
    if acting.valid_from <= today:
        end(acting, today, by=by)
        return
    call_off(acting, by=by)


def _obstacle(holder: Appointment, deputy: User, since: dt.date, until: dt.date) -> dict[str, str] | str:
    if holder.kind == Appointment.Kind.ACTING:
        return {"holder": "代理の人の代理は置けません。不在になるもとの在任者を選んでください。"}
    if deputy.pk == holder.user_id:
        return {"deputy": "不在の人とは別の人を選んでください。"}
    if not deputy.is_active:
        return {"deputy": f"{deputy.name}さんは停止中です。別の人を選んでください。"}
    if until < timezone.localdate():
        return {"until": "過ぎた期間の代理は登録できません。終わりの日を今日以後にしてください。"}
    if since < holder.valid_from or (holder.valid_until is not None and until > holder.valid_until):
        return {"until": f"{holder.user.name}さんが「{holder.post}」に在任している期間の中で選んでください。"}
    return obstacle_to_appointing(deputy, holder.post, since, until)


def _led_by(user: User) -> list[tuple[int, str]]:
    """The units that this person heads in person today, as (organ, path)."""
    if not user.is_active:
        return []
    own = user.appointments.current().exclude(kind=Appointment.Kind.ACTING)
    led = Post.objects.current().with_role(Role.MANAGER).filter(pk__in=own.values("post"))
    return list(led.values_list("department__organ_id", "department__path"))


def _posts_of(user: User) -> QuerySet[Post]:
    """The posts for which this person may record an absence."""
    posts = Post.objects.current()
    if may_manage_organization(user):
        return posts.filter(department__organ__in=organs_built_by(user))
    below = Q(pk__in=())
    for organ, path in _led_by(user):
        below |= Q(department__organ=organ, department__path__startswith=path)
    far = [role for role in Role if GRANTS[role].reach != Reach.UNIT]
    beyond = PostRole.objects.current().filter(role__in=far)
    return posts.filter(below).exclude(pk__in=beyond.values("post"))
