"""What people say about an asset, and the posts they say it to."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from assets.models.asset import Asset
from registry.base.constraints import together_constraint
from registry.organization.access import departments_where
from registry.organization.models import Post, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User) -> Self:
        """Who sees the asset reads what is said about it."""
        return self.filter(asset__department_id__in=departments_where(user, Permission.VIEW_ASSETS))

    def waiting_for(self, user: User) -> Self:
        """What is said to a post this person holds today, about an asset they see, and not yet confirmed."""
        posts = [appointment.post_id for appointment in user.appointments_today]
        waiting = Mention.objects.filter(post__in=posts, settled_at__isnull=True)
        return self.visible_to(user).filter(withdrawn_at__isnull=True, pk__in=waiting.values("comment"))

    def listed(self) -> Self:
        """As a page shows them, the newest first, each with the posts it is for."""
        posts = models.Prefetch("mentions", Mention.objects.in_order())
        return self.select_related("author", "answers__author").prefetch_related(posts).order_by("-at", "-id")


class Comment(models.Model):
    """One thing said. It stays as it was written; its author may withdraw it, and then only the history has it."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="comments", verbose_name=said_later("{asset}"))
    text = models.TextField("コメント")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="書いた人")
    post_label = models.CharField("そのときの職", max_length=300, blank=True)
    at = models.DateTimeField("日時", default=timezone.now)
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="answered_by", verbose_name="返事の相手"
    )
    token = models.UUIDField("画面の番号", unique=True, editable=False)
    withdrawn_at = models.DateTimeField("取消し日時", null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "コメント"
        verbose_name_plural = "コメント"
        default_permissions = ()
        indexes = [models.Index(fields=["asset", "-at", "-id"], name="comment_by_asset")]

    def __str__(self) -> str:
        return f"{self.asset}へのコメント"


class MentionQuerySet(models.QuerySet["Mention"]):
    def in_order(self) -> Self:
        return self.select_related("post__department", "settled_by").order_by("post__department__path", "post_id")


class Mention(models.Model):
    """A post that a comment is for, until one who holds it has confirmed or answered."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions", verbose_name="コメント")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name="宛先の職")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="確認した人"
    )
    settled_at = models.DateTimeField("確認日時", null=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = "コメントの宛先"
        verbose_name_plural = "コメントの宛先"
        default_permissions = ()
        constraints = [
            together_constraint("settled_by", "settled_at"),
            models.UniqueConstraint(fields=["comment", "post"], name="assets_mention_once"),
        ]
        indexes = [models.Index(fields=["post"], condition=models.Q(settled_at__isnull=True), name="mention_waiting")]

    def __str__(self) -> str:
        return f"{self.post}宛て"
