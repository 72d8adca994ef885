"""Configuration of the history app."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "registry.history"
    label = "history"
    verbose_name = "履歴"
