"""`python -m tests.bench --database sqlite|postgresql [--sizes 1000,10000] [--only list,search]` prints the table."""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

from tests.dbplugin import DATABASES, KEYS, choose

SIZES = "1000,10000,100000"
JOBS = (
    *("list", "groups", "together", "far", "search", "asset", "past", "migration", "save", "approve", "export"),
    "duplicates",
    "inherited",
)
NOTE = """測り方: Django の Client(force_login)で、ミドルウェア・権限・テンプレートを含む画面をそのまま作らせた。通信と gunicorn は含まない。
床: 同じ50行×10列を、自前のSQLと小さなテンプレートだけで返す素の Django ビュー(ミドルウェア・ログイン・権限・絞り込みなし)。
検索の床は5列の LIKE '%語%'。床と製品は交互に測る。ms は Python とデータベースのプロセスのCPU時間(ほかの仕事で混んだ機械でも比べられる)、
実時間はその横に示す。値は床に対する比(×)など。検索は毎回、前に数えた件数を忘れさせてから測る。"""


@contextmanager
def prepared(database: str) -> Iterator[None]:
    """The settings of a real installation over plain http, in a folder and on a server of our own."""
    folder = tempfile.mkdtemp(prefix="registry-bench-")
    for name in KEYS:
        os.environ.pop(f"{name}_FILE", None)
    settings = {"DJANGO_SETTINGS_MODULE": "registry.settings", "ALLOWED_HOSTS": "testserver", "LOG_LEVEL": "ERROR"}
    paths = {"VAR_DIR": folder, "STATIC_ROOT": f"{folder}/static", "HISTORY_ANCHOR_FILE": f"{folder}/anchors"}
    os.environ.update(KEYS, **settings, **paths, SECURE_TRANSPORT="0", DEMO="0")
    server = choose(database)
    try:
        yield
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def bench(sizes: list[int], only: set[str]) -> None:
    """Make the database, grow it from size to size, measure at each, print the table."""
    django.setup()
    from django.core.management import call_command

    from tests.bench.jobs import measured
    from tests.bench.loading import grow
    from tests.bench.report import machine, table
    from tests.bench.town import build

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    town, found = build(), []
    print(NOTE, machine(), sep="\n", flush=True)
    for size in sorted(sizes):
        began = time.monotonic()
        grow(town, size)
        print(f"{size:,}行を用意({time.monotonic() - began:.0f}秒)", flush=True)
        found += [(size, result) for result in measured(town, only)]
    print(table(found), machine(), sep="\n", flush=True)


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description="速さの表を作ります。")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--sizes", default=SIZES, help="行数、コンマ区切り")
    parser.add_argument("--only", default="", help=f"測る仕事、コンマ区切り: {','.join(JOBS)}")
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    if unknown := only - set(JOBS):
        parser.error(f"--only: {', '.join(sorted(unknown))}")
    with prepared(options.database):
        bench([int(size) for size in options.sizes.split(",")], only)


if __name__ == "__main__":
    main()
