"""The shell around every page: the body's name, the person and their post, and what they may open."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {}
