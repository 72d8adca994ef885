"""Reorganisations with everything that hangs on them: units, posts and people (organisation), assets and proposals (ledger)."""

import hashlib
import json
import logging
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.utils import timezone

from assets.body_columns import columns_of_body
from assets.bulk import undo as undo_change_set
from assets.carrying import replace_at_once
from assets.columns import Column, Kind
from assets.commenting import give_mentions_back, pass_on_mentions
from assets.extra_values import NAMED, naming
from assets.models import Asset, ChangeKind, ChangeLine, ChangeSet, Proposal
from assets.saved_views import give_views_back, pass_on_views
from assets.states import OPEN, Standing
from registry.base import operation
from registry.base.verdict import Conflict
from registry.history.turn import in_turn
from registry.organization.access import departments_where
from registry.organization.models import Reorganization, User
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization import deciding
from registry.organization.reorganization.blueprint import Blueprint
from registry.organization.reorganization.obstacles import obstacles_of, some
from registry.organization.reorganization.seats import Seat, seats_of
from registry.organization.reorganization.staging import locked
from registry.organization.reorganization.undoing import made, touched_since
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, word

log = logging.getLogger("registry.reorganizing")
POST_COLUMNS = ("sec_responsible", "sec_manager", "sys_manager")
TOUCHED_SHOWN = 10


@dataclass
class Effects:
    """What carrying a plan out would do, in numbers, and what stands in the way."""

    blueprint: Blueprint
    seats: list[Seat]
    assets: Counter[int]
    proposals: Counter[int]
    elsewhere: int
    entering: int
    may_register: bool

    @property
    def moving(self) -> int:
        """How many registered assets get another department."""
        return sum(self.assets[key] for key in self.blueprint.replaced)

    @cached_property
    def obstacles(self) -> list[str]:
        """Everything in the way: of the organisation, of the ledger, of this person's rights."""
        return [*obstacles_of(self.blueprint, self.seats), *self._left_behind(), *self._rights()]

    @property
    def digest(self) -> str:
        """A mark of all of it, people and assets included: what was shown is what will be done."""
        people = [(seat.post.pk, [holder.pk for holder in seat.holders]) for seat in self.seats]
        numbers = [sorted(self.assets.items()), sorted(self.proposals.items()), self.elsewhere, self.entering]
        return hashlib.sha256(json.dumps([self.blueprint.digest, people, numbers]).encode()).hexdigest()

    def _left_behind(self) -> list[str]:
        closing = [(one, self.assets[one.pk], self.proposals[one.pk]) for one in self.blueprint.closing]
        found = [
            f"廃止する「{one.full_name}」に、{word('asset')}{assets:,}件と申請{waiting:,}件があります。引き継ぐ組織を選んでください。"
            for one, assets, waiting in closing
            if assets or waiting
        ]
        if self.entering:
            found.append(
                f"廃止する組織へ移す申請が{self.entering:,}件あります。その申請を先に済ませるか、後継の組織を選んでください。"
            )
        if orphans := self._orphaned():
            found.append(
                f"廃止する職{some(orphans)}が、ほかの{word('section')}の{word('asset')}の責任者です。後継の組織を選ぶか、先に責任者を変えてください。"
            )
        for key, unit in self.blueprint.replaced.items():
            before = self.blueprint.principal(unit)
            if before and before.excluded and not self.blueprint.departments[key].excluded and self.assets[key]:
                found.append(
                    f"「{unit.name}」は台帳の{word('out_of_scope')}です。「{self.blueprint.departments[key]}」の{word('asset')}を移せません。"
                )
        return found

    def _orphaned(self) -> list[str]:
        ending = {seat.post.pk: seat.post.full_title for seat in self.seats if seat.unit is None}
        outside = Asset.objects.filter(_naming(list(ending)), standing=Standing.REGISTERED)
        rows = outside.exclude(department__in=[one.pk for one in self.blueprint.closing])
        named = {key for row in rows.values_list(*POST_COLUMNS).distinct() for key in row if key in ending}
        return [title for key, title in ending.items() if key in named]

    def _rights(self) -> list[str]:
        needed = self.moving or sum(self.proposals[key] for key in self.blueprint.replaced) or self.elsewhere
        if needed and not self.may_register:
            return [
                said(
                    "{asset}を移すには、{secretariat}の権限(直接登録)が要ります。{secretariat}の人が反映してください。"
                )
            ]
        return []


