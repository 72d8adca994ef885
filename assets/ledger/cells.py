"""Reading one cell of a workbook as the value of a column, or saying in a sentence why it cannot be."""

import datetime as dt
import difflib
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from assets.body_columns import columns_of_body
from assets.checking import CLEAR, DITTO, MOST, text_problems
from assets.classification import named
from assets.columns import Column, Kind
from assets.forms.asset import ROLE_OF_POST_COLUMN
from assets.forms.holders import SEPARATORS, ways_to_say
from assets.ledger.level_words import LevelWords
from assets.models import Asset
from assets.models.asset import HOLDING_TYPES
from assets.models.classification import Classification
from assets.models.scheme import Axis
from assets.segments import SYNONYMS as SEGMENT_WORDS
from registry.base.fiscal import parse_date, wareki
from registry.base.text import fold, tidy
from registry.organization.access import departments_where
from registry.organization.models import Department, Post, User
from registry.organization.models.post import PostQuerySet
from registry.organization.roles import Permission
from registry.organization.succession import names_of_successors
from registry.organization.vocabulary import said, word

YES = frozenset({"○", "〇", "◯", "有", "あり", "はい", "1", "✓", "✔", "レ", "true", "yes", "要"})
NO = frozenset({"×", "✕", "無", "なし", "いいえ", "0", "-", "－", "false", "no", "不要"})


NAMED_BY = ("pk", "name", "number", "revision_number", "asset_type")


class CellError(Exception):
    """The cell cannot be read; str() says why and what to do."""


class Reader:
    """Everything that names in cells are looked up in, read once per import."""

    def __init__(self, user: User, classification: Classification, axes: list[Axis]) -> None:
        """axes: those of the schemes this person may see assets of, for the names of the columns."""
        columns = columns_of_body().all
        self.names = {column.key: column.label for column in columns} | {c.key: n for c, n in named(columns, axes)}
        self.levels = LevelWords(classification)
        self.departments = _departments(user)
        self.elsewhere = _elsewhere(self.departments)
        self._organs = {one.pk: one.organ_id for found in self.departments.values() for one in found}
        self.posts = {
            key: _posts(Post.objects.current().with_role(*roles)) for key, roles in ROLE_OF_POST_COLUMN.items()
        }
        self.systems: dict[str, list[Asset]] = defaultdict(list)
        self.holders: dict[str, list[Asset]] = defaultdict(list)
        for asset in Asset.objects.offered_to(user).listed().filter(asset_type__in=HOLDING_TYPES).only(*NAMED_BY):
            for spelt in ways_to_say(asset):
                self.holders[spelt].append(asset)
                if asset.asset_type == "system":
                    self.systems[spelt].append(asset)

    def organ_of(self, raw: Any) -> int | None:
        """The organ of the department that a cell names (or is the key of), as far as it can be told."""
        if isinstance(raw, int) and raw in self._organs:
            return self._organs[raw]
        organs = {department.organ_id for department in self.departments.get(fold(written_in(raw)), [])}
        return organs.pop() if len(organs) == 1 else None

    def is_foreign(self, key: str, values: Mapping[str, Any], organ: int | None) -> bool:
        """Does this column hold a level of another scheme than the organ's?"""
        column = columns_of_body().by_key[key]
        return column.kind is Kind.LEVEL and self.levels.classification.is_foreign(values.get(key), organ)

    def read(self, column: Column, raw: Any, organ: int | None = None) -> Any:  # noqa: C901, PLR0911, PLR0912 — a table of kinds
        """The JSON value of a cell; None when it is blank. Levels are those of the organ's scheme. Raises CellError."""
        written = written_in(raw)
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
                return self._level(column, written, organ)
            case Kind.DEPARTMENT:
                return self._department(written)
            case Kind.POST:
                return _only(self.posts[column.key] if column.field else self.all_posts, written, "職")
            case Kind.OTHER_DEPARTMENT:
                return _only(self.all_departments, written, said("{section}"))
            case Kind.SYSTEM:
                return _only(self.systems, written, word("system"))
            case Kind.HOLDERS:
                names = filter(None, map(str.strip, SEPARATORS.split(written)))
                return list(dict.fromkeys(_only(self.holders, name, "保管・搭載先") for name in names))
        raise KeyError(column.kind)

    @functools.cached_property
    def all_posts(self) -> dict[str, list[Post]]:
        return _posts(Post.objects.current())

    @functools.cached_property
    def all_departments(self) -> dict[str, list[Department]]:
        return _named(Department.objects.current())

    def _level(self, column: Column, written: str, organ: int | None) -> int:
        if level := self.levels.meant(column, written, organ):
            return level.pk
        shorts = dict.fromkeys(level.short for level in self.levels.now(column, organ).values())
        raise CellError(f"「{written}」は使えません。{'、'.join(shorts)} から選んでください。")

    def _department(self, written: str) -> int:
        """Which departments there are is open to everyone; which of them are theirs is what a hint must not mix up."""
        if fold(written) not in self.departments and (reason := self.elsewhere.get(fold(written))):
            raise CellError(f"「{written}」は{reason}登録できる{word('section')}を書いてください。")
        return _only(self.departments, written, word("section"))


