"""Data files: TOML tables read as frozen dataclasses, with everything that does not fit said in Japanese, all at once."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

WRITTEN: Mapping[Any, str] = {
    str: '文字列（"…" の形）',
    int: "整数",
    bool: "true か false",
    date: "日付（2026-04-01 の形）",
    tuple: "並び（[ … ] の形）",
    Mapping: "表（項目 = 値 の形）",
}


class TableError(ValueError):
    """A data file that cannot be used; ``problems`` lists every reason as a Japanese sentence."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def load(path: Path, refusal: type[TableError] = TableError) -> dict[str, Any]:
    """The tables of the TOML file at ``path``; raises ``refusal`` when it cannot be read as UTF-8 TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refusal([f"{path.name} は読めません（{error}）。TOML の書き方を確かめてください。"]) from error


def build(kind: type[T], table: Mapping[str, Any], place: str, problems: list[str]) -> T:
    """An object of the dataclass ``kind`` from ``table``.

    The fields of ``kind`` are the keys that exist; those without default are required. Every fault is added to
    ``problems`` with ``place`` in front, and an empty value stands in for it, so that checking can go on.
    """
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}
    unknown_keys = [key for key in table if key not in known]
    problems += [f"{place} に「{key}」という項目はありません。綴りを直すか削ってください。" for key in unknown_keys]
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in table:
            values[name] = _value(hints[name], table[name], f"{place} の「{name}」", problems)
        elif field.default is MISSING and field.default_factory is MISSING:
            problems.append(f"{place} に「{name}」がありません。書き足してください。")
            values[name] = _empty(hints[name])
    return kind(**values)


def item_place(place: str, number: int, item: object) -> str:
    """Where the ``number``-th (from 1) item of a list stands, with its code or name where it has one."""
    names = item if isinstance(item, Mapping) else getattr(item, "__dict__", {})
    title = next((names[key] for key in ("code", "username", "step", "name") if names.get(key)), "")
    return f"{place} {number}番目" + (f"（{title}）" if title else "")


def unknown(place: str, what: str, value: str, allowed: Iterable[str]) -> Iterator[str]:
    """The sentence for a ``value`` that is none of those ``allowed``, with all of them; nothing for a blank one."""
    choices = tuple(allowed)
    if value and value not in choices:
        listed = "、".join(choices) or "（まだありません）"
        yield f"{place}: {what}「{value}」はありません。{listed} から選んでください。"


def doubles(place: str, what: str, values: Iterable[str]) -> Iterator[str]:
    """A sentence for each of the ``values`` that stands more than once; blank ones do not count."""
    for value, times in Counter(values).items():
        if value and times > 1:
            yield f"{place}: {what}「{value}」が{times}回出てきます。一つにしてください。"


def _value(hint: Any, value: Any, place: str, problems: list[str]) -> Any:
    """``value`` as the type ``hint`` asks for, or a fault and an empty value."""
    origin = get_origin(hint)
    if origin is UnionType:
        choices = [choice for choice in get_args(hint) if choice is not NoneType]
        hint = next((choice for choice in choices if type(value) is choice), choices[0])
    elif origin is tuple and isinstance(value, list):
        return _items(get_args(hint)[0], value, place, problems)
    elif origin is Mapping and isinstance(value, dict):
        inner = get_args(hint)[1]
        return {key: _value(inner, item, f"{place} の「{key}」", problems) for key, item in value.items()}
    elif is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return build(hint, value, place, problems)
    if type(value) is hint:
        return value
    wanted = WRITTEN.get(get_origin(hint) or hint, WRITTEN[Mapping])
    problems.append(f"{place}の書き方が違います。{wanted}で書いてください。")
    return _empty(hint)


def _items(hint: Any, values: list[Any], place: str, problems: list[str]) -> tuple[Any, ...]:
    """The items of a list, each as ``hint``."""
    return tuple(
        _value(hint, value, item_place(place, number, value), problems) for number, value in enumerate(values, 1)
    )


def _empty(hint: Any) -> Any:
    """What stands in for a value that is missing or of the wrong type."""
    if get_origin(hint) is UnionType:
        return None if NoneType in get_args(hint) else _empty(get_args(hint)[0])
    if is_dataclass(hint) and isinstance(hint, type):
        return build(hint, {}, "", [])
    blanks: Mapping[Any, Any] = {tuple: (), Mapping: {}, date: date.min}
    kind = get_origin(hint) or hint
    return blanks[kind] if kind in blanks else kind()
