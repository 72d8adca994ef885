"""Every URL pattern of the registry, and the addresses by which the matrix visits it: one per relation of the object."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from assets.attaching import attach
from assets.bulk import change_at_once, propose_at_once
from assets.choices import Evidence
from assets.classification import classification_on
from assets.columns import BY_KEY
from assets.commenting import say
from assets.ledger import bulk_editing, staging
from assets.ledger.listing import Listing
from assets.models import Asset, Axis, Batch, BulkAct, ChangeKind, ChangeSet, ExtraColumn, Level, Scheme, ViewScope
from assets.saved_views import delete_view, save_view
from assets.states import State
from registry.files.reading import Book, Cell, Sheet
from registry.history.models import Entry
from registry.jobs.running import ask, call_off
from registry.organization.list_reading import OrganizationList
from registry.organization.models import Appointment, Body, Department, ListImport, Organ, Preset, Reorganization, User
from registry.organization.reorganization.staging import stage_current
from registry.organization.standing_in import stand_in
from tests import world

RELATIONS = ("own", "foreign", "secret", "disposed")
PLACES = {"own": "tax", "foreign": "residents", "secret": "residents", "disposed": "tax"}
LEVELS = {"own": "2", "foreign": "2", "secret": "3A", "disposed": "2"}
ASSET_PAGES = (
    "assets:detail",
    "assets:edit",
    "assets:history",
    "assets:asset-as-of",
    "assets:migrate",
    "assets:disposal",
    "assets:disposal-cancel",
    "assets:merge",
    "assets:merge-undo",
    "assets:attach",
    "assets:comment",
)
JOB_PAGES = ("portal:job", "portal:job-cancel")
IMPORT_PAGES = ("assets:import-columns", "assets:import-check", "assets:import-register", "assets:import-discard")
ATTACHMENT_PAGES = ("assets:attachment", "assets:attachment-remove", "assets:attachment-restore")
COMMENT_PAGES = ("assets:comment-confirm", "assets:comment-withdraw")
VIEW_PAGES = ("assets:view-edit", "assets:view-overwrite", "assets:view-delete", "assets:view-restore")
BULK_PAGES = ("assets:bulk", "assets:bulk-preview", "assets:bulk-leave-out", "assets:bulk-apply")
CHANGE_PAGES = ("assets:change", "assets:change-undo")
Addresses = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Pattern:
    """One URL pattern: its namespaced name (its route where it has none), its route and what answers it."""

    name: str
    route: str
    view: Callable[..., Any]


def patterns(resolver: URLResolver | None = None, namespace: str = "", route: str = "") -> Iterator[Pattern]:
    """Every pattern a request can reach, the admin's included."""
    for found in (resolver or get_resolver()).url_patterns:
        whole = route + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from patterns(found, f"{namespace}{found.namespace}:" if found.namespace else namespace, whole)
        else:
            yield Pattern(namespace + (found.name or whole), whole, found.callback)


def addresses() -> Addresses:
    """Name of a pattern → relation → address. A pattern without an object has the one relation ''."""
    assets, proposals, batches = _assets(), _proposals(), _batches()
    found: Addresses = {}
    objects = {
        ASSET_PAGES: assets,
        ("assets:review", "assets:use-instead"): proposals,
        IMPORT_PAGES: batches,
        ATTACHMENT_PAGES: _attachments(assets),
        COMMENT_PAGES: _comments(assets),
        VIEW_PAGES: _views(),
        BULK_PAGES: _bulk_drafts(),
        CHANGE_PAGES: _changes(),
        JOB_PAGES: _jobs(),
    }
    for names, keys in objects.items():
        for name in names:
            found[name] = {relation: reverse(name, args=[pk]) for relation, pk in keys.items()}
    found["assets:step"] = {r: reverse("assets:step", args=[pk, "confirm"]) for r, pk in proposals.items()}
    found["assets:spelling-undo"] = {"": reverse("assets:spelling-undo", args=[_respelled().pk])}
    migrated = ChangeSet.objects.create(kind="migration", reason="移行", made_by=world.person("secretariat"))
    found["assets:migration-undo"] = {"": reverse("assets:migration-undo", args=[migrated.pk])}
    listed = _list_import()
    for name in ("organization:list", "organization:list-apply", "organization:list-discard"):
        found[name] = {"": reverse(name, args=[listed.pk])}
    found |= _reorganization()
    found["organization:absence-end"] = {"": reverse("organization:absence-end", args=[_stand_in().pk])}
    for pattern in patterns():
        if pattern.name not in found:
            found[pattern.name] = {"": _admin(pattern) if pattern.name.startswith("admin:") else reverse(pattern.name)}
    return found


