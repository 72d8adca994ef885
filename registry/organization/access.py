"""The one door: on which departments may this person do what? Everything that shows or changes the ledger asks here."""

from registry.history.models import Entry, EntryQuerySet
from registry.organization import grants
from registry.organization.models import User
from registry.organization.roles import Permission


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


def entries_visible_to(user: User) -> EntryQuerySet:
    """The history a person may read: of the departments where they may read history."""
    return Entry.objects.in_departments(departments_where(user, Permission.VIEW_HISTORY))


def may_manage_organization(user: User) -> bool:
    """Masters and people: the 事務局, and the administrator of the installation."""
    return user.is_active and (user.is_superuser or holds_anywhere(user, Permission.MANAGE_ORGANIZATION))
