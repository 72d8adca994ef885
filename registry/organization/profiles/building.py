"""Builds frozen dataclasses from the tables of a TOML file and says in Japanese everything that does not fit."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
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


def build(kind: type[T], table: Mapping[str, Any], place: str, problems: list[str]) -> T:
    """An object of the dataclass ``kind`` from ``table``.

    The fields of ``kind`` are the keys that exist; those without default are required. Every fault is added to
    ``problems`` with ``place`` in front, and an empty value stands in for it, so that checking can go on.
    """
    hints = get_type_hints(kind)
    known = {field.name: field for field in fields(kind)}
    unknown = [key for key in table if key not in known]
    problems += [f"{place} に「{key}」という項目はありません。綴りを直すか削ってください。" for key in unknown]
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
    problems.append(f"{place} は{WRITTEN.get(get_origin(hint) or hint, WRITTEN[Mapping])}で書いてください。")
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
