"""The Django app of the jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "registry.jobs"
    label = "jobs"
    verbose_name = "裏で進む仕事"
