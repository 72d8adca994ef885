"""Columns that a body adds to the ledger itself, their value lists, and what assets say in them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assets.columns import Kind, Section
from assets.models.asset import Asset
from registry.organization.models import Department, Post
from registry.organization.vocabulary import said_later

OWN = "x_"  # how keys of the body's own columns begin
LABEL_LIMIT, OPTION_LIMIT = 40, 100  # characters
KINDS = {
    Kind.TEXT: "文字(1行)",
    Kind.LONG: "文章(複数行)",
    Kind.INTEGER: "数(0以上の整数)",
    Kind.DATE: "日付",
    Kind.CHOICE: "選択肢から1つ",
    Kind.YESNO: "有・無",
    Kind.OTHER_DEPARTMENT: said_later("{section}"),
    Kind.POST: "職",
}
# Where a value of a kind is kept.
STORED = {
    Kind.TEXT: "text",
    Kind.LONG: "text",
    Kind.INTEGER: "number",
    Kind.DATE: "day",
    Kind.CHOICE: "option_id",
    Kind.YESNO: "yes",
    Kind.OTHER_DEPARTMENT: "department_id",
    Kind.POST: "post_id",
}
FIELDS = tuple(dict.fromkeys(STORED.values()))


class ExtraColumn(models.Model):
    """A column of this body's own. A person in it is a 職: posts answer, and they outlive who holds them (DOMAIN §0-5)."""

    history_kind = "column"

    code = models.CharField("コード", max_length=40, blank=True, editable=False)
    label = models.CharField("項目名", max_length=LABEL_LIMIT, unique=True)
    kind = models.CharField("種類", max_length=20, choices=[(kind.value, words) for kind, words in KINDS.items()])
    section = models.CharField(
        "置く場所",
        max_length=20,
        choices=[(one.code, said_later(one.written[0])) for one in Section],
        default=Section.REMARKS.code,
    )
    help = models.CharField("説明", max_length=200, blank=True)
    required = models.BooleanField("申請に必須", default=False)
    position = models.PositiveSmallIntegerField("表示順", default=1)
    synonyms = models.JSONField("取込での見出し", default=list, blank=True)
    made_at = models.DateTimeField("追加日時", default=timezone.now, editable=False)
    retired_at = models.DateTimeField("廃止日時", null=True, editable=False)

    class Meta:
        verbose_name = "独自項目"
        verbose_name_plural = "独自項目"
        default_permissions = ()
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=sorted(kind.value for kind in KINDS)), name="assets_extra_kind_known"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="assets_extra_code_once"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def key(self) -> str:
        """The key of the column wherever columns are named: in proposals, revisions and addresses."""
        return f"{OWN}{self.code or self.pk}"


class ExtraOption(models.Model):
    """One value of a column with a value list."""

    column = models.ForeignKey(ExtraColumn, models.PROTECT, related_name="options", verbose_name="独自項目")
    label = models.CharField("選択肢", max_length=OPTION_LIMIT)
    position = models.PositiveSmallIntegerField("表示順", default=1)
    retired_at = models.DateTimeField("廃止日時", null=True, editable=False)

    class Meta:
        verbose_name = "選択肢"
        verbose_name_plural = "選択肢"
        default_permissions = ()
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["column", "label"], name="assets_extra_option_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def code(self) -> str:
        """How proposals, revisions and addresses write it."""
        return f"o{self.pk}"


INDEXED = ("number", "day", "yes", "option", "department", "post")
SAYS_SOMETHING = ~Q(text="") | Q(*((f"{field}__isnull", False) for field in INDEXED), _connector=Q.OR)


def _index(field: str) -> models.Index:
    """What a filter asks: of a column, who says this?"""
    kept = Q(**{f"{field}__isnull": False})
    return models.Index(fields=["column", field, "asset"], condition=kept, name=f"extra_by_{field}")


class ExtraValue(models.Model):
    """What one asset says in one column of the body's own; an empty one has no row."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="extra_values", db_index=False)
    column = models.ForeignKey(ExtraColumn, models.PROTECT, related_name="values")
    text = models.TextField("文字", blank=True)
    folded = models.TextField("検索用", blank=True)
    number = models.BigIntegerField("数", null=True)
    day = models.DateField("日付", null=True)
    yes = models.BooleanField("有無", null=True)
    option = models.ForeignKey(ExtraOption, models.PROTECT, null=True, related_name="values")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "独自項目の値"
        verbose_name_plural = "独自項目の値"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["asset", "column"], name="assets_extra_value_once"),
            models.CheckConstraint(condition=SAYS_SOMETHING, name="assets_extra_value_says_something"),
        ]
        indexes = [_index(field) for field in INDEXED]

    def __str__(self) -> str:
        return f"{self.asset} {self.column}"


def plain(kind: Kind, stored: Any) -> Any:
    """A stored value as the columns of the ledger write it."""
    return f"o{stored}" if kind is Kind.CHOICE and stored is not None else stored
