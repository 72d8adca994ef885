"""Classification schemes as data: axes, levels with ranks and guided questions, read from presets and checked."""

import datetime as dt
import functools
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.base.tables import TableError, build, doubles, load

FOLDER = Path(__file__).parent / "scheme_presets"
TONES = range(5)


class SchemeError(TableError):
    """A scheme that cannot be used."""


@dataclass(frozen=True)
class Level:
    """One level of an axis; a higher rank is stricter. ``synonyms`` are what ledgers write for it.

    ``severity`` is the rank that a level of another scheme would have to be as strict as this; 0 when it is the rank.
    """

    code: str
    label: str
    short: str
    rank: int
    criterion: str
    tone: int
    examples: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()
    reads_recorded: bool = False
    severity: int = 0
    synonyms: tuple[str, ...] = ()

    def writings(self) -> frozenset[str]:
        """Everything that means this level, folded for comparing."""
        return frozenset(folded(text) for text in (self.code, self.label, self.short, *self.synonyms) if text)


@dataclass(frozen=True)
class Axis:
    """One thing that is judged (confidentiality, integrity …), with its levels as the file lists them."""

    code: str
    label: str
    short: str
    levels: tuple[Level, ...]
    help: str = ""

    def level(self, code: str) -> Level:
        """The level with this code; ``KeyError`` when the axis has none."""
        return {level.code: level for level in self.levels}[code]

    def level_written(self, text: str) -> Level | None:
        """The level a ledger means by ``text`` (code, label or synonym; width, case and spaces do not matter)."""
        return next((level for level in self.levels if folded(text) in level.writings()), None)


@dataclass(frozen=True)
class Answer:
    """One answer to a question: the levels it asks for by axis, why, and what it says for columns of the ledger."""

    code: str
    text: str
    reason: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One question to staff; ``only_if`` names earlier questions and the answers to them that make it matter."""

    code: str
    text: str
    answers: tuple[Answer, ...]
    help: str = ""
    only_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Migration:
    """One rule for moving here: the level to propose for a level of an earlier scheme; the first that fits has the say.

    It fits where one of the ``words`` stands in name or description and all ``facts`` (yes-or-no columns) hold; without
    either it always fits. ``to`` is the axis here when it is called otherwise. ``reason`` may name the word: ``{word}``.
    """

    scheme: str
    axis: str
    old: str
    new: str
    reason: str
    to: str = ""
    words: tuple[str, ...] = ()
    facts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def always(self) -> bool:
        return not self.words and not self.facts


@dataclass(frozen=True)
class Scheme:
    """A whole scheme; ``unconfirmed`` names the parts that are the product's proposal (要確認)."""

    code: str
    name: str
    source: str
    valid_from: dt.date
    axes: tuple[Axis, ...]
    valid_until: dt.date | None = None
    unconfirmed: tuple[str, ...] = ()
    guide: tuple[Question, ...] = ()
    migration: tuple[Migration, ...] = ()

    def axis(self, code: str) -> Axis:
        """The axis with this code; ``KeyError`` when the scheme has none."""
        return {axis.code: axis for axis in self.axes}[code]


def folded(text: str) -> str:
    """``text`` as the writings of levels are compared: NFKC, without white space, casefolded."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def available_presets() -> list[tuple[str, str]]:
    """Code and name of every shipped preset, in the order of the codes."""
    return [(path.stem, str(load(path, SchemeError).get("name", path.stem))) for path in sorted(FOLDER.glob("*.toml"))]


@functools.cache
def read_preset(code: str) -> Scheme:
    """The scheme shipped under ``code``, read once; raises ``SchemeError`` with all problems when it is missing or has faults."""
    paths = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
    if code not in paths:
        raise SchemeError([f"分類体系「{code}」はありません。{'、'.join(paths)} から選んでください。"])
    scheme, problems = _examined(load(paths[code], SchemeError), paths[code].name)
    if scheme.code != code:
        problems.append(f"{paths[code].name} の「code」: ファイル名に合わせて「{code}」にしてください。")
    if problems:
        raise SchemeError(problems)
    return scheme


def check(data: Mapping[str, Any], source: str) -> list[str]:
    """All problems of a scheme's ``data`` at once, as Japanese sentences naming ``source``, place and what to do."""
    return _examined(data, source)[1]


