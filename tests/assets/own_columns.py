"""Columns that a body adds itself, in tests: one of each kind, what is typed into it and what the ledger says then."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from assets.body_columns import columns_of_body, forget_columns
from assets.columns import Kind
from assets.extra_editing import add_column
from assets.models import Asset, ExtraColumn, ExtraOption, ExtraValue
from assets.workflow import register_directly
from tests import world
from tests.assets.pages import NEW, shown_form
from tests.assets.test_queries import PAGES

SignIn = Callable[[str], Client]
LABEL = "取扱者の区分"
ODD = "=1+1 _x000D_ 𠮷野家〜①\u3000<b>&amp;\u2028\"'"


@dataclass(frozen=True)
class Case:
    """One kind of column: what a browser sends, what the ledger says, what stands in the workbook, what finds it."""

    kind: Kind
    typed: Callable[[], str]
    said: str
    cell: Any
    finds: Callable[[], dict[str, str]]
    misses: Callable[[], dict[str, str]]
    options: tuple[str, ...] = ()


def code(label: str) -> str:
    """The code of an option as addresses and forms write it."""
    return str(next(code for code, said in own().offered if said == label))


def own() -> Any:
    """The one own column."""
    return columns_of_body().own[0]


def made(kind: Kind, label: str = LABEL, options: tuple[str, ...] = (), **facts: Any) -> ExtraColumn:
    return add_column(ExtraColumn(label=label, kind=kind.value, **facts), options, by=None)


def key(suffix: str = "") -> str:
    return f"{own().key}{suffix}"


def department(name: str) -> str:
    return str(world.department(name).pk)


CASES = {
    "text": Case(Kind.TEXT, lambda: ODD, ODD, ODD, lambda: {key(): "_X000d_ 吉野家"}, lambda: {key(): "ない"}),
    "long": Case(
        Kind.LONG,
        lambda: "一行目\n二行目",
        "一行目\n二行目",
        "一行目\n二行目",
        lambda: {key(): "二行"},
        lambda: {key(): "三"},
    ),
    "number": Case(
        Kind.INTEGER,
        lambda: "1200000000",
        "1200000000",
        1_200_000_000,
        lambda: {key("_from"): "1200000000", key("_to"): "1200000000"},
        lambda: {key("_from"): "1200000001"},
    ),
    "date": Case(
        Kind.DATE,
        lambda: "令和8年4月1日",
        "令和8年4月1日",
        dt.datetime(2026, 4, 1),  # noqa: DTZ001 — a workbook knows no zone
        lambda: {key("_from"): "2026-04-01", key("_to"): "R8.4.1"},
        lambda: {key("_to"): "2026-03-31"},
    ),
    "choice": Case(
        Kind.CHOICE,
        lambda: code("限定, する"),
        "限定, する",
        "限定, する",
        lambda: {key(): code("限定, する")},
        lambda: {key(): code("しない")},
        ("限定, する", "しない"),
    ),
    "yes or no": Case(Kind.YESNO, lambda: "no", "無", "無", lambda: {key(): "no"}, lambda: {key(): "yes"}),
    "department": Case(
        Kind.OTHER_DEPARTMENT,
        lambda: department("council"),
        "議会事務局",
        "議会事務局",
        lambda: {key(): department("council")},
        lambda: {key(): department("tax")},
    ),
    "post": Case(
        Kind.POST,
        lambda: str(world.head_of("residents").pk),
        "住民課長",
        "住民課長",
        lambda: {key(): str(world.head_of("residents").pk)},
        lambda: {key(): str(world.head_of("tax").pk)},
    ),
}


def filled_in(client: Client, typed: str, name: str = "見本の台帳") -> Asset:
    """A new entry with the own column filled in, saved as a draft through the form."""
    sent = {**shown_form(client, NEW), **as_sent(world.values(name=name)), key(): typed, "act": "save"}
    answer = client.post(NEW, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    return Asset.objects.get(name=name)


def as_sent(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def in_force(asset: Asset) -> Asset:
    """The draft, registered directly by the 事務局."""
    proposal = asset.open_proposal
    assert proposal
    return register_directly(proposal, by=world.person("secretariat"), reason="試験").asset


def names(answer: Any) -> set[str]:
    return {cell["text"] for entry in answer.context["entries"] for cell in entry["cells"] if cell["kind"] == "name"}


def facts(answer: Any) -> dict[str, str]:
    return {item["label"]: item["value"] for section in answer.context["sections"] for item in section["items"]}


TWENTY = [case.kind for case in CASES.values()] * 3


def with_values(count: int) -> None:
    """So many own columns of all kinds, and every asset says something in each."""
    for n, kind in enumerate(TWENTY[:count]):
        made(kind, f"独自の欄{n}番", ("甲", "乙") if kind is Kind.CHOICE else ())
    posts, places = [world.head_of("tax").pk, world.head_of("residents").pk], list(map(department, ("tax", "council")))
    for at_, asset in enumerate(Asset.objects.all()):
        for column in columns_of_body().own:
            said: dict[Kind, Any] = {
                Kind.INTEGER: {"number": at_},
                Kind.DATE: {"day": dt.date(2026, 4, 1)},
                Kind.YESNO: {"yes": True},
                Kind.CHOICE: {"option_id": int((column.offered or [("o0", "")])[0][0][1:])},
                Kind.OTHER_DEPARTMENT: {"department_id": places[at_ % 2]},
                Kind.POST: {"post_id": posts[at_ % 2]},
            }
            ExtraValue.objects.create(asset=asset, column_id=column.own, **said.get(column.kind, {"text": "甲"}))


def with_columns(count: int, first: Asset) -> dict[str, tuple[str, str]]:
    """The pages with that many columns in the ledger, all of them shown where columns can be chosen."""
    ExtraValue.objects.all().delete()
    ExtraOption.objects.all().delete()
    ExtraColumn.objects.all().delete()
    forget_columns()
    with_values(count)
    shown = "&".join(f"columns={column.key}" for column in columns_of_body().own)
    found = {page: (person, address(first.pk)) for page, (person, address) in PAGES.items()}
    return {page: (who, f"{where}&{shown}" if "?columns" in where else where) for page, (who, where) in found.items()}
