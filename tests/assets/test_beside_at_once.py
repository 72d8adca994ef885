"""Evidence and comments when several people act at the same moment: limits hold, nothing happens twice."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assets.attaching import attach, attach_received, put_back, remove
from assets.choices import Evidence
from assets.commenting import confirm_read, say
from assets.models import Asset, Attachment, Comment
from assets.states import State
from registry.files.models import StoredFile
from registry.files.storing import Received, place_of, receive
from registry.files.verifying import verify
from registry.history.chain import verify as verify_history
from registry.history.models import Entry
from tests import world
from tests.assets.at_once import at_once, refused

pytestmark = pytest.mark.usefixtures("committed")
TWELVE = range(12)


@pytest.fixture
def asset(committed: None, settings: Any, tmp_path: Path) -> Asset:
    settings.FILES_DIR = tmp_path / "files"
    return world.proposal_in(State.APPROVED, "tax").asset


def received(words: str) -> Received:
    return receive(SimpleUploadedFile("記録.txt", words.encode()))


def attaching(asset: Asset, file: Received, by: str = "clerk") -> Callable[[], list[Attachment]]:
    return lambda: attach_received(asset, [file], Evidence.OTHER, by=world.person(by))


def test_uploads_at_once_never_exceed_the_limit(asset: Asset, settings: Any, tmp_path: Path) -> None:
    settings.FILES_PER_ASSET = 5
    files = [received(f"第{n}号") for n in TWELVE]
    results = at_once([attaching(asset, file, ("clerk", "manager")[n % 2]) for n, file in enumerate(files)])
    assert len(refused(results)) == 7
    assert asset.attachments.in_place().count() == StoredFile.objects.count() == 5
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 5
    assert verify().problems == []
    assert verify_history().problem == ""


def test_the_same_file_at_once_is_attached_once(asset: Asset) -> None:
    files = [received("同じ") for _ in range(6)]
    results = at_once([attaching(asset, file) for file in files])
    assert sorted(len(done) for done in results) == [0] * 5 + [1]
    assert Entry.objects.filter(act="asset.attached").count() == 1


def test_the_same_bytes_on_many_assets_lie_there_once_and_whole(asset: Asset) -> None:
    assets = [asset, *(world.proposal_in(State.APPROVED, "tax", name=f"資産{n}").asset for n in range(5))]
    files = [received("同じ") for _ in assets]
    at_once([attaching(each, file) for each, file in zip(assets, files, strict=True)])
    assert Attachment.objects.count() == len(assets)
    assert place_of(files[0].sha256).read_bytes() == "同じ".encode()
    assert verify().whole == 1


def test_taking_off_and_putting_back_at_once_end_in_one_of_the_two(asset: Asset) -> None:
    upload = SimpleUploadedFile("記録.txt", "一".encode())
    attachment = attach(asset, upload, Evidence.OTHER, by=world.person("clerk"))

    def take_off() -> Attachment:
        return remove(attachment, by=world.person("clerk"), reason="ため")

    def back() -> Attachment:
        return put_back(attachment, by=world.person("manager"))

    results = at_once([take_off, take_off, back, take_off])
    done = len(results) - len(refused(results))
    acts = Entry.objects.filter(act__in=["asset.attachment-removed", "asset.attachment-restored"])
    assert acts.count() == done
    attachment.refresh_from_db()
    assert (attachment.removed_at is None) == (done == 2)


def test_a_comment_sent_many_times_is_said_once_and_confirmed_once(asset: Asset) -> None:
    token, posts = uuid.uuid4(), [world.head_of("tax").pk]

    def speak() -> Comment:
        return say(asset, "確認してください。", by=world.person("clerk"), to=posts, token=token)

    assert len(refused(at_once([speak] * 6))) == 5
    said = Comment.objects.get()
    results = at_once([lambda: confirm_read(said, by=world.person("manager"))] * 6)
    assert sorted(map(len, results)) == [0] * 5 + [1]
    assert Entry.objects.filter(act="asset.comment-seen").count() == 1
