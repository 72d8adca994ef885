"""A city of four hundred departments for the bench: built in bulk, with a person of the 事務局 and a clerk of one 課."""

import datetime as dt
import itertools
from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from django.db import transaction

from assets.models import Level
from assets.scheme_editing import load_scheme
from registry.organization.grants import project
from registry.organization.models import Appointment, Body, Department, Organ, Post, PostRole, User
from registry.organization.roles import Role

SINCE = dt.date(2015, 4, 1)
DIVISIONS = [
    "総務",
    "企画",
    "財務",
    "税務",
    "市民",
    "福祉",
    "保険",
    "こども",
    "健康",
    "環境",
    "産業",
    "農林",
    "観光",
    "建設",
    "都市",
    "下水",
    "防災",
    "教育",
    "図書",
    "議事",
]
SECTIONS = [
    "総務",
    "企画",
    "管理",
    "調整",
    "指導",
    "推進",
    "支援",
    "審査",
    "収納",
    "給付",
    "窓口",
    "施設",
    "整備",
    "保全",
    "計画",
    "統計",
    "相談",
    "契約",
    "検査",
]
CLERKS_SECTION = 5
OFFICE = ("情報政策担当", Role.SECRETARIAT)


@dataclass
class Town:
    """The keys that rows are made of, and who asks for pages."""

    sections: list[int]
    codes: dict[int, str]
    heads: dict[int, int]
    levels: dict[int, list[int]]
    people: dict[str, User]
    given: dict[str, int] = field(default_factory=dict)
    shares: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """A few 課 own much, most own little; the clerk's has about one asset of a hundred."""
        self.shares = list(itertools.accumulate(1 / (rank + 20) for rank in range(len(self.sections))))

    @property
    def secretariat(self) -> User:
        """Sees everything, reviews and registers."""
        return self.people["secretariat"]

    @property
    def clerk(self) -> User:
        """Sees and edits one 課."""
        return self.people["clerk"]

    @property
    def clerks_section(self) -> int:
        """The key of the clerk's 課."""
        return self.sections[CLERKS_SECTION]


@transaction.atomic
def build() -> Town:
    """Make the city in an empty database."""
    Body.objects.create(pk=1, profile="ina", name="試験市", kind="市", code="")
    load_scheme("r8-five-level", by=None)
    organ = Organ.objects.create(code="city", name="市長部局", position=1)
    divisions, sections = _departments(organ)
    posts = _posts([(division, "部長", Role.DIRECTOR) for division in divisions])
    heads = _posts([(section, "課長", Role.MANAGER) for section in sections])
    staff = _posts([(section, "主査", Role.STAFF) for section in sections])
    office = _posts([(sections[0], *OFFICE)])
    people = {
        "secretariat": (office[0], "事務局の人"),
        "clerk": (staff[CLERKS_SECTION], "課の人"),
        "head": (heads[CLERKS_SECTION], "課長の人"),
    }
    users = {username: _person(username, name, post) for username, (post, name) in people.items()}
    _fill([*posts, *staff])
    project()
    levels: dict[int, list[int]] = {}
    for slot, key in Level.objects.order_by("axis__slot", "rank").values_list("axis__slot", "pk"):
        levels.setdefault(slot, []).append(key)
    keys = [section.pk for section in sections]
    codes = {section.pk: section.code for section in sections}
    return Town(keys, codes, dict(zip(keys, [post.pk for post in heads], strict=True)), levels, users)


def _departments(organ: Organ) -> tuple[list[Department], list[Department]]:
    divisions = [
        Department(
            organ=organ, name=f"{name}部", full_name=f"{name}部", code=f"{at:02d}00", path=f"{at:04d}.", position=at
        )
        for at, name in enumerate(DIVISIONS, 1)
    ]
    for division in divisions:
        division.valid_from = SINCE
    Department.objects.bulk_create(divisions)
    sections = [
        Department(
            organ=organ,
            parent=above,
            name=(name := f"{above.name[:-1]}{stem}課"),
            full_name=f"{above.full_name} {name}",
            code=f"{above.code[:2]}{at:02d}",
            path=f"{above.path}{at:04d}.",
            position=at,
            valid_from=SINCE,
        )
        for above in divisions
        for at, stem in enumerate(SECTIONS, 1)
    ]
    Department.objects.bulk_create(sections)
    return divisions, sections


def _posts(wanted: list[tuple[Department, str, Role]]) -> list[Post]:
    groups = Group.objects.bulk_create([Group(name=f"post:{place.pk}:{title}") for place, title, _ in wanted])
    posts = Post.objects.bulk_create(
        [
            Post(department=place, title=title, valid_from=SINCE, group=group)
            for (place, title, _), group in zip(wanted, groups, strict=True)
        ]
    )
    PostRole.objects.bulk_create(
        [PostRole(post=post, role=role, valid_from=SINCE) for post, (_, _, role) in zip(posts, wanted, strict=True)]
    )
    return posts


def _person(username: str, name: str, post: Post) -> User:
    user = User.objects.create_user(username, name)
    Appointment.objects.create(user=user, post=post, kind=Appointment.Kind.MAIN, valid_from=SINCE)
    return user


def _fill(posts: list[Post]) -> None:
    """A holder for each post, so that the tables of people have the size of a city."""
    users = User.objects.bulk_create([User(username=f"p{post.pk}", name="在任者", password="!") for post in posts])
    main = Appointment.Kind.MAIN
    Appointment.objects.bulk_create(
        [Appointment(user=u, post=p, kind=main, valid_from=SINCE) for u, p in zip(users, posts, strict=True)]
    )
