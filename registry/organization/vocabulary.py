"""The words of this body: what it calls the 事務局, a 課, a role. Everything a person reads takes them from here.

`word("section")` is one word, `title("manager")` the title of a role, `said("{section}の{asset}")` a whole sentence. Where a
text is made once for the whole process (labels, tables, constants) `said_later` takes the place of `said`: it speaks
when it is shown. In templates: `{% word "section" %}`, and `"{section}の{asset}"|said` for what is handed to a component.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazy

if TYPE_CHECKING:
    from registry.organization.models import Body

# Code → the standard word, and where a person meets it.
WORDS: Mapping[str, tuple[str, str]] = {
    "self": ("本団体", "文書で自らを呼ぶ言い方"),
    "resident": ("住民", "分類の質問"),
    "organ": ("実施機関", "台帳の列、組織の画面"),
    "division": ("部局", "台帳の列"),
    "section": ("課", "台帳の列「所管課」、申請や取込の案内"),
    "committee": ("情報セキュリティ委員会", "決定の流れ"),
    "secretariat": ("事務局", "管理の画面、申請や誤りの案内、役割の呼び名"),
    "policy": ("情報セキュリティポリシー", "文書"),
    "basic_policy": ("情報セキュリティ基本方針", "文書"),
    "standard": ("情報セキュリティ対策基準", "文書"),
    "procedure": ("情報セキュリティ実施手順", "文書"),
    "staff": ("職員等", "役割の呼び名"),
    "asset": ("情報資産", "台帳の列「情報資産名称」、すべての画面"),
    "ledger": ("情報資産台帳", "すべての画面の見出し、出力した台帳の表題とファイル名"),
    "system": ("情報システム", "台帳の列「情報システム名」"),
    "outsourcing": ("業務委託", "文書"),
    "contractor": ("委託事業者", "台帳の列"),
    "external_service": ("外部サービス", "台帳の列「外部サービス区分」"),
    "sns": ("ソーシャルメディアサービス", "文書"),
    "self_inspection": ("自己点検", "文書"),
    "audit": ("情報セキュリティ監査", "文書"),
    "incident": ("情報セキュリティインシデント", "文書"),
    "emergency_plan": ("緊急時対応計画", "団体の設定"),
    "exception": ("例外措置", "文書"),
    "inventory": ("棚卸", "台帳の列「棚卸日」"),
    "out_of_scope": ("対象外", "組織の画面"),
}
DEFAULT_WORDS: Mapping[str, str] = {code: standard for code, (standard, _) in WORDS.items()}

# 情報セキュリティの役割 (DOMAIN §2; 総務省ガイドライン 第2編 組織体制). 事務局 and 職員等 are words, and titles where they differ.
DEFAULT_TITLES: Mapping[str, str] = {
    "ciso": "最高情報セキュリティ責任者",
    "deputy_ciso": "副最高情報セキュリティ責任者",
    "chief": "統括情報セキュリティ責任者",
    "director": "情報セキュリティ責任者",
    "manager": "情報セキュリティ管理者",
    "system_manager": "情報システム管理者",
    "system_staff": "情報システム担当者",
    "staff": DEFAULT_WORDS["staff"],
    "secretariat": DEFAULT_WORDS["secretariat"],
    "audit_chief": "情報セキュリティ監査統括責任者",
    "auditor": "監査人",
    "external_auditor": "外部監査人",
    "csirt": "CSIRT",
    "mn_general": "総括責任者(番号法)",
    "mn_protection": "保護責任者(番号法)",
    "mn_audit": "監査責任者(番号法)",
    "mn_handler": "事務取扱担当者(番号法)",
}
STANDARD: Mapping[str, str] = {**DEFAULT_TITLES, **DEFAULT_WORDS}
PLACE = re.compile(r"\{([a-z_]+)\}")


class _Reading:
    """The body as one request or command knows it, read when first asked about."""

    @cached_property
    def body(self) -> "Body | None":
        found: Body | None = apps.get_model("organization", "Body").objects.filter(pk=1).first()
        return found

    @cached_property
    def own(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The words and titles of the body; none when the database does not answer, for that has to be said too."""
        with suppress(DatabaseError):
            return (self.body.words, self.body.role_titles) if self.body else ({}, {})
        return {}, {}

    @cached_property
    def words(self) -> Mapping[str, str]:
        return {**DEFAULT_WORDS, **self.own[0]}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        words, titles = self.own
        same = {code: words[code] for code in words.keys() & DEFAULT_TITLES.keys()}
        return {**DEFAULT_TITLES, **same, **titles}

    @cached_property
    def speakable(self) -> Mapping[str, str]:
        return {**self.titles, **self.words}


_reading: ContextVar[_Reading | None] = ContextVar("vocabulary", default=None)


def begin() -> None:
    """A request or command begins: the body is read once, when the first word is needed, and not before."""
    _reading.set(_Reading())


def end() -> None:
    """Outside of requests and commands (migrations, generated pages) the standard words hold, and nothing is read."""
    _reading.set(None)


def forget() -> None:
    """The body was changed: the next word is read anew."""
    if _reading.get() is not None:
        begin()


def body_or_none() -> "Body | None":
    """The body of this installation, None before it was set up."""
    return (_reading.get() or _Reading()).body


def the_body() -> "Body":
    """The body of this installation; raises Body.DoesNotExist before it was set up."""
    found = body_or_none()
    if found is None:
        raise apps.get_model("organization", "Body").DoesNotExist
    return found


def setting(code: str, default: str) -> str:
    """What this body decided about one of its settings; the default before it was set up."""
    body = body_or_none()
    return str(body.options.get(code, default)) if body else default


def word(code: str) -> str:
    """What this body calls something; KeyError for a word that nobody knows."""
    reading = _reading.get()
    return (reading.words if reading else DEFAULT_WORDS)[code]


def title(code: str) -> str:
    """What this body calls a role; where it renamed 事務局 or 職員等 as words, the roles are called so too."""
    reading = _reading.get()
    return (reading.titles if reading else DEFAULT_TITLES)[code]


def said(text: str) -> str:
    """A sentence with `{words}` and `{role titles}` in it, as this body says it; other braces stay as they are."""
    reading = _reading.get()
    speakable = reading.speakable if reading else STANDARD
    return PLACE.sub(lambda found: speakable.get(found[1], found[0]), text)


said_later = lazy(said, str)
title_later = lazy(title, str)


class Speaking:
    """Every request speaks the words of the body as they are when it begins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin()
        return self.get_response(request)