def _assets() -> dict[str, int]:
    found = {}
    for relation in RELATIONS:
        level = world.level("confidentiality", LEVELS[relation]).pk
        proposal = world.proposal_in(State.APPROVED, PLACES[relation], name=f"登録済 {relation}", confidentiality=level)
        found[relation] = proposal.asset_id
    Asset.objects.filter(pk=found["disposed"]).update(**world.DISPOSED)
    return found


def _attachments(assets: dict[str, int]) -> dict[str, int]:
    """A file on each asset, attached by who works there."""
    found = {}
    for relation, key in assets.items():
        by = world.person(world.CLERK_OF[PLACES[relation]])
        upload = SimpleUploadedFile(f"証拠 {relation}.txt", f"証拠 {relation}".encode())
        found[relation] = attach(Asset.objects.get(pk=key), upload, Evidence.OTHER, by=by).pk
    return found


def _comments(assets: dict[str, int]) -> dict[str, int]:
    """A comment on each asset by who works there, for the auditor's post."""
    auditors = [world.person("auditor").appointments.get().post_id]
    found = {}
    for relation, key in assets.items():
        by = world.person(world.CLERK_OF[PLACES[relation]])
        asset = Asset.objects.get(pk=key)
        found[relation] = say(asset, f"コメント {relation}", to=auditors, token=uuid.uuid4(), by=by).pk
    return found


def _proposals() -> dict[str, int]:
    """Waiting for the head, and, where the asset was disposed of, the one that was approved."""
    found = {}
    for relation in RELATIONS:
        state = State.APPROVED if relation == "disposed" else State.SUBMITTED
        level = world.level("confidentiality", LEVELS[relation]).pk
        found[relation] = world.proposal_in(state, PLACES[relation], name=f"申請 {relation}", confidentiality=level).pk
    Asset.objects.filter(proposals__pk=found["disposed"]).update(**world.DISPOSED)
    return found


def _views() -> dict[str, int]:
    """Views that clerks keep for themselves; the disposed one was deleted."""
    found = {}
    for relation in RELATIONS:
        by = world.person(world.CLERK_OF[PLACES[relation]])
        view = save_view(f"表示 {relation}", QueryDict("pi=yes"), scope=ViewScope.OWN, by=by)
        found[relation] = view.pk
    delete_view(view, by=by)
    return found


def _bulk_drafts() -> dict[str, int]:
    """Changes of one asset that clerks prepare and have weighed."""
    found = {}
    for relation in RELATIONS:
        by = world.person(world.CLERK_OF[PLACES[relation]])
        listing = Listing(by, QueryDict(), classification_on())
        asset = world.proposal_in(State.APPROVED, PLACES[relation], name=f"点検 {relation}").asset
        draft, _ = bulk_editing.pick(listing, [str(asset.pk)], everything=False, by=by)
        bulk_editing.weigh(draft, BY_KEY["remarks"], BulkAct.APPEND, {"value": "点検済"}, by=by)
        found[relation] = draft.pk
    return found


def _changes() -> dict[str, int]:
    """Changes at once that clerks have submitted for review."""
    found = {}
    for relation in RELATIONS:
        by = world.person(world.CLERK_OF[PLACES[relation]])
        asset = world.proposal_in(State.APPROVED, PLACES[relation], name=f"一括 {relation}").asset
        made = propose_at_once({asset.pk: {"remarks": "一括"}}, kind=ChangeKind.BULK, reason="点検", by=by)
        found[relation] = made.pk
    return found


def _jobs() -> dict[str, int]:
    """Long work that somebody of the department asked for; the disposed one was called off."""
    clerks = {relation: world.person(world.CLERK_OF[PLACES[relation]]) for relation in RELATIONS}
    jobs = {relation: ask("import-check", f"確認 {relation}", {}, by=clerk) for relation, clerk in clerks.items()}
    call_off(jobs["disposed"])
    return {relation: job.pk for relation, job in jobs.items()}


def _batches() -> dict[str, int]:
    """Imports belong to who brought them; the disposed one was given up."""
    return {relation: checked_batch(relation).pk for relation in RELATIONS}


