"""Configuration of the organization app."""

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "registry.organization"
    label = "organization"
    verbose_name = "組織と人"
