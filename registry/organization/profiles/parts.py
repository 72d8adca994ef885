"""What a body's profile consists of: plain frozen data, and the words and settings that exist."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS_WITH_CODE = ("市", "町", "村", "特別区", "都道府県")
KINDS_WITHOUT_CODE = ("一部事務組合", "広域連合")

DECISION_STEPS: Mapping[str, str] = {
    "draft": "原案作成",
    "deliberate": "審議",
    "approve": "承認",
    "publish": "公表",
}

# What a body chooses, and the choices in words; `{words}` in them are the body's.
SETTINGS: Mapping[str, tuple[str, Mapping[str | int | bool, str]]] = {
    "fiscal_start_month": ("年度の始まり", {month: f"{month}月" for month in range(1, 13)}),
    "retention_from": (
        "保存期間を数え始める日",
        {"next_fiscal_year": "翌年度の始まり", "next_calendar_year": "翌年の1月1日"},
    ),
    "emergency_plan": (
        "{emergency_plan}",
        {"general": "全体について定める", "core_and_mynumber": "基幹系と特定個人情報のシステムについて定める"},
    ),
    "mynumber_guard": (
        "マイナンバー利用事務系の守り方",
        {
            "isolate": "ほかの領域から分離し、持ち出しを禁じ、多要素認証を使う",
            "limited_handlers": "取扱者を限り、守られているかを点検する",
        },
    ),
    "sanitizing": ("通信の無害化", {"both_ways": "両方向で行う", "inbound": "メールやデータを取り込むときに行う"}),
    "audit_scope": ("監査の単位", {"whole": "全体で行う", "per_organ": "{organ}ごとに行う"}),
    "procedure_scope": ("{procedure}の単位", {"whole": "全体で定める", "per_system": "{system}ごとに定める"}),
    "risk_on_review": ("見直しのときのリスクの評価", {True: "発生可能性と損失で評価する", False: "定めなし"}),
    "terms_of_service_rule": ("約款による{external_service}の定め", {True: "あり", False: "なし"}),
    "sns_rule": ("{sns}の定め", {True: "あり", False: "なし"}),
    "violation_clause": ("違反したときの定め", {True: "あり", False: "なし"}),
}

EXTRA_KINDS: Mapping[str, str] = {
    "text": "文字",
    "long": "文章",
    "integer": "数",
    "date": "日付",
    "choice": "選択",
    "yesno": "有・無",
    "other-department": "{section}",
    "post": "職",
}
EXTRA_SECTIONS = (
    "identity",
    "owner",
    "classification",
    "personal",
    "place",
    "retention",
    "outsourcing",
    "risk",
    "remarks",
)
DOCUMENT_CODES = ("basic_policy", "standard", "procedure")  # each is a word
APPOINTMENT_KINDS: Mapping[str, str] = {"main": "本務", "concurrent": "兼務", "acting": "代理"}


@dataclass(frozen=True)
class Policy:
    """The policy a profile was written from: its title and the day it was set or revised."""

    title: str
    date: dt.date
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Organ:
    """A body that issues or is bound by the policy; ``autonomous`` closes it to the roles of the others."""

    code: str
    name: str
    head_title: str
    autonomous: bool = False
    issuer: str = ""
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class RoleTitle:
    """What this body calls a role, where that differs from the standard title or is stated in its policy."""

    code: str
    title: str
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """One step of the chain by which the policy is set and revised; ``title`` is who or what decides."""

    step: str
    role: str
    title: str
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class Document:
    """A document of the policy and whether the public may read it; its title is a word of the body."""

    code: str
    public: bool
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class Exclusion:
    """What the policy leaves out: an organ, or one department of it, and how it is shown in lists."""

    organ: str
    reason: str
    department: str = ""
    listed_as: str = "対象外"
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class ExtraColumn:
    """A column that this body adds to the ledger; ``kind`` and ``section`` are codes of the ledger, ``code`` is for good."""

    code: str
    label: str
    kind: str
    section: str = "remarks"
    help: str = ""
    required: bool = False
    options: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class Setting:
    """One choice of the body; not ``confirmed`` means proposed by the product, to be checked by the body."""

    value: str | int | bool
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class DemoDepartment:
    """A department of the demonstration; without ``parent`` it stands directly under its organ."""

    code: str
    name: str
    organ: str
    parent: str = ""


@dataclass(frozen=True)
class DemoPost:
    """A post in a demonstration department with the codes of the roles it carries."""

    code: str
    department: str
    title: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoAppointment:
    """A person on a post from a day on, until a day (included) if there is an end; kind 本務, 兼務 or 代理."""

    post: str
    valid_from: dt.date
    valid_until: dt.date | None = None
    kind: str = "main"


@dataclass(frozen=True)
class DemoPerson:
    """A fictitious person; a superuser administers and holds no ledger role."""

    username: str
    name: str
    appointments: tuple[DemoAppointment, ...] = ()
    active: bool = True
    superuser: bool = False
    note: str = ""


@dataclass(frozen=True)
class Demo:
    """A small organisation for demonstration, set up on ``valid_from``; departments stand parents first."""

    valid_from: dt.date = dt.date.min
    departments: tuple[DemoDepartment, ...] = ()
    posts: tuple[DemoPost, ...] = ()
    people: tuple[DemoPerson, ...] = ()
    confirmed: bool = False
    note: str = ""


@dataclass(frozen=True)
class Profile:
    """Everything in which one body differs from another; ``words_to_confirm`` says which words are a proposal, and why."""

    key: str
    name: str
    kind: str
    scheme: str
    policy: Policy
    organs: tuple[Organ, ...]
    decision: tuple[Decision, ...]
    documents: tuple[Document, ...]
    settings: Mapping[str, Setting]
    code: str = ""
    demo: Demo = field(default_factory=Demo)
    roles: tuple[RoleTitle, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    words_to_confirm: Mapping[str, str] = field(default_factory=dict)
    exclusions: tuple[Exclusion, ...] = ()
    extra_columns: tuple[ExtraColumn, ...] = ()
