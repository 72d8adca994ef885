"""The asset: one line of the ledger, as it is in force."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assets import choices
from assets.models.scheme import Level
from assets.segments import Segment
from assets.states import Standing
from registry.base.constraints import choices_constraint
from registry.organization.access import departments_where
from registry.organization.models import Department, Post, User
from registry.organization.roles import Permission

LEVEL_FIELDS = ("level_1", "level_2", "level_3")


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, user: User) -> Self:
        """The only door: assets of the departments on which one of the person's posts may see assets."""
        return self.where(user, Permission.VIEW_ASSETS)

    def where(self, user: User, permission: Permission) -> Self:
        return self.filter(department_id__in=departments_where(user, permission))

    def listed(self) -> Self:
        """What a ledger shows unless asked otherwise: all but the proposals that were given up."""
        return self.exclude(standing=Standing.ABANDONED)


def _text(label: str, max_length: int = 200) -> models.CharField[str, str]:
    return models.CharField(label, max_length=max_length, blank=True)


def _choice(label: str, of: type[models.TextChoices]) -> models.CharField[str, str]:
    return models.CharField(label, max_length=20, choices=of, blank=True)


def _post(label: str) -> models.ForeignKey[Post | None, Post | None]:
    return models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label)


def _level(label: str) -> models.ForeignKey[Level | None, Level | None]:
    return models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label)


class Asset(models.Model):
    """One information asset. Once registered, its columns change only through an approved proposal."""

    history_kind = "asset"

    number = models.CharField("資産番号", max_length=40, blank=True, editable=False)
    revision_number = models.PositiveIntegerField("履歴番号", default=0, editable=False)
    standing = models.CharField(
        "台帳での扱い", max_length=20, choices=Standing, default=Standing.UNREGISTERED, editable=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    open_proposal = models.OneToOneField(
        "assets.Proposal", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="申請中の変更"
    )

    name = models.CharField("情報資産名称", max_length=200, blank=True)
    description = models.TextField("概要", blank=True)
    asset_type = _choice("資産種別", choices.AssetType)
    business = _text("業務名")
    system = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="carried")
    status = _choice("状態", choices.Usage)

    department = models.ForeignKey(Department, models.PROTECT, related_name="assets", verbose_name="所管課")
    unit = _text("係", 100)
    sec_responsible = _post("情報セキュリティ責任者")
    sec_manager = _post("情報セキュリティ管理者")
    sys_manager = _post("情報システム管理者")
    staff = _text("担当者", 100)
    contact = _text("連絡先", 100)

    level_1 = _level("分類1")
    level_2 = _level("分類2")
    level_3 = _level("分類3")
    class_reason = models.TextField("分類理由", blank=True)
    guide_answers = models.JSONField("分類ガイドの回答", default=dict, blank=True)
    handling = models.TextField("取扱制限", blank=True)
    takeout = _choice("外部持ち出し", choices.Takeout)
    rto_hours = models.PositiveIntegerField("復旧目標時間", null=True, blank=True)

    pi = models.BooleanField("個人情報", null=True, blank=True)
    pi_sensitive = models.BooleanField("要配慮個人情報", null=True, blank=True)
    pi_ordinance = models.BooleanField("条例要配慮個人情報", null=True, blank=True)
    pi_mynumber = models.BooleanField("特定個人情報", null=True, blank=True)
    pi_file_kind = _choice("個人情報ファイルの種別", choices.FileKind)
    pi_count = models.PositiveIntegerField("本人の数", null=True, blank=True)
    pi_purpose = models.TextField("利用目的", blank=True)
    pi_items = models.TextField("記録項目", blank=True)
    pi_scope = models.TextField("記録範囲", blank=True)
    pi_source = models.TextField("記録情報の収集方法", blank=True)
    pi_provide = models.TextField("記録情報の経常的提供先", blank=True)
    pi_desk = _text("開示請求等を受理する組織の名称及び所在地")

    segment = _choice("ネットワーク区分", Segment)
    flows = models.TextField("データ連携先", blank=True)
    sanitize = _choice("無害化方式", choices.Sanitize)
    access_scope = _text("利用者範囲")
    auth = _choice("認証方式", choices.Authentication)
    medium = _choice("媒体", choices.Medium)
    location = _text("保管場所")
    storage_method = _text("保管方法")
    encrypted = models.BooleanField("暗号化", null=True, blank=True)
    backup = _choice("バックアップ", choices.Backup)

    retention = _choice("保存期間", choices.Retention)
    disposal_due = models.DateField("廃棄予定日", null=True, blank=True)
    disposal_method = _choice("廃棄方法", choices.Disposal)
    disposed_on = models.DateField("廃棄日", null=True, blank=True)
    inventoried_on = models.DateField("棚卸日", null=True, blank=True)

    outsourced = models.BooleanField("委託の有無", null=True, blank=True)
    vendor = _text("委託事業者")
    subcontract = _text("再委託")
    contract_from = models.DateField("契約期間(開始)", null=True, blank=True)
    contract_until = models.DateField("契約期間(終了)", null=True, blank=True)
    ext_service = _choice("外部サービス区分", choices.ExternalService)
    gov_cert = _text("政府評価・登録制度")
    data_country = _text("データ保存国", 100)

    threat = models.TextField("脅威", blank=True)
    vulnerability = models.TextField("脆弱性", blank=True)
    likelihood = models.PositiveSmallIntegerField("発生可能性", choices=choices.Scale, null=True, blank=True)
    loss = models.PositiveSmallIntegerField("発生時の損失", choices=choices.Scale, null=True, blank=True)
    controls = models.TextField("対策", blank=True)
    remarks = models.TextField("備考", blank=True)

    registered_at = models.DateTimeField("登録日時", null=True, editable=False)
    updated_at = models.DateTimeField("更新日時", default=timezone.now, editable=False)

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = "情報資産"
        verbose_name_plural = "情報資産"
        default_permissions = ()
        constraints = [
            choices_constraint("standing", Standing),
            choices_constraint("asset_type", choices.AssetType, blank=True),
            choices_constraint("segment", Segment, blank=True),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="assets_number_once"),
            models.CheckConstraint(
                condition=~Q(standing=Standing.REGISTERED) | ~Q(number=""), name="assets_registered_has_number"
            ),
        ]
        indexes = [
            models.Index(fields=["number", "id"], name="asset_in_ledger_order"),
            models.Index(fields=["department", "number", "id"], name="asset_by_department"),
            models.Index(fields=["department", "standing"], name="asset_count_by_department"),
            models.Index(fields=["updated_at", "id"], name="asset_by_update"),
            models.Index(fields=["name", "id"], name="asset_by_name"),
        ]

    def __str__(self) -> str:
        return self.name or "(名称未入力)"

    def get_absolute_url(self) -> str:
        return reverse("assets:detail", args=[self.pk])

    @property
    def full_number(self) -> str:
        """年度-課-連番-履歴番号, '' before registration (DOMAIN §3)."""
        return f"{self.number}-{self.revision_number:02d}" if self.number else ""

    @property
    def levels(self) -> list[Level]:
        """The levels in force, in the order of the axes."""
        return [level for level in (self.level_1, self.level_2, self.level_3) if level]

    @property
    def reads_recorded(self) -> bool:
        """Must history know who looked at this? (機密性3 and the like, as the scheme says)"""
        return any(level.reads_recorded for level in self.levels)
