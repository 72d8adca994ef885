"""Departments: dated units in a tree of free depth, and guardian's permission table on them."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase

from registry.base.constraints import period_constraint
from registry.base.fiscal import wareki
from registry.organization.models.body import Organ
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


class DepartmentQuerySet(models.QuerySet["Department"]):
    def current(self, on: dt.date | None = None) -> Self:
        """The departments that exist on a day (today)."""
        day = on or timezone.localdate()
        return self.real().filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)

    def real(self) -> Self:
        """Without those of reorganisations that were taken back: only their traces in history remain."""
        return self.filter(annulled=False)

    def in_scope(self) -> Self:
        return self.filter(excluded="")

    def in_tree_order(self) -> Self:
        return self.order_by("organ__position", "organ_id", "path")


class Department(models.Model):
    """One unit between two days. A rename or a move closes it and opens its successor: old records keep old names."""

    history_kind = "department"

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="departments", verbose_name=said_later("{organ}"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上位"
    )
    code = models.CharField("所属コード", max_length=20, blank=True)
    name = models.CharField("名称", max_length=100)
    full_name = models.CharField("正式名称", max_length=300, editable=False)
    kind = models.CharField("機構分類", max_length=20, blank=True)
    telephone = models.CharField("電話番号", max_length=30, blank=True)
    excluded = models.CharField(
        said_later("{out_of_scope}の理由"), max_length=200, blank=True, help_text="空欄なら台帳の対象です。"
    )
    valid_from = models.DateField("設置日")
    valid_until = models.DateField("廃止日", null=True, blank=True, help_text="この日まで存在します。")
    position = models.PositiveIntegerField("並び順", default=0, editable=False)
    path = models.CharField("経路", max_length=200, editable=False)
    annulled = models.BooleanField("取消し", default=False, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = "組織"
        verbose_name_plural = "組織"
        permissions = [*Permission.choices]
        default_permissions = ()
        constraints = [
            period_constraint(),
            models.UniqueConstraint(fields=["organ", "path"], name="organization_department_place"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_until__isnull=True) & ~Q(code=""),
                name="organization_department_code_once",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="department_by_path")]

    def __str__(self) -> str:
        return self.full_name

    def exists_on(self, day: dt.date) -> bool:
        return not self.annulled and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def dated_name(self) -> str:
        """The full name, and for what has ended until when it existed: 「総務部 税務課(令和8年3月31日廃止)」."""
        ended = self.valid_until is not None and self.valid_until < timezone.localdate()
        return f"{self.full_name}({wareki(self.valid_until)}廃止)" if ended and self.valid_until else self.full_name

    @property
    def level(self) -> int:
        """Depth in the tree; 1 stands directly under the organ."""
        return self.path.count(".")

    @property
    def division(self) -> str:
        """部局: the names above this one, '' when it stands directly under the organ."""
        return self.full_name.removesuffix(self.name).strip()


class DepartmentGroupPermission(GroupObjectPermissionBase):
    """Which post group may do what on which department (guardian, direct foreign key); nobody is granted in person."""

    id = models.BigAutoField(primary_key=True)
    content_object = models.ForeignKey(Department, models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        verbose_name = "組織への権限"
        verbose_name_plural = "組織への権限"
        indexes = [models.Index(fields=["group", "permission"], name="grant_by_group")]
