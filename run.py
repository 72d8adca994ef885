#!/usr/bin/env python3
"""The one door: prepares, starts, tests and checks the registry from nothing, with the standard library only."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VAR, VENV = ROOT / "var", ROOT / ".venv"
PYTHON, WHEELS = VENV / "bin" / "python", VAR / "wheels"
LOCK, DEV_LOCK = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
PROFILES = sorted(path.stem for path in (ROOT / "registry/organization/profiles").glob("*.toml"))
COMMANDS = ("test", "check", "fix", "bench", "lock", "manage")
BROWSERS = ("chromium", "google-chrome")
EMPTY = "empty"  # in place of a profile: no body, no demonstration, the first settings in the browser
START_SECONDS, STOP_SECONDS = 60, 10


class Steps:
    """Numbered lines that say what is being done and how many seconds it took."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        self.done += 1
        print(f"{self.done}/{self.total} {text}…", end="", flush=True)
        began = time.monotonic()
        yield
        print(f"（{time.monotonic() - began:.1f} 秒）", flush=True)


def quietly(command: Sequence[object], why: str, env: dict[str, str] | None = None) -> str:
    """What the command printed; when it fails, show all it said and stop with `why`."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"\n{done.stdout}{done.stderr}\n{why}")
    return done.stdout


def install_packages(names: Sequence[str], why: str) -> None:
    """Install system packages when we may; otherwise stop and say exactly what to install."""
    order = "apt-get install " + " ".join(names)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"\n{why} 管理者として次を実行してから、もう一度動かしてください。\n  {order}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    failed = f"{why} 自動で入れられませんでした。次を実行してください。\n  {order}"
    quietly(["apt-get", "update"], failed, env)
    quietly(["apt-get", "install", "-y", "--no-install-recommends", *names], failed, env)


def prepare(lock: Path) -> None:
    """Make .venv hold exactly what the lock file names, unless it already does."""
    marks = {path: hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest() for path in (LOCK, DEV_LOCK)}
    mark = VENV / ".lock-hash"
    if PYTHON.exists() and mark.exists() and marks[lock] in mark.read_text().split():
        return
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode:
        if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            install_packages(["python3-venv"], "Python の仮想環境を作る部品がありません。")
            importlib.invalidate_caches()
        quietly([sys.executable, "-m", "venv", "--clear", VENV], "仮想環境 .venv を作れませんでした。")
    source = ["--no-index", "--find-links", WHEELS] if WHEELS.is_dir() else []
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *source]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock]
    quietly(command, "部品を入れられませんでした。回線のない所では docs/operations.md をご覧ください。")
    mark.write_text("\n".join(marks.values() if lock == DEV_LOCK else [marks[lock]]) + "\n")


def make_secrets() -> dict[str, str]:
    """The environment that names the key files under var/secrets, made once with random keys."""
    folder = VAR / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("secret_key", "history_key"):
        path = folder / name
        if not path.exists() or not path.stat().st_size:
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(64) + "\n")
    return {"SECRET_KEY_FILE": str(folder / "secret_key"), "HISTORY_KEY_FILE": str(folder / "history_key")}


def demo_environment(profile: str, host: str) -> dict[str, str]:
    """The settings over plain http, of a demonstration or an empty start: a database and anchors for each profile."""
    settings = make_secrets() | {
        "DJANGO_SETTINGS_MODULE": "registry.settings",
        "DATABASE_URL": f"sqlite://{urllib.request.pathname2url(str(VAR / profile))}.sqlite3",
        "VAR_DIR": str(VAR),
        "HISTORY_ANCHOR_FILE": str(VAR / f"{profile}.anchors"),
        "FILES_DIR": str(VAR / f"{profile}.files"),
        "ALLOWED_HOSTS": "*" if host == "0.0.0.0" else f"{host},localhost,127.0.0.1",
        "DEMO": "0" if profile == EMPTY else "1",
        "SECURE_TRANSPORT": "0",
    }
    return os.environ | settings


def load_once(profile: str, env: dict[str, str], *, new: bool) -> str:
    """Load the profile and the demonstration into a database that lacks them; gives the logins, or the setup code."""
    manage, logins = [PYTHON, "manage.py"], VAR / f"{profile}.logins.txt"
    if profile == EMPTY:
        return quietly([*manage, "setup_code"], "設定コードを出せませんでした。", env)
    if new or not logins.exists():
        quietly([*manage, "load_profile", profile], "団体の設定を読み込めませんでした。", env)
        logins.write_text(quietly([*manage, "load_demo"], "見本の職員と資産を作れませんでした。", env))
    return logins.read_text()


def refuse_taken_port(host: str, port: int) -> None:
    """Stop and name a free port when the wanted one is in use."""

    def free(candidate: int) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, candidate))
                return True
        return False

    if not free(port):
        other = next((number for number in range(port + 1, min(port + 100, 65536)) if free(number)), None)
        advice = f"python3 run.py --port {other} のように" if other else "--host と --port で"
        raise SystemExit(f"{host} のポート {port} は使えません。{advice}別の番号を指定してください。")


def start(host: str, port: int, env: dict[str, str]) -> dict[str, subprocess.Popen[bytes]]:
    """Start web server and worker, apart from our terminal so that we can end them in good order."""
    server = [PYTHON, "-m", "gunicorn", "registry.wsgi:application", "--bind", f"{host}:{port}", "--no-control-socket"]
    server += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    commands = {"画面のサーバー": server, "裏の仕事（worker）": [PYTHON, "manage.py", "worker"]}
    return {
        name: subprocess.Popen([str(word) for word in command], cwd=ROOT, env=env, start_new_session=True)
        for name, command in commands.items()
    }


def ended(children: dict[str, subprocess.Popen[bytes]]) -> str:
    """A sentence about a child that has ended, or empty while all are running."""
    for name, child in children.items():
        if child.poll() is not None:
            return f"{name}が止まった（終了コード {child.returncode}）ので、全体を終えます。"
    return ""


def await_page(address: str, children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait until the login page answers; stop with the reason when it does not."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if reason := ended(children):
            raise SystemExit(f"\n{reason}")
        try:
            opener.open(address, timeout=START_SECONDS).close()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"\n画面が誤り {error.code} を返しました。") from error
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"\n{START_SECONDS} 秒待っても画面が答えませんでした。")


def watch(children: dict[str, subprocess.Popen[bytes]]) -> NoReturn:
    """Sleep until a child ends, then stop with the reason."""
    while not (reason := ended(children)):
        time.sleep(0.5)
    raise SystemExit(reason)


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """End the children politely, then by force."""
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def serve(profile: str, host: str, port: int) -> int:
    """Everything from nothing to a login page; runs until Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    refuse_taken_port(host, port)
    steps, manage, children = Steps(5), [PYTHON, "manage.py"], {}
    with steps.step("環境を用意しています（初回は数分かかります）"):
        prepare(LOCK)
    os.umask(0o077)
    env, new = demo_environment(profile, host), not (VAR / f"{profile}.sqlite3").exists()
    with steps.step("データベースを用意しています"):
        quietly([*manage, "migrate", "--verbosity", "0"], "データベースを用意できませんでした。", env)
    with steps.step(f"団体の設定（{profile}）を確かめています"):
        logins = load_once(profile, env, new=new)
    with steps.step("画面の部品を集めています"):
        quietly([*manage, "collectstatic", "--noinput"], "画面の部品を集められませんでした。", env)
    address = f"http://{'localhost' if host in {'127.0.0.1', '0.0.0.0'} else host}:{port}/"
    try:
        with steps.step("サーバーを起動しています"):
            children = start(host, port, env)
            await_page(address.replace("localhost", "127.0.0.1"), children)
        print(f"\n{logins.rstrip()}\n\n  {address} を開いてください。終わるときは Ctrl-C です。", flush=True)
        watch(children)
    except KeyboardInterrupt:
        print("\n終了します。")
    finally:
        stop(children)
    return 0


