"""Canaries: unique words planted into every text the registry keeps, each with the people who may ever read it."""

import re
import uuid
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assets.access import posts_to_ask
from assets.attaching import attach, remove
from assets.body_columns import columns_of_body
from assets.choices import Evidence
from assets.commenting import say, withdraw
from assets.editing import draft, propose_change
from assets.ledger import importing, staging
from assets.ledger.matching import ASIDE
from assets.models import Asset, Batch, Proposal
from assets.states import Standing, State
from assets.workflow import confirm, register_directly, return_by_head, submit
from registry.files.reading import Book, Cell, Sheet
from registry.organization.models import User
from tests import world
from tests.access import craft

WORD = re.compile(r"qz[0-9]{4}zq")
SEARCHED = ("name", "business", "description", "location")
WHOLE_BODY = frozenset({"reviewer", "secretariat", "auditor"})
READERS = {
    "tax": WHOLE_BODY | {"clerk", "colleague", "manager"},
    "residents": WHOLE_BODY | {"stranger", "stranger_clerk"},
    "planning": WHOLE_BODY,
    "council": frozenset({"councillor", "council_head"}),
}
BRINGS = {"tax": "clerk", "residents": "stranger_clerk", "planning": "secretariat", "council": "councillor"}
EVERY_KIND_OF_PERSON = (
    "clerk",
    "manager",
    "stranger_clerk",
    "councillor",
    "reviewer",
    "auditor",
    "secretariat",
    "sysadmin",
    "postless",
)
ROW = ("name", "asset_type", "section", "sec_manager", "confidentiality", "integrity", "availability", "segment")


@dataclass
class Canaries:
    """The planted words: word → who may read it, and those that a search could find."""

    readers: dict[str, frozenset[str]] = field(default_factory=dict)
    searched: list[str] = field(default_factory=list)

    def word(self, readers: Iterable[str]) -> str:
        word = f"qz{len(self.readers):04d}zq"
        self.readers[word] = frozenset(readers)
        return word

    def values(self, place: str, **changes: Any) -> dict[str, Any]:
        """An asset whose every text column holds a word of its own."""
        words = {column.key: self.word(READERS[place]) for column in columns_of_body().texts}
        self.searched += [words[key] for key in SEARCHED]
        return world.values(place, **words, **changes)

    def readers_of(self, place: str) -> frozenset[str]:
        return READERS[place]

    def words_of(self, place: str) -> Callable[[], str]:
        """Each call plants one word more for the readers of a department."""
        return lambda: self.word(READERS[place])

    def foreign_in(self, text: str, person: str) -> set[str]:
        """The words in a text that this person may not read."""
        return {word for word in WORD.findall(text) if word in self.readers and person not in self.readers[word]}


def plant() -> Canaries:
    """In each department: registered with a change under way, returned with a note, disposed of, imported, staged."""
    canaries, changing = Canaries(), dict[str, Asset]()
    craft.own_column()
    for place in READERS:
        clerk = world.person(BRINGS[place])
        secret = world.level("confidentiality", "3A").pk
        changed = _in_force(draft(canaries.values(place, confidentiality=secret), by=clerk), canaries, place)
        change = propose_change(changed, canaries.values(place), base_version=changed.version, by=clerk)
        submit(change, by=clerk, note=canaries.word(READERS[place]))
        _return(draft(canaries.values(place), by=clerk), canaries, place)
        disposed = _in_force(draft(canaries.values(place), by=clerk), canaries, place)
        Asset.objects.filter(pk=disposed.pk).update(**world.DISPOSED)
        _bring(canaries, place, register=False)
        _bring(canaries, place, register=True)
        _prove(changed, canaries, place)
        _prove(disposed, canaries, place)
        changing[place] = changed
        _handle(canaries, place, disposed)
    craft.judge_across(canaries, changing)
    return canaries


def _handle(canaries: Canaries, place: str, disposed: Asset) -> None:
    """What people do with the tools around the list."""
    clerk = world.person(BRINGS[place])
    ending, together = (_in_force(draft(canaries.values(place), by=clerk), canaries, place) for _ in range(2))
    craft.keep_views(canaries, place, clerk, {clerk.username} | (READERS[place] & WHOLE_BODY))
    craft.look_alike(canaries, place, clerk)
    craft.change_many(canaries, place, [together], clerk)
    craft.end_some(canaries, place, disposed, ending, clerk)


