"""The house keeps its promises: locked dependencies, no traces of a machine, every setting listed."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.db import connection
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|index-url|find-links\s*=|npmjs\.|registry\.yarnpkg|/simple\b")
MACHINE = re.compile(r"/(?:home|Users)/[a-z]|/root/|/mnt/[a-z]|/workspace")
READ_SETTING = re.compile(r"(?:\benv|Env\(\)|\bself|environ)\.\w+\(\s*\"([A-Z][A-Z_]+)\"")


def blocks(name: str) -> list[str]:
    """The entries of a lock file, each with its hashes on one line."""
    return [line for line in (ROOT / name).read_text().replace("\\\n", " ").splitlines() if PINNED.match(line)]


def pinned(name: str) -> dict[str, set[str]]:
    """Package name → the versions a lock file holds of it."""
    versions: dict[str, set[str]] = {}
    for block in blocks(name):
        found = PINNED.match(block)
        assert found
        versions.setdefault(canonicalize_name(found[1]), set()).add(found[2])
    return versions


def wanted() -> dict[str, list[Requirement]]:
    """Lock file → the requirements pyproject.toml asks it to satisfy."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [Requirement(text) for text in project["project"]["dependencies"]]
    dev = [Requirement(text) for text in project["dependency-groups"]["dev"]]
    return {"requirements.txt": runtime, "requirements-dev.txt": runtime + dev}


def written_files() -> list[Path]:
    """Every file that is committed or about to be, except this one, which has to name what it looks for."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("git がないため、登録されたファイルの一覧を作れません。")
    order = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = [ROOT / name for name in names if name]
    return [path for path in paths if path.is_file() and path != Path(__file__).resolve()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_nothing_else_is_in_the_lock(lock):
    text = (ROOT / lock).read_text()
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "--hash=sha256:"))
    ]
    assert lines == [line for line in lines if PINNED.match(line)]
    assert [block for block in blocks(lock) if "--hash=sha256:" not in block] == []
    assert "://" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_satisfies_what_the_project_asks_for(lock):
    versions = pinned(lock)
    missing = [str(asked) for asked in wanted()[lock] if canonicalize_name(asked.name) not in versions]
    outside = [
        f"{asked} is not {version}"
        for asked in wanted()[lock]
        for version in versions.get(canonicalize_name(asked.name), ())
        if not asked.specifier.contains(version)
    ]
    assert missing + outside == [], "python3 run.py lock"


def test_what_is_tested_is_what_is_installed():
    development = pinned("requirements-dev.txt")
    assert {name: development.get(name) for name in pinned("requirements.txt")} == pinned("requirements.txt")


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    found = []
    for path in written_files():
        text = path.read_bytes().decode("utf-8", "ignore")
        lines = enumerate(text.splitlines(), start=1)
        hits = (number for number, line in lines if REGISTRY.search(line) or MACHINE.search(line) or str(ROOT) in line)
        found += [f"{path.relative_to(ROOT)}:{number}" for number in hits]
    assert found == []


def test_the_example_lists_every_setting_that_is_read():
    sources = (ROOT / "registry/settings").glob("*.py")
    read = {name for path in sources for name in READ_SETTING.findall(path.read_text())}
    listed = set(re.findall(r"^#?\s?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    plain = {name.removesuffix("_FILE") for name in listed}
    assert {name.removesuffix("_FILE") for name in read} == plain


def test_every_command_of_the_day_is_in_run_py_and_short_enough_to_read():
    text = (ROOT / "run.py").read_text()
    assert len(text.splitlines()) <= 300
    assert re.search(r'COMMANDS = \("test", "check", "fix", "bench", "lock", "manage"\)', text)


def test_the_database_under_test_is_the_one_that_was_asked_for(request):
    assert connection.vendor == request.config.getoption("--database")
