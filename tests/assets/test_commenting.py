"""Comments on an asset: said to posts, seen on their マイページ until confirmed or answered, withdrawn by who wrote them."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assets.commenting import confirm_read, say, withdraw
from assets.models import Asset, Comment, Mention
from assets.states import State
from registry.base.verdict import Conflict
from registry.history.models import Entry
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Post
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests import world
from tests.assets.pages import errors_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def asset() -> Asset:
    return world.proposal_in(State.APPROVED, "tax", name="課税台帳").asset


def post_of(name: str) -> Post:
    return Appointment.objects.get(user__username=name).post


def comment(
    asset: Asset, text: str = "保管場所を確認してください。", by: str = "clerk", to: tuple[str, ...] = ()
) -> Comment:
    keys = [post_of(name).pk for name in to]
    return say(asset, text, by=world.person(by), to=keys, token=uuid.uuid4())


def address(asset: Asset) -> str:
    return reverse("assets:comment", args=[asset.pk])


def send(client: Client, asset: Asset, text: str, *to: str, **typed: Any) -> Any:
    token = client.get(address(asset)).context["form"]["token"].value()
    data = {"text": text, "token": token, "to": [post_of(name).pk for name in to], **typed}
    return client.post(address(asset), data, follow=True)


def waiting(client: Client) -> list[str]:
    rows: list[dict[str, Any]] = client.get("/").context["mentions"]["rows"]
    return [row["text"] for row in rows]


def test_a_comment_stands_on_the_page_with_post_and_moment_and_in_the_history(signed_in: SignIn, asset: Asset) -> None:
    answer = send(signed_in("clerk"), asset, "二行に\nわたる。", "manager")
    assert [str(message) for message in answer.context["messages"]] == [
        "コメントしました。宛先の職(1)のマイページに表示されます。"
    ]
    page = signed_in("auditor").get(asset.get_absolute_url()).content.decode()
    assert "二行に<br>わたる。" in page
    assert "税務課主査の人" in page
    assert "税務課長宛て（未確認）" in page
    entry = Entry.objects.get(act="asset.commented")
    assert entry.changes == [["コメント", "", "二行に\nわたる。"], ["宛先", "", "税務課長"]]
    assert (entry.kind, entry.subject_id, entry.department_id) == ("asset", asset.pk, asset.department_id)


def test_the_post_at_the_time_stays_when_the_person_moves_on(asset: Asset) -> None:
    said = comment(asset)
    end_appointment(Appointment.objects.get(user__username="clerk"), timezone.localdate(), by=None)
    said.refresh_from_db()
    assert said.post_label == "税務課主査"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "コメントを入力してください。"),
        (" \u3000\u200b", "コメントを入力してください。"),
        ("番号は1234-5678-9018です", "個人番号"),
        ("制御\x07文字", "制御文字"),
        ("あ" * 2001, "2,000文字まで"),
    ],
)
def test_what_may_not_stand_in_a_comment_is_said_and_the_text_stays(
    signed_in: SignIn, asset: Asset, text: str, words: str
) -> None:
    answer = send(signed_in("clerk"), asset, text, "manager")
    assert words in errors_of(answer)["text"][0]
    assert answer.context["form"]["text"].value() == text
    assert answer.context["form"]["to"].value() == [str(post_of("manager").pk)]
    assert not Comment.objects.exists()


def test_only_posts_that_may_see_the_asset_are_offered_without_names(signed_in: SignIn, asset: Asset) -> None:
    create_post(world.department("tax"), "税務課参事", [Role.STAFF], world.SINCE, by=None)
    form = signed_in("clerk").get(address(asset)).context["form"]
    offered = dict(form.fields["to"].choices)
    assert {
        post_of(name).pk for name in ("manager", "colleague", "auditor", "secretariat", "reviewer")
    } <= offered.keys()
    assert not {post_of(name).pk for name in ("stranger", "stranger_clerk", "councillor", "clerk")} & offered.keys()
    assert next(iter(offered.values())).startswith("税務課"), "those of the asset's own 課 stand first"
    assert "税務課参事(空席)" in offered.values()
    assert not [name for name in offered.values() if "の人" in name]


@pytest.mark.parametrize("name", ["stranger", "councillor"])
def test_a_post_that_may_not_see_it_cannot_be_mentioned(signed_in: SignIn, asset: Asset, name: str) -> None:
    answers = [send(signed_in("clerk"), asset, "見て", to=[key]) for key in (post_of(name).pk, 987654321)]
    told = {str(errors_of(answer)["to"]) for answer in answers}
    assert told == {"['宛先に選べない職が含まれています。選び直してください。']"}
    with pytest.raises(ValidationError, match="見られなくなりました"):
        comment(asset, to=(name,))
    assert not Comment.objects.exists()


def test_it_waits_on_the_first_page_of_who_holds_the_post_until_confirmed(signed_in: SignIn, asset: Asset) -> None:
    said = comment(asset, to=("manager", "reviewer"))
    manager = signed_in("manager")
    page = manager.get("/")
    assert [tile["count"] for tile in page.context["tiles"] if tile["label"] == "コメントの宛先"] == [1]
    assert "あなたの職が、コメントの宛先になっています。" in page.content.decode()
    assert waiting(signed_in("clerk")) == waiting(signed_in("stranger")) == []
    answer = manager.post(reverse("assets:comment-confirm", args=[said.pk]), {"from": "home"})
    assert answer.headers["Location"] == "/"
    assert waiting(manager) == []
    assert waiting(signed_in("reviewer")) == [said.text]
    told = manager.get(asset.get_absolute_url()).content.decode()
    assert "税務課長宛て（税務課長の人が" in told
    assert "企画課長宛て（未確認）" in told
    assert Entry.objects.get(act="asset.comment-seen").actor == world.person("manager")


def test_confirming_twice_is_recorded_once(asset: Asset) -> None:
    said = comment(asset, to=("manager",))
    assert len(confirm_read(said, by=world.person("manager"))) == 1
    assert confirm_read(said, by=world.person("manager")) == []
    assert Entry.objects.filter(act="asset.comment-seen").count() == 1


def test_one_of_several_who_hold_the_post_is_enough(signed_in: SignIn, asset: Asset) -> None:
    post = post_of("manager")
    appoint(world.person("colleague"), post, world.SINCE, by=None)
    said = say(asset, "見て", by=world.person("clerk"), to=[post.pk], token=uuid.uuid4())
    assert waiting(signed_in("colleague")) == waiting(signed_in("manager")) == ["見て"]
    confirm_read(said, by=world.person("colleague"))
    assert waiting(signed_in("manager")) == []


def test_answering_is_confirming_and_asks_back(signed_in: SignIn, asset: Asset) -> None:
    said = comment(asset, to=("manager",))
    manager = signed_in("manager")
    form = manager.get(f"{address(asset)}?answers={said.pk}").context["form"]
    assert form.initial["to"] == [post_of("clerk").pk]
    data = {"text": "確認しました。", "token": form.initial["token"], "to": form.initial["to"], "answers": said.pk}
    page = manager.post(address(asset), data, follow=True).content.decode()
    assert "税務課主査の人さんへの返事" in page
    assert waiting(manager) == []
    assert waiting(signed_in("clerk")) == ["確認しました。"]


def test_a_post_that_loses_sight_of_the_asset_no_longer_sees_the_comment(signed_in: SignIn, asset: Asset) -> None:
    said = comment(asset, to=("manager",))
    Asset.objects.filter(pk=asset.pk).update(department=world.department("residents"))
    assert waiting(signed_in("manager")) == []
    assert "コメントの宛先" not in signed_in("manager").get("/").content.decode()
    assert signed_in("manager").post(reverse("assets:comment-confirm", args=[said.pk])).status_code == 404
    assert Mention.objects.get().settled_at is None


def test_who_takes_over_the_post_takes_over_what_was_said_to_it(signed_in: SignIn, asset: Asset) -> None:
    comment(asset, to=("manager",))
    post = post_of("manager")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    end_appointment(Appointment.objects.get(user__username="manager"), yesterday, by=None)
    appoint(world.person("postless"), post, timezone.localdate(), by=None)
    assert waiting(signed_in("postless")) == ["保管場所を確認してください。"]
    assert waiting(signed_in("manager")) == []


def test_who_wrote_it_withdraws_it_and_only_the_history_still_has_it(signed_in: SignIn, asset: Asset) -> None:
    said = comment(asset, "まちがったことを書きました。", to=("manager",))
    page = signed_in("clerk").post(reverse("assets:comment-withdraw", args=[said.pk]), follow=True).content.decode()
    assert "このコメントは取り消されました。" in page
    assert "まちがったこと" not in page
    assert waiting(signed_in("manager")) == []
    history = signed_in("clerk").get(reverse("assets:history", args=[asset.pk])).content.decode()
    assert "まちがったことを書きました。" in history
    assert signed_in("clerk").post(reverse("assets:comment-withdraw", args=[said.pk])).status_code == 403
    with pytest.raises(PermissionDenied, match="取り消されています"):
        confirm_read(said, by=world.person("manager"))


@pytest.mark.parametrize("name", ["manager", "secretariat", "auditor"])
def test_nobody_withdraws_what_somebody_else_wrote(asset: Asset, name: str) -> None:
    with pytest.raises(PermissionDenied, match="書いた本人だけ"):
        withdraw(comment(asset), by=world.person(name))


def test_a_withdrawn_comment_cannot_be_answered(signed_in: SignIn, asset: Asset) -> None:
    said = comment(asset)
    withdraw(said, by=world.person("clerk"))
    for key in (said.pk, 987654321, "9" * 40, "x"):
        assert signed_in("manager").get(f"{address(asset)}?answers={key}").status_code == 409
    with pytest.raises(Conflict, match="取り消されました"):
        say(asset, "返事", by=world.person("manager"), answers=said, token=uuid.uuid4())


def test_a_comment_of_another_asset_cannot_be_answered_here(signed_in: SignIn, asset: Asset) -> None:
    other = world.proposal_in(State.APPROVED, "tax", name="別の台帳").asset
    said = comment(other)
    assert signed_in("manager").get(f"{address(asset)}?answers={said.pk}").status_code == 409
    with pytest.raises(Conflict):
        say(asset, "返事", by=world.person("manager"), answers=said, token=uuid.uuid4())


def test_a_double_click_comments_once(signed_in: SignIn, asset: Asset) -> None:
    token = str(uuid.uuid4())
    for status in (302, 409):
        answer = signed_in("clerk").post(address(asset), {"text": "一度だけ", "token": token})
        assert answer.status_code == status
    assert Comment.objects.count() == 1


def test_an_auditor_may_ask_and_a_disposed_asset_may_be_spoken_of(asset: Asset) -> None:
    Asset.objects.filter(pk=asset.pk).update(**world.DISPOSED)
    assert comment(asset, "廃棄の証明はどこにありますか。", by="auditor", to=("manager",)).mentions.count() == 1


def test_an_entry_that_was_given_up_is_not_spoken_of() -> None:
    with pytest.raises(PermissionDenied, match="取り下げた"):
        comment(world.proposal_in(State.WITHDRAWN, "tax").asset)


def test_earlier_comments_are_left_to_the_history(signed_in: SignIn, asset: Asset) -> None:
    for number in range(31):
        comment(asset, f"第{number}号")
    page = signed_in("clerk").get(asset.get_absolute_url()).content.decode()
    assert "これより前のコメントを履歴で見る" in page
    assert page.index("第1号") < page.index("第30号")
