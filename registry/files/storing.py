"""Keeping files: written aside and synced, then, once the act that keeps them has committed, moved into place.

A file lies under its SHA-256, so the same bytes lie there once. Whatever moment the machine dies at: before the commit
only something in `incoming` is left, which `tidy_up` clears away; after it the file is in place, or in `incoming` and
taken from there by whoever wants it next.
"""

import contextlib
import functools
import hashlib
import os
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Max, Sum

from registry.files.checking import check, check_size
from registry.files.models import StoredFile
from registry.files.names import kept, showable
from registry.files.refusal import Refused

INCOMING: Final = "incoming"
GIGABYTE: Final = 1024**3
SECONDS_TO_COMMIT: Final = 24 * 60 * 60


class Damaged(Exception):  # noqa: N818 - it is an answer to a person, not a fault of the program
    """The bytes of a kept file are gone or are not what they were; `problem` says which."""

    def __init__(self, problem: StoredFile.Problem) -> None:
        """Take what is wrong."""
        super().__init__(f"保管しているファイルに異常があります({problem.label})。")
        self.problem = problem


@dataclass(frozen=True)
class Received:
    """A file that passed the check and lies aside, complete and synced, until an act keeps it."""

    name: str
    kind: str
    size: int
    sha256: str
    aside: Path


def receive(upload: File) -> Received:
    """Check an upload and write it aside; no lock is needed for it.

    Raises Refused with a sentence that begins with the file's name and says what is wrong and what to do.
    """
    filename = upload.name or ""
    try:
        check_size(upload.size)
        data = upload.read()
        kind = check(data, filename)
    except Refused as refusal:
        raise Refused(f"「{showable(filename)}」は添付できません。{refusal}") from None
    sha256 = hashlib.sha256(data).hexdigest()
    aside = _folder(INCOMING) / f"{sha256}.{uuid.uuid4().hex}"
    aside.touch(mode=0o600, exist_ok=False)
    with aside.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    _sync(aside.parent)
    return Received(kept(filename), kind, len(data), sha256, aside)


def receive_all(uploads: Iterable[File]) -> tuple[list[Received], list[str]]:
    """What passed the check, and the sentences about what did not."""
    received, refused = [], []
    for upload in uploads:
        try:
            received.append(receive(upload))
        except Refused as refusal:
            refused.append(str(refusal))
    return received, refused


def keep(received: Received, *, by: Any) -> StoredFile:
    """Make a row of a received file, inside the transaction of the act that keeps it; it moves into place after that.

    Raises ValidationError when all kept files together would be more than the setting FILES_GIGABYTES.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a file is kept inside the transaction of the act")
    if taken() + received.size > settings.FILES_GIGABYTES * GIGABYTE:
        raise ValidationError(
            f"ファイルの置き場所が一杯です(上限{settings.FILES_GIGABYTES}GB)。システム管理者に連絡してください。"
        )
    facts = {"sha256": received.sha256, "size": received.size, "kind": received.kind, "name": received.name}
    transaction.on_commit(functools.partial(_settle, received.sha256, received.aside), robust=True)
    return StoredFile.objects.create(**facts, stored_by=by)


def let_go(received: Received) -> None:
    """Forget a received file that no act has kept."""
    received.aside.unlink(missing_ok=True)


def taken() -> int:
    """How many bytes all kept files take; the same bytes count once."""
    each = StoredFile.objects.values("sha256").annotate(bytes=Max("size"))
    return int(each.aggregate(total=Sum("bytes"))["total"] or 0)


def content(stored: StoredFile) -> bytes:
    """The bytes of a kept file, proved to be what they were. Raises Damaged."""
    try:
        data = _found(stored.sha256).read_bytes()
    except OSError:
        raise Damaged(StoredFile.Problem.MISSING) from None
    if hashlib.sha256(data).hexdigest() != stored.sha256:
        raise Damaged(StoredFile.Problem.CHANGED)
    return data


def place_of(sha256: str) -> Path:
    """Where the bytes with this fingerprint lie."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def tidy_up() -> int:
    """Finish what was committed and clear away what never was; how many files were cleared away."""
    cleared = 0
    for aside in list(_folder(INCOMING).iterdir()):
        sha256 = aside.name.split(".")[0]
        if StoredFile.objects.filter(sha256=sha256).exists():
            _settle(sha256, aside)
        elif time.time() - aside.stat().st_mtime > SECONDS_TO_COMMIT:
            aside.unlink(missing_ok=True)
            cleared += 1
    return cleared


def _found(sha256: str) -> Path:
    place = place_of(sha256)
    if not place.exists():
        for aside in _folder(INCOMING).glob(f"{sha256}.*"):
            _settle(sha256, aside)
    return place


def _settle(sha256: str, aside: Path) -> None:
    """Move a file into place; whoever comes second finds it there."""
    place = place_of(sha256)
    _folder(sha256[:2])
    with contextlib.suppress(FileNotFoundError):
        aside.replace(place)
        _sync(place.parent)


def _folder(name: str) -> Path:
    folder = Path(settings.FILES_DIR) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _sync(folder: Path) -> None:
    """Make sure that the names in a folder survive a power failure, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
