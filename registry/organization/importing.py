"""Taking over an organisation list: staged from a file, previewed, then all of it or nothing in one transaction."""

from django.db import IntegrityError
from django.utils import timezone

from registry.base.fiscal import wareki
from registry.base.verdict import Conflict
from registry.history.record import Act, record, record_many
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.grants import project
from registry.organization.list_plan import Item, Plan, Severity, Standing, What, plan_of
from registry.organization.list_reading import OrganizationList
from registry.organization.models import Department, ListImport, Organ, Post, User
from registry.organization.roles import Role
from registry.organization.structure import place_department, place_post

HEAD_OF_SECTION = "所属長"
MOVED = "画面を開いたあとで組織が変わりました。内容をもう一度確かめてから反映してください。"


class AlreadyApplied(Conflict):
    """The list was taken over before; asking twice does nothing twice."""


@in_turn()
def stage(listed: OrganizationList, batch: ListImport, *, by: User) -> ListImport:
    """Keep what was read, with the batch's file name, hash, day and organ; nothing of the organisation changes."""
    may_build(by, batch.organ).require()
    batch.rows, batch.uploaded_by = listed.as_json(), by
    batch.save()
    changes = [("行数", "", str(len(listed.rows))), ("SHA-256", "", batch.sha256)]
    record("organization.uploaded", batch, by=by, changes=changes)
    return batch


def read_back(batch: ListImport) -> OrganizationList:
    """The list as it was staged."""
    return OrganizationList.from_json(batch.rows)


def preview(batch: ListImport) -> Plan:
    """What taking over the list would do to the organisation as it is now; nothing is written."""
    return plan_of(read_back(batch).rows, Standing.of(batch.organ, batch.effective_on), batch.effective_on)


def apply_list(batch: ListImport, *, seen: str, with_heads: bool, by: User) -> ListImport:
    """Take over the whole list or nothing.

    seen: the digest of the plan the person looked at; when the organisation has moved since, Conflict is raised, and
    so it is for a list with errors, without anything new, or taken over before (AlreadyApplied).
    with_heads: also put a post 「所属長」 (情報セキュリティ管理者) into every new 課.
    """
    try:
        return _apply(batch, seen=seen, with_heads=with_heads, by=by)
    except IntegrityError as problem:
        raise Conflict(MOVED) from problem


@in_turn()
def _apply(batch: ListImport, *, seen: str, with_heads: bool, by: User) -> ListImport:
    may_build(by, batch.organ).require()
    batch = _waiting(batch)
    Organ.objects.select_for_update().get(pk=batch.organ_id)
    plan = preview(batch)
    if plan.digest != seen:
        raise Conflict(MOVED)
    if plan.count(Severity.ERROR):
        raise Conflict("誤りのある行があります。ファイルを直して、もう一度受け付けてください。")
    if not plan.new_departments and not plan.new_posts:
        raise Conflict("追加するものがありません。")
    building = _Building(batch, plan, with_heads)
    acts = [*building.acts(), building.summary()]
    record_many(acts, by=by)
    batch.applied_at = timezone.now()
    batch.save(update_fields=["applied_at"])
    project()
    return batch


@in_turn()
def discard(batch: ListImport, *, by: User) -> None:
    """Give up a list that waits; Conflict when it was taken over."""
    may_build(by, batch.organ).require()
    batch = _waiting(batch)
    record("organization.import-discarded", batch, by=by, changes=[("SHA-256", batch.sha256, "")])
    batch.delete()


def _waiting(batch: ListImport) -> ListImport:
    """The list under lock; it must still wait."""
    found = ListImport.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=batch.pk).first()
    if found is None:
        raise Conflict("この組織一覧は、すでに中止されています。")
    if found.applied_at is not None:
        raise AlreadyApplied("この組織一覧は、すでに反映されています。")
    return found


class _Building:
    """Carries out a plan row by row and gathers what history has to say."""

    def __init__(self, batch: ListImport, plan: Plan, with_heads: bool) -> None:
        self.batch, self.plan = batch, plan
        self.sections = set(plan.sections if with_heads else [])
        self.made: dict[int, Department] = {}
        known = {item.known for item in plan.items} | {item.above_known for item in plan.items}
        self.known = Department.objects.select_related("organ").in_bulk([key for key in known if key is not None])
        self.departments = self.posts = 0

    def acts(self) -> list[Act]:
        """Make everything that is new, in the order of the list; the acts as history will keep them."""
        acts: list[Act] = []
        for index, item in enumerate(self.plan.items):
            if item.what == What.DEPARTMENT:
                acts += self._department(index, item)
            elif item.what == What.POST:
                acts.append(self._post(self._above(item), item.name, []))
        return acts

    def summary(self) -> Act:
        changes = [
            ("組織", "", f"{self.departments:,}"),
            ("職", "", f"{self.posts:,}"),
            ("適用日", "", wareki(self.batch.effective_on)),
            ("SHA-256", "", self.batch.sha256),
        ]
        return Act("organization.imported", self.batch, changes=changes, note=self.plan.done_in_words())

    def _above(self, item: Item) -> Department | None:
        if item.above is None:
            return self.known[item.above_known] if item.above_known is not None else None
        above = self.plan.items[item.above]
        return self.known[above.known] if above.known is not None else self.made[item.above]

    def _department(self, index: int, item: Item) -> list[Act]:
        row = item.row
        department = place_department(
            Department(
                organ=self.batch.organ,
                parent=self._above(item),
                code=row.code,
                name=item.name,
                kind=row.kind,
                telephone=row.telephone,
                valid_from=self.batch.effective_on,
            )
        )
        self.made[index] = department
        self.departments += 1
        pairs = (("所属コード", row.code), ("機構分類", row.kind), ("電話番号", row.telephone))
        changes = [(label, "", text) for label, text in pairs if text]
        acts = [Act("department.created", department, department.pk, changes)]
        if item in self.sections:
            acts.append(self._post(department, HEAD_OF_SECTION, [Role.MANAGER]))
        return acts

    def _post(self, department: Department | None, title: str, roles: list[Role]) -> Act:
        if department is None:
            raise Conflict(MOVED)
        post = place_post(Post(department=department, title=title, valid_from=self.batch.effective_on), roles)
        self.posts += 1
        changes = [("役割", "", "、".join(str(role.label) for role in roles))] if roles else []
        return Act("post.created", post, department.pk, changes)
