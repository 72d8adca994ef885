"""The form of a comment: what is said, and the posts it is for, out of those that may see the asset."""

import uuid
from typing import Any

from django import forms

from assets.access import posts_to_ask
from assets.forms.fields import Reason
from assets.models import Asset, Comment
from registry.organization.models import Appointment, User
from registry.organization.naming import post_names

VACANT = "(空席)"


class CommentForm(forms.Form):
    """`answers` is the comment this one would answer; its author's posts are chosen from the start."""

    use_required_attribute = False
    text = Reason(rows=3, label="コメントの内容", error_messages={"required": "コメントを入力してください。"})
    to = forms.TypedMultipleChoiceField(
        label="宛先の職",
        help_text="選んだ職のマイページに表示され、確認か返事があるまで残ります。選ばなくてもかまいません。",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "宛先に選べない職が含まれています。選び直してください。"},
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, asset: Asset, user: User, answers: Comment | None = None) -> None:
        offered = _offered(asset, user)
        asked = _posts_of(answers.author_id) & offered.keys() if answers else set()
        super().__init__(data, initial={"token": uuid.uuid4(), "to": list(asked)}, auto_id="comment-%s")
        to: Any = self.fields["to"]
        to.choices = list(offered.items())


def _offered(asset: Asset, user: User) -> dict[int, str]:
    """Key → name of the posts to choose from, those of the asset's department first; one's own are left out."""
    mine = [appointment.post_id for appointment in user.appointments_today]
    posts = list(posts_to_ask(asset).exclude(pk__in=mine).select_related("department").in_tree_order())
    posts.sort(key=lambda post: post.department_id != asset.department_id)
    held = set(Appointment.objects.current().filter(post__in=posts).values_list("post_id", flat=True))
    return {key: name if key in held else f"{name}{VACANT}" for key, name in post_names(posts).items()}


def _posts_of(author: int) -> set[int]:
    return set(Appointment.objects.current().filter(user=author).values_list("post_id", flat=True))
