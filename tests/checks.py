"""What `run.py check`, `fix` and `bench` run, as tables of commands; standard library only."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PRODUCTION = {
    "ALLOWED_HOSTS": "daicho.example.jp",
    "CSRF_TRUSTED_ORIGINS": "https://daicho.example.jp",
    "SECURE_TRANSPORT": "1",
    "PROXY_COUNT": "1",
    "DEMO": "0",
}
CHECK = {
    "ruff check": "ruff check .",
    "ruff format": "ruff format --check .",
    "djangofmt": "djangofmt --check templates",
    "mypy": "mypy",
    "import contracts": "lint-imports",
    "missing migrations": "python manage.py makemigrations --check --dry-run",
    "check --deploy": "python manage.py check --deploy --fail-level WARNING",
    "lock file": "python -m pytest -q tests/house",
}
FIX = {
    "ruff check": "ruff check --fix .",
    "ruff format": "ruff format .",
    "djangofmt": "djangofmt templates",
}
BENCH = {name: f"python -m tests.bench --database {name}" for name in ("sqlite", "postgresql")}


def run(name: str, python: Path, arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run the table called `name` with the tools beside `python`; 1 when a command failed, and its name is printed.

    `arguments` go to every command. `env` has to hold the secrets; checks see the settings of a real installation.
    """
    table = {"check": CHECK, "fix": FIX, "bench": BENCH}[name]
    settings = {**env, **(PRODUCTION if name == "check" else {}), "PATH": f"{python.parent}{os.pathsep}{env['PATH']}"}
    failed = []
    for title, command in table.items():
        print(f"── {title}", flush=True)
        if subprocess.run([*command.split(), *arguments], cwd=ROOT, env=settings, check=False).returncode:
            failed.append(title)
    print(f"直すもの：{'、'.join(failed)}" if failed else "すべて終わりました。問題はありません。", flush=True)
    return 1 if failed else 0
