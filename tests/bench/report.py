"""The table: what was measured, the goal beside it, and on which machine."""

import os
import platform
from collections.abc import Iterable
from pathlib import Path

import django
from django.db import connection

from tests.bench.asking import Result

SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
# Job → the limit by size; a limit is the most, except for rows per second, where it is the least. QUALITY §5.
GOALS: dict[str, dict[int, float]] = {
    "一覧(事務局)": {MIDDLE: 3.5, LARGE: 2},
    "一覧(課)": {MIDDLE: 3.5, LARGE: 2},
    "離れた頁": dict.fromkeys((SMALL, MIDDLE, LARGE), 1.2),
    "検索(事務局)": {MIDDLE: 1.5, LARGE: 1},
    "検索(課)": {MIDDLE: 1.5, LARGE: 1},
    "検索(事務局) 95%点": {MIDDLE: 2, LARGE: 2},
    "検索(課) 95%点": {MIDDLE: 2, LARGE: 2},
    "資産の頁": dict.fromkeys((SMALL, MIDDLE, LARGE), 5),
    "保存(画面から)": dict.fromkeys((SMALL, MIDDLE, LARGE), 20),
    "出力 .xlsx 25列(CPU)": {MIDDLE: 10_000, LARGE: 10_000},
    "出力 .xlsx のメモリー": dict.fromkeys((SMALL, MIDDLE, LARGE), 64),
}
STATEMENTS = {"一覧(事務局)": 8, "一覧(課)": 8, "離れた頁": 8}
HEAD = ("仕事", "行数", "床 ms", "p50 ms", "p95 ms", "実時間 p50", "値", "目標", "SQL", "目標", "結果")


def machine() -> str:
    """One line: processor, how many, how busy, versions."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    load = "、".join(f"{value:.1f}" for value in os.getloadavg())
    versions = f"Python {platform.python_version()}、Django {django.__version__}、{connection.vendor} {_version()}"
    return f"{model}、CPU {os.cpu_count()}個、負荷 {load}、{versions}"


def _version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return str(cursor.fetchone()[0])


def table(results: Iterable[tuple[int, Result]]) -> str:
    """The results as a Markdown table, jobs together, sizes in order."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    found = list(results)
    jobs = list(dict.fromkeys(result.job for _, result in found))
    for size, result in sorted(found, key=lambda pair: (jobs.index(pair[1].job), pair[0])):
        lines.append("| " + " | ".join(_cells(size, result)) + " |")
    return "\n".join(lines)


def _cells(size: int, result: Result) -> list[str]:
    limit, most = GOALS.get(result.job, {}).get(size), STATEMENTS.get(result.job)
    times, least = result.times, result.unit.startswith("行")
    sign = "≥" if least else "≤"
    met = [limit is None or (result.value >= limit if least else result.value <= limit)]
    met += [most is None or result.statements is None or result.statements <= most]
    judged = limit is not None or most is not None
    return [
        result.job,
        f"{size:,}",
        _number(result.floor),
        *([_number(value) for value in (times.p50, times.p95, times.wall)] if times else [""] * 3),
        f"{result.value:,.0f} {result.unit}" if result.value >= 100 else f"{result.value:.2f} {result.unit}",
        f"{sign} {limit:,g}" if limit is not None else "",
        "" if result.statements is None else str(result.statements),
        f"≤ {most}" if most else "",
        ("達成" if all(met) else "**未達**") if judged else "",
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"
