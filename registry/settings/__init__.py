"""The one settings module; everything that differs between machines comes from the environment."""

from pathlib import Path

from registry.settings.env import Env
from registry.settings.logs import LOGGING as LOGGING
from registry.settings.security import *  # noqa: F403

env = Env()

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
SECRET_KEY = env.secret("SECRET_KEY")
HISTORY_KEY = env.secret("HISTORY_KEY")
HISTORY_ANCHOR_FILE = Path(env.text("HISTORY_ANCHOR_FILE", str(VAR_DIR / "history.anchors")))
FILES_DIR = Path(env.text("FILES_DIR", str(VAR_DIR / "files")))
JOBS_DIR = Path(env.text("JOBS_DIR", str(VAR_DIR / "jobs")))
FILE_MEGABYTES = env.number("FILE_MEGABYTES", 20)
FILES_PER_ASSET = env.number("FILES_PER_ASSET", 20)
FILES_GIGABYTES = env.number("FILES_GIGABYTES", 20)
DEBUG = False
DEMO = env.flag("DEMO", default=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "registry.portal",
    "assets",
    "registry.organization",
    "registry.files",
    "registry.jobs",
    "registry.history",
    "registry.web",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "import_export",
    "axes",
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "registry.organization.vocabulary.Speaking",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry.portal.door.FirstRunFirst",
    "registry.web.sessions.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "registry.organization.login.PasswordFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "registry.web.requests.NoStore",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "registry.urls"
WSGI_APPLICATION = "registry.wsgi.application"
AUTH_USER_MODEL = "organization.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["registry.organization.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.portal.navigation.shell",
            ],
        },
    }
]

DATABASES = {"default": env.database(VAR_DIR / "registry.sqlite3")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Long work: its kind, and the function that carries it out.
JOBS = {
    "change-at-once": "assets.ledger.background.change_at_once",
    "import-check": "assets.ledger.background.check",
    "import-register": "assets.ledger.background.register",
}

GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
