"""The real server of the browser tests: gunicorn on a database of its own, filled with the demonstration."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
PROFILE = "ina"
DATABASE = "browser"
START_SECONDS, STOP_SECONDS = 30, 10


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and the environment that its management commands need."""

    address: str
    env: dict[str, str]

    def manage(self, *words: str) -> str:
        """What a management command beside the server says; RuntimeError with its words when it fails."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def running(profile: str = PROFILE, database: str = DATABASE) -> Iterator[Server]:
    """A server with the demonstration of a profile ('' for none: nothing is set up), on the database of tests.dbplugin.

    Server and files are gone afterwards; the throw-away PostgreSQL server keeps its database as long as it lives.
    """
    with tempfile.TemporaryDirectory(prefix="registry-browser-") as folder, socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        server = Server(f"http://127.0.0.1:{held.getsockname()[1]}", _environment(Path(folder), database))
        _begin(server, Path(folder))
        for words in (f"load_profile {profile}", "load_demo") if profile else ():
            server.manage(*words.split())
        process = _start(held, server.env)
        try:
            _await(f"{server.address}/health/", process)
            yield server
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _begin(server: Server, folder: Path) -> None:
    """The tables and the static files, made once and copied for every further server on SQLite."""
    kept = Path(os.environ["VAR_DIR"], "browser")
    file = folder / "registry.sqlite3"
    if "DATABASE_URL" in server.env or not kept.exists():
        server.manage("migrate", "-v0")
        server.manage("collectstatic", "--noinput", "-v0")
    if "DATABASE_URL" in server.env:
        return
    if kept.exists():
        shutil.copytree(kept, folder, dirs_exist_ok=True)
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(folder, kept)


def _environment(folder: Path, database: str) -> dict[str, str]:
    """The settings of the server: everything it writes stays in `folder`, or in a fresh PostgreSQL database."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "registry.settings",
        "VAR_DIR": str(folder),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEMO": "1",
        "SECURE_TRANSPORT": "0",
    }
    if url := os.environ.get("DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database}")
            connection.execute(f"CREATE DATABASE {database}")
        settings["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
    return os.environ | settings


def _start(held: socket.socket, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """gunicorn on the socket we hold, so that nobody can take the port in between."""
    command = [sys.executable, "-m", "gunicorn", "registry.wsgi:application", "--bind", f"fd://{held.fileno()}"]
    command += ["--no-control-socket", "--worker-class", "gthread", "--threads", "8", "--log-level", "warning"]
    return subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=[held.fileno()])


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            opener.open(address, timeout=START_SECONDS).close()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"the server answers {error.code}") from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
