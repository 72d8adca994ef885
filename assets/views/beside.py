"""What stands beside an asset on its page: the evidence that was attached, and what was said about it."""

from typing import Any

from django.conf import settings

from assets.access import may_attach, may_comment
from assets.attaching import size_in_words
from assets.models import Asset, Attachment, Comment, Mention
from registry.organization.models import User
from registry.organization.naming import post_names

SHOWN = 30


def beside(asset: Asset, user: User) -> dict[str, Any]:
    """The context of both sections."""
    return {"evidence": _evidence(asset, user), "talk": _talk(asset, user)}


def _evidence(asset: Asset, user: User) -> dict[str, Any]:
    rows = list(asset.attachments.listed())
    return {
        "asset": asset,
        "rows": [_attachment(row) for row in rows if row.removed_at is None],
        "removed": [_attachment(row) for row in rows if row.removed_at is not None],
        "may_attach": bool(may_attach(user, asset)),
        "most": settings.FILES_PER_ASSET,
    }


def _attachment(row: Attachment) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "name": row.file.name,
        "url": row.get_absolute_url(),
        "kind": row.get_kind_display(),
        "note": row.note,
        "type": row.file.get_kind_display(),
        "size": size_in_words(row.file.size),
        "problem": row.file.get_problem_display() if row.file.problem else "",
        "who": row.attached_by.name,
        "when": row.attached_at,
        "removed_by": row.removed_by.name if row.removed_by else "",
        "removed_at": row.removed_at,
        "reason": row.removed_reason,
    }


def _talk(asset: Asset, user: User) -> dict[str, Any]:
    found = list(asset.comments.listed()[: SHOWN + 1])
    mentions = [mention for comment in found for mention in comment.mentions.all()]
    names = post_names({mention.post_id: mention.post for mention in mentions}.values())
    mine = {appointment.post_id for appointment in user.appointments_today}
    return {
        "asset": asset,
        "rows": [_comment(row, user, mine, names) for row in reversed(found[:SHOWN])],
        "earlier": len(found) > SHOWN,
        "may_comment": bool(may_comment(user, asset)),
    }


def _comment(row: Comment, user: User, mine: set[int], names: dict[int, str]) -> dict[str, Any]:
    mentions = row.mentions.all()
    withdrawn = row.withdrawn_at is not None
    return {
        "pk": row.pk,
        "who": row.author.name,
        "post": row.post_label,
        "when": row.at,
        "text": row.text,
        "withdrawn": withdrawn,
        "to": [_mention(mention, names) for mention in mentions],
        "answers": row.answers.author.name if row.answers else "",
        "own": row.author_id == user.pk and not withdrawn,
        "waiting": not withdrawn and any(m.post_id in mine and m.settled_at is None for m in mentions),
    }


def _mention(mention: Mention, names: dict[int, str]) -> dict[str, Any]:
    return {
        "post": names[mention.post_id],
        "who": mention.settled_by.name if mention.settled_by else "",
        "when": mention.settled_at,
    }
