"""The columns of the ledger: one table that form, list, history, import and export all read.

Keys, headers and the required nine follow DOMAIN §3; the header synonyms stand in column_synonyms.json.
"""

import functools
import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from django.db import models

from assets import choices
from assets.segments import Segment


class Kind(Enum):
    """How a column is stored, asked for and written."""

    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    YESNO = "yesno"
    INTEGER = "integer"
    SCALE = "scale"
    DATE = "date"
    LEVEL = "level"
    DEPARTMENT = "department"
    POST = "post"
    SYSTEM = "system"
    DERIVED = "derived"


class Section(Enum):
    """The parts of a page, in their order: what they are called there, and what the form asks."""

    IDENTITY = "情報資産", "何の情報資産ですか"
    OWNER = "責任を持つ組織と職", "だれが責任を持ちますか"
    CLASSIFICATION = "分類と取扱い", "どのくらい大切ですか(分類)"
    PERSONAL = "個人情報", "個人情報が入っていますか"
    PLACE = "保管とネットワーク", "どこに、どう保管していますか"
    RETENTION = "保存と廃棄", "いつまで保存しますか"
    OUTSOURCING = "委託・外部サービス", "委託や外部サービスを使っていますか"
    RISK = "リスクと対策", "どんな危険があり、どう備えていますか"
    REMARKS = "備考", "そのほか"

    def __init__(self, title: str, question: str) -> None:
        self.title = title
        self.question = question


@dataclass(frozen=True)
class Column:
    """One column: key (stable), header (exact term), how it is stored, where it stands in the form."""

    key: str
    label: str
    kind: Kind
    section: Section
    field: str = ""
    choices: type[models.Choices] | None = None
    required: bool = False
    main: bool = False
    max_length: int = 200
    width: float = 14
    help: str = ""

    @property
    def first(self) -> bool:
        """Stands in the short form that everybody fills in; the rest waits under 「くわしい項目」."""
        return self.required or self.main

    @property
    def editable(self) -> bool:
        return self.kind is not Kind.DERIVED


def _(key: str, label: str, kind: Kind, section: Section, **facts: object) -> Column:
    field = {Kind.DERIVED: "", Kind.DEPARTMENT: "department"}.get(kind, key)
    return Column(key, label, kind, section, **{"field": field, **facts})  # type: ignore[arg-type]


_T, _L, _C, _Y, _I, _D = Kind.TEXT, Kind.LONG, Kind.CHOICE, Kind.YESNO, Kind.INTEGER, Kind.DATE
_ID, _OWN, _CLS, _PI = Section.IDENTITY, Section.OWNER, Section.CLASSIFICATION, Section.PERSONAL
_PL, _RT, _OUT, _RSK, _RM = Section.PLACE, Section.RETENTION, Section.OUTSOURCING, Section.RISK, Section.REMARKS

