"""Acts on the people who log in: adding, renaming, stopping, letting in again, and handing out a temporary password."""

import secrets
from collections.abc import Iterable

from axes.models import AccessAttempt
from django.core.exceptions import ValidationError

from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_disable, may_handle, may_manage_organization
from registry.organization.grants import project_memberships
from registry.organization.login import login_name
from registry.organization.models import User

EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4


def problem_with_username(username: str) -> str:
    """Why nobody can get this login name, '' when it is free: names that fold to the same count as the same."""
    wanted = login_name(None, {"username": username})
    taken = any(
        login_name(None, {"username": name}) == wanted for name in User.objects.values_list("username", flat=True)
    )
    return "この利用者IDはすでに使われています(大文字・小文字は区別しません)。" if taken else ""


@in_turn()
def create_person(username: str, name: str, *, by: User | None) -> User:
    """Add a person who cannot log in yet: that takes a temporary password."""
    if by is not None:
        may_manage_organization(by).require()
    if problem := problem_with_username(username):
        raise ValidationError({"username": problem})
    user = User(username=username, name=name, must_change_password=True)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    record("person.created", user, by=by, changes=[("利用者ID", "", username), ("氏名", "", name)])
    return user


@in_turn()
def create_administrator(username: str, name: str, password: str) -> User:
    """The first administrator, with the password they chose: while a body is set up nobody else could let them in."""
    user = create_person(username, name, by=None)
    user.is_superuser, user.must_change_password = True, False
    user.set_password(password)
    user.save(update_fields=["is_superuser", "must_change_password", "password"])
    record("person.password-set", user, by=None, changes=[("システム管理者", "いいえ", "はい")])
    return user


@in_turn()
def change_person(user: User, name: str, *, by: User | None) -> User:
    """Change a person's name; the login name stays for good."""
    user = _locked(user)
    may_handle(by, user).require()
    if user.name != name:
        changes = [("氏名", user.name, name)]
        user.name = name
        user.save(update_fields=["name"])
        record("person.changed", user, by=by, changes=changes)
    return user


@in_turn()
def disable(user: User, *, by: User | None) -> User:
    """Stop a person: logins and running sessions end at once, appointments stay as they are."""
    user = _locked(user)
    may_disable(by, user).require()
    return _set_active(user, False, "person.disabled", by)


@in_turn()
def enable(user: User, *, by: User | None) -> User:
    """Let a stopped person in again."""
    user = _locked(user)
    may_handle(by, user).require()
    return _set_active(user, True, "person.enabled", by)


@in_turn()
def set_temporary_password(user: User, *, by: User | None) -> str:
    """A new random password, returned to be shown once; it has to be changed at the next login and ends all sessions."""
    user = _locked(user)
    may_handle(by, user).require()
    groups = ("".join(secrets.choice(EASY_TO_READ) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    password = "-".join(groups)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record("person.password-set", user, by=by)
    return password


@in_turn()
def unlock(attempts: Iterable[AccessAttempt], *, by: User | None) -> int:
    """Lift the lock that failed logins put on names; returns how many records of attempts were lifted."""
    if by is not None:
        may_manage_organization(by).require()
    attempts = list(attempts)
    names = {login_name(None, {"username": attempt.username or ""}) for attempt in attempts}
    for user in User.objects.order_by("pk"):
        if login_name(None, {"username": user.username}) in names:
            record("person.unlocked", user, by=by)
    AccessAttempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).delete()
    return len(attempts)


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _set_active(user: User, active: bool, act: str, by: User | None) -> User:
    if user.is_active != active:
        user.is_active = active
        user.logins_ended += 0 if active else 1
        user.save(update_fields=["is_active", "logins_ended"])
        record(act, user, by=by)
        project_memberships()
    return user