def prepare_browser() -> None:
    """A browser and a Japanese font for the browser tests, from the system's packages when they are missing."""
    why, missing = "画面の試験に要るブラウザーか日本語の書体がありません。", []
    ubuntu = "ID=ubuntu" in Path("/etc/os-release").read_text().split() if Path("/etc/os-release").exists() else False
    missing += ["chromium"] if not ubuntu and not any(map(shutil.which, BROWSERS)) else []
    lister = shutil.which("fc-list")
    if not lister or not quietly([lister, ":lang=ja"], why).strip():
        missing += ["fontconfig", "fonts-noto-cjk"]
    if missing:
        install_packages(missing, why)
    if not any(map(shutil.which, BROWSERS)):  # Ubuntu's own package needs snap, so Playwright brings its browser
        order = [VENV / "bin/playwright", "install", *(["--with-deps"] if os.geteuid() == 0 else []), "chromium"]
        quietly(order, f"{why} 次を実行してください。\n  {' '.join(map(str, order))}")


def test(arguments: list[str]) -> int:
    """All tests (or the given part) on SQLite and on PostgreSQL; see tests/rounds.py."""
    rounds = importlib.import_module("tests.rounds")
    browser = rounds.wants_browser(arguments)
    steps = Steps(2 if browser else 1)
    with steps.step("環境を用意しています（初回は数分かかります）"):
        prepare(DEV_LOCK)
    if browser:
        with steps.step("ブラウザーと日本語の書体を確かめています"):
            prepare_browser()
    VAR.mkdir(exist_ok=True)
    return int(rounds.run_all(PYTHON, VAR / "tests.xml", arguments, browser=browser))


