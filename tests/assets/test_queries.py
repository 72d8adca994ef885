"""No page asks the database more often because there are more rows: the same number of questions for 5, 50 and 300."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assets.access import posts_to_ask
from assets.bulk import change_at_once
from assets.classification import classification_on
from assets.columns import BY_KEY, COLUMNS
from assets.commenting import say
from assets.editing import draft
from assets.forms.narrowing import CONCERNS
from assets.ledger import bulk_editing
from assets.ledger.listing import Listing
from assets.models import Asset, Attachment, ChangeKind, Proposal, ViewScope
from assets.saved_views import save_view
from assets.states import Standing, State
from assets.workflow import approve, confirm, submit
from registry.files.models import StoredFile
from registry.history.record import record
from tests import world

pytestmark = pytest.mark.django_db
MOST = 20
TODAY = timezone.localdate().isoformat()
ALL_COLUMNS = "&".join(f"columns={column.key}" for column in COLUMNS)
EVERY_FILTER = "&".join(
    [
        *("state=registered", "state=draft", "segment=mynumber", "segment=none", "level_1=none", "pi=none"),
        *(f"concern={code}" for code, _ in CONCERNS),
        *("updated_since=2020-04-01", "updated_until=2100-03-31", "group=segment"),
    ]
)
PAGES: dict[str, tuple[str, Callable[[int], str]]] = {
    "jobs": ("secretariat", lambda key: "/jobs/"),
    "list": ("secretariat", lambda key: "/assets/"),
    "list with every column": ("secretariat", lambda key: f"/assets/?{ALL_COLUMNS}"),
    "list sorted by department": ("secretariat", lambda key: "/assets/?sort=section"),
    "list sorted by level": ("secretariat", lambda key: "/assets/?sort=confidentiality"),
    "list in groups of departments": ("secretariat", lambda key: "/assets/?group=department&view="),
    "list in groups of levels": ("secretariat", lambda key: "/assets/?group=level_1&sort=name"),
    "list with every filter": ("secretariat", lambda key: f"/assets/?{EVERY_FILTER}"),
    "columns": ("secretariat", lambda key: "/assets/columns/"),
    "print": ("secretariat", lambda key: f"/assets/print/?{ALL_COLUMNS}&group=state"),
    "views": ("clerk", lambda key: "/assets/views/"),
    "new view": ("clerk", lambda key: "/assets/views/new/?state=registered"),
    "preview of a change at once": ("secretariat", lambda key: f"/assets/bulk/{draft_of_all()}/preview/"),
    "changes at once": ("secretariat", lambda key: "/assets/changes/"),
    "a change at once": ("secretariat", lambda key: f"/assets/changes/{change_of_all()}/"),
    "search": ("secretariat", lambda key: "/assets/?q=固定"),
    "asset": ("clerk", lambda key: f"/assets/{key}/"),
    "attach": ("clerk", lambda key: f"/assets/{key}/attachments/new/"),
    "comment": ("clerk", lambda key: f"/assets/{key}/comments/new/"),
    "list with evidence": ("secretariat", lambda key: "/assets/?attached=yes"),
    "history of an asset": ("clerk", lambda key: f"/assets/{key}/history/"),
    "ledger of a day": ("secretariat", lambda key: f"/assets/as-of/?day={TODAY}"),
    "asset on a day": ("clerk", lambda key: f"/assets/{key}/as-of/?day={TODAY}"),
    "two days": ("secretariat", lambda key: f"/assets/comparison/?since=2021-04-01&until={TODAY}"),
    "migration": ("secretariat", lambda key: "/assets/migration/"),
    "duplicates": ("secretariat", lambda key: "/assets/duplicates/"),
    "near names": ("secretariat", lambda key: "/assets/duplicates/?kind=near"),
    "spellings": ("secretariat", lambda key: "/assets/duplicates/?kind=spelling"),
    "names of units": ("secretariat", lambda key: "/assets/duplicates/?kind=places"),
    "like names": ("clerk", lambda key: "/assets/similar/?name=固定資産"),
    "disposals": ("secretariat", lambda key: "/assets/disposals/"),
    "form": ("clerk", lambda key: "/assets/new/"),
    "reviews": ("reviewer", lambda key: "/assets/reviews/"),
    "my page": ("clerk", lambda key: "/?whole=1"),
    "my page of a head": ("manager", lambda key: "/"),
    "my page of a reviewer": ("reviewer", lambda key: "/"),
    "reorganisations": ("secretariat", lambda key: "/reorganizations/"),
    "vacancies": ("clerk", lambda key: "/organization/vacancies/"),
    "absences": ("manager", lambda key: "/organization/absences/"),
    "my page of the office": ("secretariat", lambda key: "/"),
    "getting ready": ("secretariat", lambda key: "/getting-ready/"),
    "history": ("auditor", lambda key: "/history/"),
}


def grow(count: int) -> None:
    """Bring the town to so many assets in every state a page shows, each with related rows of its own."""
    states = list(State)
    for n in range(Asset.objects.count(), count):
        place = ("tax", "residents")[n % 2]
        proposal = draft(world.values(place, name=f"固定資産{n}"), by=world.person(world.CLERK_OF[place]))
        wanted = states[n % len(states)]
        if wanted in {State.SUBMITTED, State.CONFIRMED, State.APPROVED}:
            proposal = submit(proposal, by=world.person(world.CLERK_OF[place]))
        if wanted in {State.CONFIRMED, State.APPROVED}:
            proposal = confirm(proposal, by=world.person(world.HEAD_OF[place]))
        if wanted == State.APPROVED:
            approve(proposal, by=world.person("secretariat"))


def prove_and_talk(asset: Asset, count: int) -> None:
    """Bring an asset to so many files and comments, each comment for every post that may see it."""
    clerk, posts = world.person("clerk"), list(posts_to_ask(asset).values_list("pk", flat=True))
    for n in range(asset.attachments.count(), count):
        file = StoredFile(sha256=f"{n:064}", size=n, kind="txt", name=f"{n}.txt", stored_by=clerk)
        file.save()
        Attachment.objects.create(asset=asset, file=file, kind="other", attached_by=clerk)
        say(asset, f"第{n}号", by=clerk, to=posts, token=uuid.uuid4())


def draft_of_all() -> int:
    """A change of all assets that the 事務局 prepares and has weighed."""
    by = world.person("secretariat")
    draft, _ = bulk_editing.pick(Listing(by, QueryDict(), classification_on()), [], everything=True, by=by)
    return bulk_editing.weigh(draft, BY_KEY["vendor"], "replace", {"value": "新しい事業者"}, by=by).pk


def change_of_all() -> int:
    """A change at once of all that can be changed."""
    by = world.person("secretariat")
    found = Asset.objects.filter(standing=Standing.REGISTERED, open_proposal__isnull=True)
    changes = {key: {"remarks": f"{timezone.now()}"} for key in found.values_list("pk", flat=True)}
    return change_at_once(changes, kind=ChangeKind.BULK, reason="点検", by=by).pk


def asked(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


def test_no_page_asks_more_often_because_there_are_more_rows(signed_in: Callable[[str], Client]) -> None:
    found: dict[str, list[int]] = {page: [] for page in PAGES}
    for count in (5, 50, 300):
        grow(count)
        first = Asset.objects.order_by("pk")[0]
        for _ in range(count):
            record("asset.revised", first, by=world.person("clerk"), department_id=first.department_id)
        prove_and_talk(first, count // 5)
        for n in range(min(count, 100) // 5):
            save_view(f"表示{count}-{n}", QueryDict(f"q={n}"), scope=ViewScope.OWN, by=world.person("clerk"))
            if count == 50:
                department: dict[str, Any] = {"scope": ViewScope.DEPARTMENT, "department": world.department("tax")}
                save_view(f"表示{count}-{n}", QueryDict("pi=yes"), by=world.person("colleague"), **department)
        for page, (person, address) in PAGES.items():
            client = signed_in(person)
            client.get("/")
            found[page].append(len(asked(client, address(first.pk))))
    assert {page: counts for page, counts in found.items() if max(counts[1:]) > counts[0] + 1} == {}
    assert {page: counts for page, counts in found.items() if max(counts) > MOST} == {}
    assert max(found["list"]) <= 17


def exported(client: Client, **query: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer: Any = client.post("/assets/export/", {"query": ALL_COLUMNS})
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)[:2] == b"PK"
    return len(queries)


def test_an_export_asks_no_more_often_for_three_hundred_rows_than_for_five(
    signed_in: Callable[[str], Client],
) -> None:
    client, counts = signed_in("secretariat"), []
    for count in (5, 300):
        grow(count)
        counts.append(exported(client))
    assert counts[1] <= counts[0] + 1
    assert Proposal.objects.count() == 300
