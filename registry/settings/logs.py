"""Where log lines go: standard error, one line each, without personal content."""

from registry.settings.env import Env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": Env().text("LOG_LEVEL", "WARNING")},
}
