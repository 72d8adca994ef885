"""The data files of the demonstration's assets: read, checked, and turned from words into the values of the ledger."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets import guide
from assets.body_columns import columns_of_body
from assets.checking import row_problems
from assets.classification import axes_seen_by, classification_on
from assets.columns import BY_KEY, LEVELS, Kind
from assets.ledger.cells import CellError, Reader
from assets.schemes import read_preset
from assets.values import Values
from registry.base.tables import TableError, build, doubles, item_place, load, unknown
from registry.organization.models import User
from registry.organization.profiles.parts import Profile
from registry.organization.vocabulary import said

FOLDER = Path(__file__).with_name("demo_assets")
STATES = ("draft", "submitted", "returned", "confirmed", "registered", "changing")

Written = str | int | bool | dt.date


@dataclass(frozen=True)
class DemoAsset:
    """One asset as its file has it: ``values`` and ``change`` by key of column, ``guide`` by code of question.

    ``department`` is the code of a department; the state "returned" needs a ``comment``, "changing" a ``change``.
    ``scheme`` is the earlier scheme whose levels it still carries.
    """

    name: str
    department: str
    state: str
    values: Mapping[str, Written]
    guide: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    scheme: str = ""
    change: Mapping[str, Written] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoLedger:
    """A whole file; what other assets refer to stands before them."""

    assets: tuple[DemoAsset, ...]


def read_entries(profile: Profile) -> list[tuple[str, DemoAsset]]:
    """The demonstration's assets of a profile, each with its place (file, number, name) for messages.

    Raises ``TableError`` with everything that is wrong with the shape of the file.
    """
    path = FOLDER / f"{profile.key}.toml"
    if not path.exists():
        raise TableError([f"{path.name} がありません。見本の資産のファイルを用意してください。"])
    problems: list[str] = []
    ledger = build(DemoLedger, load(path), path.name, problems)
    entries = [(item_place(path.name, number, entry), entry) for number, entry in enumerate(ledger.assets, 1)]
    problems += doubles(path.name, "名称", (entry.name for entry in ledger.assets))
    problems += [fault for place, entry in entries for fault in _faults(place, entry, profile)]
    if problems:
        raise TableError(problems)
    return entries


def _faults(place: str, entry: DemoAsset, profile: Profile) -> Iterator[str]:
    yield from unknown(place, "部署", entry.department, [one.code for one in profile.demo.departments])
    yield from unknown(place, "状態", entry.state, STATES)
    if (entry.state == "returned") != bool(entry.comment):
        yield f"{place}: comment は、状態が returned のときに、そのときだけ書いてください。"
    if (entry.state == "changing") != bool(entry.change):
        yield f"{place}: change は、状態が changing のときに、そのときだけ書いてください。"
    own = {f"x_{column.code}" for column in profile.extra_columns}
    for key in {**entry.values, **entry.change}:
        if key not in own and (key not in BY_KEY or not BY_KEY[key].editable):
            yield f"{place}: 列「{key}」には書けません。台帳の列のキーを確かめてください。"


def values_of(entry: DemoAsset, profile: Profile, *, by: User) -> Values:
    """The JSON values of a new entry as the person may write them; what ``values`` leaves out comes from the guide.

    Raises ``ValueError`` with a Japanese sentence for each word or code that means nothing.
    """
    named = {"name": entry.name, "section": entry.department}
    values = read_words({**_guided(entry, profile), **entry.values, **named}, profile, by=by, former=bool(entry.scheme))
    return {**values, "guide": dict(entry.guide)}


def read_words(written: Mapping[str, Written], profile: Profile, *, by: User, former: bool = False) -> Values:
    """Words and codes by key of column → JSON values; a post is given by its code in the profile.

    former: the levels are words of the scheme before the one in force.
    """
    reader, titles = Reader(by, classification_on(), axes_seen_by(by)), _post_titles(profile)
    reader.levels.former |= {column.key for column in LEVELS} if former else set()
    organ = reader.organ_of(written.get("section"))
    values: Values = {}
    problems: list[str] = []
    for key, raw in written.items():
        column = columns_of_body().by_key[key]
        if column.kind is Kind.POST:
            problems += unknown(f"「{reader.names[key]}」", "職", str(raw), titles)
            raw = titles.get(str(raw), "")
        try:
            values[key] = reader.read(column, raw, organ)
        except CellError as problem:
            problems.append(f"「{reader.names[key]}」: {problem}")
    problems += [sentence for sentences in row_problems(values).values() for sentence in sentences]
    if problems:
        raise TableError(problems)
    return {key: value for key, value in values.items() if value is not None}


def _post_titles(profile: Profile) -> dict[str, str]:
    departments = {department.code: department.name for department in profile.demo.departments}
    return {post.code: departments[post.department] + post.title for post in profile.demo.posts}


def _guided(entry: DemoAsset, profile: Profile) -> dict[str, Any]:
    """What the form fills in from the answers to the guide: levels, reasons, restrictions, facts."""
    if not entry.guide:
        return {}
    proposal = guide.propose(read_preset(entry.scheme or profile.scheme), entry.guide)
    levels = {column.key: one.level.code for column, one in zip(LEVELS, proposal.axes, strict=False) if one.level}
    reasons = [reason for one in proposal.axes if one.level for reason in map(said, one.reasons)]
    return {
        **levels,
        **proposal.facts,
        "class_reason": "\n".join(reasons),
        "handling": "\n".join(proposal.restrictions),
    }
