"""Settings for tests: the same, with fast hashing; keys and folders are those of `env.FOR_TESTS` or the test runner's."""

import os

from registry.settings import *  # noqa: F403
from registry.settings.env import SQLITE_START

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
HISTORY_ANCHOR_FILE = VAR_DIR / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.anchors"  # noqa: F405
JOBS_DIR = VAR_DIR / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.jobs"  # noqa: F405
FILES_DIR = VAR_DIR / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.files"  # noqa: F405
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":  # noqa: F405
    DATABASES["default"]["OPTIONS"] = {}  # noqa: F405
else:
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "tests.sqlite3")}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] = SQLITE_START.replace("synchronous=FULL", "synchronous=OFF")  # type: ignore[index]  # noqa: F405
