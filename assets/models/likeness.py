"""What is kept for finding duplicates: folded names, and what people have judged to be different."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assets.models.asset import Asset
from registry.organization.access import departments_where
from registry.organization.models import Organ, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later

FOLDED = 200  # characters of a folded name that are kept and compared


class FoldedName(models.Model):
    """The name of an asset as it is compared; written together with the search row."""

    asset = models.OneToOneField(Asset, models.CASCADE, primary_key=True, related_name="folded")
    text = models.CharField("比べる名称", max_length=FOLDED)
    length = models.PositiveSmallIntegerField("文字数")

    class Meta:
        verbose_name = "比べる名称"
        verbose_name_plural = "比べる名称"
        default_permissions = ()
        indexes = [models.Index(fields=["text"], name="folded_name_by_text")]

    def __str__(self) -> str:
        return self.text


class ApartQuerySet(models.QuerySet["Apart"]):
    def visible_to(self, user: User) -> Self:
        """Judgements about at least one asset that the person sees."""
        return self.filter(assets__department_id__in=departments_where(user, Permission.VIEW_ASSETS)).distinct()


class Apart(models.Model):
    """「別のものです」: these assets look alike and are different things. Who said so, when and why."""

    history_kind = "apart"

    assets = models.ManyToManyField(Asset, related_name="aparts", verbose_name=said_later("{asset}"))
    reason = models.TextField("理由")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="判断した人")
    made_at = models.DateTimeField("判断日時", default=timezone.now)

    objects = ApartQuerySet.as_manager()

    class Meta:
        verbose_name = "別のものという判断"
        verbose_name_plural = "別のものという判断"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="assets_apart_says_why")]

    def __str__(self) -> str:
        return "別のものという判断"


class KeptSpellingQuerySet(models.QuerySet["KeptSpelling"]):
    def applying_to(self, user: User) -> Self:
        """Judgements of the organs the person sees something of, and of those that are not autonomous."""
        organs = Organ.objects.filter(departments__in=departments_where(user, Permission.VIEW_ASSETS))
        return self.filter(Q(organ__autonomous=False) | Q(organ__in=organs))


class KeptSpelling(models.Model):
    """These ways of writing in a column look alike and mean different things. Who said so, when and why."""

    history_kind = "spelling"

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name=said_later("判断した{organ}"))
    column = models.CharField("項目", max_length=40)
    spellings = models.JSONField("書き方", default=list)
    reason = models.TextField("理由")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="判断した人")
    made_at = models.DateTimeField("判断日時", default=timezone.now)

    objects = KeptSpellingQuerySet.as_manager()

    class Meta:
        verbose_name = "別の書き方という判断"
        verbose_name_plural = "別の書き方という判断"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="assets_kept_spelling_says_why")]

    def __str__(self) -> str:
        return "、".join(f"「{one}」" for one in self.spellings)
