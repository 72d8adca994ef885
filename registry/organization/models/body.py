"""The body (団体) this installation serves, and its organs (実施機関)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from registry.base.numbers import is_body_code
from registry.organization.vocabulary import said_later


class Body(models.Model):
    """The one body of this installation, as its profile described it; words and titles are data."""

    history_kind = "body"

    profile = models.CharField("設定", max_length=40)
    name = models.CharField("団体名", max_length=100)
    kind = models.CharField("団体の種別", max_length=20)
    code = models.CharField("全国地方公共団体コード", max_length=6, blank=True, help_text="組合は空欄です。")
    words = models.JSONField("用語", default=dict, blank=True, help_text="この団体の呼び方。例: 実施手順")
    role_titles = models.JSONField("役割の呼び名", default=dict, blank=True)
    decision_chain = models.JSONField("決定の流れ", default=list, blank=True)
    exclusions = models.JSONField("適用の除外", default=list, blank=True)
    options = models.JSONField("そのほかの設定", default=dict, blank=True)

    class Meta:
        verbose_name = "団体"
        verbose_name_plural = "団体"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="organization_body_only_one")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.code and not is_body_code(self.code):
            raise ValidationError({"code": "団体コードの検査数字が合いません。6桁の数字を確かめてください。"})


class Organ(models.Model):
    """実施機関: 町長部局, 教育委員会, 議会 … An autonomous one is closed to the roles of the others."""

    history_kind = "organ"

    code = models.CharField("コード", max_length=40, unique=True)
    name = models.CharField(said_later("{organ}"), max_length=100)
    head_title = models.CharField("長の職名", max_length=100, blank=True)
    autonomous = models.BooleanField("自律機関", default=False, help_text="他の機関の役割からは見えません(議会など)。")
    position = models.PositiveIntegerField("並び順", default=0)

    class Meta:
        verbose_name = verbose_name_plural = said_later("{organ}")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name
