"""Demonstration assets: entered, confirmed and reviewed by the demonstration's people, so that their history is real."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from assets.editing import draft, propose_change
from assets.models import Asset, Proposal
from assets.states import APPROVE, CONFIRM, RETURN_BY_HEAD, SUBMIT, Step
from assets.workflow import TAKE, register_directly, submit
from registry.base.tables import TableError
from registry.base.verdict import Conflict
from registry.organization.access import holds
from registry.organization.models import Appointment, Department, Post, User
from registry.organization.profiles.parts import Profile
from registry.organization.roles import Permission, Role
from registry.portal.demo_ledger import DemoAsset, read_entries
from registry.portal.demo_values import DemoValues

ROUND: dict[str, tuple[Step, ...]] = {
    "draft": (),
    "submitted": (SUBMIT,),
    "returned": (SUBMIT, RETURN_BY_HEAD),
    "confirmed": (SUBMIT, CONFIRM),
    "registered": (SUBMIT, CONFIRM, APPROVE),
    "changing": (SUBMIT, CONFIRM, APPROVE),
}
NOTES = {CONFIRM.code: "内容と分類を確かめました。", APPROVE.code: "分類の理由と取扱制限を確かめました。"}
DIRECTLY = "担当する職員の任命がないため、所管課から聞き取って事務局が登録しました。"


@transaction.atomic
def load_demo_assets(profile: Profile) -> int:
    """Put the demonstration's assets into the ledger through the acts; returns how many, 0 when it holds any already.

    Raises ``TableError`` (a ``ValueError``) with Japanese sentences naming file and entry. All assets or none.
    """
    if Asset.objects.exists():
        return 0
    entries = read_entries(profile, ROUND)
    desk = _Desk(profile)
    for entry in entries:
        try:
            desk.enter(entry)
        except TableError as problem:
            raise TableError([f"{entry.place}: {sentence}" for sentence in problem.problems]) from problem
        except ValidationError as problem:
            raise TableError([f"{entry.place}: {sentence}" for sentence in problem.messages]) from problem
        except (PermissionDenied, Conflict) as problem:
            raise TableError([f"{entry.place}: {problem}"]) from problem
    return len(entries)


class _Desk:
    """Enters one asset after the other, each step by the person of its department who may take it."""

    def __init__(self, profile: Profile) -> None:
        self.values = DemoValues(profile)
        self.casts: dict[str, _Cast] = {}

    def enter(self, entry: DemoAsset) -> None:
        cast = self._cast(entry.department)
        proposal = draft(self.values.of_new(entry, cast.department, by=cast.author), by=cast.author)
        if cast.complete:
            for step in ROUND[entry.state]:
                note = entry.comment if step.needs_note else NOTES.get(step.code, "")
                proposal = TAKE[step.code](proposal, by=cast.taking(step), note=note)
        elif APPROVE in ROUND[entry.state]:
            proposal = register_directly(proposal, by=cast.reviewer, reason=DIRECTLY)
        elif ROUND[entry.state]:
            raise TableError([f"「{cast.department}」に担当職員と課長がいないので、状態「{entry.state}」にできません。"])
        if entry.change:
            self._propose(entry, proposal, cast)

    def _propose(self, entry: DemoAsset, proposal: Proposal, cast: "_Cast") -> None:
        asset = Asset.objects.get(pk=proposal.asset_id)
        values = self.values.of_change(entry, by=cast.author)
        submit(propose_change(asset, values, base_version=asset.version, by=cast.author), by=cast.author)

    def _cast(self, code: str) -> "_Cast":
        if code not in self.casts:
            department = Department.objects.current().filter(code=code).first()
            if department is None:
                raise TableError([f"部署「{code}」はありません。部署のコードを確かめてください。"])
            self.casts[code] = _Cast(department)
        return self.casts[code]


class _Cast:
    """Who takes part in a department today: the clerk who applies, the head who confirms, the 事務局 that reviews."""

    def __init__(self, department: Department) -> None:
        self.department = department
        here = Post.objects.current().filter(department=department)
        self.clerk = _holder(here, Role.STAFF) or _holder(here, Role.SYSTEM_STAFF)
        self.head = _holder(here, Role.MANAGER)
        offices = _holders(Post.objects.current(), Role.SECRETARIAT)
        reviewers = [user for user in offices if holds(user, Permission.REVIEW_ASSETS, department.pk)]
        found = next((user for user in reviewers if user != self.clerk), None)
        if found is None:
            raise TableError([f"「{department}」の申請を審査できる事務局の人がいません。"])
        self.reviewer = found

    @property
    def complete(self) -> bool:
        return self.clerk is not None and self.head is not None

    @property
    def author(self) -> User:
        """The clerk where the whole round can be gone through, else the 事務局."""
        return self.clerk if self.clerk is not None and self.complete else self.reviewer

    def taking(self, step: Step) -> User:
        if step is SUBMIT:
            return self.author
        return self.reviewer if step is APPROVE or self.head is None else self.head


def _holder(posts: "QuerySet[Post]", role: Role) -> User | None:
    return next(iter(_holders(posts, role)), None)


def _holders(posts: "QuerySet[Post]", role: Role) -> list[User]:
    """The active people who sit in one of the posts with the role today, longest-appointed rows first."""
    seats = Appointment.objects.current().filter(post__in=posts.with_role(role), user__is_active=True)
    return [seat.user for seat in seats.select_related("user").order_by("pk")]