def _prove(asset: Asset, canaries: Canaries, place: str) -> None:
    """Evidence and comments, in place and taken back: names, explanations, reasons and what stands in the files."""
    clerk, readers = world.person(BRINGS[place]), READERS[place]
    for taken_off in (False, True):
        file = SimpleUploadedFile(f"{canaries.word(readers)}.txt", canaries.word(readers).encode())
        attachment = attach(asset, file, Evidence.OTHER, by=clerk, note=canaries.word(readers))
        if taken_off:
            remove(attachment, by=clerk, reason=canaries.word(readers))
    posts = list(posts_to_ask(asset).values_list("pk", flat=True))
    said = say(asset, canaries.word(readers), by=clerk, to=posts, token=uuid.uuid4())
    say(asset, canaries.word(readers), by=clerk, answers=said, token=uuid.uuid4())
    withdraw(say(asset, canaries.word(readers), by=clerk, token=uuid.uuid4()), by=clerk)


def _in_force(proposal: Proposal, canaries: Canaries, place: str) -> Asset:
    """Registered with a reason. The autonomous organ has nobody who reviews, so its asset is put in force by hand."""
    clerk, note = world.person(BRINGS[place]), canaries.word(READERS[place])
    if place != "council":
        return register_directly(proposal, by=world.person("secretariat"), reason=note).asset
    confirm(submit(proposal, by=clerk, note=note), by=world.person("council_head"), note=note)
    facts: dict[str, Any] = {"standing": Standing.REGISTERED, "number": f"R8-3010-{proposal.pk}", "version": 1}
    Asset.objects.filter(pk=proposal.asset_id).update(**facts, open_proposal=None)
    decided = {"state": State.APPROVED, "decided_by": clerk, "decided_at": timezone.now()}
    Proposal.objects.filter(pk=proposal.pk).update(**decided)
    return Asset.objects.get(pk=proposal.asset_id)


def _return(proposal: Proposal, canaries: Canaries, place: str) -> None:
    by = {"planning": "reviewer"}.get(place) or world.HEAD_OF[place]
    submitted = submit(proposal, by=world.person(BRINGS[place]), note=canaries.word(READERS[place]))
    return_by_head(submitted, by=world.person(by), note=canaries.word(READERS[place]))


def _bring(canaries: Canaries, place: str, *, register: bool) -> Batch:
    """An import. Its file is its bringer's; that it came is history of the bringer's department; its rows, once in,
    are the department's."""
    by = world.person(BRINGS[place])
    told = {by.username} | (READERS[place] & WHOLE_BODY)
    rows = READERS[place] if register else {by.username}
    headers = ["名称", "種別", "課", "管理者", "機", "完", "可", "区分", "場所", canaries.word({by.username})]
    cells = [canaries.word(rows), "取り扱う情報", *_owner(place), "2", "2", "2", "マイナンバー利用事務系"]
    cells += [canaries.word(rows), canaries.word({by.username})]
    rows_of_sheet = ((1, tuple(map(Cell, headers))), (2, tuple(map(Cell, cells))))
    sheet = Sheet(canaries.word({by.username}), False, rows_of_sheet)
    warnings = (canaries.word({by.username}),)
    batch = staging.stage(
        Book((sheet,), warnings, "csv"), f"{place}{register}".encode(), f"{canaries.word(told)}.csv", by=by
    )
    mapping = {str(at): key for at, key in enumerate((*ROW, "location"))} | {"9": ASIDE}
    batch = staging.check(batch, mapping, {"business": canaries.word(rows)}, by=by)
    if register:
        importing.submit(batch, by=by, reason=canaries.word(READERS[place] | told))
    return batch


def _owner(place: str) -> tuple[str, str]:
    head = world.values(place)["sec_manager"]
    titles = {world.head_of(key).pk: f"{world.department(key).name}{world.head_of(key).title}" for key in world.HEAD_OF}
    return world.department(place).name, titles[head]


def body_of(response: Any) -> bytes:
    """The body of an answer, a streamed one as well."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def all_text(response: Any) -> str:
    """Everything an answer says: head, body, and the parts of a workbook."""
    body = body_of(response)
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    cookies = "\n".join(morsel.OutputString() for morsel in response.cookies.values())
    return f"{head}\n{cookies}\n{parts_of(body)}"


def parts_of(body: bytes) -> str:
    """The text of a body; of a workbook, of all its parts: cells, head and foot of the print, properties."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(body)) as parts:
            body = b"\n".join(part.encode() + b"\n" + parts.read(part) for part in parts.namelist())
    return body.decode("utf-8", "replace")


def everybody() -> list[User]:
    """All people of the town who can log in."""
    return list(User.objects.filter(is_active=True).order_by("username"))