COLUMNS: tuple[Column, ...] = (
    _("asset_no", "資産番号", Kind.DERIVED, _ID, width=18),
    _("name", "情報資産名称", _T, _ID, required=True, width=34, help="台帳や書類に書いてある正式な名前を入れます。"),
    _("asset_type", "資産種別", _C, _ID, choices=choices.AssetType, required=True, width=16),
    _("description", "概要", _L, _ID, main=True, width=36, help="何のための、どんな情報かを一、二行で。"),
    _("business", "業務名", _T, _ID, width=18, help="例: 固定資産税の賦課"),
    _(
        "system",
        "情報システム名",
        Kind.SYSTEM,
        _ID,
        width=22,
        help="この情報を扱う情報システム(台帳に登録されたもの)。",
    ),
    _("organ", "実施機関", Kind.DERIVED, _OWN, width=14),
    _("department", "部局", Kind.DERIVED, _OWN, width=16),
    _("section", "所管課", Kind.DEPARTMENT, _OWN, required=True, width=18),
    _("unit", "係", _T, _OWN, max_length=100, width=12),
    _("sec_responsible", "情報セキュリティ責任者", Kind.POST, _OWN, width=18),
    _(
        "sec_manager",
        "情報セキュリティ管理者",
        Kind.POST,
        _OWN,
        required=True,
        width=18,
        help="人ではなく職で登録します。",
    ),
    _("sys_manager", "情報システム管理者", Kind.POST, _OWN, width=18),
    _("staff", "担当者", _T, _OWN, max_length=100),
    _("contact", "連絡先", _T, _OWN, max_length=100, help="内線番号など"),
    _("confidentiality", "機密性", Kind.LEVEL, _CLS, field="level_1", required=True, width=16),
    _("integrity", "完全性", Kind.LEVEL, _CLS, field="level_2", required=True, width=14),
    _("availability", "可用性", Kind.LEVEL, _CLS, field="level_3", required=True, width=14),
    _("importance", "重要性分類", Kind.DERIVED, _CLS, width=10),
    _("class_reason", "分類理由", _L, _CLS, main=True, width=30),
    _("handling", "取扱制限", _L, _CLS, main=True, width=30, help="分類から決まる取扱制限です。一行に一つ書きます。"),
    _("takeout", "外部持ち出し", _C, _CLS, choices=choices.Takeout, width=12),
    _("rto", "復旧目標時間", _I, _CLS, field="rto_hours", help="止まってから何時間以内に戻すか(時間)"),
    _("pi", "個人情報", _Y, _PI, width=9),
    _("pi_sensitive", "要配慮個人情報", _Y, _PI, width=9),
    _("pi_ordinance", "条例要配慮個人情報", _Y, _PI, width=9),
    _(
        "pi_mynumber",
        "特定個人情報",
        _Y,
        _PI,
        width=9,
        help="個人番号(マイナンバー)を含む個人情報です。番号そのものは書きません。",
    ),
    _("pi_file_kind", "個人情報ファイルの種別", _C, _PI, choices=choices.FileKind, width=18),
    _("pi_count", "本人の数", _I, _PI, width=10),
    _("pi_purpose", "利用目的", _L, _PI, width=26),
    _("pi_items", "記録項目", _L, _PI, width=26),
    _("pi_scope", "記録範囲", _L, _PI, width=20),
    _("pi_source", "記録情報の収集方法", _L, _PI, width=20),
    _("pi_provide", "記録情報の経常的提供先", _L, _PI, width=20),
    _("pi_desk", "開示請求等を受理する組織の名称及び所在地", _T, _PI, width=26),
    _("segment", "ネットワーク区分", _C, _PL, choices=Segment, required=True, width=20),
    _("flows", "データ連携先", _L, _PL, width=20),
    _("sanitize", "無害化方式", _C, _PL, choices=choices.Sanitize, width=14),
    _("access_scope", "利用者範囲", _T, _PL, width=16),
    _("auth", "認証方式", _C, _PL, choices=choices.Authentication, width=14),
    _("medium", "媒体", _C, _PL, choices=choices.Medium, main=True, width=14),
    _("location", "保管場所", _T, _PL, required=True, width=22),
    _("storage_method", "保管方法", _T, _PL, width=18, help="例: 施錠できる書庫"),
    _("encrypted", "暗号化", _Y, _PL, width=8),
    _("backup", "バックアップ", _C, _PL, choices=choices.Backup, width=12),
    _("retention", "保存期間", _C, _RT, choices=choices.Retention, width=10),
    _("disposal_due", "廃棄予定日", _D, _RT, width=16),
    _("disposal_method", "廃棄方法", _C, _RT, choices=choices.Disposal, width=14),
    _("disposed_on", "廃棄日", _D, _RT, width=16),
    _("outsourced", "委託の有無", _Y, _OUT, width=9),
    _("vendor", "委託事業者", _T, _OUT, width=20),
    _("subcontract", "再委託", _T, _OUT, width=14),
    _("contract_from", "契約期間(開始)", _D, _OUT, width=16),
    _("contract_term", "契約期間(終了)", _D, _OUT, field="contract_until", width=16),
    _("ext_service", "外部サービス区分", _C, _OUT, choices=choices.ExternalService, width=18),
    _("gov_cert", "政府評価・登録制度", _T, _OUT, width=16, help="例: ISMAP、ISMAP-LIU、JC-STAR"),
    _("data_country", "データ保存国", _T, _OUT, max_length=100, width=12),
    _("registered_on", "登録日", Kind.DERIVED, _RT, width=16),
    _("updated_on", "更新日", Kind.DERIVED, _RT, width=16),
    _("inventoried_on", "棚卸日", _D, _RT, width=16),
    _("status", "状態", _C, _ID, choices=choices.Usage, width=10),
    _("threat", "脅威", _L, _RSK, width=22),
    _("vulnerability", "脆弱性", _L, _RSK, width=22),
    _("likelihood", "発生可能性", Kind.SCALE, _RSK, choices=choices.Scale, width=10),
    _("loss", "発生時の損失", Kind.SCALE, _RSK, choices=choices.Scale, width=10),
    _("risk", "リスク値", Kind.DERIVED, _RSK, width=8),
    _("controls", "対策", _L, _RSK, width=26),
    _("remarks", "備考", _L, _RM, width=26),
)
BY_KEY = {column.key: column for column in COLUMNS}
EDITABLE = tuple(column for column in COLUMNS if column.editable)
REQUIRED = tuple(column for column in COLUMNS if column.required)
LEVELS = tuple(column for column in COLUMNS if column.kind is Kind.LEVEL)


@functools.cache
def synonyms() -> dict[str, list[str]]:
    """Key → the headers under which the column is found in the workbooks of municipalities."""
    return dict(_synonym_file()["synonyms"])


@functools.cache
def ambiguous() -> frozenset[str]:
    """Headers that must be asked, never guessed."""
    return frozenset(_synonym_file()["ambiguous"])


def _synonym_file() -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).with_name("column_synonyms.json")
    found: dict[str, dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    return found
