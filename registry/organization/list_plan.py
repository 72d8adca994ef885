"""What taking over an organisation list would do: every row with its place in the tree and what is doubtful about it."""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Q

from registry.organization.list_reading import LEVELS, ListRow
from registry.organization.models import Department, Organ, Post
from registry.organization.vocabulary import word

Names = tuple[str, ...]
HEAD_KINDS = frozenset(
    f"{deputy}{head}" for head in ("市長", "区長", "町長", "村長", "知事", "管理者") for deputy in ("", "副")
)
SECTION_KIND = "課"


class What(StrEnum):
    """What becomes of a row."""

    DEPARTMENT = "department"
    POST = "post"
    KNOWN = "known"


class Severity(StrEnum):
    """How much a finding matters: an error stops the whole list."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One sentence about one row."""

    severity: Severity
    text: str


@dataclass(eq=False)
class Item:
    """A row and what will happen to it. above: index of the row it stands under; above_known: key of a department."""

    row: ListRow
    what: What
    depth: int = 1
    above: int | None = None
    above_known: int | None = None
    known: int | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.row.path[-1] if self.row.path else ""

    def find(self, severity: Severity, text: str) -> None:
        self.findings.append(Finding(severity, text))


@dataclass(frozen=True)
class Standing:
    """The organisation as it is: of the organ the names down to each department, of the body the codes in use."""

    by_path: dict[Names, list[int]]
    parent_of: dict[int, int | None]
    code_of: dict[int, str]
    full_name_of_code: dict[str, str]
    posts: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, organ: Organ, day: dt.date) -> "Standing":
        """What exists on the day in the organ, and the codes that any department of the body uses from then on."""
        alive = Department.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))
        rows = list(
            alive.order_by("path").values("pk", "organ_id", "parent_id", "name", "code", "full_name", "valid_from")
        )
        paths: dict[int, Names] = {}
        by_path: dict[Names, list[int]] = defaultdict(list)
        for row in rows:
            if row["organ_id"] == organ.pk:
                paths[row["pk"]] = (*paths.get(row["parent_id"], ()), row["name"])
                if row["valid_from"] <= day:
                    by_path[paths[row["pk"]]].append(row["pk"])
        posts = Post.objects.filter(department__in=paths, valid_until__isnull=True)
        return cls(
            dict(by_path),
            {row["pk"]: row["parent_id"] for row in rows},
            {row["pk"]: row["code"] for row in rows},
            {row["code"]: row["full_name"] for row in rows if row["code"]},
            frozenset(posts.values_list("department_id", "title")),
        )


@dataclass(frozen=True)
class Plan:
    """Everything that would happen, row by row, in the order of the list."""

    items: tuple[Item, ...]

    @property
    def new_departments(self) -> list[Item]:
        return [item for item in self.items if item.what == What.DEPARTMENT]

    @property
    def new_posts(self) -> list[Item]:
        return [item for item in self.items if item.what == What.POST]

    @property
    def sections(self) -> list[Item]:
        """The new departments that are a 課: by their kind, or by their column where the list knows no kinds."""
        return [item for item in self.new_departments if (item.row.kind or item.row.level) == SECTION_KIND]

    def count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for item in self.items for finding in item.findings)

    @property
    def digest(self) -> str:
        """A mark of the plan: it changes when anything that would happen changes."""
        acts = [(item.row.number, item.what, item.above, item.above_known, item.known) for item in self.items]
        wrong = [item.row.number for item in self.items for finding in item.findings if finding.severity == "error"]
        return hashlib.sha256(json.dumps([acts, wrong]).encode()).hexdigest()

    def done_in_words(self) -> str:
        """What was done once the plan was carried out: 「局16、部15、課123を追加しました。」"""
        return (
            self.in_words()
            .replace("します。", "しました。")
            .replace("置きます。", "置きました。")
            .replace("変更しません。", "変更していません。")
        )

    def in_words(self) -> str:
        """The plan in numbers: 「局16、部15、課123を追加します。職6を追加します。」"""
        units = [item for item in self.new_departments if item.row.kind not in HEAD_KINDS]
        heads = "".join(f"「{item.name}」" for item in self.new_departments if item.row.kind in HEAD_KINDS)
        kinds = Counter(item.row.kind or item.row.level for item in units)
        in_order = sorted(kinds, key=lambda kind: LEVELS.index(kind) if kind in LEVELS else len(LEVELS))
        parts = ["、".join(f"{kind}{kinds[kind]:,}" for kind in in_order) + "を追加します。"] if kinds else []
        parts += [f"その頂点に{heads}を置きます。"] if heads else []
        parts += [f"職{len(self.new_posts):,}を追加します。"] if self.new_posts else []
        known = sum(item.what == What.KNOWN for item in self.items)
        parts += [f"すでにある{known:,}行は変更しません。"] if known else []
        return "".join(parts) or "追加するものはありません。"

    def by_level(self) -> list[tuple[str, int]]:
        """How many new departments stand in each column, top column first, empty columns left out."""
        counts = Counter(item.row.level for item in self.new_departments)
        return [(level, counts[level]) for level in LEVELS if counts[level]]


