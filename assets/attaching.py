"""Evidence on an asset: attaching, taking off, putting back. It stands beside what is proposed and approved (ADR 9)."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils import timezone

from assets.access import may_attach
from assets.editing import locked
from assets.models import Asset, Attachment
from registry.base.verdict import Conflict
from registry.files.models import StoredFile
from registry.files.refusal import Refused
from registry.files.storing import Received, keep, let_go, receive
from registry.files.verifying import note_problem
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.organization.vocabulary import word

Change = tuple[str, str, str]
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


def attach(asset: Asset, upload: File, kind: str, *, by: User, note: str = "") -> Attachment:
    """Check one upload and attach it as evidence of a kind (`choices.Evidence`).

    Raises Refused (the file), ValidationError (too many, no room) or PermissionDenied, each with what to do.
    """
    may_attach(by, asset).require()
    received = receive(upload)
    done = attach_received(asset, [received], kind, by=by, note=note)
    if not done:
        raise Refused(same(received))
    return done[0]


def attach_received(
    asset: Asset, received: Sequence[Received], kind: str, *, by: User, note: str = ""
) -> list[Attachment]:
    """Attach files that were received before the turn began: all of them, or none and the reason.

    What hangs there already with the very same bytes is left out (a double click, a file chosen twice).
    """
    try:
        return _attach(asset, received, kind, by=by, note=note)
    except BaseException:
        for file in received:
            let_go(file)
        raise


def same(received: Received) -> str:
    """The sentence about a file that was left out."""
    return f"「{received.name}」と同じ内容のファイルが、すでに添付されています。"


@in_turn()
def _attach(asset: Asset, received: Sequence[Received], kind: str, *, by: User, note: str) -> list[Attachment]:
    asset = locked(asset.pk)
    may_attach(by, asset).require()
    hanging = set(asset.attachments.in_place().values_list("file__sha256", flat=True))
    new: dict[str, Received] = {}
    for file in received:
        if file.sha256 in hanging or file.sha256 in new:
            let_go(file)
        else:
            new[file.sha256] = file
    _refuse_too_many(asset, len(new))
    done = [
        Attachment.objects.create(asset=asset, file=keep(file, by=by), kind=kind, note=note, attached_by=by)
        for file in new.values()
    ]
    for attachment in done:
        record("asset.attached", asset, by=by, department_id=asset.department_id, changes=_facts(attachment))
    return done


@in_turn()
def remove(attachment: Attachment, *, by: User, reason: str) -> Attachment:
    """取り外し: it is no longer shown among the evidence; file and history stay, and it can be put back."""
    attachment, asset = _locked(attachment, by)
    if attachment.removed_at is not None:
        raise Conflict(f"「{attachment}」は、すでに取り外されています。")
    if not reason.strip():
        raise ValidationError("取り外す理由を入力してください。")
    attachment.removed_by, attachment.removed_at, attachment.removed_reason = by, timezone.now(), reason
    attachment.save(update_fields=["removed_by", "removed_at", "removed_reason"])
    changes = [("ファイル", str(attachment), "")]
    record("asset.attachment-removed", asset, by=by, department_id=asset.department_id, changes=changes, note=reason)
    return attachment


@in_turn()
def put_back(attachment: Attachment, *, by: User) -> Attachment:
    """Undo a 取り外し."""
    attachment, asset = _locked(attachment, by)
    if attachment.removed_at is None:
        raise Conflict(f"「{attachment}」は、すでに元に戻されています。")
    if asset.attachments.in_place().filter(file__sha256=attachment.file.sha256).exists():
        raise Conflict(f"「{attachment}」と同じ内容のファイルが、あとからもう一度添付されています。")
    _refuse_too_many(asset, 1)
    attachment.removed_by, attachment.removed_at, attachment.removed_reason = None, None, ""
    attachment.save(update_fields=["removed_by", "removed_at", "removed_reason"])
    record(
        "asset.attachment-restored",
        asset,
        by=by,
        department_id=asset.department_id,
        changes=[("ファイル", "", str(attachment))],
    )
    return attachment


@in_turn()
def note_damage(attachment: Attachment, problem: StoredFile.Problem, *, by: User) -> None:
    """Somebody wanted a file whose bytes are gone or changed: mark it, and tell the asset's history."""
    note_problem(attachment.file.sha256, problem)
    changes = [("ファイル", str(attachment), problem.label)]
    asset = attachment.asset
    record("asset.attachment-damaged", asset, by=by, department_id=asset.department_id, changes=changes)


def size_in_words(size: int) -> str:
    """A size as people read it: 「350KB」, 「1.2MB」."""
    return f"{size / MEGABYTE:,.1f}MB" if size >= MEGABYTE else f"{max(1, round(size / KILOBYTE)):,}KB"


def _refuse_too_many(asset: Asset, more: int) -> None:
    most, there = settings.FILES_PER_ASSET, asset.attachments.in_place().count()
    if there + more > most:
        raise ValidationError(
            f"一件の{word('asset')}に添付できるのは{most}個までです(いまは{there}個)。要らないものを取り外してから添付してください。"
        )


def _locked(attachment: Attachment, by: User) -> tuple[Attachment, Asset]:
    """The attachment and its asset, read again inside the turn, for somebody who may change them."""
    asset = locked(attachment.asset_id)
    may_attach(by, asset).require()
    again = Attachment.objects.select_related("file").select_for_update(of=("self",)).get(pk=attachment.pk)
    return again, asset


def _facts(attachment: Attachment) -> list[Change]:
    file = attachment.file
    facts = {
        "ファイル": file.name,
        "種類": attachment.get_kind_display(),
        "説明": attachment.note,
        "大きさ": size_in_words(file.size),
        "SHA-256": file.sha256,
    }
    return [(label, "", value) for label, value in facts.items() if value]
