"""Demonstration assets: entered, confirmed and reviewed by the demonstration's people, so that their history is real."""

from dataclasses import dataclass

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
from registry.organization.models.post import PostQuerySet
from registry.organization.profiles.parts import Profile
from registry.organization.roles import Permission, Role
from registry.portal.demo_entries import DemoAsset, read_entries, read_words, values_of

ROUND: dict[str, tuple[Step, ...]] = {
    "draft": (),
    "submitted": (SUBMIT,),
    "returned": (SUBMIT, RETURN_BY_HEAD),
    "confirmed": (SUBMIT, CONFIRM),
    "registered": (SUBMIT, CONFIRM, APPROVE),
    "changing": (SUBMIT, CONFIRM, APPROVE),
}
NOTES = {CONFIRM: "内容と分類を確かめました。", APPROVE: "分類の理由と取扱制限を確かめました。"}
DIRECTLY = "担当する職員の任命がないため、所管課から聞き取って事務局が登録しました。"


@dataclass(frozen=True)
class Cast:
    """Who takes part in a department today; without a clerk or a head, the 事務局 writes and registers directly."""

    department: Department
    clerk: User | None
    head: User | None
    reviewer: User

    @property
    def author(self) -> User:
        return self.clerk if self.clerk and self.head else self.reviewer

    def taking(self, step: Step) -> User:
        """The person who takes a step of the round."""
        if step is APPROVE:
            return self.reviewer
        return self.author if step is SUBMIT or not self.head else self.head


@transaction.atomic
def load_demo_assets(profile: Profile) -> int:
    """Put the demonstration's assets into the ledger through the acts; returns how many, 0 when it holds any already.

    Raises ``ValueError`` with Japanese sentences naming file and entry; then nothing was entered.
    """
    if Asset.objects.exists():
        return 0
    entries = read_entries(profile)
    casts: dict[str, Cast] = {}
    for place, entry in entries:
        try:
            if entry.department not in casts:
                casts[entry.department] = _cast(entry.department)
            _enter(entry, profile, casts[entry.department])
        except ValidationError as problem:
            raise TableError([f"{place}: {sentence}" for sentence in problem.messages]) from problem
        except (ValueError, PermissionDenied, Conflict) as problem:
            raise TableError([f"{place}: {sentence}" for sentence in str(problem).splitlines()]) from problem
    return len(entries)


def _enter(entry: DemoAsset, profile: Profile, cast: Cast) -> None:
    """Draft the asset and take it to its state, each step by the person whose it is."""
    proposal = draft(values_of(entry, profile, by=cast.author), by=cast.author)
    steps = ROUND[entry.state]
    if cast.author is cast.clerk:
        for step in steps:
            note = entry.comment if step.needs_note else NOTES.get(step, "")
            proposal = TAKE[step.code](proposal, by=cast.taking(step), note=note)
    elif APPROVE in steps:
        proposal = register_directly(proposal, by=cast.reviewer, reason=DIRECTLY)
    elif steps:
        raise ValueError(f"「{cast.department}」には担当職員か課長がいないので、状態「{entry.state}」にできません。")
    if entry.change:
        _propose(entry, proposal, profile, cast.author)


def _propose(entry: DemoAsset, registered: Proposal, profile: Profile, author: User) -> None:
    """Ask for a change of what was just registered; it then waits for the head."""
    asset = registered.asset
    values = read_words(entry.change, profile, by=author)
    submit(propose_change(asset, values, base_version=asset.version, by=author), by=author)


def _cast(code: str) -> Cast:
    department = Department.objects.current().filter(code=code).first()
    if department is None:
        raise ValueError(f"部署「{code}」が組織にありません。見本の組織を入れた環境で実行してください。")
    here = Post.objects.current().filter(department=department)
    clerks = _holders(here, Role.STAFF) or _holders(here, Role.SYSTEM_STAFF)
    heads = _holders(here, Role.MANAGER)
    clerk, head = next(iter(clerks), None), next(iter(heads), None)
    offices = _holders(Post.objects.current(), Role.SECRETARIAT)
    for office in offices:
        if office != clerk and holds(office, Permission.REVIEW_ASSETS, department.pk):
            return Cast(department, clerk, head, office)
    raise ValueError(f"「{department}」の申請を審査できる事務局の人がいません。")


def _holders(posts: PostQuerySet, role: Role) -> list[User]:
    """The active people who sit today in one of the posts with the role, in the order of their appointment."""
    seats = Appointment.objects.current().filter(post__in=posts.with_role(role), user__is_active=True)
    return [seat.user for seat in seats.select_related("user").order_by("pk")]
