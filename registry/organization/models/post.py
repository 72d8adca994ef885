"""Posts (職): what answers for an asset, and the roles a post holds for a period."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.base.constraints import choices_constraint, period_constraint
from registry.organization.models.department import Department
from registry.organization.roles import Role


class PostQuerySet(models.QuerySet["Post"]):
    def current(self, on: dt.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.real().filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)

    def real(self) -> Self:
        """Without those of reorganisations that were taken back."""
        return self.filter(annulled=False)

    def with_role(self, *roles: Role, on: dt.date | None = None) -> Self:
        """The posts that hold one of the roles that day (today)."""
        held = PostRole.objects.current(on or timezone.localdate()).filter(role__in=roles)
        return self.filter(pk__in=held.values("post_id"))

    def in_tree_order(self) -> Self:
        return self.order_by("department__organ__position", "department__path", "position", "id")


class Post(models.Model):
    """職: a seat in a department. People come and go; the post answers."""

    history_kind = "post"

    department = models.ForeignKey(Department, models.PROTECT, related_name="posts", verbose_name="所属")
    title = models.CharField("職名", max_length=100)
    position = models.PositiveIntegerField("並び順", default=0)
    valid_from = models.DateField("設置日")
    valid_until = models.DateField("廃止日", null=True, blank=True)
    annulled = models.BooleanField("取消し", default=False, editable=False)
    group = models.OneToOneField(Group, models.PROTECT, editable=False, related_name="post")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "職"
        verbose_name_plural = "職"
        default_permissions = ()
        constraints = [
            period_constraint(),
            models.UniqueConstraint(
                fields=["department", "title"],
                condition=Q(valid_until__isnull=True),
                name="organization_post_title_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def full_title(self) -> str:
        """The post with its department, said once: 「税務課長」, 「税務課 主査」."""
        place = self.department.name
        return self.title if self.title.startswith(place) else f"{place} {self.title}"


class PostRoleQuerySet(models.QuerySet["PostRole"]):
    def current(self, on: dt.date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class PostRole(models.Model):
    """A role that a post holds between two days."""

    history_kind = "post-role"

    post = models.ForeignKey(Post, models.PROTECT, related_name="roles", verbose_name="職")
    role = models.CharField("役割", max_length=30, choices=Role)
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日", null=True, blank=True)

    objects = PostRoleQuerySet.as_manager()

    class Meta:
        verbose_name = "職の役割"
        verbose_name_plural = "職の役割"
        default_permissions = ()
        constraints = [
            choices_constraint("role", Role),
            period_constraint(),
            models.UniqueConstraint(
                fields=["post", "role"], condition=Q(valid_until__isnull=True), name="organization_post_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.get_role_display()}"