def effects_of(plan: Reorganization, *, by: User) -> Effects:
    """What a plan would do as things are now: a fixed number of queries, however many units and assets."""
    blueprint = Blueprint.of(plan)
    seats = seats_of(blueprint)
    ending = [key for key in blueprint.departments if key not in blueprint.kept]
    closing = [one.pk for one in blueprint.closing]
    registered = Asset.objects.filter(standing=Standing.REGISTERED)
    waiting = Proposal.objects.filter(state__in=OPEN)
    posts = [seat.post.pk for seat in seats if seat.unit is not None]
    outside = registered.filter(_naming(posts)).exclude(department__in=ending)
    entering = waiting.filter(values__section__in=closing).exclude(asset__department__in=closing)
    places = departments_where(by, Permission.REGISTER_ASSETS)
    return Effects(
        blueprint,
        seats,
        _counted(registered.filter(department__in=ending).values_list("department").annotate(count=Count("pk"))),
        _counted(
            waiting.filter(asset__department__in=ending).values_list("asset__department").annotate(count=Count("pk"))
        ),
        outside.count(),
        entering.count(),
        places.issuperset(blueprint.replaced),
    )


@in_turn()
def apply(plan: Reorganization, *, seen: str, reason: str, with_heads: bool, by: User) -> Reorganization:
    """Carry a plan out at once, or set it down for its day when that is still to come.

    seen: the digest of the effects that were shown; Conflict when anything moved since, or something is in the way.
    """
    plan = locked(plan, by, [Stage.DRAFT, Stage.SCHEDULED])
    effects = effects_of(plan, by=by)
    if effects.digest != seen:
        raise Conflict(deciding.MOVED)
    if effects.obstacles:
        raise Conflict("".join(effects.obstacles))
    if not reason.strip():
        raise ValidationError("組織改編の理由(決裁の番号など)を入力してください。")
    plan.reason, plan.with_heads = reason, with_heads
    plan.save(update_fields=["reason", "with_heads"])
    if plan.effective_on > timezone.localdate():
        return deciding.schedule(plan, seen=effects.blueprint.digest, reason=reason, with_heads=with_heads, by=by)
    return _carry_out(plan, effects, by=by)


def carry_out_due() -> int:
    """Carry out what waits for today, each in its own turn; returns how many. What cannot be says why and waits."""
    due = Reorganization.objects.filter(stage=Stage.SCHEDULED, effective_on__lte=timezone.localdate(), held="")
    count = 0
    for plan in due.select_related("organ", "scheduled_by").order_by("effective_on", "pk"):
        by = plan.scheduled_by
        if by is None:
            continue
        operation.begin()
        try:
            _carry_out_scheduled(plan, by=by)
        except (Conflict, PermissionDenied, ValidationError) as refused:
            why = "".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
            deciding.hold(plan, why)
            log.warning("reorganization %s is held", plan.pk)
        else:
            count += 1
    return count


@in_turn()
def _carry_out_scheduled(plan: Reorganization, *, by: User) -> None:
    plan = locked(plan, by, [Stage.SCHEDULED])
    effects = effects_of(plan, by=by)
    if effects.blueprint.digest != plan.seen:
        raise Conflict("予定したあとに、組織が変わりました。準備に戻して、内容を確かめてください。")
    if effects.obstacles:
        raise Conflict("".join(effects.obstacles))
    _carry_out(plan, effects, by=by)


