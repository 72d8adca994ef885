"""People who log in. They are disabled, never deleted; what they may do comes from their appointments."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.utils import timezone

from registry.organization.models.appointment import Appointment


class UserManager(BaseUserManager["User"]):
    """Makes people and, for the command line, the first administrator."""

    def create_user(self, username: str, name: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, name: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(username, name, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The superuser installs and restores; the ledger stays closed to them without an appointment."""

    history_kind = "person"

    username = models.CharField(
        "利用者ID",
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator(message="半角の英数字と . _ - @ + だけが使えます。")],
        error_messages={"unique": "この利用者IDはすでに使われています。"},
    )
    name = models.CharField("氏名", max_length=100)
    is_active = models.BooleanField("有効", default=True, help_text="外すと、すぐにログインできなくなります。")
    logins_ended = models.PositiveIntegerField("ログインを終わらせた回数", default=0, editable=False)
    must_change_password = models.BooleanField("次回ログイン時にパスワードを変更", default=False)
    created_at = models.DateTimeField("登録日時", default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "利用者"
        verbose_name_plural = "利用者"
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Django compares this with the session's: raising `logins_ended` ends every session, for good."""
        return f"{super().get_session_auth_hash()}{self.logins_ended}"

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def appointments_today(self) -> list[Appointment]:
        """The appointments in force today, main post first; read once per request."""
        found = self.appointments.current().select_related("post__department")
        order = list(Appointment.Kind)
        return sorted(found, key=lambda appointment: (order.index(Appointment.Kind(appointment.kind)), appointment.pk))

    def home_department_id(self) -> int | None:
        """The department of the main post: where acts that concern no single asset belong in history."""
        return self.appointments_today[0].post.department_id if self.appointments_today else None

    def post_label(self) -> str:
        """The posts held today in words, as history keeps them: 「税務課主査、総務課 主査(兼務)、税務課長代理」."""
        suffixes = {Appointment.Kind.MAIN: "", Appointment.Kind.CONCURRENT: "(兼務)", Appointment.Kind.ACTING: "代理"}
        return "、".join(
            f"{appointment.post.full_title}{suffixes[Appointment.Kind(appointment.kind)]}"
            for appointment in self.appointments_today
        )
