"""The ledger goes to Excel: exactly what is on screen, labelled with its highest class, logged with its hash."""

import contextlib
import datetime as dt
import functools
import hashlib
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.utils import timezone

from assets.classification import class_label
from assets.columns import OF_THE_SCREEN, Column, Kind
from assets.extra_values import values_of
from assets.ledger.listing import Listing
from assets.ledger.workbook import Column as SheetColumn
from assets.ledger.workbook import Cover, MovedError, Tally, write_workbook
from assets.ledger.workbook_contents import SheetKind
from assets.models import Asset, Level
from assets.models.asset import HOLDING_TYPES, AssetQuerySet
from assets.states import Standing, state_words
from registry.base.fiscal import wareki_short
from registry.organization.models import Department, Post, User
from registry.organization.naming import department_names, post_names
from registry.organization.vocabulary import the_body, word

SHEET_KINDS: dict[Kind, SheetKind] = {Kind.LONG: "long", Kind.DATE: "date", Kind.INTEGER: "integer"}
DATES = frozenset({"registered_on", "updated_on"})
DERIVED_FROM = {
    "asset_no": ("number", "revision_number"),
    "organ": ("department_id",),
    "department": ("department_id",),
    "importance": ("applied_1_id", "applied_2_id", "applied_3_id"),
    "registered_on": ("registered_at",),
    "updated_on": ("updated_at",),
    "risk": ("likelihood", "loss"),
}


TRIES = 3
AT_ONCE = 2000
STATE = SheetColumn(OF_THE_SCREEN, "text", 16)


@dataclass(frozen=True)
class Export:
    """A finished workbook: the open file, its name, how many rows, its SHA-256, its label."""

    file: IO[bytes]
    filename: str
    rows: int
    sha256: str
    label: str
    conditions: str


def write(listing: Listing) -> Export:
    """Write the rows of the listing that this person may export. Rows that move meanwhile make it begin again."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(MovedError):
            return _write(listing)
    return _write(listing)


def _write(listing: Listing) -> Export:
    assets = listing.assets()
    count, registered = assets.count(), assets.filter(standing=Standing.REGISTERED).count()
    label = _label(assets)
    made_at = timezone.localtime()
    conditions = "、".join(text for _, _, text in listing.filter.in_words())
    cover = Cover(
        title=word("ledger"),
        body_name=the_body().name,
        class_label=label,
        as_of=made_at.date(),
        made_at=made_at,
        made_by=made_by(listing.user),
        conditions=conditions,
        row_count=count,
        counts=f"登録済 {registered:,}件、そのほか {count - registered:,}件" if registered < count else "",
    )
    columns = [STATE, *(_sheet_column(column, listing) for column in listing.columns)]
    rows = _Reader(listing).rows(assets.order_by(*listing.order.names(reverse=False)))
    return packed(cover, columns, rows, lambda: _check_label(assets, label), _tally(listing))


def _tally(listing: Listing) -> Tally | None:
    """The groups of the listing with their counts, as a sheet of their own."""
    grouping = listing.grouping
    if grouping is None:
        return None
    groups = [*grouping.groups(), grouping.total()]
    lines = tuple((g.label, (g.count, g.registered, g.count - g.registered), g.is_sum) for g in groups)
    return Tally((grouping.label, "件数", "うち登録済", "そのほか"), lines)


def made_by(user: User) -> str:
    """Who takes the ledger out, as the cover says it: post and name."""
    return f"{user.post_label()} {user.name}".strip()


def packed(
    cover: Cover,
    columns: list[SheetColumn],
    rows: Iterable[list[Any]],
    check: Callable[[], None] | None = None,
    tally: Tally | None = None,
) -> Export:
    """The workbook as a file ready to be sent, with its name and hash; what `check` raises throws it away."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 — the answer closes it once it is sent
    try:
        write_workbook(file, cover, columns, rows, tally)
        if check:
            check()
    except ValueError:
        file.close()
        raise
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    parts = [cover.title.replace(" ", "_"), cover.body_name, cover.class_label, wareki_short(cover.as_of)]
    name = "_".join(filter(None, parts)) + ".xlsx"
    return Export(file, name, cover.row_count, digest, cover.class_label, cover.conditions)


def _label(assets: AssetQuerySet) -> str:
    levels = Level.objects.filter(axis__slot=1, pk__in=assets.values("applied_1_id").distinct())
    return class_label(levels.select_related("axis"))


def _check_label(assets: AssetQuerySet, written: str) -> None:
    """The label was written before the rows were; ValueError when one of them has been classed anew meanwhile."""
    if _label(assets) != written:
        raise MovedError("出力しているあいだに分類が変わりました。もう一度出力してください。")


