"""Working at the bench in tests: addresses of its tables, what its forms send, and the acts that follow."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.history.models import Entry

SignIn = Callable[[str], Client]
TODAY = timezone.localdate


def url_of(model: type[Model], page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def acts_since(start: int) -> list[str]:
    return list(Entry.objects.filter(sequence__gt=start).order_by("sequence").values_list("act", flat=True))


def run(client: Client, model: type[Model], action: str, *rows: Any, **data: str) -> Any:
    keys = [str(row.pk) for row in rows]
    return client.post(url_of(model), {"action": action, ACTION_CHECKBOX_NAME: keys, **data}, follow=True)


def no_roles(**rows: Any) -> dict[str, Any]:
    return {
        "roles-TOTAL_FORMS": "1",
        "roles-INITIAL_FORMS": "0",
        "roles-MIN_NUM_FORMS": "0",
        "roles-MAX_NUM_FORMS": "9",
        **rows,
    }