def tools(name: str, arguments: list[str]) -> int:
    """Run `check`, `fix` or `bench` of tests/checks.py in the prepared environment."""
    prepare(DEV_LOCK)
    checks = importlib.import_module("tests.checks")
    return int(checks.run(name, PYTHON, arguments, os.environ | make_secrets()))


def lock(_: list[str]) -> int:
    """Make both lock files again from pyproject.toml, with uv."""
    if not shutil.which("uv"):
        raise SystemExit("固定ファイルを作り直すには uv が要ります。pip install uv で入ります。")
    export = ["uv", "export", "--quiet", "--no-emit-project", "--no-header"]
    quietly(["uv", "lock"], "依存関係を解けませんでした。")
    quietly([*export, "--no-dev", "--output-file", LOCK], "requirements.txt を作れませんでした。")
    quietly([*export, "--output-file", DEV_LOCK], "requirements-dev.txt を作れませんでした。")
    return 0


def manage(words: list[str]) -> int:
    """`manage.py` with the settings of a demonstration: `run.py manage [profile] verify_history`."""
    profile = words.pop(0) if words and words[0] in (*PROFILES, EMPTY) else "ina"
    prepare(LOCK)
    return subprocess.call([PYTHON, "manage.py", *words], env=demo_environment(profile, "127.0.0.1"))


def main() -> int:
    """Read the command line and do what it says."""
    if sys.version_info < (3, 11):
        raise SystemExit(f"Python 3.11 以上で動かしてください（いまは {sys.version.split()[0]}）。")
    words = sys.argv[1:]
    name = words.pop(0) if words and words[0] in COMMANDS else "serve"
    if name != "serve":
        others = {"test": test, "lock": lock, "manage": manage}
        return others[name](words) if name in others else tools(name, words)
    parser = argparse.ArgumentParser(description="情報資産台帳を動かします。", epilog=f"ほかに: {'、'.join(COMMANDS)}")
    parser.add_argument("--profile", default="ina", choices=PROFILES or None, help="団体の設定")
    parser.add_argument("--empty", dest="profile", action="store_const", const=EMPTY, help="団体のない環境から始める")
    parser.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス")
    parser.add_argument("--port", type=int, default=8000, help="待ち受けるポート")
    return serve(**vars(parser.parse_args(words)))


if __name__ == "__main__":
    sys.exit(main())
