"""Reads the profile of a body from its data file, or says everything that is wrong with it."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from registry.base.tables import TableError, build, load
from registry.organization.profiles.checking import faults
from registry.organization.profiles.parts import Profile

FOLDER = Path(__file__).parent


class ProfileError(TableError):
    """A profile that cannot be used."""


def available() -> list[tuple[str, str]]:
    """Key and name of every shipped profile, in the order of the keys; ``ProfileError`` for an unreadable file."""
    return [(path.stem, str(load(path, ProfileError).get("name", path.stem))) for path in sorted(FOLDER.glob("*.toml"))]


def read(key: str, *, schemes: Collection[str] | None = None) -> Profile:
    """The profile shipped under ``key``; ``schemes`` are the codes of the schemes that exist, None to leave it open.

    Raises ``ProfileError`` with all problems when there is no such profile or its file has faults.
    """
    paths = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
    if key not in paths:
        raise ProfileError([f"団体の設定「{key}」はありません。{'、'.join(paths)} から選んでください。"])
    profile, problems = _examined(load(paths[key], ProfileError), paths[key].name, schemes)
    if profile.key != key:
        problems.append(f"{paths[key].name} の「key」: ファイル名に合わせて「{key}」にしてください。")
    if problems:
        raise ProfileError(problems)
    return profile


def check(data: Mapping[str, Any], source: str, *, schemes: Collection[str] | None = None) -> list[str]:
    """All problems of a profile's ``data`` at once, as Japanese sentences naming ``source``, key and what to do."""
    return _examined(data, source, schemes)[1]


def checked(data: Mapping[str, Any], source: str, *, schemes: Collection[str] | None = None) -> Profile:
    """The profile of ``data``; raises ``ProfileError`` with all problems when it has faults."""
    profile, problems = _examined(data, source, schemes)
    if problems:
        raise ProfileError(problems)
    return profile


def data_of(key: str) -> dict[str, Any]:
    """The tables of the file shipped under ``key``, as somebody could write them."""
    return load(FOLDER / f"{read(key).key}.toml", ProfileError)


def _examined(data: Mapping[str, Any], source: str, schemes: Collection[str] | None) -> tuple[Profile, list[str]]:
    problems: list[str] = []
    profile = build(Profile, data, source, problems)
    problems += [fault for fault in faults(profile, source, schemes) if fault not in problems]
    return profile, problems
