"""Roles and what they grant: one table. A role is held by a post; titles can be renamed per body."""

from dataclasses import dataclass

from django.db import models

from registry.organization.vocabulary import said_later, title_later


class Permission(models.TextChoices):
    """What can be granted on a department; the stored codes are guardian's."""

    VIEW_ASSETS = "view_assets", "情報資産を見る"
    EDIT_ASSETS = "edit_assets", "情報資産を登録・変更し申請する"
    CONFIRM_ASSETS = "confirm_assets", "申請を確認する"
    REVIEW_ASSETS = "review_assets", "分類を審査し登録する"
    REGISTER_ASSETS = "register_assets", "情報資産を直接登録する"
    EXPORT_ASSETS = "export_assets", "台帳を出力する"
    VIEW_HISTORY = "view_history", "履歴を見る"
    MANAGE_ORGANIZATION = "manage_organization", "組織・職・任命を管理する"


class Reach(models.TextChoices):
    """How far a role reaches from the department of its post."""

    UNIT = "unit", "所属とその下"
    ORGAN = "organ", said_later("所属の{organ}")
    BODY = "body", "団体全体(自律機関を除く)"


class Role(models.TextChoices):
    """情報セキュリティの役割 (DOMAIN §2; 総務省ガイドライン 第2編 組織体制); the body says what they are called."""

    CISO = "ciso", title_later("ciso")
    DEPUTY_CISO = "deputy_ciso", title_later("deputy_ciso")
    CHIEF = "chief", title_later("chief")
    DIRECTOR = "director", title_later("director")
    MANAGER = "manager", title_later("manager")
    SYSTEM_MANAGER = "system_manager", title_later("system_manager")
    SYSTEM_STAFF = "system_staff", title_later("system_staff")
    STAFF = "staff", title_later("staff")
    SECRETARIAT = "secretariat", title_later("secretariat")
    AUDIT_CHIEF = "audit_chief", title_later("audit_chief")
    AUDITOR = "auditor", title_later("auditor")
    EXTERNAL_AUDITOR = "external_auditor", title_later("external_auditor")
    CSIRT = "csirt", title_later("csirt")
    MN_GENERAL = "mn_general", title_later("mn_general")
    MN_PROTECTION = "mn_protection", title_later("mn_protection")
    MN_AUDIT = "mn_audit", title_later("mn_audit")
    MN_HANDLER = "mn_handler", title_later("mn_handler")


@dataclass(frozen=True)
class Grant:
    """What one role may do, and how far it reaches."""

    reach: Reach
    permissions: frozenset[Permission]


# 課長 who apply themselves need somebody above them to confirm: 部長, and where there is no 部, the 統括.
_VIEW, _EDIT, _CONFIRM = Permission.VIEW_ASSETS, Permission.EDIT_ASSETS, Permission.CONFIRM_ASSETS
_REVIEW, _REGISTER, _EXPORT = Permission.REVIEW_ASSETS, Permission.REGISTER_ASSETS, Permission.EXPORT_ASSETS
_HISTORY, _MANAGE = Permission.VIEW_HISTORY, Permission.MANAGE_ORGANIZATION


def _unit(*permissions: Permission) -> Grant:
    return Grant(Reach.UNIT, frozenset(permissions))


def _body(*permissions: Permission) -> Grant:
    return Grant(Reach.BODY, frozenset(permissions))


GRANTS: dict[Role, Grant] = {
    Role.CISO: _body(_VIEW, _EXPORT, _HISTORY),
    Role.DEPUTY_CISO: _body(_VIEW, _EXPORT, _HISTORY),
    Role.CHIEF: _body(_VIEW, _CONFIRM, _REVIEW, _EXPORT, _HISTORY),
    Role.DIRECTOR: _unit(_VIEW, _CONFIRM, _EXPORT),
    Role.MANAGER: _unit(_VIEW, _EDIT, _CONFIRM, _EXPORT),
    Role.SYSTEM_MANAGER: _unit(_VIEW, _EDIT, _EXPORT),
    Role.SYSTEM_STAFF: _unit(_VIEW, _EDIT),
    Role.STAFF: _unit(_VIEW, _EDIT, _EXPORT),
    Role.SECRETARIAT: _body(_VIEW, _EDIT, _REVIEW, _REGISTER, _EXPORT, _HISTORY, _MANAGE),
    Role.AUDIT_CHIEF: _body(_VIEW, _EXPORT, _HISTORY),
    Role.AUDITOR: _body(_VIEW, _EXPORT, _HISTORY),
    Role.EXTERNAL_AUDITOR: _unit(_VIEW),
    Role.CSIRT: _body(_VIEW),
    Role.MN_GENERAL: _body(_VIEW),
    Role.MN_PROTECTION: _unit(_VIEW),
    Role.MN_AUDIT: _body(_VIEW),
    Role.MN_HANDLER: _unit(_VIEW),
}

AUDITORS = frozenset({Role.AUDIT_CHIEF, Role.AUDITOR})


def reach_of(role: Role, audit_scope: str) -> Reach:
    """How far a role reaches in a body; where each 実施機関 audits itself (「per_organ」), its auditors end at it."""
    return Reach.ORGAN if role in AUDITORS and audit_scope == "per_organ" else GRANTS[role].reach
