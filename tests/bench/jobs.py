"""The jobs of the day, each measured through the whole stack beside the floor: what the speed table is made of."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assets.columns import EDITABLE
from assets.editing import revise
from assets.ledger.listing import PAGE, SORTS
from assets.models import Asset, Axis, Level, Proposal
from assets.models.scheme import LEVEL_FIELDS
from assets.scheme_editing import load_scheme
from assets.states import Standing, State
from registry.web.paging import page_of
from tests.bench import crafting, exporting, floor, inheriting, names
from tests.bench.asking import Result, anew, fetch, posted, signed_in, spent
from tests.bench.loading import ready
from tests.bench.measuring import Do, in_turn, queries
from tests.bench.town import Town

FAR = 1000
PAGES = 30


def measured(town: Town, only: set[str]) -> Iterator[Result]:
    """Every job that was asked for (all, when none was named), on the ledger as it stands."""
    clients = {"事務局": signed_in(town.secretariat), "課": signed_in(town.clerk)}
    for name, job in JOBS.items():
        if not only or name in only:
            yield from job(town, clients)


def listing(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """Page 1 of the ledger; and once more with nothing remembered from before."""
    url, bare = reverse("assets:index"), floor.client()
    acts: dict[str, Do] = {"floor": lambda: fetch(bare, "/")}
    for who, client in clients.items():
        acts[f"一覧({who})"] = partial(fetch, client, url)
    acts["一覧(件数を数え直す)"] = anew(acts["一覧(事務局)"])
    times = in_turn(acts)
    least = times.pop("floor").p50
    for job, timing in times.items():
        yield Result(job, timing.p50 / least, "×", least, timing, queries(acts[job]))


def far_page(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """Page 1,000 by its mark, or the last but one where there are fewer, beside page 1."""
    url, client = reverse("assets:index"), clients["事務局"]
    rows = Asset.objects.visible_to(town.secretariat).listed().only("number")
    start = max(1, min(FAR, -(-rows.count() // PAGE) - 1) - 1) * PAGE
    mark = page_of(rows, SORTS["number"][1], start).next_mark
    acts: dict[str, Do] = {
        "first": lambda: fetch(client, url),
        "far": lambda: fetch(client, url, after=mark, start=start + 1),
    }
    times = in_turn(acts)
    first, far = times["first"].p50, times["far"]
    yield Result("離れた頁", far.p50 / first, "×頁1", first, far, queries(acts["far"]))


def searching(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """Fifteen words of two to four characters, each asked for the first time (nothing remembered)."""
    url, bare = reverse("assets:index"), floor.client()

    def asking(act: Callable[[str], Any]) -> Do:
        words = itertools.cycle(names.QUERIES)
        return anew(lambda: act(next(words)))

    def rows_alone(word: str) -> None:
        clients["事務局"].get(url, {"q": word}, headers={"hx-request": "true"})

    def whole_page(client: Client, word: str) -> None:
        fetch(client, url, q=word)

    acts = {
        "floor": asking(lambda word: fetch(bare, "/search/", q=word)),
        **{f"検索({who})": asking(partial(whole_page, client)) for who, client in clients.items()},
        "検索(表だけ、事務局)": asking(rows_alone),
    }
    times = in_turn(acts, fewest=2 * len(names.QUERIES))
    least = times.pop("floor").p50
    for job, timing in times.items():
        yield Result(job, timing.p50 / least, "×", least, timing, queries(acts[job]))
        yield Result(f"{job} 95%点", timing.p95 / timing.p50, "×p50")


def asset_page(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """Pages of registered assets; apart, those whose reading history has to record."""
    found = Asset.objects.visible_to(town.clerk).filter(standing=Standing.REGISTERED)
    bare = floor.client()

    def turning(keys: list[int], act: Callable[[int], Any]) -> Do:
        turn = itertools.cycle(keys)
        return lambda: act(next(turn))

    plain = list(found.filter(applied_1__reads_recorded=False).values_list("pk", flat=True)[:PAGES])
    noted = list(found.filter(applied_1__reads_recorded=True).values_list("pk", flat=True)[:PAGES])

    def page(key: int) -> bytes:
        return fetch(clients["課"], reverse("assets:detail", args=[key]))

    acts = {
        "floor": turning(plain, lambda pk: fetch(bare, f"/{pk}/")),
        "資産の頁": turning(plain, page),
        "資産の頁(閲覧を記録)": turning(noted, page),
    }
    times = in_turn(acts)
    least = times.pop("floor").p50
    for job, timing in times.items():
        yield Result(job, timing.p50 / least, "×", least, timing, queries(acts[job]))


def past_day(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """The first page of the ledger of a day, and of what two days differ by."""
    bare, today = floor.client(), timezone.localdate().isoformat()
    since = {"since": "2000-04-01", "until": today}
    acts: dict[str, Do] = {
        "floor": lambda: fetch(bare, "/"),
        "ある日の台帳": partial(fetch, clients["事務局"], reverse("assets:as-of"), day=today),
        "新旧対照": partial(fetch, clients["事務局"], reverse("assets:comparison"), **since),
    }
    times = in_turn(acts)
    least = times.pop("floor").p50
    for job, timing in times.items():
        yield Result(job, timing.p50 / least, "×", least, timing, queries(acts[job]))


def migrating(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """The page of the migration while the whole ledger carries levels of the three: counted anew, and remembered."""
    bare, url = floor.client(), reverse("assets:migration")
    with transaction.atomic():
        put_on_three_levels()
        page = partial(fetch, clients["事務局"], url)
        acts: dict[str, Do] = {"floor": lambda: fetch(bare, "/"), "分類の移行": page}
        acts["分類の移行(数え直す)"] = anew(page)
        times = in_turn(acts)
        least = times.pop("floor").p50
        found = [Result(j, t.p50 / least, "×", least, t, queries(acts[j])) for j, t in times.items()]
        transaction.set_rollback(True)
    yield from found


def put_on_three_levels() -> None:
    """Let every asset carry the level of the earlier scheme that is as strict, or the next below."""
    load_scheme("r2-three-level", by=None)
    for axis in Axis.objects.filter(scheme__code="r2-three-level"):
        for level in axis.levels.order_by("-rank"):
            now = Level.objects.filter(axis__scheme__code="r8-five-level", axis__code=axis.code, rank__gte=level.rank)
            field = LEVEL_FIELDS[axis.slot - 1]
            Asset.objects.filter(**{f"{field}__in": now}).update(**{field: level})


def saving(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """A draft saved with its history: from the page, and the act alone."""
    size = Asset.objects.count()
    drafts = Proposal.objects.in_bulk(ready(town, State.DRAFT, size))
    posts: list[Do] = [partial(_save, clients["課"], draft) for draft in drafts.values()]
    yield spent("保存(画面から)", posts)
    drafts = Proposal.objects.in_bulk(ready(town, State.DRAFT, size))
    changed = [(draft, {**draft.values, "name": draft.values["name"] + "改"}) for draft in drafts.values()]
    acts: list[Do] = [partial(revise, draft, values, version=1, by=town.clerk) for draft, values in changed]
    yield spent("保存(処理だけ)", acts)


def _save(client: Client, draft: Proposal) -> None:
    yes_no = {True: "yes", False: "no", None: ""}
    given = {column.key: draft.values[column.key] for column in EDITABLE}
    typed = {key: yes_no[v] if v is None or isinstance(v, bool) else v for key, v in given.items()}
    typed |= {"name": f"{draft.values['name']}改", "proposal": draft.pk, "version": draft.version, "act": "save"}
    posted(client, reverse("assets:edit", args=[draft.asset_id]), typed)


def approving(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """An entry approved from the review page: number, revision, search row and history."""
    keys = ready(town, State.CONFIRMED, Asset.objects.count())
    urls = [reverse("assets:step", args=[key, "approve"]) for key in keys]
    typed = {"version": 1, "note": "", "from": "reviews"}
    acts: list[Do] = [partial(posted, clients["事務局"], url, typed) for url in urls]
    yield spent("承認(画面から)", acts)


def exported(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """All rows as .xlsx with 25 columns, in a process of its own."""
    made = exporting.measured(town.secretariat.username)
    yield Result("出力 .xlsx 25列", made.rows / made.seconds, "行/秒")
    yield Result("出力 .xlsx 25列(CPU)", made.rows / made.processor_seconds, "行/CPU秒")
    yield Result("出力 .xlsx のメモリー", made.megabytes, "MB")


def doubled(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """What is alike: beside the form while a name is typed, and as lists over the whole ledger, nothing remembered."""
    client, bare = clients["事務局"], floor.client()
    names_typed = itertools.cycle(["住民記録システム", "固定資産税決裁文書", "国民健康保険申請書綴り", "介護保険端末"])
    url = reverse("assets:duplicates")
    acts: dict[str, Do] = {
        "floor": lambda: fetch(bare, "/"),
        "似た情報資産(入力中)": lambda: fetch(client, reverse("assets:similar"), name=next(names_typed)),
        "重複 同じ名称": anew(partial(fetch, client, url)),
        "重複 似た名称": anew(partial(fetch, client, url, kind="near")),
        "重複 似た名称(二度め)": partial(fetch, client, url, kind="near"),
        "重複 書き方のゆれ": anew(partial(fetch, client, url, kind="spelling")),
        "重複 課の名前": anew(partial(fetch, client, url, kind="places")),
        "廃棄予定": partial(fetch, client, reverse("assets:disposals")),
    }
    times = in_turn(acts)
    least = times.pop("floor").p50
    for job, timing in times.items():
        yield Result(job, timing.p50 / least, "×", least, timing, queries(acts[job]))


JOBS = {
    "duplicates": doubled,
    "inherited": inheriting.inherited,
    "list": listing,
    "groups": crafting.grouped,
    "together": crafting.together,
    "far": far_page,
    "search": searching,
    "asset": asset_page,
    "past": past_day,
    "migration": migrating,
    "save": saving,
    "approve": approving,
    "export": exported,
}
