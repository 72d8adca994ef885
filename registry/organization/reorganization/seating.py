"""Posts, roles and people of units that end: opened again in the successor, with whoever sits there."""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Max

from registry.base.fiscal import wareki
from registry.history.record import Act
from registry.organization.models import Appointment, Department, Post, PostRole
from registry.organization.reorganization.seats import Seat
from registry.organization.reorganization.trace import MODELS, Trace
from registry.organization.roles import Role

AT_ONCE = 500
HEAD_OF_SECTION = "所属長"
KINDS = list(Appointment.Kind)


class Seating:
    """Carries out what `seats` planned; `successors` maps the key of a post to the post that replaces it."""

    def __init__(self, day: dt.date, after: Mapping[int, Department], trace: Trace) -> None:
        self.day, self.last = day, day - dt.timedelta(days=1)
        self.after, self.trace = after, trace
        self.successors: dict[int, int] = {}
        self.acts: list[Act] = []

    def take_over(self, seats: list[Seat]) -> None:
        """End every post the day before and open it again where its unit went; roles and people go along."""
        staying = [seat for seat in seats if seat.unit is not None and seat.post.valid_from >= self.day]
        going = [seat for seat in seats if seat.unit is None or seat.post.valid_from < self.day]
        self._move(staying)
        self.trace.changing("post", [seat.post for seat in going])
        targets = self._targets([seat for seat in going if seat.unit is not None])
        for seat in going:
            before = wareki(seat.post.valid_until) if seat.post.valid_until else ""
            seat.post.valid_until = self.last
            changes = [("廃止日", before, wareki(self.last))]
            self.acts.append(Act("post.changed", seat.post, seat.post.department_id, changes))
        Post.objects.bulk_update([seat.post for seat in going], ["valid_until"], batch_size=AT_ONCE)
        self.successors |= {key: post.pk for key, post in targets.items()}
        self._roles(going, targets)
        self._people(going, targets)

    def _move(self, seats: list[Seat]) -> None:
        """A post that begins on the day or later simply stands in the other unit."""
        self.trace.changing("post", [seat.post for seat in seats])
        for seat in seats:
            before, after = seat.post.full_title, self.after[seat.unit.pk if seat.unit else 0]
            seat.post.department, seat.post.title = after, seat.title
            changes = [("職", before, seat.post.full_title)]
            self.acts.append(Act("post.changed", seat.post, after.pk, changes))
        Post.objects.bulk_update([seat.post for seat in seats], ["department", "title"], batch_size=AT_ONCE)

    def _targets(self, seats: list[Seat]) -> dict[int, Post]:
        """Post → the post that takes it up: one that is there, or one opened for all of that title."""
        opened: dict[tuple[int, str], Post] = {}
        found: dict[int, Post] = {}
        for seat in seats:
            unit = seat.unit.pk if seat.unit else 0
            if seat.into is None and (unit, seat.title) not in opened:
                until = seat.post.valid_until
                opened[unit, seat.title] = Post(
                    department=self.after[unit], title=seat.title, valid_from=self.day, valid_until=until
                )
            found[seat.post.pk] = seat.into or opened[unit, seat.title]
        self._open(list(opened.values()))
        for post in opened.values():
            names = "、".join(seat.post.full_title for seat in seats if found[seat.post.pk] is post)
            self.acts.append(Act("post.created", post, post.department_id, [("前の職", "", names)]))
        return found

    def open_new(self, wanted: Iterable[tuple[Department, str]], *roles: Role) -> None:
        """Open further posts, empty, with these roles."""
        posts = [Post(department=place, title=title, valid_from=self.day) for place, title in wanted]
        self._open(posts)
        held = [PostRole(post=post, role=role, valid_from=self.day) for post in posts for role in roles]
        self.trace.made("role", PostRole.objects.bulk_create(held, batch_size=AT_ONCE))
        changes = [("役割", "", "、".join(str(role.label) for role in roles))] if roles else []
        self.acts += [Act("post.created", post, post.department_id, list(changes)) for post in posts]

    def open_heads(self, places: Iterable[Department]) -> None:
        """A post 「所属長」 (情報セキュリティ管理者) for every 課 that has none."""
        self.open_new([(place, HEAD_OF_SECTION) for place in places], Role.MANAGER)

    def _open(self, posts: list[Post]) -> None:
        """Save posts with a place among the others of their unit, and a group each."""
        keys = {post.department_id for post in posts}
        last = Counter(
            dict(
                Post.objects.filter(department__in=keys)
                .values_list("department")
                .annotate(last=Max("position"))
                .values_list("department", "last")
            )
        )
        for post in posts:
            last[post.department_id] += 1
            post.position = last[post.department_id]
        names = [f"post:{post.department_id}:{post.position}:{post.valid_from.isoformat()}" for post in posts]
        groups = Group.objects.bulk_create([Group(name=name) for name in names], batch_size=AT_ONCE)
        for post, group in zip(posts, groups, strict=True):
            post.group = group
        self.trace.made("post", Post.objects.bulk_create(posts, batch_size=AT_ONCE))

    def _roles(self, seats: list[Seat], targets: Mapping[int, Post]) -> None:
        self._carry("role", [(held, targets.get(seat.post.pk)) for seat in seats for held in seat.roles], "role")

    def _people(self, seats: list[Seat], targets: Mapping[int, Post]) -> None:
        """Whoever sits there goes on there: same kind and end; nobody twice in one post, the main appointment first."""
        going = [(held, targets[seat.post.pk], seat) for seat in seats if seat.unit for held in seat.holders]
        going.sort(key=lambda one: (KINDS.index(Appointment.Kind(one[0].kind)), one[0].pk))
        self.acts += [self._carried(*one) for one in going]
        self._carry("appointment", [(held, target) for held, target, _ in going], "user_id")

    def _carry(self, name: str, rows: list[tuple[Any, Post | None]], key: str) -> None:
        """Rows hanging on posts: what began before the day ends and begins anew, what begins later changes the post."""
        model: Any = MODELS[name]
        there = model.objects.filter(post__in=[post.pk for _, post in rows if post], valid_until__isnull=True)
        taken = set(there.values_list(key, "post_id"))
        self.trace.changing(name, [row for row, _ in rows])
        made, ended, moved = [], [], []
        for row, target in rows:
            known = target is None or (getattr(row, key), target.pk) in taken
            if target and row.valid_until is None:
                taken.add((getattr(row, key), target.pk))
            if target and not known and row.valid_from < self.day:
                made.append(_copied(row, target, self.day))
            if row.valid_from < self.day:
                row.valid_until = self.last
                ended.append(row)
            elif not known:
                row.post = target
                moved.append(row)
        model.objects.bulk_update(ended, ["valid_until"], batch_size=AT_ONCE)
        model.objects.bulk_update(moved, ["post"], batch_size=AT_ONCE)
        self.trace.made(name, model.objects.bulk_create(made, batch_size=AT_ONCE))

    def _carried(self, held: Appointment, target: Post, seat: Seat) -> Act:
        until = wareki(held.valid_until) if held.valid_until else ""
        changes = [
            ("職", seat.post.full_title, target.full_title),
            ("区分", held.get_kind_display(), held.get_kind_display()),
            ("期間", "", f"{wareki(max(self.day, held.valid_from))}〜{until}"),
        ]
        return Act("person.post-replaced", held.user, target.department_id, changes)


def _copied(row: Any, post: Post, since: dt.date) -> Any:
    """The same role or appointment in another post, from a day on (unsaved)."""
    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made._state.fields_cache = dict(row._state.fields_cache)
    made._state.adding, made.pk = True, None
    made.post, made.valid_from = post, since
    return made
