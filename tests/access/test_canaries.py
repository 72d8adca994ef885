"""Words planted everywhere, and everybody sent everywhere: nobody reads a word that is not theirs to read."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from assets.columns import COLUMNS
from assets.forms.narrowing import STATES
from assets.ledger.grouping import groupings
from assets.ledger.listing import SORTS
from assets.models import Asset, Attachment, Batch, BulkDraft, ChangeSet, Comment, Level, Proposal, SavedView
from assets.states import Standing
from assets.views.duplicates import KINDS
from registry.history.models import Entry
from registry.organization.models import Department, User
from tests import world
from tests.access.canaries import EVERY_KIND_OF_PERSON, Canaries, all_text, body_of, everybody, parts_of, plant
from tests.access.craft import OWN_COLUMN
from tests.access.crawl import PARTIAL, crawl
from tests.access.visitor import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SignIn = Callable[[str], Client]
INDEX = "/assets/"
ALL_COLUMNS = "&".join(f"columns={key}" for key in (*(column.key for column in COLUMNS), OWN_COLUMN))


def spilled(canaries: Canaries, person: str, where: str, response: object) -> list[str]:
    """A line for each answer in which this person reads a word that is not theirs."""
    found = canaries.foreign_in(all_text(response), person)
    return [f"{person} at {where} reads {sorted(found)[:5]} ({len(found)})"] if found else []


def test_there_are_enough_canaries_and_their_readers_do_read_them(signed_in: SignIn) -> None:
    canaries = plant()
    assert len(canaries.readers) >= 200
    for person, place in (("clerk", "tax"), ("stranger_clerk", "residents"), ("councillor", "council")):
        lists = (f"{INDEX}?{ALL_COLUMNS}", f"{INDEX}?{ALL_COLUMNS}&state=disposed")
        text = "".join(all_text(signed_in(person).get(address)) for address in lists)
        mine = {word for word in canaries.searched if person in canaries.readers[word]}
        assert len(mine & set(canaries.readers)) > 10
        assert sum(word in text for word in mine) > 10, f"{person} does not even read their own ({place})"


def test_nobody_reads_a_foreign_word_anywhere_links_lead() -> None:
    canaries, wrong = plant(), []
    starts = ("/", f"{INDEX}?whole=1", "/?whole=1", "/history/", "/organization/", "/admin/", "/nothing-here/")
    for person in EVERY_KIND_OF_PERSON:
        for address, response in crawl(Visitor(person), starts):
            wrong += spilled(canaries, person, address, response)
            assert response.status_code < 500, f"{person} {address}"
    for address, response in crawl(Visitor("anonymous"), starts):
        wrong += spilled(canaries, "anonymous", address, response)
    assert not wrong, "\n".join(wrong)


def test_nobody_reads_a_foreign_word_at_an_address_they_were_not_given() -> None:
    canaries, wrong = plant(), []
    addresses = list(every_address())
    for person in EVERY_KIND_OF_PERSON:
        client = Visitor(person)
        for address in addresses:
            wrong += spilled(canaries, person, address, client.get(address))
    assert not wrong, "\n".join(wrong)


def every_address() -> Iterator[str]:
    """The pages of every asset, proposal and import there is, and every file and comment on an asset."""
    for key in Attachment.objects.values_list("pk", flat=True):
        yield reverse("assets:attachment", args=[key])
        yield reverse("assets:attachment-remove", args=[key])
    for key, asset in Comment.objects.values_list("pk", "asset_id"):
        yield f"{reverse('assets:comment', args=[asset])}?answers={key}"
    for key in Asset.objects.values_list("pk", flat=True):
        yield from (
            reverse(f"assets:{name}", args=[key])
            for name in ("detail", "edit", "history", "attach", "comment", "disposal", "asset-as-of")
        )
    for key in Proposal.objects.values_list("pk", flat=True):
        yield from (reverse("assets:review", args=[key]), reverse("assets:step", args=[key, "confirm"]))
    for key in Batch.objects.values_list("pk", flat=True):
        yield from (reverse(f"assets:import-{name}", args=[key]) for name in ("columns", "check"))
    yield from addresses_of_the_tools()


def addresses_of_the_tools() -> Iterator[str]:
    """Views, changes of many, what is printed, and what looks alike."""
    for key in SavedView.objects.values_list("pk", flat=True):
        yield from (reverse("assets:view-edit", args=[key]), f"{INDEX}?view={key}")
    for key in BulkDraft.objects.values_list("pk", flat=True):
        preview = reverse("assets:bulk-preview", args=[key])
        yield from (reverse("assets:bulk", args=[key]), preview, f"{preview}?left=1")
    for key in ChangeSet.objects.values_list("pk", flat=True):
        yield reverse("assets:change", args=[key])
    for group in groupings([]):
        yield from (f"{reverse('assets:print')}?group={group}&{ALL_COLUMNS}", f"{INDEX}?group={group}&{ALL_COLUMNS}")
    yield from (f"{reverse('assets:duplicates')}?kind={kind}" for kind in KINDS)
    yield from (f"{reverse('assets:similar')}?name=qz{number}" for number in ("0", "00", "01"))


def test_no_filter_order_or_column_of_the_ledger_shows_a_foreign_word(signed_in: SignIn) -> None:
    canaries, wrong = plant(), []
    queries = list(every_query())
    for user in map(world.person, EVERY_KIND_OF_PERSON):
        client, mine = signed_in(user.username), visible(user)
        for query in queries:
            response = client.get(f"{INDEX}?{query}&{ALL_COLUMNS}", headers=PARTIAL)
            wrong += spilled(canaries, user.username, query, response)
            shown = {entry["pk"] for entry in response.context["entries"]}
            if not shown <= mine or response.context["count_text"] != f"{len(shown):,}件":
                wrong.append(f"{user.username} at {query}: {response.context['count_text']}, {sorted(shown - mine)}")
    assert not wrong, "\n".join(wrong)


def every_query() -> Iterator[str]:
    """Each filter with each of its values, and each order."""
    yield from (f"sort={key}" for key in (*SORTS, "class_reason", "department__name", "-remarks"))
    yield from (f"department={key}" for key in Department.objects.values_list("pk", flat=True))
    for slot in (1, 2, 3):
        yield from (f"level_{slot}={key}" for key in Level.objects.filter(axis__slot=slot).values_list("pk", flat=True))
    yield from (f"state={code}" for code, _ in STATES)
    yield from (
        "asset_type=information",
        "segment=mynumber",
        "pi=yes",
        "pi=no",
        "attached=yes",
        "attached=no",
        "q=qz",
        f"{OWN_COLUMN}=qz",
        f"sort={OWN_COLUMN}",
        *(f"group={key}" for key in groupings([])),
        "q=税務課",
        "q=住民課",
    )


def visible(user: User) -> set[int]:
    """The assets this person may see, said without asking the code under test."""
    places = {"tax": "1040", "residents": "1050", "planning": "1010", "council": "3010"}
    readers = {
        "1040": {"clerk", "colleague", "manager"},
        "1050": {"stranger", "stranger_clerk"},
        "1010": set[str](),
        "3010": {"councillor", "council_head"},
    }
    whole = {"reviewer", "secretariat", "auditor"}
    codes = [code for code in places.values() if user.username in readers[code]]
    if user.username in whole:
        codes = ["1040", "1050", "1010"]
    return set(Asset.objects.filter(department__code__in=codes).values_list("pk", flat=True))


def test_no_search_finds_a_foreign_word(signed_in: SignIn) -> None:
    canaries, wrong = plant(), []
    for person in ("clerk", "stranger_clerk", "councillor", "secretariat", "sysadmin", "former"):
        client = signed_in(person)
        for word in (word for word in canaries.searched if person not in canaries.readers[word]):
            response = client.get(f"{INDEX}?q={word[:-1]}", headers=PARTIAL)
            answer = (response.context["entries"], response.context["count_text"], response.context["places"])
            if answer != ([], "0件", []):
                wrong.append(f"{person} finds {word}: {answer}")
    assert not wrong, "\n".join(wrong)


def test_the_counts_on_the_first_page_are_of_what_one_sees(signed_in: SignIn) -> None:
    plant()
    for user in everybody():
        mine = visible(user)
        response = signed_in(user.username).get("/?whole=1")
        tiles = {tile["label"]: tile["count"] for tile in response.context["tiles"]}
        registered = Asset.objects.filter(pk__in=mine, standing=Standing.REGISTERED).count()
        assert tiles["登録済の情報資産"] == registered, user.username
        linked = next(tile["url"] for tile in response.context["tiles"] if tile["label"] == "登録済の情報資産")
        assert signed_in(user.username).get(linked).context["count_text"] == f"{registered:,}件", user.username
        others = sum(count for label, count in tiles.items() if label != "登録済の情報資産")
        assert others <= Proposal.objects.filter(asset__in=mine).count() * 2, user.username
        listed = Asset.objects.filter(pk__in=mine).listed().count()
        assert signed_in(user.username).get(INDEX).context["count_text"] == f"{listed:,}件", user.username


def test_an_export_holds_no_foreign_word_in_any_of_its_parts(signed_in: SignIn) -> None:
    canaries, wrong = plant(), []
    for user in everybody():
        response = signed_in(user.username).post(reverse("assets:export"), {"query": ALL_COLUMNS})
        if response.status_code != 200:
            assert user.username in {"former", "postless", "sysadmin"}
            continue
        body = body_of(response)
        wrong += [f"{user.username} in a part: {found}" for found in canaries.foreign_in(parts_of(body), user.username)]
        book = load_workbook(BytesIO(body))
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
        edges = [edge for sheet in book for edge in (sheet.oddHeader, sheet.oddFooter) if edge]
        around = [str(part.text) for edge in edges for part in (edge.left, edge.center, edge.right)]
        told = "\n".join([*cells, *around, *book.sheetnames, str(book.properties), *book.defined_names])
        wrong += [f"{user.username} in the workbook: {found}" for found in canaries.foreign_in(told, user.username)]
        listed = Asset.objects.filter(pk__in=visible(user)).listed()
        assert set(listed.values_list("name", flat=True)) <= set(cells), user.username
    assert not wrong, "\n".join(wrong)


def test_a_reading_of_the_bench_shows_no_foreign_word(signed_in: SignIn) -> None:
    canaries, wrong = plant(), []
    word = next(w for w in canaries.searched if "councillor" in canaries.readers[w])
    answer = signed_in("councillor").post(reverse("assets:export"), {"query": f"q={word}"})
    assert word in "".join(str(entry.changes) for entry in Entry.objects.filter(act="ledger.exported"))
    assert body_of(answer)
    for person in ("secretariat", "sysadmin"):
        client = signed_in(person)
        pages = (
            "",
            "?kind=asset",
            "?kind=import",
            "?kind=export",
            "?kind=body",
            "?act=ledger.exported",
            "?o=8",
            f"?q={word}",
        )
        for page in pages:
            response = client.get(f"/admin/history/entry/{page}")
            for row in response.context["cl"].result_list if response.status_code == 200 else []:
                told = f"{row.subject_label} {row.note} {row.changes}"
                wrong += [f"{person} {page}: {found}" for found in canaries.foreign_in(told, person)]
    assert world.person("sysadmin").is_superuser
    assert not wrong, "\n".join(wrong)
