"""Configuration of the assets app."""

from django.apps import AppConfig

from registry.organization.vocabulary import said_later


class AssetsConfig(AppConfig):
    name = "assets"
    verbose_name = said_later("{asset}")
