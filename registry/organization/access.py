"""The one door: on which departments may this person do what? Everything that shows or changes the ledger asks here."""

from django.db.models import Q, QuerySet

from registry.base.verdict import ALLOWED, Verdict, denied
from registry.history.models import Entry, EntryQuerySet
from registry.organization import grants
from registry.organization.models import ListImport, Organ, Reorganization, User
from registry.organization.models.post import PostQuerySet
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, word


def departments_where(user: User, permission: Permission) -> frozenset[int]:
    """Keys of the departments on which the person's posts of today grant the permission; asked once per request."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    known: dict[Permission, frozenset[int]] | None = user.__dict__.get("_departments_where")
    if known is None:
        known = user.__dict__["_departments_where"] = grants.department_ids(user)
    return known[permission]


def holds(user: User, permission: Permission, department_id: int) -> bool:
    """Does the person hold the permission on this department?"""
    return department_id in departments_where(user, permission)


def holds_anywhere(user: User, permission: Permission) -> bool:
    """Does the person hold the permission on any department at all?"""
    return bool(departments_where(user, permission))


def posts_where(permission: Permission, department_id: int) -> PostQuerySet:
    """The posts of today whose holders hold the permission on this department."""
    return grants.posts_granted(permission, department_id)


def entries_visible_to(user: User) -> EntryQuerySet:
    """The history a person may read: of the departments where they may read history."""
    return Entry.objects.in_departments(departments_where(user, Permission.VIEW_HISTORY))


def may_manage_organization(user: User) -> Verdict:
    """May this person open masters and people? The 事務局, and the administrator of the installation."""
    if user.is_active and (user.is_superuser or holds_anywhere(user, Permission.MANAGE_ORGANIZATION)):
        return ALLOWED
    return denied(said("組織と利用者を管理できるのは、{secretariat}とシステム管理者だけです。"))


def organs_built_by(user: User) -> QuerySet[Organ]:
    """The organs whose units, posts and appointments this person may change.

    An autonomous organ is built by a 事務局 of its own, which builds nothing elsewhere (機関の自律、例: 議会); the
    administrator of the installation builds all.
    """
    if user.is_active and user.is_superuser:
        return Organ.objects.all()
    own = Organ.objects.filter(departments__in=departments_where(user, Permission.MANAGE_ORGANIZATION)).distinct()
    if own.filter(autonomous=False).exists():
        return Organ.objects.filter(Q(autonomous=False) | Q(pk__in=own))
    return Organ.objects.filter(pk__in=own)


def may_build(user: User | None, organ: Organ | None = None) -> Verdict:
    """May this person change the organisation of an organ, or (without one) what all share? None: the system setting up."""
    if user is None:
        return ALLOWED
    if not (verdict := may_manage_organization(user)):
        return verdict
    built = organs_built_by(user)
    if user.is_superuser or (built.filter(pk=organ.pk) if organ else built.filter(autonomous=False)).exists():
        return ALLOWED
    if organ is not None and organ.autonomous:
        return denied(f"「{organ}」は自律機関です。変更できるのは、その{word('secretariat')}とシステム管理者だけです。")
    return denied(said("自律機関の{secretariat}が変更できるのは、その機関の組織だけです。"))


def lists_visible_to(user: User) -> QuerySet[ListImport]:
    """The organisation lists that were brought for organs this person builds."""
    return ListImport.objects.filter(organ__in=organs_built_by(user))


def reorganizations_visible_to(user: User) -> QuerySet[Reorganization]:
    """The reorganisations of the organs this person builds."""
    return Reorganization.objects.filter(organ__in=organs_built_by(user))


def may_handle(by: User | None, user: User) -> Verdict:
    """May this person change that one's account? An administrator's only by an administrator, others' by who built their posts."""
    if by is None:
        return ALLOWED
    if not (verdict := may_manage_organization(by)):
        return verdict
    if user.is_superuser and not by.is_superuser:
        return denied("システム管理者の利用者を変更できるのは、システム管理者だけです。")
    organs = Organ.objects.filter(departments__posts__appointments__in=user.appointments.current()).distinct()
    return next((verdict for organ in organs if not (verdict := may_build(by, organ))), ALLOWED)


def may_disable(by: User | None, user: User) -> Verdict:
    """May this person stop that one? Not themselves, so that somebody is always left inside."""
    if by is not None and by.pk == user.pk:
        return denied("自分を停止することはできません。別の人に依頼してください。")
    return may_handle(by, user)


def may_appoint(by: User | None, user: User, organ: Organ) -> Verdict:
    """May this person put that one into a post of an organ? Never themselves: rights are given by somebody else."""
    if by is not None and by.pk == user.pk:
        return denied(
            said("自分を任命することはできません。別の{secretariat}の人か、システム管理者に依頼してください。")
        )
    return may_build(by, organ)
