"""What is judged across 課 says nothing in one 課 of what stands in another: 別のもの, the one used instead, spellings."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assets.editing import draft
from assets.models import Asset, KeptSpelling
from assets.setting_apart import keep_spellings, set_apart
from assets.spelling import variants
from registry.history.models import Entry
from registry.organization.appointments import appoint
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests import world

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def told(asset: Asset, act: str) -> str:
    entry = Entry.objects.about("asset", asset.pk).filter(act=act).latest("sequence")
    return f"{entry.changes} {entry.note}"


def test_the_history_of_a_section_does_not_name_what_it_was_told_apart_from_in_another(signed_in: SignIn) -> None:
    own, beside, foreign = (
        world.registered(place, name=name)
        for place, name in (("tax", "共有端末"), ("tax", "共有端末 予備"), ("residents", "共有端末 窓口"))
    )
    set_apart([own.pk, beside.pk, foreign.pk], by=world.person("secretariat"), reason="場所がちがう")
    assert "予備" in told(own, "asset.set-apart")
    assert "ほかの課の情報資産1件" in told(own, "asset.set-apart")
    assert "窓口" not in signed_in("clerk").get(f"/assets/{own.pk}/history/").content.decode()
    assert "予備" not in signed_in("stranger_clerk").get(f"/assets/{foreign.pk}/history/").content.decode()
    assert "ほかの課の情報資産2件" in told(foreign, "asset.set-apart")


def test_the_history_of_a_section_does_not_name_what_is_used_instead_in_another(signed_in: SignIn) -> None:
    office = world.person("secretariat")
    proposal = draft(world.values(name="共有端末"), by=office)
    foreign = world.registered("residents", name="共有端末 窓口")
    client = signed_in("secretariat")
    client.post(f"/assets/proposals/{proposal.pk}/use-instead/", {"asset": foreign.pk})
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    assert "窓口" not in told(proposal.asset, "asset.withdraw")
    assert "窓口" not in signed_in("clerk").get(f"/assets/{proposal.asset_id}/history/").content.decode()


def test_a_judgement_about_spellings_is_that_of_the_organ_where_one_is_the_office() -> None:
    """Somebody who first has a post in the town and is the 事務局 of the autonomous organ speaks for that organ."""
    person = world.person("stranger_clerk")
    post = create_post(world.department("council"), "議会の情報担当", [Role.SECRETARIAT], world.SINCE, by=None)
    appoint(person, post, world.SINCE, by=None)
    texts = ["㈱みどり電算", "株式会社みどり電算"]
    keep_spellings("vendor", "委託先", texts, by=world.person("stranger_clerk"), reason="別の会社")
    assert KeptSpelling.objects.get().organ.code == "council"
    for text in texts:
        world.registered(name=f"資産 {text}", vendor=text)
    assert len(variants(world.person("clerk"))) == 1


def test_a_spelling_nobody_can_type_is_no_spelling(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    sent: dict[str, Any] = {"column": "vendor", "text": ["甲\0", "乙\0"], "reason": "別の会社", "target": "甲"}
    assert client.post("/assets/spellings/keep/", sent).status_code == 302
    assert client.post("/assets/spellings/", sent).status_code == 302
    assert not KeptSpelling.objects.exists()
