"""Reading one cell of a workbook as the value of a column, or saying in a sentence why it cannot be."""

import datetime as dt
import difflib
from collections import defaultdict
from typing import Any

from django.utils import timezone

from assets.checking import text_problems
from assets.classification import named
from assets.columns import COLUMNS, LEVELS, Column, Kind
from assets.forms.asset import ROLE_OF_POST_COLUMN
from assets.models import Asset, Level
from assets.models.scheme import Axis
from assets.segments import SYNONYMS as SEGMENT_WORDS
from registry.base.fiscal import parse_date, wareki
from registry.base.text import fold, tidy
from registry.organization.access import departments_where
from registry.organization.models import Department, Post, User
from registry.organization.roles import Permission, Role

CLEAR = "(削除)"
DITTO = frozenset({"〃", "同上", "″", "々", '"', "”"})
YES = frozenset({"○", "〇", "◯", "有", "あり", "はい", "1", "✓", "✔", "レ", "true", "yes", "要"})
NO = frozenset({"×", "✕", "無", "なし", "いいえ", "0", "-", "－", "false", "no", "不要"})


class CellError(Exception):
    """The cell cannot be read; str() says why and what to do."""


class Reader:
    """Everything that names in cells are looked up in, read once per import."""

    def __init__(self, user: User, axes: list[Axis]) -> None:
        self.names = {column.key: column.label for column in COLUMNS} | {c.key: n for c, n in named(COLUMNS, axes)}
        self.levels = {column.key: _levels(axes, slot) for slot, column in enumerate(LEVELS, 1)}
        self.departments = _departments(user)
        self.elsewhere = _elsewhere(self.departments)
        self.posts = {key: _posts(roles) for key, roles in ROLE_OF_POST_COLUMN.items()}
        self.systems: dict[str, list[Asset]] = defaultdict(list)
        for asset in Asset.objects.visible_to(user).listed().filter(asset_type="system").only("pk", "name", "number"):
            self.systems[fold(asset.name)].append(asset)
            self.systems[fold(asset.number or asset.name)].append(asset)

    def read(self, column: Column, raw: Any) -> Any:  # noqa: C901, PLR0911 — a table of kinds, one line each
        """The JSON value of a cell; None when it is blank. Raises CellError."""
        written = _written(raw)
        if not written or written == CLEAR:
            return None
        if written in DITTO:
            raise CellError("「同上」の印は使えません。値そのものを入れてください。")
        match column.kind:
            case Kind.TEXT | Kind.LONG:
                return _text(column, written)
            case Kind.CHOICE | Kind.SCALE:
                return _choice(column, written)
            case Kind.YESNO:
                return _yes_no(written)
            case Kind.INTEGER:
                return _integer(written)
            case Kind.DATE:
                return _date(raw, written)
            case Kind.LEVEL:
                return self._level(column, written)
            case Kind.DEPARTMENT:
                return self._department(written)
            case Kind.POST:
                return _only(self.posts[column.key], written, "職")
            case Kind.SYSTEM:
                return _only(self.systems, written, "情報システム")
        raise KeyError(column.kind)

    def _level(self, column: Column, written: str) -> int:
        known = self.levels[column.key]
        if fold(written) in known:
            return known[fold(written)].pk
        shorts = dict.fromkeys(level.short for level in known.values())
        raise CellError(f"「{written}」は使えません。{'、'.join(shorts)} から選んでください。")

    def _department(self, written: str) -> int:
        """Which departments there are is open to everyone; which of them are theirs is what a hint must not mix up."""
        if fold(written) not in self.departments and (reason := self.elsewhere.get(fold(written))):
            raise CellError(f"「{written}」は{reason}登録できる課を書いてください。")
        return _only(self.departments, written, "課")


def _levels(axes: list[Axis], slot: int) -> dict[str, Level]:
    axis = next((axis for axis in axes if axis.slot == slot), None)
    found: dict[str, Level] = {}
    for level in axis.levels.all() if axis else []:
        for word in (level.code, level.label, level.short, *level.synonyms):
            found[fold(word)] = level
    return found


