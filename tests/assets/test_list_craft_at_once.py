"""Two at the same moment: one first view, one change at once."""

from functools import partial
from typing import Any

import pytest
from django.http import QueryDict

from assets.classification import classification_on
from assets.columns import BY_KEY
from assets.ledger import bulk_editing
from assets.ledger.listing import Listing
from assets.models import Asset, BulkAct, BulkDraft, ChangeSet, SavedView, ViewScope
from assets.saved_views import change_view, save_view
from assets.states import State
from registry.history.chain import verify
from tests import world
from tests.assets.at_once import at_once, refused

pytestmark = pytest.mark.usefixtures("committed")
TWO = ("clerk", "manager")


def test_two_who_want_the_first_view_at_once_get_one() -> None:
    place: dict[str, Any] = {"scope": ViewScope.DEPARTMENT, "department": world.department("tax")}
    views = [save_view(f"課の表示{by}", QueryDict("pi=yes"), by=world.person(by), **place) for by in TWO]
    acts = [
        partial(change_view, view, by=world.person(by), name=view.name, default=True)
        for view, by in zip(views, TWO, strict=True)
    ]
    assert refused(at_once(acts)) == []
    assert SavedView.objects.filter(is_default=True).count() == 1


def prepared(username: str, value: str) -> BulkDraft:
    by = world.person(username)
    draft, _ = bulk_editing.pick(Listing(by, QueryDict(), classification_on()), [], everything=True, by=by)
    return bulk_editing.weigh(draft, BY_KEY["unit"], BulkAct.REPLACE, {"value": value}, by=by)


def carried_out(draft: BulkDraft) -> ChangeSet:
    by, mark = world.person(draft.made_by.username), bulk_editing.mark_of(draft)
    return bulk_editing.carry_out(draft, by=by, reason="同時", mark=mark, directly=draft.direct)


def test_of_two_changes_of_the_same_rows_one_goes_through_and_the_other_is_told() -> None:
    for n in range(5):
        world.proposal_in(State.APPROVED, name=f"資産{n}")
    drafts = [prepared("secretariat", "一係"), prepared("clerk", "二係")]
    results = at_once([partial(carried_out, draft) for draft in drafts])
    assert len(refused(results)) == 1
    assert "変わりました" in str(refused(results)[0])
    assert ChangeSet.objects.count() == 1
    assert len(set(Asset.objects.values_list("unit", flat=True))) == 1
    assert not verify().problem


def test_a_double_click_changes_once() -> None:
    world.proposal_in(State.APPROVED)
    draft = prepared("secretariat", "一係")
    results = at_once([lambda: carried_out(draft), lambda: carried_out(draft)])
    assert len(refused(results)) == 1
    assert ChangeSet.objects.count() == 1
