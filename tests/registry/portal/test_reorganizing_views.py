"""The views of a 課, and what waits to be read by its posts, go on with whoever takes over, and come back when undone."""

import uuid

import pytest
from django.http import QueryDict

from assets.commenting import confirm_read, give_mentions_back, pass_on_mentions, say
from assets.models import Comment, Mention, SavedView
from assets.saved_views import change_view, delete_view, save_view
from assets.states import State
from registry.history.models import Entry
from registry.organization.models import Department, Post
from registry.portal.reorganizing import undo
from tests import world
from tests.assets.test_saved_views import kept, offered
from tests.registry.portal.plans import becomes, by_hand, carried_out, renamed

pytestmark = pytest.mark.django_db


def views() -> dict[str, tuple[str, bool]]:
    """Name → the 課 it belongs to now, and whether it opens first."""
    found = SavedView.objects.filter(scope="department").select_related("department")
    return {view.name: (view.department.name if view.department else "", view.is_default) for view in found}


def test_the_views_of_a_renamed_section_go_on_and_come_back() -> None:
    view = kept("課の表示", scope="department", default=True)
    own = kept("わたしの")
    plan = carried_out(renamed())
    assert views() == {"課の表示": ("課税課", True)}
    assert offered("colleague") == {"課の表示"}
    assert offered("clerk") == {"課の表示", own.name}
    assert "引き継いだ表示1件" in plan.__class__.objects.get(pk=plan.pk).summary
    entry = Entry.objects.about("view", view.pk).latest("sequence")
    assert ["所属", "税務課", "課税課"] in entry.changes
    undo(plan, reason="誤り", by=world.person("secretariat"))
    assert views() == {"課の表示": ("税務課", True)}
    assert offered("colleague") == {"課の表示"}


def test_views_of_one_name_stand_beside_each_other_and_one_opens_first() -> None:
    kept("確かめるもの", scope="department", default=True)
    kept("確かめるもの", by="stranger", scope="department", department=world.department("residents"), default=True)
    plan = by_hand()
    becomes(plan, "residents", "税務課")
    plan = carried_out(plan)
    assert views() == {"確かめるもの": ("税務課", True), "確かめるもの(住民課)": ("税務課", False)}
    undo(plan, reason="誤り", by=world.person("secretariat"))
    assert sorted(SavedView.objects.values_list("name", "department__name", "is_default")) == [
        ("確かめるもの", "住民課", True),
        ("確かめるもの", "税務課", True),
    ]


def test_what_was_saved_renamed_or_deleted_since_comes_back_as_it_is_then() -> None:
    first, second = kept("一つ目", scope="department"), kept("二つ目", scope="department")
    plan = carried_out(renamed())
    clerk = world.person("clerk")
    change_view(first, by=clerk, name="直した名前", default=True)
    delete_view(second, by=clerk)
    place = Department.objects.current().get(name="課税課")
    save_view("あとから", QueryDict("pi=yes"), scope="department", department=place, by=clerk)
    undo(plan, reason="誤り", by=world.person("secretariat"))
    assert views() == {"直した名前": ("税務課", True), "二つ目": ("税務課", False), "あとから": ("税務課", False)}
    assert offered("colleague") == {"直した名前", "あとから"}


def waiting_for(person: str) -> set[str]:
    return {comment.text for comment in Comment.objects.waiting_for(world.person(person))}


def test_what_waits_to_be_read_waits_for_who_took_over_and_comes_back() -> None:
    asset = world.proposal_in(State.APPROVED).asset

    say(asset, "見てください", to=[world.head_of("tax").pk], token=uuid.uuid4(), by=world.person("clerk"))
    plan = carried_out(renamed())
    assert waiting_for("manager") == {"見てください"}
    later = Post.objects.current().get(title="課税課長")
    say(asset, "これも見てください", to=[later.pk], token=uuid.uuid4(), by=world.person("clerk"))
    undo(plan, reason="誤り", by=world.person("secretariat"))
    assert waiting_for("manager") == {"見てください", "これも見てください"}
    confirm_read(Comment.objects.get(text="見てください"), by=world.person("manager"))
    assert waiting_for("manager") == {"これも見てください"}


def test_what_is_for_two_posts_that_become_one_is_asked_once() -> None:
    asset = world.proposal_in(State.APPROVED).asset
    asked = [world.head_of("tax"), Post.objects.get(title="税務課主査")]
    say(asset, "見てください", to=[post.pk for post in asked], token=uuid.uuid4(), by=world.person("colleague"))
    one = Post.objects.get(title="税務課主任")
    passed = pass_on_mentions({post.pk: one.pk for post in asked})
    assert (len(passed), Mention.objects.filter(post=one).count()) == (1, 1)
    give_mentions_back(dict(passed), {})
    assert set(Mention.objects.values_list("post", flat=True)) == {post.pk for post in asked}