def _posts(roles: tuple[Role, ...]) -> dict[str, list[Post]]:
    """The posts that the form would offer: those that hold one of the roles today."""
    found: dict[str, list[Post]] = defaultdict(list)
    for post in Post.objects.current().with_role(*roles).select_related("department"):
        found[fold(post.title)].append(post)
        for place in (post.department.name, post.department.full_name):
            found[fold(place + post.title)].append(post)
    return found


def _departments(user: User) -> dict[str, list[Department]]:
    mine = departments_where(user, Permission.EDIT_ASSETS)
    found: dict[str, list[Department]] = defaultdict(list)
    for department in Department.objects.current().in_scope().filter(pk__in=mine):
        for name in {department.name, department.full_name, department.code} - {""}:
            found[fold(name)].append(department)
    return found


def _elsewhere(mine: dict[str, list[Department]]) -> dict[str, str]:
    """Names and codes of departments nothing can be registered in by this person → why not."""
    today, theirs = timezone.localdate(), {department.pk for found in mine.values() for department in found}
    reasons: dict[str, str] = {}
    for department in Department.objects.exclude(pk__in=theirs).order_by("-valid_from"):
        if department.valid_until and department.valid_until < today:
            reason = f"{wareki(department.valid_until)}で廃止されています。"
        elif department.excluded:
            reason = "台帳の対象外です。"
        else:
            reason = "あなたの担当ではないので、登録できません。"
        for name in {department.name, department.full_name, department.code} - {""}:
            reasons.setdefault(fold(name), reason)
    return reasons


def _only(known: dict[str, list[Any]], written: str, what: str) -> int:
    found = {item.pk: item for item in known.get(fold(written), [])}
    if len(found) == 1:
        return int(next(iter(found)))
    if found:
        names = "、".join(_described(item) for item in found.values())
        raise CellError(
            f"「{written}」という{what}は{len(found)}つあります({names})。正式名称かコードで書いてください。"
        )
    near = [] if written.isdecimal() else difflib.get_close_matches(fold(written), known, n=1, cutoff=0.65)
    hint = (
        f"「{_full_name(known[near[0]][0])}」のことなら、そのとおりに書いてください。"
        if near
        else "登録されている名前で書いてください。"
    )
    raise CellError(f"「{written}」という{what}は見つかりません。{hint}")


def _described(item: Any) -> str:
    name = _full_name(item)
    return f"{name}({item.code})" if isinstance(item, Department) and item.code else name


def _full_name(item: Any) -> str:
    """A name that can be written into the cell just so."""
    if isinstance(item, Department):
        return item.full_name
    return f"{item.department.full_name} {item.title}" if isinstance(item, Post) else str(item)


def _written(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return tidy(str(raw))


def _text(column: Column, written: str) -> str:
    if problems := text_problems(column, written):
        raise CellError(problems[0])
    return written


def _choice(column: Column, written: str) -> Any:
    if column.choices is None:
        raise KeyError(column.key)
    known: dict[str, Any] = {fold(str(label)): code for code, label in column.choices.choices}
    known.update({fold(str(code)): code for code in column.choices.values})
    if column.key == "segment":
        known.update({fold(word): segment.value for segment, words in SEGMENT_WORDS.items() for word in words})
    if fold(written) in known:
        return known[fold(written)]
    raise CellError(
        f"「{written}」は使えません。{'、'.join(str(label) for label in column.choices.labels)} から選んでください。"
    )


def _yes_no(written: str) -> bool:
    if fold(written) in {fold(word) for word in YES}:
        return True
    if fold(written) in {fold(word) for word in NO}:
        return False
    raise CellError(f"「{written}」は使えません。有 か 無 を入れてください。")


def _integer(written: str) -> int:
    digits = fold(written).replace(",", "")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 9:
        return int(digits)
    raise CellError(f"「{written}」は数として読めません。0以上の数字だけを入れてください。")


def _date(raw: Any, written: str) -> str:
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat()
    if isinstance(raw, dt.date):
        return raw.isoformat()
    try:
        return parse_date(written).isoformat()
    except ValueError as problem:
        raise CellError(str(problem)) from problem
