"""Bringing a table through the pages of the import: upload, say what the columns mean, check, register."""

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assets.columns import REQUIRED
from assets.models import Batch
from tests import world
from tests.assets.pages import as_typed

UPLOAD = "/assets/imports/new/"
HEADERS = [column.label for column in REQUIRED]
GOOD = ["課税台帳", "取り扱う情報", "税務課", "税務課長", "3B", "2", "2", "マイナンバー利用事務系", "本庁舎"]


def table(*rows: Sequence[Any], headers: Sequence[str] = HEADERS) -> bytes:
    """A CSV file with a BOM, as Excel saves it; rows that were made alike get names of their own."""
    text = io.StringIO()
    names = (f"{GOOD[0]}{number if number > 1 else ''}" for number in itertools.count(1))
    told_apart = [[next(names), *row[1:]] if row[:1] == GOOD[:1] else row for row in rows]
    csv.writer(text).writerows([headers, *told_apart])
    return text.getvalue().encode("utf-8-sig")


def good(**changes: str) -> list[str]:
    """A row without fault, some of its cells (by key of the column) changed."""
    keys = [column.key for column in REQUIRED]
    return [changes.get(key, value) for key, value in zip(keys, GOOD, strict=True)]


def upload(client: Client, data: bytes, name: str = "台帳.csv") -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def uploaded(client: Client, data: bytes, name: str = "台帳.csv") -> Batch:
    """The batch that a file has become."""
    answer = upload(client, data, name)
    assert answer.status_code == 302, answer.context["form"].errors
    return Batch.objects.latest("pk")


def decide(
    client: Client, batch: Batch, fixed: Mapping[str, Any] | None = None, means: Mapping[str, str] | None = None
) -> Any:
    """Step 2 as the form shows it, with some columns (by header) sent elsewhere and values for every row."""
    form = client.get(f"/assets/imports/{batch.pk}/columns/").context["form"]
    sent = {field.html_name: as_typed(field.value()) for field in form}
    by_header = {header["header"]: f"column-{header['index']}" for header in batch.headers}
    sent |= {by_header[header]: key for header, key in (means or {}).items()}
    sent |= {f"fixed-{key}": as_typed(value) for key, value in (fixed or {}).items()}
    return client.post(f"/assets/imports/{batch.pk}/columns/", sent)


def checked(client: Client, data: bytes, fixed: Mapping[str, Any] | None = None) -> Batch:
    batch = uploaded(client, data)
    assert decide(client, batch, fixed).status_code == 302
    return Batch.objects.get(pk=batch.pk)


def findings(batch: Batch) -> list[tuple[str, str, str]]:
    """(place, column, sentence) of everything that is wrong, in order."""
    return [(f["place"], f["column"], f["text"]) for row in batch.rows.all() for f in row.findings]


def register(client: Client, batch: Batch, ending: str = "register", reason: str = "年度当初の取込") -> Any:
    return client.post(f"/assets/imports/{batch.pk}/register/", {"ending": ending, "reason": reason}, follow=True)


FIXED = ("asset_type", "section", "sec_manager", "confidentiality", "integrity", "availability", "segment", "location")


def the_rest(**changes: Any) -> dict[str, Any]:
    """Values for every row, for a file that has nothing but names."""
    values = world.values()
    return {**{key: values[key] for key in FIXED}, **changes}
