"""保存した表示: a named way to look at the ledger. It narrows and arranges; what one sees stays one's own."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from registry.base.constraints import choices_constraint
from registry.organization.models import Appointment, Department, User

RESTORABLE = dt.timedelta(days=30)


class ViewScope(models.TextChoices):
    """Who is offered a view."""

    OWN = "own", "自分だけ"
    DEPARTMENT = "department", "所属の全員"
    EVERYONE = "everyone", "全員"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, those of the 課 where one has a post today, and everybody's; deleted ones too."""
        places = {appointment.post.department_id for appointment in user.appointments_today}
        own = Q(scope=ViewScope.OWN, owner=user)
        shared = Q(scope=ViewScope.DEPARTMENT, department_id__in=places)
        return self.filter(own | shared | Q(scope=ViewScope.EVERYONE))

    def kept(self) -> Self:
        """Those that were not deleted."""
        return self.filter(deleted_at__isnull=True)

    def deleted(self) -> Self:
        """Those that were deleted lately and can come back."""
        return self.filter(deleted_at__gte=timezone.now() - RESTORABLE)

    def with_makers(self) -> Self:
        """With whether the maker still has a post in the 課 (`maker_here`)."""
        held = Appointment.objects.current().filter(
            user=OuterRef("owner"), user__is_active=True, post__department=OuterRef("department")
        )
        return self.select_related("department", "owner").annotate(maker_here=Exists(held))

    def offered(self) -> list[SavedView]:
        """Them with their 課, one's own first, then the 課's, then everybody's."""
        scopes = list(ViewScope)
        found = self.select_related("department")
        return sorted(found, key=lambda view: (scopes.index(ViewScope(view.scope)), view.name, view.pk))


class SavedView(models.Model):
    """Filters, columns, order and groups under a name. The 課's belongs to the 課, whoever made it."""

    history_kind = "view"

    name = models.CharField("名前", max_length=60)
    scope = models.CharField("見る人", max_length=12, choices=ViewScope)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="作成者")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所属"
    )
    query = models.TextField("条件・列・並び", blank=True)
    is_default = models.BooleanField("はじめの表示", default=False)
    updated_at = models.DateTimeField("更新日時", default=timezone.now)
    deleted_at = models.DateTimeField("削除日時", null=True)

    maker_here = True  # as `with_makers` finds it

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "保存した表示"
        verbose_name_plural = "保存した表示"
        default_permissions = ()
        constraints = [
            choices_constraint("scope", ViewScope),
            models.CheckConstraint(
                condition=Q(scope="department", department__isnull=False)
                | (~Q(scope="department") & Q(department__isnull=True)),
                name="assets_view_of_a_department",
            ),
            *(
                models.UniqueConstraint(
                    fields=[*place, *field],
                    condition=Q(scope=scope, deleted_at__isnull=True, **only),
                    name=f"assets_view_{what}_{scope}_once",
                )
                for scope, place in (("own", ["owner"]), ("department", ["department"]), ("everyone", ["scope"]))
                for what, field, only in (("name", ["name"], {}), ("default", [], {"is_default": True}))
            ),
        ]
        indexes = [models.Index(fields=["owner", "scope"], name="view_by_owner")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The ledger as this view shows it."""
        return f"{reverse('assets:index')}?view={self.pk}" + (f"&{self.query}" if self.query else "")

    @property
    def asks(self) -> QueryDict:
        """What the view asks of the ledger, as an address would."""
        return QueryDict(self.query)

    @property
    def place(self) -> str:
        """Whose view it is, in words."""
        if self.department:
            return f"{self.department.name}の全員"
        return str(self.get_scope_display())
