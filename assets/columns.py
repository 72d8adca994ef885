"""The columns of the ledger: one table that form, list, history, import and export all read.

Keys, headers and the required nine follow DOMAIN §3; `{words}` in a header are the body's. The headers of
other workbooks are in assets.headers.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from django.db import models

from assets import choices
from assets.segments import Segment
from registry.organization.vocabulary import said

OF_THE_SCREEN = "登録の状態"  # a header of our own workbooks that is no column


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
    OTHER_DEPARTMENT = "other-department"
    POST = "post"
    SYSTEM = "system"
    HOLDERS = "holders"
    APPLIED = "applied"
    DERIVED = "derived"


RELATED = frozenset({Kind.LEVEL, Kind.APPLIED, Kind.DEPARTMENT, Kind.POST, Kind.SYSTEM})


class Section(Enum):
    """The parts of a page, in their order: what they are called there, and what the form asks."""

    IDENTITY = "{asset}", "何の{asset}ですか"
    OWNER = "責任を持つ組織と職", "だれが責任を持ちますか"
    CLASSIFICATION = "分類と取扱い", "どのくらい大切ですか(分類)"
    PERSONAL = "個人情報", "個人情報が入っていますか"
    PLACE = "保管とネットワーク", "どこに、どう保管していますか"
    RETENTION = "保存と廃棄", "いつまで保存しますか"
    OUTSOURCING = "委託・{external_service}", "委託や{external_service}を使っていますか"
    RISK = "リスクと対策", "どんな危険があり、どう備えていますか"
    REMARKS = "備考", "そのほか"

    def __init__(self, title: str, question: str) -> None:
        self.written = title, question

    @property
    def title(self) -> str:
        return said(self.written[0])

    @property
    def question(self) -> str:
        return said(self.written[1])

    @property
    def code(self) -> str:
        """How it is stored and addressed."""
        return self.name.lower()


@dataclass(frozen=True)
class Options:
    """The value list of a body's own column, as the choices of Django: (code, label, can it be chosen today)."""

    rows: tuple[tuple[str, str, bool], ...]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(code, label) for code, label, _ in self.rows]

    @property
    def values(self) -> list[str]:
        return [code for code, _, _ in self.rows]


@dataclass(frozen=True)
class Column:
    """One column: key (stable), header in the standard words, how it is stored, where it stands in the form.

    `own` is the key of the row that defines a column of this body; 0 for the canonical ones. `field` is '' where the
    asset's own table has no such column.
    """

    key: str
    text: str
    kind: Kind
    section: Section
    field: str = ""
    choices: type[models.Choices] | Options | None = None
    required: bool = False
    main: bool = False
    max_length: int = 200
    width: float = 14
    help: str = ""
    own: int = 0
    retired: bool = False
    synonyms: tuple[str, ...] = ()

    @property
    def offered(self) -> list[tuple[Any, str]]:
        """(code, label) of what can be chosen today."""
        if isinstance(self.choices, Options):
            return [(code, label) for code, label, offered in self.choices.rows if offered]
        return list(self.choices.choices) if self.choices else []

    @property
    def label(self) -> str:
        """The header, in the words of the body."""
        return said(self.text)

    @cached_property
    def attribute(self) -> str:
        """The model attribute that holds the plain value (the key of a related row, not the row)."""
        return f"{self.field}_id" if self.kind in RELATED else self.field

    @cached_property
    def labels(self) -> dict[Any, str]:
        """code → what is called so, of everything that was ever offered."""
        return {code: str(label) for code, label in self.choices.choices} if self.choices else {}

    @property
    def first(self) -> bool:
        """Stands in the short form that everybody fills in; the rest waits under 「くわしい項目」."""
        return self.required or self.main

    @property
    def editable(self) -> bool:
        return self.kind not in {Kind.DERIVED, Kind.APPLIED}


def _(key: str, text: str, kind: Kind, section: Section, **facts: object) -> Column:
    field = {Kind.DERIVED: "", Kind.DEPARTMENT: "department"}.get(kind, key)
    return Column(key, text, kind, section, **{"field": field, **facts})  # type: ignore[arg-type]


_T, _L, _C, _Y, _I, _D = Kind.TEXT, Kind.LONG, Kind.CHOICE, Kind.YESNO, Kind.INTEGER, Kind.DATE
_ID, _OWN, _CLS, _PI = Section.IDENTITY, Section.OWNER, Section.CLASSIFICATION, Section.PERSONAL
_PL, _RT, _OUT, _RSK, _RM = Section.PLACE, Section.RETENTION, Section.OUTSOURCING, Section.RISK, Section.REMARKS

