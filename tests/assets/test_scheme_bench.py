"""分類体系 on the bench: the 事務局 mends words, history knows, ranks stay."""

from collections.abc import Callable

import pytest
from django.test import Client

from assets.models import Level
from registry.history.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


def posted(level: Level, **changes: str) -> dict[str, str]:
    return {
        "label": level.label,
        "short": level.short,
        "criterion": level.criterion,
        "examples": level.examples,
        "restrictions": "\n".join(level.restrictions),
        "synonyms": "\n".join(level.synonyms),
        "tone": str(level.tone),
        "reads_recorded": "on" if level.reads_recorded else "",
        **changes,
    }


def test_the_secretariat_mends_the_words_of_a_level_and_history_says_how(signed_in: Callable[[str], Client]) -> None:
    level = world.level("confidentiality", "3B")
    data = posted(level, restrictions="持出し禁止\n施錠", rank="99")
    answer = signed_in("secretariat").post(f"/admin/assets/level/{level.pk}/change/", data)
    assert answer.status_code == 302, answer.context["errors"]
    changed = Level.objects.get(pk=level.pk)
    assert changed.restrictions == ["持出し禁止", "施錠"]
    assert changed.rank == level.rank
    entry = Entry.objects.newest_first()[0]
    assert entry.act == "scheme.changed"
    assert entry.changes[0][2] == "持出し禁止、施錠"


@pytest.mark.parametrize("name", ["clerk", "manager", "auditor"])
def test_nobody_else_opens_the_bench(name: str, signed_in: Callable[[str], Client]) -> None:
    assert signed_in(name).get("/admin/assets/level/").status_code in {302, 403}


@pytest.mark.parametrize("path", ["scheme/", "level/"])
def test_tables_open(path: str, signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("secretariat").get(f"/admin/assets/{path}")
    assert answer.status_code == 200


def test_a_level_has_its_colour_in_words_and_no_codes(signed_in: Callable[[str], Client]) -> None:
    client, level = signed_in("secretariat"), world.level("confidentiality", "3B")
    form = client.get(f"/admin/assets/level/{level.pk}/change/").context["adminform"].form
    assert form["tone"].value() == level.tone
    assert (4, "濃い赤") in form.fields["tone"].choices
    client.post(f"/admin/assets/level/{level.pk}/change/", posted(level, tone="1"))
    assert Level.objects.get(pk=level.pk).tone == 1
    assert "confidentiality" not in client.get(f"/admin/assets/scheme/{level.axis.scheme_id}/change/").content.decode()
