"""Reading settings from the environment, so that a missing one is named."""

import os
import tempfile
from collections import ChainMap
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import ENVIRONMENT_VARIABLE
from django.core.exceptions import ImproperlyConfigured

TESTING = "registry.settings.testing"
FOR_TESTS = {
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "HISTORY_KEY": "only-for-tests-history",
    "VAR_DIR": str(Path(tempfile.gettempdir(), "registry-tests")),
    "SECURE_TRANSPORT": "0",
}
SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"


class Env:
    """The environment variables of this process, read by name and kind.

    Where the settings for tests were asked for, what is missing is worth nothing instead: Python imports this package
    before `testing` itself, so `testing` would be too late to provide it.
    """

    def __init__(self) -> None:
        """Read the environment as it is now; nothing in it is changed."""
        asked_for = os.environ.get(ENVIRONMENT_VARIABLE)
        self.environ = ChainMap(os.environ, FOR_TESTS if asked_for == TESTING else {})

    def text(self, name: str, default: str | None = None) -> str:
        """The variable as text; without a default a missing one stops the start and is named."""
        value = self.environ.get(name, default)
        if value is None:
            raise ImproperlyConfigured(f"環境変数 {name} を設定してください(.env.example を参照)。")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """True for 1, false for 0."""
        value = self.environ.get(name, "1" if default else "0")
        if value not in {"0", "1"}:
            raise ImproperlyConfigured(f"環境変数 {name} は 0 か 1 です(いまは {value!r})。")
        return value == "1"

    def number(self, name: str, default: int) -> int:
        """A whole number, zero or more."""
        value = self.environ.get(name, str(default))
        if not value.isdecimal():
            raise ImproperlyConfigured(f"環境変数 {name} は数字です(いまは {value!r})。")
        return int(value)

    def words(self, name: str) -> list[str]:
        """A list written with commas; empty when missing."""
        return [word.strip() for word in self.environ.get(name, "").split(",") if word.strip()]

    def secret(self, name: str) -> str:
        """A secret from NAME, or from the file that NAME_FILE points to."""
        if path := self.environ.get(f"{name}_FILE"):
            return Path(path).read_text(encoding="utf-8").strip()
        value = self.environ.get(name, "")
        if not value:
            raise ImproperlyConfigured(f"環境変数 {name} か {name}_FILE を設定してください(.env.example を参照)。")
        return value

    def database(self, fallback: Path) -> dict[str, object]:
        """The database of DATABASE_URL (postgres://…), or the embedded SQLite file `fallback`."""
        url = self.environ.get("DATABASE_URL", "")
        if not url:
            return sqlite(fallback)
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            return sqlite(Path(unquote(parts.path)))
        if parts.scheme not in {"postgres", "postgresql"}:
            raise ImproperlyConfigured("DATABASE_URL は postgres://利用者:合言葉@ホスト/データベース の形です。")
        host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": self._password(parts.password),
            "HOST": host,
            "PORT": str(parts.port or ""),
            "OPTIONS": {"pool": {"min_size": 1, "max_size": self.number("DATABASE_POOL", 8)}},
        }

    def _password(self, written: str | None) -> str:
        if path := self.environ.get("DATABASE_PASSWORD_FILE"):
            return Path(path).read_text(encoding="utf-8").strip()
        return unquote(written or "")


def sqlite(path: Path) -> dict[str, object]:
    """SQLite as it must be set to lose nothing: immediate transactions, a write-ahead log, full syncing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_START},
    }
