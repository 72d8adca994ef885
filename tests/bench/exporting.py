"""The export, measured in a fresh process so that memory used by nothing else is counted."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django

COLUMNS = 25


@dataclass(frozen=True)
class Made:
    """How many rows went out, how long it took, and by how much memory grew."""

    rows: int
    seconds: float
    processor_seconds: float
    megabytes: float


def measured(username: str) -> Made:
    """Everything the person sees, as .xlsx, by a new process with the same settings."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_export, username).result()


def _export(username: str) -> Made:
    django.setup()
    from django.test import Client

    from assets.columns import COLUMNS as ALL
    from assets.models import Asset
    from registry.organization.models import User
    from tests.bench.measuring import Memory

    user = User.objects.get(username=username)
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    columns = [("columns", column.key) for column in ALL[:COLUMNS]]
    _download(client, urlencode([*columns, ("q", "000001")]))
    rows = Asset.objects.visible_to(user).listed().count()
    memory, began, spent = Memory(), time.perf_counter(), time.process_time()
    _download(client, urlencode(columns))
    return Made(rows, time.perf_counter() - began, time.process_time() - spent, memory.grown())


def _download(client: Any, query: str) -> None:
    response = client.post("/assets/export/", {"query": query})
    if response.status_code != 200:
        raise RuntimeError(f"export: {response.status_code}")
    for _ in response.streaming_content:
        pass
    response.close()
