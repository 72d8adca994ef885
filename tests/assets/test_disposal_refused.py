"""A disposal that says too little, or that nobody permitted, is refused in words before the database has to."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from assets.models import DisposalRecord, Proposal
from assets.retiring import apply_for_disposal
from assets.states import Kind, State
from assets.workflow import approve
from registry.base.verdict import Conflict
from tests import world
from tests.assets.test_disposal import SAID, asked, asset_of, disposal_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("blank", ["method", "handled_by", "work"])
def test_an_application_says_all_of_it(blank: str) -> None:
    asset = asset_of()
    less: dict[str, Any] = {blank: ""}
    with pytest.raises(ValidationError, match="すべて必要です"):
        asked(asset, replace(SAID, **less))
    assert not Proposal.objects.filter(asset=asset, kind=Kind.DISPOSAL).exists()


def test_without_who_permitted_it_nothing_is_disposed_of(secretariat: Any) -> None:
    proposal = disposal_in(State.CONFIRMED)
    Proposal.objects.filter(pk=proposal.pk).update(confirmed_by=None, confirmed_at=None)
    with pytest.raises(ValidationError, match="許可した人の記録がありません"):
        approve(Proposal.objects.get(pk=proposal.pk), by=secretariat)
    assert not DisposalRecord.objects.exists()


def test_what_changed_since_the_page_was_opened_is_not_applied_for(clerk: Any) -> None:
    with pytest.raises(Conflict, match="画面を開いたあと"):
        apply_for_disposal(asset_of(), SAID, version=7, by=clerk)


def test_nobody_applies_for_what_is_not_theirs(stranger: Any) -> None:
    asset = asset_of()
    with pytest.raises(PermissionDenied):
        apply_for_disposal(asset, SAID, version=asset.version, by=stranger)


def test_a_returned_one_is_written_again_by_its_section_and_as_it_stands(clerk: Any, stranger: Any) -> None:
    proposal = disposal_in(State.RETURNED)
    for by, version, refusal in (
        (clerk, proposal.version - 1, Conflict),
        (stranger, proposal.version, PermissionDenied),
    ):
        with pytest.raises(refusal):
            apply_for_disposal(proposal.asset, SAID, version=version, by=by)
    apply_for_disposal(proposal.asset, SAID, version=proposal.version, by=world.person("clerk"))
