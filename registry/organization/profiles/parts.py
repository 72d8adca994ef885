"""What a body's profile consists of: plain frozen data, and the words and settings that exist."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.organization.roles import Role

KINDS_WITH_CODE = ("市", "町", "村", "特別区", "都道府県")
KINDS_WITHOUT_CODE = ("一部事務組合", "広域連合")

DEFAULT_WORDS: Mapping[str, str] = {
    "self": "本団体",
    "resident": "住民",
    "organ": "実施機関",
    "division": "部",
    "section": "課",
    "committee": "情報セキュリティ委員会",
    "secretariat": "事務局",
    "policy": "情報セキュリティポリシー",
    "basic_policy": "情報セキュリティ基本方針",
    "standard": "情報セキュリティ対策基準",
    "procedure": "情報セキュリティ実施手順",
    "staff": "職員等",
    "asset": "情報資産",
    "ledger": "情報資産台帳",
    "system": "情報システム",
    "outsourcing": "業務委託",
    "contractor": "委託事業者",
    "external_service": "外部サービス",
    "sns": "ソーシャルメディアサービス",
    "self_inspection": "自己点検",
    "audit": "情報セキュリティ監査",
    "incident": "情報セキュリティインシデント",
    "emergency_plan": "緊急時対応計画",
    "exception": "例外措置",
    "inventory": "棚卸",
    "out_of_scope": "対象外",
}

DECISION_STEPS: Mapping[str, str] = {
    "draft": "原案作成",
    "deliberate": "審議",
    "approve": "承認",
    "publish": "公表",
}

SETTING_CHOICES: Mapping[str, tuple[str | int | bool, ...]] = {
    "fiscal_start_month": tuple(range(1, 13)),
    "retention_from": ("next_fiscal_year", "next_calendar_year"),
    "emergency_plan": ("general", "core_and_mynumber"),
    "mynumber_guard": ("isolate", "limited_handlers"),
    "sanitizing": ("both_ways", "inbound"),
    "audit_scope": ("whole", "per_organ"),
    "procedure_scope": ("whole", "per_system"),
    "risk_on_review": (True, False),
    "terms_of_service_rule": (True, False),
    "sns_rule": (True, False),
    "violation_clause": (True, False),
}

DOCUMENT_CODES = ("basic_policy", "standard", "procedure")
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

    valid_from: dt.date
    departments: tuple[DemoDepartment, ...]
    posts: tuple[DemoPost, ...]
    people: tuple[DemoPerson, ...]
    confirmed: bool = False
    note: str = ""


@dataclass(frozen=True)
class Profile:
    """Everything in which one body differs from another."""

    key: str
    name: str
    kind: str
    scheme: str
    policy: Policy
    organs: tuple[Organ, ...]
    decision: tuple[Decision, ...]
    documents: tuple[Document, ...]
    settings: Mapping[str, Setting]
    demo: Demo
    code: str = ""
    roles: tuple[RoleTitle, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    exclusions: tuple[Exclusion, ...] = ()

    def word(self, key: str) -> str:
        """The body's own word for ``key``, else the default; ``KeyError`` for a word that does not exist."""
        return self.words.get(key, DEFAULT_WORDS[key])

    def role_title(self, code: str) -> str:
        """What the body calls the role ``code``; ``ValueError`` for a role that does not exist."""
        own = {role.code: role.title for role in self.roles}
        return own.get(code, str(Role(code).label))

    def setting(self, code: str) -> str | int | bool:
        """The body's choice for the setting ``code``; ``KeyError`` for a setting that does not exist."""
        return self.settings[code].value
