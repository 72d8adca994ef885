"""Classification schemes as data: axes, levels with ranks and guided questions, read from presets and checked."""

import datetime as dt
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOLDER = Path(__file__).parent / "scheme_presets"
TONES = range(5)

T = TypeVar("T", bound="DataclassInstance")


class SchemeError(ValueError):
    """A scheme that cannot be used; ``problems`` lists every reason as a Japanese sentence."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Level:
    """One level of an axis; a higher rank is stricter. ``synonyms`` are what ledgers write for it."""

    code: str
    label: str
    short: str
    rank: int
    criterion: str
    tone: int
    examples: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()
    reads_recorded: bool = False
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

    def axis(self, code: str) -> Axis:
        """The axis with this code; ``KeyError`` when the scheme has none."""
        return {axis.code: axis for axis in self.axes}[code]


PARTS: Mapping[str, Any] = {"axes": Axis, "levels": Level, "guide": Question, "answers": Answer}
BLANKS: Mapping[Any, Any] = {str: "", int: 0, dt.date: dt.date.min, tuple: ()}


def folded(text: str) -> str:
    """``text`` as the writings of levels are compared: NFKC, without white space, casefolded."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def available_presets() -> list[tuple[str, str]]:
    """Code and name of every shipped preset, in the order of the codes."""
    return [(path.stem, str(_load(path).get("name", path.stem))) for path in sorted(FOLDER.glob("*.toml"))]


def read_preset(code: str) -> Scheme:
    """The scheme shipped under ``code``; raises ``SchemeError`` with all problems when it is missing or has faults."""
    paths = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
    if code not in paths:
        raise SchemeError([f"分類体系「{code}」はありません。{'、'.join(paths)} から選んでください。"])
    scheme, problems = _examined(_load(paths[code]), paths[code].name)
    if scheme.code != code:
        problems.append(f"{paths[code].name} の「code」: ファイル名に合わせて「{code}」にしてください。")
    if problems:
        raise SchemeError(problems)
    return scheme


def check(data: Mapping[str, Any], source: str) -> list[str]:
    """All problems of a scheme's ``data`` at once, as Japanese sentences naming ``source``, place and what to do."""
    return _examined(data, source)[1]


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemeError([f"{path.name} は読めません（{error}）。TOML の書き方を確かめてください。"]) from error


def _examined(data: Mapping[str, Any], source: str) -> tuple[Scheme, list[str]]:
    problems: list[str] = []
    scheme = _made(Scheme, data, source, problems)
    problems += _axis_faults(scheme, source)
    problems += _guide_faults(scheme, f"{source} の guide")
    if scheme.valid_until and scheme.valid_until < scheme.valid_from:
        problems.append(f"{source} の「valid_until」: 終わりの日が始まりの日より前です。日付を直してください。")
    return scheme, problems


def _made(kind: type[T], table: Mapping[str, Any], place: str, problems: list[str]) -> T:
    """An object of ``kind``: its fields are the keys that exist, and those without default are required.

    Every fault goes to ``problems``, and a blank stands in for the value, so that checking can go on.
    """
    known = {one.name: one for one in fields(kind)}
    unknown = [key for key in table if key not in known]
    problems += [f"{place} に「{key}」という項目はありません。綴りを直すか削ってください。" for key in unknown]
    values: dict[str, Any] = {}
    for name, one in known.items():
        required = one.default is MISSING and one.default_factory is MISSING
        if name in table and _fits(one.type, table[name]):
            values[name] = _converted(name, table[name], place, problems)
        elif name in table:
            problems.append(f"{place} の「{name}」の書き方が違います。同梱の分類体系にならって直してください。")
        elif required:
            problems.append(f"{place} に「{name}」がありません。書き足してください。")
        if required:
            values.setdefault(name, BLANKS[get_origin(one.type) or one.type])
    return kind(**values)


def _fits(hint: Any, value: Any) -> bool:
    """Is ``value`` written as a field of the type ``hint`` has to be?"""
    if get_origin(hint) is UnionType:
        hint = get_args(hint)[0]
    if get_origin(hint) is tuple:
        return isinstance(value, list) and all(_fits(get_args(hint)[0], item) for item in value)
    if get_origin(hint) is Mapping:
        return isinstance(value, dict) and all(_fits(get_args(hint)[1], item) for item in value.values())
    return type(value) is (dict if is_dataclass(hint) else hint)


def _converted(name: str, value: Any, place: str, problems: list[str]) -> Any:
    """A fitting value as its field holds it: lists as tuples, tables of a list as the parts they describe."""
    if isinstance(value, dict):
        return {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
    if not isinstance(value, list):
        return value
    if name not in PARTS:
        return tuple(value)
    places = [f"{place} の {name} {number}番目（{item.get('code', '')}）" for number, item in enumerate(value, 1)]
    return tuple(_made(PARTS[name], item, here, problems) for item, here in zip(value, places, strict=True))


def _axis_faults(scheme: Scheme, source: str) -> Iterator[str]:
    if not scheme.axes:
        yield f"{source} に分類軸がありません。axes を一つ以上書いてください。"
    yield from _doubles(source, "分類軸のコード", (axis.code for axis in scheme.axes))
    for axis in scheme.axes:
        place = f"{source} の分類軸「{axis.code}」"
        if not axis.levels:
            yield f"{place}に区分がありません。levels を一つ以上書いてください。"
        yield from _doubles(place, "区分のコード", (level.code for level in axis.levels))
        yield from _doubles(place, "順位（rank）", (str(level.rank) for level in axis.levels))
        yield from _doubles(place, "読替え（synonyms）", (key for level in axis.levels for key in level.writings()))
        for level in axis.levels:
            if level.tone not in TONES:
                yield f"{place}の区分「{level.code}」: tone「{level.tone}」は使えません。0から4で書いてください。"


def _guide_faults(scheme: Scheme, source: str) -> Iterator[str]:
    yield from _doubles(source, "質問のコード", (question.code for question in scheme.guide))
    earlier: dict[str, set[str]] = {}
    for question in scheme.guide:
        place = f"{source} の質問「{question.code}」"
        if len(question.answers) < 2:
            yield f"{place}の答えが足りません。二つ以上書いてください。"
        yield from _doubles(place, "答えのコード", (answer.code for answer in question.answers))
        for code, answers in question.only_if.items():
            if code not in earlier:
                yield f"{place}: only_if の質問「{code}」が前にありません。コードを直すか、先に書いてください。"
            for answer in set(answers) - earlier.get(code, set(answers)):
                yield f"{place}: only_if の答え「{answer}」は質問「{code}」にありません。コードを直してください。"
        yield from _answer_faults(scheme, question, place)
        earlier[question.code] = {answer.code for answer in question.answers}


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


def _doubles(place: str, what: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if value and times > 1:
            yield f"{place}: {what}「{value}」が{times}回出てきます。一つにしてください。"
