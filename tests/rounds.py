"""The rounds of `run.py test`: everything on SQLite, then on PostgreSQL, the browser tests apart; standard library only."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

ROOT = Path(__file__).resolve().parents[1]
BROWSER_TESTS = ROOT / "tests/browser"
ROUNDS = [(database, markers) for database in ("sqlite", "postgresql") for markers in ("not browser", "browser")]
SHORT = ("postgresql", "browser")  # what the screens show does not hang on the database: there the main job is enough
NOTHING_COLLECTED = 5


def wants_browser(arguments: Sequence[str]) -> bool:
    """Whether the paths named among pytest's arguments (everything, when none is named) include browser tests."""
    words = [ROOT / word.split("::")[0] for word in arguments if not word.startswith("-")]
    paths = [path for path in words if path.exists()]
    return not paths or any(BROWSER_TESTS.is_relative_to(path) or path.is_relative_to(BROWSER_TESTS) for path in paths)


def run_all(python: Path, report: Path, arguments: Sequence[str], *, browser: bool) -> int:
    """Run the rounds and print a table of times, then one line with the sums; 0 when something passed, nothing failed.

    `python` is the interpreter with pytest, `report` a file to write results to, `arguments` go to pytest.
    """
    began, lines, total = time.monotonic(), [], {"passed": 0, "failed": 0, "skipped": 0}
    for database, markers in ROUNDS:
        if markers == "browser" and not browser:
            continue
        name = f"{database} {'画面' if markers == 'browser' else '画面以外'}"
        print(f"\n── 試験：{name}", flush=True)
        started = time.monotonic()
        result = _round(python, report, database, markers, arguments)
        total = {key: total[key] + result[key] for key in total}
        counts = ", ".join(f"{count} {key}" for key, count in result.items())
        lines.append(f"  {name}：{counts}（{time.monotonic() - started:.1f} 秒）")
    print("\nまとめ", *lines, f"  試験の全体で {time.monotonic() - began:.1f} 秒", sep="\n")
    print(f"{total['passed']} passed, {total['failed']} failed", flush=True)
    return 0 if total["passed"] and not total["failed"] else 1


def _round(python: Path, report: Path, database: str, markers: str, arguments: Sequence[str]) -> dict[str, int]:
    """Counts of one run of pytest; one more failure when pytest itself ended badly without naming any."""
    report.unlink(missing_ok=True)
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "-rs",
        f"--database={database}",
        "-m",
        markers,
        f"--junitxml={report}",
    ]
    command += ["-k", "main_job or imports"] if (database, markers) == SHORT else []
    command += [] if markers == "browser" else ["-n", "auto"]
    code = subprocess.run([*command, *arguments], cwd=ROOT, check=False).returncode
    tests, failed, skipped = _counts(report)
    broken = code not in {0, NOTHING_COLLECTED} and not failed
    return {"passed": tests - failed - skipped, "failed": failed + broken, "skipped": skipped}


def _counts(report: Path) -> tuple[int, int, int]:
    """How many tests ran, failed or broke, and were skipped, from pytest's XML report; zeros when there is none."""
    suites = list(Xml.parse(report).iter("testsuite")) if report.exists() else []

    def count(name: str) -> int:
        return sum(int(suite.get(name, 0)) for suite in suites)

    return count("tests"), count("failures") + count("errors"), count("skipped")
