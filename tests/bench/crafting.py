"""The jobs of the list beyond its page: groups with their counts, and a thousand rows changed together."""

from collections.abc import Iterator
from functools import partial

from django.test import Client
from django.urls import reverse

from assets.ledger.bulk_editing import mark_of, weigh_again
from assets.models import Asset, BulkDraft
from assets.states import Standing
from tests.bench import floor
from tests.bench.asking import Result, fetch, posted, spent
from tests.bench.measuring import Do, in_turn, queries
from tests.bench.town import Town

TOGETHER = 1000


def grouped(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """Page 1 of the ledger in groups, with their counts: by 所管課 and by ネットワーク区分."""
    url, bare = reverse("assets:index"), floor.client()
    acts: dict[str, Do] = {
        "floor": lambda: fetch(bare, "/"),
        "まとめた一覧(所管課)": partial(fetch, clients["事務局"], url, group="department"),
        "まとめた一覧(区分)": partial(fetch, clients["事務局"], url, group="segment"),
    }
    times = in_turn(acts)
    least = times.pop("floor").p50
    for job, timing in times.items():
        yield Result(job, timing.p50 / least, "×", least, timing, queries(acts[job]))


def together(town: Town, clients: dict[str, Client]) -> Iterator[Result]:
    """A thousand registered assets changed at once from the list: what it would do, its page, and doing it."""
    client = clients["事務局"]
    keys = Asset.objects.filter(standing=Standing.REGISTERED, open_proposal__isnull=True).order_by("pk")
    picked = ",".join(map(str, keys.values_list("pk", flat=True)[:TOGETHER]))
    drafts = []
    for _ in range(8):  # two are spent on counting statements, three on warming up
        posted(client, reverse("assets:bulk-new"), {"keys": picked})
        drafts.append(BulkDraft.objects.latest("pk").pk)
    typed = {"column": "remarks", "act": "append"}
    weighing: list[Do] = [
        partial(posted, client, reverse("assets:bulk", args=[draft]), {**typed, "value": f"点検 {draft}"})
        for draft in drafts
    ]
    yield spent(f"一括変更 {TOGETHER:,}件を確かめる", weighing)
    pages: list[Do] = [partial(fetch, client, reverse("assets:bulk-preview", args=[draft])) for draft in drafts]
    yield spent(f"一括変更 {TOGETHER:,}件の確認の頁", pages)
    changing: list[Do] = [partial(_change, client, draft) for draft in drafts]
    yield spent(f"一括変更 {TOGETHER:,}件を行う", changing)


def _change(client: Client, key: int) -> None:
    draft = BulkDraft.objects.get(pk=key)
    draft = weigh_again(draft, by=draft.made_by)
    typed = {"reason": "点検のため", "mark": mark_of(draft), "ending": "register"}
    posted(client, reverse("assets:bulk-apply", args=[key]), typed)