def checked_batch(relation: str) -> Batch:
    """One row of a ledger, staged and checked without findings (given up for 'disposed')."""
    by = world.person(world.CLERK_OF[PLACES[relation]])
    department = world.department(PLACES[relation])
    head = world.head_of(PLACES[relation])
    row = {
        "情報資産名称": f"取込 {relation}",
        "資産種別": "取り扱う情報",
        "所管課": department.name,
        "情報セキュリティ管理者": head.title,
        "機密性": LEVELS[relation],
        "完全性": "2",
        "可用性": "2",
        "ネットワーク区分": "マイナンバー利用事務系",
        "保管場所": "書庫",
    }
    sheet = Sheet("台帳", False, ((1, tuple(map(Cell, row))), (2, tuple(map(Cell, row.values())))))
    batch = staging.stage(Book((sheet,), (), "csv"), relation.encode(), f"{relation}.csv", by=by)
    keys = ("name", "asset_type", "section", "sec_manager", "confidentiality", "integrity", "availability")
    mapping = {str(at): key for at, key in enumerate((*keys, "segment", "location"))}
    batch = staging.check(batch, mapping, {}, by=by)
    assert not batch.rows.exclude(findings=[]).exists(), batch.rows.values_list("findings", flat=True)
    return staging.discard(batch, by=by) if relation == "disposed" else batch


def _respelled() -> ChangeSet:
    """A spelling that the 事務局 made to agree."""
    asset = world.registered(name="書き方をそろえたもの")
    changes = {asset.pk: {"location": "第一書庫"}}
    return change_at_once(changes, kind=ChangeKind.SPELLING, reason="表記の統一", by=world.person("secretariat"))


def _list_import() -> ListImport:
    return ListImport.objects.create(
        filename="組織一覧.xlsx",
        sha256="0" * 64,
        effective_on=world.SINCE,
        organ=Organ.objects.get(code="town"),
        rows=OrganizationList("一覧", 1).as_json(),
        uploaded_by=world.person("secretariat"),
    )


def _reorganization() -> Addresses:
    """A plan that is being prepared, with one unit and one department of it."""
    plan = Reorganization(organ=Organ.objects.get(code="town"), title="春の改編", effective_on=dt.date(2026, 4, 1))
    plan = stage_current(plan, by=world.person("secretariat"))
    before = world.department("tax")
    keys = {"unit": plan.units.get(name=before.name).pk, "department": before.pk}
    found: Addresses = {}
    for pattern in patterns():
        if pattern.name.startswith("portal:reorganization") and "<int:pk>" in pattern.route:
            more = [keys[name] for name in keys if f"<int:{name}>" in pattern.route]
            found[pattern.name] = {"": reverse(pattern.name, args=[plan.pk, *more])}
    return found


def _stand_in() -> Appointment:
    """Somebody acts for a clerk of 税務課."""
    holder = world.person("clerk").appointments.get()
    today = timezone.localdate()
    return stand_in(holder, world.person("colleague"), today, today, reason="休暇", by=world.person("secretariat"))


def _admin(pattern: Pattern) -> str:
    """The address of a page of the bench: where it has an object, one that everyone who manages can see."""
    kind = pattern.route.removeprefix("admin/").split("/")
    keys = admin_objects()
    route = pattern.route.replace("<path:object_id>", str(keys.get("/".join(kind[:2]), 1)))
    route = route.replace("<path:content_type_id>", "1").replace("(?P<url>.*)$", "nothing-here/")
    return "/" + re.sub(r"\^\(\?P<app_label>.*", "organization/", route)


def admin_objects() -> dict[str, int]:
    """「app/model」 → the key of an object on the bench."""
    attempt, _ = AccessAttempt.objects.get_or_create(username="nobody", ip_address="192.0.2.1", failures_since_start=1)
    appointment = world.person("clerk").appointments.get()
    preset, _ = Preset.objects.get_or_create(kind="setting", code="sanitizing", label="無害化", in_policy=False)
    return {
        "organization/user": User.objects.get(username="clerk").pk,
        "organization/appointment": appointment.pk,
        "organization/post": appointment.post_id,
        "organization/body": Body.objects.get().pk,
        "organization/preset": preset.pk,
        "organization/organ": Organ.objects.get(code="town").pk,
        "organization/department": Department.objects.get(code="1040").pk,
        "organization/listimport": ListImport.objects.get().pk,
        "organization/reorganization": Reorganization.objects.get().pk,
        "history/entry": Entry.objects.filter(kind="organ").latest("sequence").pk,
        "axes/accessattempt": attempt.pk,
        "assets/scheme": Scheme.objects.latest("pk").pk,
        "assets/axis": Axis.objects.latest("pk").pk,
        "assets/level": Level.objects.latest("pk").pk,
        "assets/extracolumn": ExtraColumn.objects.get_or_create(label="公開の区分", kind="text")[0].pk,
    }