def _examined(data: Mapping[str, Any], source: str) -> tuple[Scheme, list[str]]:
    problems: list[str] = []
    scheme = build(Scheme, data, source, problems)
    problems += _axis_faults(scheme, source)
    problems += _guide_faults(scheme, f"{source} の guide")
    problems += _migration_faults(scheme, f"{source} の migration")
    if scheme.valid_until and scheme.valid_until < scheme.valid_from:
        problems.append(f"{source} の「valid_until」: 終わりの日が始まりの日より前です。日付を直してください。")
    return scheme, problems


def _axis_faults(scheme: Scheme, source: str) -> Iterator[str]:
    if not scheme.axes:
        yield f"{source} に分類軸がありません。axes を一つ以上書いてください。"
    yield from doubles(source, "分類軸のコード", (axis.code for axis in scheme.axes))
    for axis in scheme.axes:
        place = f"{source} の分類軸「{axis.code}」"
        if not axis.levels:
            yield f"{place}に区分がありません。levels を一つ以上書いてください。"
        yield from doubles(place, "区分のコード", (level.code for level in axis.levels))
        yield from doubles(place, "順位（rank）", (str(level.rank) for level in axis.levels))
        yield from doubles(place, "読替え（synonyms）", (key for level in axis.levels for key in level.writings()))
        for level in axis.levels:
            if level.tone not in TONES:
                yield f"{place}の区分「{level.code}」: tone「{level.tone}」は使えません。0から4で書いてください。"


def _guide_faults(scheme: Scheme, source: str) -> Iterator[str]:
    yield from doubles(source, "質問のコード", (question.code for question in scheme.guide))
    earlier: dict[str, set[str]] = {}
    for question in scheme.guide:
        place = f"{source} の質問「{question.code}」"
        if len(question.answers) < 2:
            yield f"{place}の答えが足りません。二つ以上書いてください。"
        yield from doubles(place, "答えのコード", (answer.code for answer in question.answers))
        for code, answers in question.only_if.items():
            if code not in earlier:
                yield f"{place}: only_if の質問「{code}」が前にありません。コードを直すか、先に書いてください。"
            for answer in set(answers) - earlier.get(code, set(answers)):
                yield f"{place}: only_if の答え「{answer}」は質問「{code}」にありません。コードを直してください。"
        yield from _answer_faults(scheme, question, place)
        earlier[question.code] = {answer.code for answer in question.answers}


def _migration_faults(scheme: Scheme, source: str) -> Iterator[str]:
    levels = {axis.code: {level.code for level in axis.levels} for axis in scheme.axes}
    settled = set()
    for number, rule in enumerate(scheme.migration, 1):
        place, to = f"{source} {number}番目（{rule.scheme} の {rule.axis} {rule.old}）", rule.to or rule.axis
        if to not in levels:
            yield f"{place}: 分類軸「{to}」はありません。コードを直してください。"
        elif rule.new not in levels[to]:
            yield f"{place}: 「{to}」に区分「{rule.new}」はありません。直してください。"
        if not rule.reason:
            yield f"{place}: 提案の理由がありません。reason を書いてください。"
        if (rule.scheme, rule.axis, rule.old, to) in settled:
            yield f"{place}: いつも当てはまる規則の後ろにあるので、使われません。前に置いてください。"
        settled |= {(rule.scheme, rule.axis, rule.old, to)} if rule.always else set()


def _answer_faults(scheme: Scheme, question: Question, place: str) -> Iterator[str]:
    levels = {axis.code: {level.code for level in axis.levels} for axis in scheme.axes}
    for answer in question.answers:
        for axis, level in answer.levels.items():
            if axis not in levels:
                yield f"{place}の答え「{answer.code}」: 分類軸「{axis}」はありません。コードを直してください。"
            elif level not in levels[axis]:
                yield f"{place}の答え「{answer.code}」: 「{axis}」に区分「{level}」はありません。直してください。"
        if answer.levels and not answer.reason:
            yield f"{place}の答え「{answer.code}」: 区分の理由がありません。reason を書いてください。"