COLUMNS: tuple[Column, ...] = (
    _("asset_no", "資産番号", Kind.DERIVED, _ID, width=18),
    _("name", "{asset}名称", _T, _ID, required=True, width=34, help="台帳や書類に書いてある正式な名前を入れます。"),
    _("asset_type", "資産種別", _C, _ID, choices=choices.AssetType, required=True, width=16),
    _("description", "概要", _L, _ID, main=True, width=36, help="何のための、どんな情報かを一、二行で。"),
    _("business", "業務名", _T, _ID, width=18, help="例: 固定資産税の賦課"),
    _(
        "system",
        "{system}名",
        Kind.SYSTEM,
        _ID,
        width=22,
        help="この情報を扱う{system}(台帳に登録されたもの)。",
    ),
    _(
        "shared",
        "他{section}からの選択",
        _Y,
        _ID,
        width=10,
        help="「有」にすると、ほかの{section}も保管・搭載先や{system}として選べます(見えるのは名称と番号だけです)。",
    ),
    _("organ", "{organ}", Kind.DERIVED, _OWN, width=14),
    _("department", "{division}", Kind.DERIVED, _OWN, width=16),
    _("section", "所管{section}", Kind.DEPARTMENT, _OWN, required=True, width=18),
    _("unit", "係", _T, _OWN, max_length=100, width=12),
    _("sec_responsible", "{director}", Kind.POST, _OWN, width=18),
    _(
        "sec_manager",
        "{manager}",
        Kind.POST,
        _OWN,
        required=True,
        width=18,
        help="人ではなく職で登録します。",
    ),
    _("sys_manager", "{system_manager}", Kind.POST, _OWN, width=18),
    _("staff", "担当者", _T, _OWN, max_length=100),
    _("contact", "連絡先", _T, _OWN, max_length=100, help="内線番号など"),
    _("confidentiality", "機密性", Kind.LEVEL, _CLS, field="level_1", required=True, width=16),
    _("integrity", "完全性", Kind.LEVEL, _CLS, field="level_2", required=True, width=14),
    _("availability", "可用性", Kind.LEVEL, _CLS, field="level_3", required=True, width=14),
    _("confidentiality_applied", "機密性(適用値)", Kind.APPLIED, _CLS, field="applied_1", width=16),
    _("integrity_applied", "完全性(適用値)", Kind.APPLIED, _CLS, field="applied_2", width=14),
    _("availability_applied", "可用性(適用値)", Kind.APPLIED, _CLS, field="applied_3", width=14),
    _(
        "deviation",
        "適用値の根拠",
        _C,
        _CLS,
        choices=choices.Deviation,
        width=20,
        help="保管・搭載している{asset}の分類より低くするとき、またはまとまることで高くするときに選びます。",
    ),
    _("deviation_reason", "適用値の理由", _L, _CLS, width=26, help="低くしてよい(高くする)わけを書きます。"),
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
    _(
        "holders",
        "保管・搭載先",
        Kind.HOLDERS,
        _PL,
        field="holder_keys",
        width=26,
        help="この{asset}を保管・搭載しているもの(台帳に登録された{system}・媒体・施設)。いくつでも選べます。",
    ),
    _("storage_method", "保管方法", _T, _PL, width=18, help="例: 施錠できる書庫"),
    _("encrypted", "暗号化", _Y, _PL, width=8),
    _("backup", "バックアップ", _C, _PL, choices=choices.Backup, width=12),
    _("retention", "保存期間", _C, _RT, choices=choices.Retention, width=10),
    _("retention_base", "完結日・取得日", _D, _RT, width=16, help="この日のあとの起算日から、保存期間を数えます。"),
    _(
        "disposal_due",
        "廃棄予定日",
        _D,
        _RT,
        width=16,
        help="保存期間の最後の日です。空欄なら、保存期間と完結日・取得日から計算します。",
    ),
    _("due_reason", "廃棄予定日の理由", _T, _RT, width=20, help="計算と違う廃棄予定日にするときに書きます。"),
    _("disposal_method", "廃棄方法", _C, _RT, choices=choices.Disposal, width=14),
    _(
        "disposed_on",
        "廃棄日",
        _D,
        _RT,
        width=16,
        help="この台帳に載せる前に廃棄したものだけに書きます。これから廃棄するときは、登録してから廃棄を申請します。",
    ),
    _("outsourced", "委託の有無", _Y, _OUT, width=9),
    _("vendor", "{contractor}", _T, _OUT, width=20),
    _("subcontract", "再委託", _T, _OUT, width=14),
    _("contract_from", "契約期間(開始)", _D, _OUT, width=16),
    _("contract_term", "契約期間(終了)", _D, _OUT, field="contract_until", width=16),
    _("ext_service", "{external_service}区分", _C, _OUT, choices=choices.ExternalService, width=18),
    _("gov_cert", "政府評価・登録制度", _T, _OUT, width=16, help="例: ISMAP、ISMAP-LIU、JC-STAR"),
    _("data_country", "データ保存国", _T, _OUT, max_length=100, width=12),
    _("registered_on", "登録日", Kind.DERIVED, _RT, width=16),
    _("updated_on", "更新日", Kind.DERIVED, _RT, width=16),
    _("inventoried_on", "{inventory}日", _D, _RT, width=16),
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
# Short texts in which one thing is written in several ways, and texts in which 課 are named.
SPELLED = tuple(BY_KEY[key] for key in ("location", "vendor", "business", "unit"))
PLACED = tuple(BY_KEY[key] for key in ("access_scope", "flows", "location", "contact", "pi_desk"))
LEVELS = tuple(column for column in COLUMNS if column.kind is Kind.LEVEL)
APPLIED = tuple(column for column in COLUMNS if column.kind is Kind.APPLIED)
