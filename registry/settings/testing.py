"""Settings for tests: the same, with fast hashing and keys that are worth nothing."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("HISTORY_KEY", "only-for-tests-history")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="registry-tests-"))
os.environ.setdefault("SECURE_TRANSPORT", "0")

from registry.settings import *  # noqa: E402, F403
from registry.settings.env import SQLITE_START  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
HISTORY_ANCHOR_FILE = Path(os.environ["VAR_DIR"]) / "history.anchors"
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASES["default"]["OPTIONS"] = {}  # noqa: F405
else:
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["VAR_DIR"]) / "tests.sqlite3")}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] = SQLITE_START.replace("synchronous=FULL", "synchronous=OFF")  # type: ignore[index]  # noqa: F405