def _carry_out(plan: Reorganization, effects: Effects, *, by: User) -> Reorganization:
    done = deciding.put_into_force(plan, seen=effects.blueprint.digest, by=by)
    plan = Reorganization.objects.get(pk=plan.pk)
    waiting = sum(effects.proposals[key] for key in effects.blueprint.replaced)
    change_set = None
    if done.departments or done.posts:
        pairs = {"section": done.departments, **dict.fromkeys(POST_COLUMNS, done.posts)}
        pairs |= {c.key: done.posts if c.kind is Kind.POST else done.departments for c in _own_columns()}
        change_set = replace_at_once(pairs, kind=ChangeKind.REORGANIZATION, reason=f"{plan}: {plan.reason}", by=by)
    back: dict[str, list[Any]] = {
        "views": pass_on_views(done.departments, by=by),
        "mentions": pass_on_mentions(done.posts),
    }
    counts = {
        said("移した{asset}"): effects.moving,
        said("責任者の職が替わった{asset}"): effects.elsewhere,
        "引き継いだ申請": waiting,
        "引き継いだ表示": len(back["views"]),
        "引き継いだコメントの宛先": len(back["mentions"]),
    }
    back["posts"] = [[after, before] for before, after in done.posts.items()]
    deciding.remember_ledger(plan, change_set.pk if change_set else None, counts, back)
    return plan


@in_turn()
def undo(plan: Reorganization, *, reason: str, by: User) -> Reorganization:
    """Take a reorganisation back as a whole, ledger and organisation; Conflict names what newer acts touched."""
    plan = locked(plan, by, [Stage.APPLIED])
    if not reason.strip():
        raise ValidationError("元に戻す理由を入力してください。")
    if touched := [*touched_since(plan), *_touched_in_ledger(plan)]:
        more = f"ほか{len(touched) - TOUCHED_SHOWN:,}件。" if len(touched) > TOUCHED_SHOWN else ""
        raise Conflict("元に戻せません。" + "。".join(touched[:TOUCHED_SHOWN]) + "。" + more)
    if plan.change_set is not None:
        change_set, by = ChangeSet.objects.get(pk=plan.change_set), User.objects.get(pk=by.pk)
        undo_change_set(change_set, by=by, reason=reason, as_part=True)
    new = set(made("post", plan))
    posts = {after: before for after, before in plan.done.get("posts", []) if after in new}
    give_views_back(plan.done.get("views", []), _predecessors(plan), by=by)
    give_mentions_back(dict(plan.done.get("mentions", [])), posts)
    return deciding.undo(plan, reason=reason, by=by)


def _predecessors(plan: Reorganization) -> dict[int, int]:
    """The units that the plan made, each with the one whose posts and assets it took over (of several the first)."""
    pairs = plan.successions.filter(principal=True, after__in=made("department", plan)).order_by("-pk")
    return dict(pairs.values_list("after", "before"))


def _touched_in_ledger(plan: Reorganization) -> list[str]:
    """Assets and proposals that came to the new units and posts by themselves, and so would be left without any."""
    departments, posts = set(made("department", plan)), set(made("post", plan))
    ours = ChangeLine.objects.filter(change_set=plan.change_set)
    here = Q(department__in=departments) | _naming(list(posts))
    for column in _own_columns():
        here |= naming(column, posts if column.kind is Kind.POST else departments)
    came = (
        Asset.objects.exclude(standing=Standing.ABANDONED)
        .filter(here)
        .exclude(pk__in=ours.values("asset"))
        .order_by("pk")
    )
    found = [f"{word('asset')}「{asset}」が、そのあとに登録されています" for asset in came]
    carried = ours.filter(proposal__isnull=False).values("proposal")
    fresh = Proposal.objects.filter(state__in=OPEN).exclude(pk__in=carried)
    for proposal in fresh.select_related("asset").order_by("pk"):
        named = {proposal.values.get(key) for key in (*POST_COLUMNS, *(c.key for c in _own_columns(Kind.POST)))}
        units = {proposal.values.get(key) for key in ("section", *(c.key for c in _own_columns(Kind.OTHER_DEPARTMENT)))}
        if units & departments or named & posts:
            found.append(f"「{proposal.asset}」の申請が、そのあとに出ています")
    return found


def _own_columns(*kinds: Kind) -> list[Column]:
    """The body's own columns in which assets name departments and posts."""
    return [column for column in columns_of_body().own if column.kind in (kinds or NAMED)]


def _naming(posts: list[int]) -> Q:
    named = Q(pk__in=())
    for column in POST_COLUMNS:
        named |= Q(**{f"{column}__in": posts})
    return named


def _counted(rows: object) -> Counter[int]:
    return Counter(dict(rows))  # type: ignore[call-overload]
