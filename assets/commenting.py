"""Comments on an asset: saying something to posts, withdrawing it, confirming that it was read."""

import uuid
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.utils import timezone

from assets.access import may_comment, may_confirm_comment, may_withdraw_comment, posts_to_ask
from assets.editing import locked
from assets.models import Asset, Comment, Mention
from registry.base.verdict import Conflict
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import User
from registry.organization.naming import post_names
from registry.organization.vocabulary import said_later

TALK = ("asset.commented", "asset.comment-seen", "asset.comment-withdrawn")
TWICE = said_later("このコメントはすでに受け付けています(二度押し)。{asset}の画面で確かめてください。")
LOST = said_later("宛先に選んだ職は、この{asset}を見られなくなりました。宛先を選び直してください。")


@in_turn()
def say(
    asset: Asset, text: str, *, by: User, to: Collection[int] = (), answers: Comment | None = None, token: uuid.UUID
) -> Comment:
    """Comment on an asset; `to` holds the keys of posts that may see it, `answers` the comment this one answers.

    Answering confirms what was said to one's own posts. `token` belongs to one showing of the form. Raises Conflict
    (sent twice, the answered comment is withdrawn) or ValidationError (a post that may not see the asset).
    """
    asset = locked(asset.pk)
    may_comment(by, asset).require()
    if Comment.objects.filter(token=token).exists():
        raise Conflict(TWICE)
    if answers and not asset.comments.filter(pk=answers.pk, withdrawn_at__isnull=True).exists():
        raise Conflict("返事をしようとしたコメントは、取り消されました。画面を読み込み直してください。")
    posts = list(posts_to_ask(asset).filter(pk__in=to).select_related("department"))
    if len(posts) < len(set(to)):
        raise ValidationError(LOST)
    comment = Comment.objects.create(
        asset=asset, text=text, author=by, post_label=by.post_label()[:300], answers=answers, token=token
    )
    Mention.objects.bulk_create([Mention(comment=comment, post=post) for post in posts])
    if answers:
        _settle(answers, by)
    changes = [("コメント", "", text), ("宛先", "", "、".join(post_names(posts).values()))]
    _record("asset.commented", comment, by, [change for change in changes if change[2]])
    return comment


@in_turn()
def withdraw(comment: Comment, *, by: User) -> Comment:
    """取消し: the page says that it was withdrawn, history keeps what it said, nobody is asked to read it any more."""
    comment = _again(comment)
    may_withdraw_comment(by, comment).require()
    comment.withdrawn_at = timezone.now()
    comment.save(update_fields=["withdrawn_at"])
    _record("asset.comment-withdrawn", comment, by, [("コメント", comment.text, "")])
    return comment


@in_turn()
def confirm_read(comment: Comment, *, by: User) -> list[Mention]:
    """確認した: what was said to the posts this person holds is done with; nothing when somebody did so before."""
    comment = _again(comment)
    may_confirm_comment(by, comment).require()
    settled = _settle(comment, by)
    if settled:
        posts = "、".join(post_names([mention.post for mention in settled]).values())
        _record("asset.comment-seen", comment, by, [("コメント", "", comment.text), ("宛先", "", posts)])
    return settled


@in_turn()
def pass_on_mentions(successors: Mapping[int, int]) -> list[tuple[int, int]]:
    """Let what waits to be read by posts that end wait for those that take over (post → post), as part of a larger act.

    Returns what it takes to go back: of each mention its key and its post before.
    """
    waiting = Mention.objects.filter(post__in=successors, settled_at__isnull=True)
    stood = dict(waiting.order_by("pk").values_list("pk", "post"))
    return [(key, stood[key]) for key in _address({key: successors[post] for key, post in stood.items()})]


@in_turn()
def give_mentions_back(passed: Mapping[int, int], predecessors: Mapping[int, int]) -> None:
    """Take `pass_on_mentions` back (mention → post); what was said since to a post that is no more goes to the one before
    (post → post).
    """
    since = Mention.objects.filter(post__in=predecessors).order_by("pk").values_list("pk", "post")
    _address({**{key: predecessors[post] for key, post in since}, **passed})


def _address(wanted: Mapping[int, int]) -> list[int]:
    """Let mentions (by key) be for other posts, but no comment twice for one; returns those that changed."""
    found = Mention.objects.select_for_update(of=("self",)).in_bulk(wanted)
    beside = Mention.objects.filter(comment__in=[mention.comment_id for mention in found.values()])
    taken = set(beside.values_list("comment_id", "post_id"))
    changed = []
    for key, mention in found.items():
        if (pair := (mention.comment_id, wanted[key])) not in taken:
            taken.add(pair)
            mention.post_id = wanted[key]
            changed.append(mention)
    Mention.objects.bulk_update(changed, ["post"], batch_size=500)
    return [mention.pk for mention in changed]


def _settle(comment: Comment, by: User) -> list[Mention]:
    mine = [appointment.post_id for appointment in by.appointments_today]
    waiting = list(comment.mentions.in_order().filter(post__in=mine, settled_at__isnull=True))
    now = timezone.now()
    Mention.objects.filter(pk__in=[mention.pk for mention in waiting]).update(settled_by=by, settled_at=now)
    return waiting


def _again(comment: Comment) -> Comment:
    """The comment, read again inside the turn."""
    return Comment.objects.select_related("asset").select_for_update(of=("self",)).get(pk=comment.pk)


def _record(act: str, comment: Comment, by: User, changes: list[tuple[str, str, str]]) -> None:
    record(act, comment.asset, by=by, department_id=comment.asset.department_id, changes=changes)