def _posts(offered: PostQuerySet) -> dict[str, list[Post]]:
    """The posts that the form would offer, by everything they may be called."""
    found: dict[str, list[Post]] = defaultdict(list)
    for post in offered.select_related("department"):
        found[fold(post.title)].append(post)
        for place in (post.department.name, post.department.full_name):
            found[fold(place + post.title)].append(post)
    return found


def _departments(user: User) -> dict[str, list[Department]]:
    mine = departments_where(user, Permission.EDIT_ASSETS)
    return _named(Department.objects.current().in_scope().filter(pk__in=mine))


def _named(offered: Iterable[Department]) -> dict[str, list[Department]]:
    found: dict[str, list[Department]] = defaultdict(list)
    for department in offered:
        for name in {department.name, department.full_name, department.code} - {""}:
            found[fold(name)].append(department)
    return found


def _elsewhere(mine: dict[str, list[Department]]) -> dict[str, str]:
    """Names and codes of departments nothing can be registered in by this person → why not."""
    today, theirs = timezone.localdate(), {department.pk for found in mine.values() for department in found}
    reasons: dict[str, str] = {}
    after = names_of_successors()
    for department in Department.objects.real().exclude(pk__in=theirs).order_by("-valid_from"):
        if department.valid_until and department.valid_until < today:
            heir = f"いまは「{after[department.pk]}」です。" if department.pk in after else ""
            reason = f"{wareki(department.valid_until)}で廃止されています。{heir}"
        elif department.excluded:
            reason = said("台帳の{out_of_scope}です。")
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


def written_in(raw: Any) -> str:
    """What a cell says as text, tidied."""
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
    known: dict[str, Any] = {fold(str(code)): code for code, _ in column.offered}
    known.update({fold(str(label)): code for code, label in column.offered})
    if column.key == "segment":
        known.update({fold(word): segment.value for segment, words in SEGMENT_WORDS.items() for word in words})
    if fold(written) in known:
        return known[fold(written)]
    raise CellError(
        f"「{written}」は使えません。{'、'.join(str(label) for _, label in column.offered)} から選んでください。"
    )


def _yes_no(written: str) -> bool:
    if fold(written) in {fold(word) for word in YES}:
        return True
    if fold(written) in {fold(word) for word in NO}:
        return False
    raise CellError(f"「{written}」は使えません。有 か 無 を入れてください。")


def _integer(written: str) -> int:
    digits = fold(written).replace(",", "")
    if digits.isascii() and digits.isdecimal() and len(digits) <= len(str(MOST)) and int(digits) <= MOST:
        return int(digits)
    raise CellError(f"「{written}」は数として読めません。{MOST:,}までの、0以上の数字だけを入れてください。")


def _date(raw: Any, written: str) -> str:
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat()
    if isinstance(raw, dt.date):
        return raw.isoformat()
    try:
        return parse_date(written).isoformat()
    except ValueError as problem:
        raise CellError(str(problem)) from problem
