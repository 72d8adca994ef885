"""Pytest plugin: chooses SQLite or PostgreSQL, and keys worth nothing, before Django reads its settings.

Loaded by `-p tests.dbplugin` (see pyproject.toml). Under xdist only the first process starts a server; the workers
inherit its address through the environment.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.postgres import Server

DATABASES = ("sqlite", "postgresql")
KEYS = {"SECRET_KEY": "only-for-tests-" + "x" * 50, "HISTORY_KEY": "only-for-tests-history"}
SERVER = pytest.StashKey[Server | None]()
FOLDER = pytest.StashKey[str]()


def choose(database: str) -> Server | None:
    """Point DATABASE_URL of this process and its children at one of DATABASES.

    Gives the server that the caller has to stop, or None for SQLite. Has to run before Django's settings are read.
    """
    if database not in DATABASES:
        raise ValueError(f"no such database: {database}")
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("DATABASE_PASSWORD_FILE", None)
    if database == "sqlite":
        return None
    server = Server()
    os.environ["DATABASE_URL"] = server.url
    return server


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --database."""
    default = os.environ.get("TEST_DATABASE", "sqlite")
    parser.addoption("--database", choices=DATABASES, default=default, help="the database to test on (TEST_DATABASE)")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Choose the database; a wrapper, because pytest-django loads the settings in this very hook."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the test's thread
    if "PYTEST_XDIST_WORKER" not in os.environ:
        early_config.stash[FOLDER] = tempfile.mkdtemp(prefix="registry-tests-")
        Path(early_config.stash[FOLDER], "static").mkdir()  # WhiteNoise warns when STATIC_ROOT is missing
        for name in KEYS:
            os.environ.pop(f"{name}_FILE", None)
        os.environ.update(KEYS, VAR_DIR=early_config.stash[FOLDER], SECURE_TRANSPORT="0", DEMO="0")
        early_config.stash[SERVER] = choose(early_config.known_args_namespace.database)
    return (yield)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database it is."""
    return f"database: {config.getoption('database')}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove the folder that this process made."""
    if server := config.stash.get(SERVER, None):
        server.stop()
    if folder := config.stash.get(FOLDER, ""):
        shutil.rmtree(folder, ignore_errors=True)
