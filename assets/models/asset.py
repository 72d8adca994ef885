"""The asset: one line of the ledger, as it is in force."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assets import choices
from assets.models.classification import Classification
from assets.models.scheme import Level
from assets.segments import Segment
from assets.states import LISTED, Standing
from registry.base.constraints import choices_constraint
from registry.organization.access import departments_where
from registry.organization.models import Department, Post, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later

SLOTS = (1, 2, 3)
CALCULATED_FIELDS = tuple(f"calculated_{slot}" for slot in SLOTS)
APPLIED_FIELDS = tuple(f"applied_{slot}" for slot in SLOTS)
SOURCE_FIELDS = tuple(f"source_{slot}" for slot in SLOTS)
HOLDING_TYPES = (  # what can hold or carry other assets
    choices.AssetType.SYSTEM,
    choices.AssetType.NETWORK,
    choices.AssetType.FACILITY,
    choices.AssetType.MEDIUM,
)


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, user: User) -> Self:
        """The only door: assets of the departments on which one of the person's posts may see assets."""
        return self.where(user, Permission.VIEW_ASSETS)

    def where(self, user: User, permission: Permission) -> Self:
        return self.filter(department_id__in=departments_where(user, permission))

    def offered_to(self, user: User) -> Self:
        """What this person may name as the place of an asset: what they see, and what its 課 lets all others choose."""
        seen = Q(department_id__in=departments_where(user, Permission.VIEW_ASSETS))
        return self.filter(seen | Q(shared=True, standing=Standing.REGISTERED))

    def listed(self) -> Self:
        """What a ledger shows unless asked otherwise: not what was given up, disposed of or merged into another."""
        return self.filter(standing__in=LISTED)

    def due_by(self, day: dt.date) -> Self:
        """The registered assets whose 廃棄予定日 is this day or earlier."""
        return self.filter(standing=Standing.REGISTERED, disposal_due__lte=day)

    def to_migrate(self, classification: Classification) -> Self:
        """要移行確認: in force or on the way there, with a level of another scheme than the one its organ uses."""
        return self.alive().filter(classification.foreign())

    def alive(self) -> Self:
        """In force, or on the way there."""
        return self.filter(standing__in=[Standing.REGISTERED, Standing.UNREGISTERED])


def _text(label: str, max_length: int = 200) -> models.CharField[str, str]:
    return models.CharField(label, max_length=max_length, blank=True)


def _choice(label: str, of: type[models.TextChoices]) -> models.CharField[str, str]:
    return models.CharField(label, max_length=20, choices=of, blank=True)


def _post(label: str) -> models.ForeignKey[Post | None, Post | None]:
    return models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label)


def _level(label: str) -> models.ForeignKey[Level | None, Level | None]:
    return models.ForeignKey(Level, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label)


def _worked_out(label: str, *, asked_for: bool = False) -> models.ForeignKey[Level | None, Level | None]:
    return models.ForeignKey(
        Level, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=label, db_index=asked_for
    )


