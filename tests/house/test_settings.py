"""The settings for tests need nothing from the environment and leave nothing behind; a real installation needs keys."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def started(module: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Django set up in a fresh process with a bare environment and `folder` for temporary files."""
    bare = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), "DJANGO_SETTINGS_MODULE": module}
    order = [
        sys.executable,
        "-c",
        "import django; django.setup(); from django.conf import settings; print(settings.VAR_DIR)",
    ]
    return subprocess.run(order, cwd=ROOT, env=bare, capture_output=True, text=True, check=False)


def test_the_settings_for_tests_start_without_keys_and_make_no_folder(tmp_path):
    done = started("registry.settings.testing", tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_real_installation_does_not_start_without_its_keys(tmp_path):
    done = started("registry.settings", tmp_path)
    assert done.returncode != 0
    assert "環境変数 SECRET_KEY か SECRET_KEY_FILE を設定してください" in done.stderr


def test_each_process_of_the_tests_has_anchors_of_its_own(settings):
    assert settings.HISTORY_ANCHOR_FILE.stem == os.environ.get("PYTEST_XDIST_WORKER", "main")
