"""What keeps a plan of a reorganisation from being carried out, each in a sentence that says what to do."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import Q

from registry.base.fiscal import wareki
from registry.organization.models import Department, PlannedUnit, Reorganization
from registry.organization.models.reorganization import Stage
from registry.organization.reorganization.blueprint import Blueprint, What, circling
from registry.organization.reorganization.seats import Seat
from registry.organization.vocabulary import word

NAMES_SHOWN = 5
LONGEST_FULL_NAME = 300
ACROSS = "自律機関({organ})の組織は、ほかの機関と前身・後継の関係にできません。移す先で新しく置いてください。"


def some(names: list[str]) -> str:
    """Names in a sentence: the first few, and how many more."""
    more = f" ほか{len(names) - NAMES_SHOWN:,}" if len(names) > NAMES_SHOWN else ""
    return "、".join(f"「{name}」" for name in names[:NAMES_SHOWN]) + more


def obstacles_of(blueprint: Blueprint, seats: list[Seat]) -> list[str]:
    """Everything about units, posts and people that stands in the way; empty when nothing does."""
    found = [*_dates(blueprint, seats), *_base(blueprint), *_shape(blueprint), *_codes(blueprint)]
    found += [*_borders(blueprint), *_people(seats)]
    if blueprint.doubtful:
        found.append(
            f"要確認が{blueprint.doubtful:,}件残っています。確かめて「このままでよい」を押すか、直してください。"
        )
    if not found and not any(blueprint.counts[what] for what in What if what != What.SAME):
        found.append("いまの組織と変わるところがありません。")
    return found


def last_reorganization(organ_id: int) -> Reorganization | None:
    """The latest reorganisation of an organ that is in force."""
    done = Reorganization.objects.filter(organ=organ_id, stage=Stage.APPLIED)
    return done.order_by("-effective_on", "-applied_at").first()


def _dates(blueprint: Blueprint, seats: list[Seat]) -> Iterator[str]:
    plan, day = blueprint.plan, blueprint.plan.effective_on
    last = last_reorganization(plan.organ_id)
    if last and day < last.effective_on:
        yield (
            f"施行日{wareki(day)}は、前の組織改編「{last}」の施行日{wareki(last.effective_on)}より前です。"
            "それ以後の日にするか、前の組織改編を元に戻してください。"
        )
    ending = [d for key, d in blueprint.departments.items() if key not in blueprint.kept]
    young = [f"{d.full_name}({wareki(d.valid_from)}設置)" for d in ending if d.valid_from >= day]
    if young:
        yield f"{some(young)}は施行日以後に置かれています。施行日をその翌日以後にしてください。"
    coming = Department.objects.real().filter(organ=plan.organ_id, valid_from__gt=day)
    hanging = [d.full_name for d in coming.filter(parent__in=[d.pk for d in ending])]
    if hanging:
        yield f"施行日より後に置かれる{some(hanging)}の上位が変わります。その組織を先に廃止するか、施行日を後にしてください。"
    yield from _late_posts(seats, day)


def _late_posts(seats: list[Seat], day: dt.date) -> Iterator[str]:
    """Posts that begin on the day or later move along whole; where one of that name is there already, they cannot."""
    titles = Counter((seat.unit.pk, seat.title) for seat in seats if seat.unit)
    for seat in seats:
        taken = seat.unit is None or seat.into is not None or titles[seat.unit.pk, seat.title] > 1
        if seat.post.valid_from >= day and taken:
            yield f"施行日以後に置かれた職「{seat.post.full_title}」を移せません。先にその職を廃止してください。"


def _base(blueprint: Blueprint) -> Iterator[str]:
    names = [department.full_name for department in blueprint.unplanned]
    if names or blueprint.vanished:
        which = (
            f"{some(names)}が、計画を作ったあとに置かれました。"
            if names
            else "計画の中の組織が、あとで廃止されました。"
        )
        yield f"{which}「いまの組織に合わせる」を押してください。"


def _shape(blueprint: Blueprint) -> Iterator[str]:
    if circle := circling(blueprint.units):
        yield f"{some([unit.name for unit in circle])}が、自分自身の下に入っています。上位を直してください。"
        return
    for unit in blueprint.units:
        if len(blueprint.full_names[unit.pk]) > LONGEST_FULL_NAME:
            yield f"「{unit.name}」は、上位からの名称が全部で{LONGEST_FULL_NAME}字を超えます。短くしてください。"
    yield from _guests(blueprint)


def _guests(blueprint: Blueprint) -> Iterator[str]:
    """Units of another organ may come over; what stands below them has to come along or be decided about there."""
    guests = [d for d in blueprint.departments.values() if d.organ_id != blueprint.plan.organ_id]
    below = Department.objects.current(blueprint.plan.effective_on).filter(parent__in=guests)
    left = [one.full_name for one in below.exclude(pk__in=blueprint.departments)]
    if left:
        yield f"ほかの{word('organ')}から移す組織の下に{some(left)}が残ります。その組織の後継も決めてください。"


def _codes(blueprint: Blueprint) -> Iterator[str]:
    used: dict[str, list[PlannedUnit]] = defaultdict(list)
    for unit in blueprint.units:
        if code := blueprint.told(unit, "code"):
            used[code].append(unit)
    for code, units in used.items():
        if len(units) > 1:
            yield f"所属コード{code}が{some([unit.name for unit in units])}の両方にあります。どちらかを直してください。"
    others = Department.objects.real().filter(code__in=used, valid_until__isnull=True)
    for other in others.exclude(pk__in=blueprint.departments):
        yield f"所属コード{other.code}は、計画の外の「{other}」が使っています。コードを直してください。"


def _borders(blueprint: Blueprint) -> Iterator[str]:
    organ = blueprint.plan.organ
    guests = [d.organ for d in blueprint.departments.values() if d.organ_id != organ.pk]
    closed = next((one for one in (organ, *guests) if one.autonomous), None)
    if guests and closed:
        yield ACROSS.format(organ=closed.name)


def _people(seats: list[Seat]) -> Iterator[str]:
    held = [f"{s.post.full_title}({s.holders[0].user.name})" for s in seats if s.unit is None and s.holders]
    if held:
        yield f"廃止する組織に、在任者のいる職{some(held)}があります。後継の組織を選ぶか、先に任命を終了してください。"


def alive(day: dt.date) -> Q:
    """Rows that still exist on a day or later."""
    return Q(valid_until__isnull=True) | Q(valid_until__gte=day)