def _source(label: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=label, db_index=False
    )


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
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="absorbed", verbose_name="統合先"
    )

    name = models.CharField(said_later("{asset}名称"), max_length=200, blank=True)
    description = models.TextField("概要", blank=True)
    asset_type = _choice("資産種別", choices.AssetType)
    business = _text("業務名")
    system = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="carried")
    status = _choice("状態", choices.Usage)
    shared = models.BooleanField(said_later("他{section}からの選択"), null=True, blank=True)

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="assets", verbose_name=said_later("所管{section}")
    )
    unit = _text("係", 100)
    sec_responsible = _post(said_later("{director}"))
    sec_manager = _post(said_later("{manager}"))
    sys_manager = _post(said_later("{system_manager}"))
    staff = _text("担当者", 100)
    contact = _text("連絡先", 100)

    level_1 = _level("分類1")
    level_2 = _level("分類2")
    level_3 = _level("分類3")
    calculated_1 = _worked_out("算定値1")
    calculated_2 = _worked_out("算定値2")
    calculated_3 = _worked_out("算定値3")
    source_1 = _source("算定のもと1")
    source_2 = _source("算定のもと2")
    source_3 = _source("算定のもと3")
    applied_1 = _worked_out("適用値1", asked_for=True)
    applied_2 = _worked_out("適用値2", asked_for=True)
    applied_3 = _worked_out("適用値3", asked_for=True)
    deviation = _choice("適用値の根拠", choices.Deviation)
    deviation_reason = models.TextField("適用値の理由", blank=True)
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
    holder_keys = models.JSONField("保管・搭載先", default=list, blank=True)
    location = _text("保管場所")
    storage_method = _text("保管方法")
    encrypted = models.BooleanField("暗号化", null=True, blank=True)
    backup = _choice("バックアップ", choices.Backup)

    retention = _choice("保存期間", choices.Retention)
    retention_base = models.DateField("完結日・取得日", null=True, blank=True)
    disposal_due = models.DateField("廃棄予定日", null=True, blank=True)
    due_reason = _text("廃棄予定日の理由")
    disposal_method = _choice("廃棄方法", choices.Disposal)
    disposed_on = models.DateField("廃棄日", null=True, blank=True)
    inventoried_on = models.DateField(said_later("{inventory}日"), null=True, blank=True)

    outsourced = models.BooleanField("委託の有無", null=True, blank=True)
    vendor = _text(said_later("{contractor}"))
    subcontract = _text("再委託")
    contract_from = models.DateField("契約期間(開始)", null=True, blank=True)
    contract_until = models.DateField("契約期間(終了)", null=True, blank=True)
    ext_service = _choice(said_later("{external_service}区分"), choices.ExternalService)
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
        verbose_name = verbose_name_plural = said_later("{asset}")
        default_permissions = ()
        constraints = [
            choices_constraint("standing", Standing),
            choices_constraint("asset_type", choices.AssetType, blank=True),
            choices_constraint("segment", Segment, blank=True),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="assets_number_once"),
            models.CheckConstraint(
                condition=~Q(standing=Standing.REGISTERED) | ~Q(number=""), name="assets_registered_has_number"
            ),
            models.CheckConstraint(
                condition=~Q(standing=Standing.DISPOSED) | (Q(disposed_on__isnull=False) & ~Q(disposal_method="")),
                name="assets_disposed_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=Q(standing=Standing.MERGED, merged_into__isnull=False)
                | (~Q(standing=Standing.MERGED) & Q(merged_into__isnull=True)),
                name="assets_merged_says_into_what",
            ),
        ]
        indexes = [
            models.Index(fields=["number", "id"], name="asset_in_ledger_order"),
            models.Index(fields=["department", "number", "id"], name="asset_by_department"),
            models.Index(fields=["department", "standing"], name="asset_count_by_department"),
            models.Index(fields=["updated_at", "id"], name="asset_by_update"),
            models.Index(fields=["name", "id"], name="asset_by_name"),
            models.Index(
                fields=["disposal_due", "id"],
                name="asset_by_disposal_due",
                condition=Q(standing=Standing.REGISTERED, disposal_due__isnull=False),
            ),
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
    def label(self) -> str:
        """Name and number, so that two of one name are told apart; the number without 履歴番号, which changes."""
        return f"{self}({self.number})" if self.number else str(self)

    @property
    def held_down(self) -> bool:
        """Does a recorded reason keep the value in force at what was set, however strict the things it holds are?"""
        return self.deviation in {choices.Deviation.SPREAD, choices.Deviation.SPECIAL}

    def applied(self, slot: int) -> Level | None:
        """適用値 of an axis: the stricter of what was set and what it holds, unless a reason holds it down."""
        own: Level | None = getattr(self, f"level_{slot}")
        calculated: Level | None = getattr(self, f"calculated_{slot}")
        if own is None or calculated is None or self.held_down:
            return own or (None if self.held_down else calculated)
        return max(own, calculated, key=lambda level: (level.severity, level.rank))

    @property
    def levels(self) -> list[Level]:
        """The levels in force (適用値), in the order of the axes."""
        return [level for slot in SLOTS if (level := self.applied(slot))]

    @property
    def reads_recorded(self) -> bool:
        """Must history know who looked at this? (機密性3 and the like, as the scheme says)"""
        return any(level.reads_recorded for level in self.levels)