def _sheet_column(column: Column, listing: Listing) -> SheetColumn:
    choices: tuple[str, ...] = ()
    if column.kind in {Kind.CHOICE, Kind.SCALE}:
        choices = tuple(str(label) for _, label in column.offered)
    elif column.kind is Kind.YESNO:
        choices = ("有", "無")
    elif column.kind is Kind.LEVEL:
        shown = [axis for axis in listing.axes if axis.slot == int(column.field[-1])]
        choices = tuple(level.label for axis in shown for level in axis.levels.all())
    plain: SheetKind = "date" if column.key in DATES else SHEET_KINDS.get(column.kind, "text")
    kind: SheetKind = "choice" if choices else plain
    return SheetColumn(listing.header(column), kind, column.width, choices, column.required)


class _Reader:
    """Reads plain columns in one query and turns them into cells: a hundred thousand rows need no model instances."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.departments = {d.pk: d for d in Department.objects.select_related("organ")}
        self.levels = {level.pk: level for level in Level.objects.all()}
        self.names: list[str] = ["pk"]
        self.own = [column for column in listing.columns if column.own]
        self.said: dict[int, dict[str, Any]] = {}
        self.cells = [self._state(), *(self._cell(column) for column in listing.columns)]

    def rows(self, assets: Any) -> Iterator[list[Any]]:
        cells = self.cells
        every = assets.values_list(*self.names).iterator(chunk_size=AT_ONCE)
        while part := list(itertools.islice(every, AT_ONCE)):
            self.said = values_of((raw[0] for raw in part), self.own)
            for raw in part:
                yield [cell(raw) for cell in cells]

    def _at(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def _state(self) -> Callable[[tuple[Any, ...]], Any]:
        standing, proposal, kind = map(self._at, ("standing", "open_proposal__state", "open_proposal__kind"))
        return lambda raw: state_words(raw[standing], raw[proposal], raw[kind])[0]

    def _cell(self, column: Column) -> Callable[[tuple[Any, ...]], Any]:
        if column.kind is Kind.DERIVED:
            return self._derived(column.key)
        if column.kind is Kind.HOLDERS:
            at, labels = self._at("holder_keys"), _Labels()
            return lambda raw: "、".join(labels[key] for key in raw[at])
        if column.kind is Kind.SYSTEM:
            at = self._at("system__name")
            return lambda raw: raw[at] or ""
        words = self._words(column)
        if column.own:
            return self._own(column.key, words)
        at = self._at(column.attribute)
        if words is None:
            return lambda raw: raw[at]
        return lambda raw: words.get(raw[at], "")

    def _own(self, key: str, words: dict[Any, str] | None) -> Callable[[tuple[Any, ...]], Any]:
        if words is None:
            return lambda raw: self.said.get(raw[0], {}).get(key)
        return lambda raw: words.get(self.said.get(raw[0], {}).get(key), "")

    @functools.cached_property
    def _posts(self) -> dict[int, str]:
        return post_names(Post.objects.select_related("department"))

    def _words(self, column: Column) -> dict[Any, str] | None:  # noqa: PLR0911 — a table of kinds, one line each
        match column.kind:
            case Kind.YESNO:
                return {True: "有", False: "無"}
            case Kind.CHOICE | Kind.SCALE:
                return {code: str(label) for code, label in (column.choices.choices if column.choices else [])}
            case Kind.LEVEL | Kind.APPLIED:
                return {key: level.label for key, level in self.levels.items()}
            case Kind.POST:
                return self._posts
            case Kind.OTHER_DEPARTMENT:
                return department_names([(d.pk, d.name, d.full_name) for d in self.departments.values()])
            case Kind.DEPARTMENT:
                return self.listing.department_names()
        return None

    def _derived(self, key: str) -> Callable[[tuple[Any, ...]], Any]:
        at = [self._at(name) for name in DERIVED_FROM[key]]
        match key:
            case "asset_no":
                return lambda raw: f"{raw[at[0]]}-{raw[at[1]]:02d}" if raw[at[0]] else ""
            case "organ":
                return lambda raw: self.departments[raw[at[0]]].organ.name
            case "department":
                return lambda raw: self.departments[raw[at[0]]].division
            case "importance":
                return lambda raw: max((self.levels[raw[i]].severity for i in at if raw[i]), default="")
            case "risk":
                return lambda raw: raw[at[0]] * raw[at[1]] if raw[at[0]] and raw[at[1]] else ""
        return lambda raw: _day(raw[at[0]])


class _Labels(dict[int, str]):
    """Names and numbers of what can hold assets, read at once; of what became something else, one by one."""

    def __init__(self) -> None:
        holders = Asset.objects.filter(asset_type__in=HOLDING_TYPES).only("pk", "name", "number")
        super().__init__((asset.pk, asset.label) for asset in holders)

    def __missing__(self, key: int) -> str:
        self[key] = Asset.objects.get(pk=key).label
        return self[key]


def _day(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(moment) if moment else None