def plan_of(rows: tuple[ListRow, ...], standing: Standing, effective_on: dt.date) -> Plan:
    """What taking over the rows would do to the organisation as it stands; nothing is written."""
    planner = _Planner(rows, standing, effective_on)
    for row in rows:
        planner.take(row)
    planner.look_for_namesakes()
    return Plan(tuple(planner.items))


class _Planner:
    """Goes down the list once; a parent is the nearest earlier row whose names are the row's names without the last."""

    def __init__(self, rows: tuple[ListRow, ...], standing: Standing, effective_on: dt.date) -> None:
        self.rows, self.standing, self.effective_on = rows, standing, effective_on
        self.items: list[Item] = []
        self.by_path: dict[Names, list[int]] = defaultdict(list)
        self.last_row_of = {row.path: row.number for row in rows}
        self.codes = Counter(row.code for row in rows if row.code)
        self.left = {path: list(keys) for path, keys in standing.by_path.items()}

    def take(self, row: ListRow) -> None:
        item = Item(row, What.DEPARTMENT)
        self.items.append(item)
        for problem in row.problems:
            item.find(Severity.ERROR, problem)
        for doubt in row.doubts:
            item.find(Severity.WARNING, doubt)
        if not row.path:
            item.find(Severity.ERROR, "名称がありません。局から係までのどれかの列に名称を入れてください。")
            return
        self._place(item)
        if row.kind in HEAD_KINDS and row.names[-1] and len(row.path) > 1:
            self._as_post(item)
        else:
            self._as_department(item)
            self.by_path[row.path].append(len(self.items) - 1)
        self._check(item)

    def _place(self, item: Item) -> None:
        wanted = item.row.path[:-1]
        for length in range(len(wanted), 0, -1):
            if self._stand_under(item, wanted[:length]):
                if length < len(wanted):
                    self._missing(item, wanted[length], f"「{''.join(wanted[:length])}」の下に置きます。")
                return
        if wanted:
            self._missing(item, wanted[0], f"{word('organ')}の直下に置きます。")

    def _stand_under(self, item: Item, path: Names) -> bool:
        if earlier := self.by_path.get(path):
            item.above = earlier[-1]
            item.depth = self.items[item.above].depth + 1
            self._compare_codes(item, earlier)
            return True
        if known := self.standing.by_path.get(path):
            item.above_known, item.depth = known[-1], len(path) + 1
            severity = Severity.ERROR if len(known) > 1 else Severity.NOTE
            several = f"同じ名前の組織が{len(known)}つあり、上位が決まりません。上位の行も一覧に入れてください。"
            once = f"すでにある「{' '.join(path)}」の下に置きます。"
            item.find(severity, several if len(known) > 1 else once)
            return True
        return False

    def _missing(self, item: Item, name: str, done: str) -> None:
        later = self.last_row_of.get(item.row.path[:-1], 0)
        if later > item.row.number:
            text = f"上位の「{''.join(item.row.path[:-1])}」が後の{later}行目にあります。上位の行を先に並べてください。"
            item.find(Severity.ERROR, text)
        else:
            item.find(Severity.WARNING, f"上位の「{name}」が一覧にありません。{done}")

    def _compare_codes(self, item: Item, earlier: list[int]) -> None:
        """Where several rows bear the parent's name, say so when the codes point to another one than the nearest."""
        if len(earlier) < 2 or not item.row.code:
            return
        best = max(earlier, key=lambda index: (_common(item.row.code, self.items[index].row.code), index))
        if best != item.above:
            rival = self.items[best].row
            text = f"コードからは{rival.number}行目の「{item.row.path[-2]}」({rival.code})の下とも読めます。"
            item.find(Severity.WARNING, text)

    def _as_post(self, item: Item) -> None:
        item.what = What.POST
        if item.depth == 1:
            text = f"職「{item.name}」を置く組織「{item.row.path[-2]}」の行を、この行より前に入れてください。"
            item.find(Severity.ERROR, text)
        key = self._known_above(item)
        if key is not None and (key, item.name) in self.standing.posts:
            item.what = What.KNOWN
            item.find(Severity.NOTE, "すでにある職です。変更しません。")

    def _as_department(self, item: Item) -> None:
        code, above = item.row.code, self._known_above(item)
        for key in self.left.get(item.row.path, []):
            fits = not code or self.standing.code_of[key] in {"", code}
            if fits and self.standing.parent_of[key] == above:
                self.left[item.row.path].remove(key)
                item.what, item.known = What.KNOWN, key
                item.find(Severity.NOTE, "すでにある組織です。変更しません。")
                return

    def _known_above(self, item: Item) -> int | None:
        """The key of the department above, None for one that is only to come and at the top."""
        return self.items[item.above].known if item.above is not None else item.above_known

    def _check(self, item: Item) -> None:
        row, code = item.row, item.row.code
        if code and self.codes[code] > 1:
            item.find(
                Severity.ERROR, f"所属コード{code}が一覧の中に{self.codes[code]}回あります。1つに直してください。"
            )
        if item.what == What.DEPARTMENT and code in self.standing.full_name_of_code:
            used = self.standing.full_name_of_code[code]
            item.find(
                Severity.ERROR,
                f"所属コード{code}は、いまの「{used}」が使っています。名称や上位の変更は、この取込ではできません。管理で古い組織を廃止してから取り込むか、別の組織ならコードを直してください。",
            )
        if row.title and row.title != "".join(row.path):
            item.find(Severity.WARNING, f"所属名称「{row.title}」と各列の名称が一致しません。各列の名称を使います。")
        if len("".join(row.path)) + len(row.path) > 300:
            item.find(Severity.ERROR, "上位からの名称が全部で300字を超えます。短くしてください。")

    def look_for_namesakes(self) -> None:
        """Say at each row where the same name stands more than once under one parent."""
        groups: dict[tuple[int | None, int | None, str], list[Item]] = defaultdict(list)
        for item in self.items:
            if item.what != What.KNOWN and item.name:
                groups[item.above, item.above_known, item.name].append(item)
        for group in groups.values():
            codes = "、".join(item.row.code or f"{item.row.number}行目" for item in group)
            several = f"同じ上位に「{group[0].name}」が{len(group)}つあります({codes})。"
            posts = any(item.what == What.POST for item in group)
            for item in group if len(group) > 1 else []:
                done = "職の名称は1つにしてください。" if posts else "別々の組織として追加します。"
                item.find(Severity.ERROR if posts else Severity.WARNING, several + done)


def _common(one: str, other: str) -> int:
    """How many leading characters two codes share."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
