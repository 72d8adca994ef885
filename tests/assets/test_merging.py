"""統合: what remains, what goes, who may, what both keep of their history, and the way back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from assets.editing import draft, propose_change
from assets.ledger import asof
from assets.models import Asset, Merge, Proposal, Revision
from assets.searching import matching
from assets.states import Kind, Standing, State
from assets.uniting import apply_for_merge, merge_directly, undo_merge
from assets.workflow import approve, confirm, return_by_head, withdraw
from registry.base.verdict import Conflict
from registry.history.chain import verify
from registry.history.models import Entry
from tests import world
from tests.assets.at_once import at_once, refused

SignIn = Callable[[str], Client]
WHY = "同じ台帳を二度登録していたため"


def registered(name: str = "固定資産税課税台帳", place: str = "tax", **values: Any) -> Asset:
    return Asset.objects.get(pk=world.proposal_in(State.APPROVED, place, name=name, **values).asset_id)


def again(asset: Asset) -> Asset:
    return Asset.objects.get(pk=asset.pk)


def merged(kept: Asset, gone: Asset, values: dict[str, Any] | None = None) -> Proposal:
    return merge_directly(
        kept,
        gone,
        values or {},
        versions=(kept.version, gone.version),
        by=world.person("secretariat"),
        reason=WHY,
    )


def applied(kept: Asset, gone: Asset, by: str = "clerk", **values: Any) -> Proposal:
    return apply_for_merge(kept, gone, values, versions=(kept.version, gone.version), by=world.person(by), note=WHY)


@pytest.mark.django_db
def test_the_office_merges_directly_and_both_histories_stay(signed_in: SignIn) -> None:
    kept, gone = registered(), registered("固定資産課税台帳", description="宅地と家屋")
    merged(kept, gone, {"description": "宅地と家屋"})
    kept, gone = again(kept), again(gone)
    assert (kept.description, kept.revision_number) == ("宅地と家屋", 2)
    assert (gone.standing, gone.merged_into) == (Standing.MERGED, kept)
    assert Revision.objects.filter(asset=gone, valid_until__isnull=False).count() == 1
    client = signed_in("clerk")
    page = client.get(f"/assets/{gone.pk}/").content.decode()
    assert f'href="/assets/{kept.pk}/"' in page
    assert f'href="/assets/{gone.pk}/history/"' in client.get(f"/assets/{kept.pk}/").content.decode()
    assert client.get(f"/assets/{gone.pk}/history/").status_code == 200
    for asset, act in ((gone, "asset.merged"), (kept, "asset.absorbed")):
        entry = Entry.objects.about("asset", asset.pk).get(act=act)
        assert entry.note == WHY


@pytest.mark.django_db
def test_the_old_number_finds_what_remains_also_by_way_of_another(signed_in: SignIn) -> None:
    first, second, third = registered("一つめ"), registered("二つめ"), registered("三つめ")
    merged(second, first)
    merged(third, again(second))
    for old in (first, second):
        assert list(matching(Asset.objects.listed(), old.number)) == [third]
        assert "三つめ" in signed_in("clerk").get("/assets/", {"q": old.number}).content.decode()
    assert "三つめ" in signed_in("clerk").get(f"/assets/{third.pk}/").content.decode()


@pytest.mark.django_db
def test_what_was_merged_is_no_longer_in_the_ledger_and_its_number_is_gone(signed_in: SignIn, clerk: Any) -> None:
    kept, gone = registered(), registered("固定資産課税台帳")
    merged(kept, gone)
    client = signed_in("clerk")
    assert client.get("/assets/").context["count_text"] == "1件"
    assert "固定資産課税台帳" in client.get("/assets/?state=merged").content.decode()
    with pytest.raises(PermissionDenied):
        propose_change(again(gone), {"location": "東支所"}, base_version=2, by=clerk)
    assert registered("つぎの資産").number not in {kept.number, gone.number}
    assert asof.standing(clerk, timezone.localdate()).count() == 2


@pytest.mark.django_db
def test_what_was_on_it_is_put_on_what_remains_with_a_revision(secretariat: Any) -> None:
    kept, gone = (registered(name, asset_type="system") for name in ("税務システム", "税務基幹システム"))
    data = [registered(f"課税データ{n}", system=gone.pk) for n in range(3)]
    merged(kept, gone)
    assert {again(one).system_id for one in data} == {kept.pk}
    assert {again(one).revision_number for one in data} == {2}
    undo_merge(again(gone), by=secretariat, reason="別のシステムだったため")
    assert {again(one).system_id for one in data} == {gone.pk}
    assert {again(one).revision_number for one in data} == {3}


@pytest.mark.django_db
def test_who_may_not_register_directly_applies_and_the_round_decides(manager: Any, secretariat: Any) -> None:
    kept, gone = registered(), registered("固定資産課税台帳", location="西書庫")
    proposal = applied(kept, gone, location="西書庫")
    assert (again(kept).location, again(gone).standing) == ("本庁舎サーバ室", Standing.REGISTERED)
    with pytest.raises(PermissionDenied):
        merged(again(kept), again(gone))
    approve(confirm(proposal, by=manager), by=secretariat, note="よい")
    assert (again(kept).location, again(gone).standing) == ("西書庫", Standing.MERGED)
    assert Merge.objects.get().proposal == proposal


@pytest.mark.django_db
def test_a_clerk_never_merges_directly_and_never_with_what_is_not_theirs(signed_in: SignIn) -> None:
    own, other, foreign = registered(), registered("固定資産課税台帳"), registered("固定資産税台帳", "residents")
    for name in ("clerk", "manager", "reviewer", "auditor", "sysadmin", "stranger"):
        with pytest.raises(PermissionDenied):
            merge_directly(own, other, {}, versions=(1, 1), by=world.person(name), reason=WHY)
    with pytest.raises(PermissionDenied):
        applied(own, foreign)
    client = signed_in("clerk")
    assert client.get(f"/assets/{own.pk}/merge/?with={foreign.pk}").status_code == 404
    page = client.get(f"/assets/{own.pk}/merge/")
    assert [one["asset"] for one in page.context["found"]] == [other]
    assert client.get(f"/assets/{own.pk}/merge/?q=固定資産").context["found"] == [{"asset": other, "how": ""}]
    assert Proposal.objects.filter(kind=Kind.MERGE).count() == 0


@pytest.mark.django_db
def test_a_merge_over_two_sections_is_confirmed_by_who_answers_for_both(manager: Any, secretariat: Any) -> None:
    kept, gone = registered(), registered("固定資産課税台帳", "residents")
    proposal = applied(kept, gone, by="secretariat")
    with pytest.raises(PermissionDenied, match="相手の課"):
        confirm(proposal, by=manager)
    assert proposal not in Proposal.objects.waiting_for(manager)
    assert proposal in Proposal.objects.waiting_for(world.person("reviewer"))
    assert confirm(proposal, by=world.person("reviewer")).state == State.CONFIRMED


@pytest.mark.django_db
def test_the_history_of_one_section_does_not_name_what_another_had(secretariat: Any) -> None:
    kept, gone = registered("固定資産課税台帳"), registered("住民票の写し", "residents")
    merge_directly(kept, gone, {}, versions=(kept.version, gone.version), by=secretariat, reason="同じもののため")
    for asset, foreign in ((kept, "住民票の写し"), (gone, "固定資産課税台帳")):
        told = [entry.changes for entry in Entry.objects.about("asset", asset.pk)]
        assert "ほかの課の情報資産" in str(told)
        assert foreign not in str(told)


@pytest.mark.django_db
def test_an_autonomous_organ_and_the_others_never_become_one(signed_in: SignIn, secretariat: Any) -> None:
    own, council = registered(), world.proposal_in(State.CONFIRMED, "council", name="議員名簿").asset
    assert signed_in("secretariat").get(f"/assets/{own.pk}/merge/?with={council.pk}").status_code == 404
    with pytest.raises(PermissionDenied):
        applied(own, council, by="secretariat")


@pytest.mark.django_db
def test_what_is_under_way_is_finished_first(clerk: Any, secretariat: Any) -> None:
    kept, gone = (registered(name, asset_type="system") for name in ("税務システム", "税務基幹システム"))
    change = propose_change(gone, {"location": "東支所"}, base_version=1, by=clerk)
    with pytest.raises(PermissionDenied, match="まだ決まっていない"):
        merged(kept, again(gone))
    withdraw(change, by=clerk)
    other = draft(world.values(name="下書きのデータ", system=gone.pk), by=clerk)
    with pytest.raises(Conflict, match="下書きのデータ"):
        merged(again(kept), again(gone))
    withdraw(other, by=clerk)
    merged(again(kept), again(gone))


@pytest.mark.django_db
def test_an_application_that_was_overtaken_is_refused(clerk: Any, manager: Any, secretariat: Any) -> None:
    kept, gone = registered(), registered("固定資産課税台帳")
    proposal = confirm(applied(kept, gone), by=manager)
    Asset.objects.filter(pk=gone.pk).update(version=2)
    with pytest.raises(Conflict, match="この申請のあとに変更"):
        approve(proposal, by=secretariat)
    assert again(gone).standing == Standing.REGISTERED
    with pytest.raises(Conflict, match="画面を開いたあと"):
        apply_for_merge(registered("別"), again(gone), {}, versions=(1, 1), by=clerk, note=WHY)


@pytest.mark.django_db
def test_two_that_are_on_each_other_or_the_same_are_not_merged() -> None:
    system = registered("税務システム", asset_type="system")
    data = registered("課税データ", system=system.pk)
    with pytest.raises(PermissionDenied, match="保管・搭載されています"):
        merged(system, data)
    with pytest.raises(PermissionDenied, match="同じ情報資産"):
        merged(system, system)
    with pytest.raises(ValidationError, match="理由"):
        merge_directly(system, registered("別"), {}, versions=(1, 1), by=world.person("secretariat"), reason=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=data.pk).update(standing=Standing.MERGED)


@pytest.mark.django_db
def test_a_merge_is_taken_back_while_nothing_touched_it_and_only_by_the_office(clerk: Any, secretariat: Any) -> None:
    kept, gone = registered(), registered("固定資産課税台帳", location="西書庫")
    merged(kept, gone, {"location": "西書庫"})
    for name in ("clerk", "manager", "reviewer", "auditor"):
        with pytest.raises(PermissionDenied):
            undo_merge(again(gone), by=world.person(name), reason="誤り")
    change = propose_change(again(kept), {"remarks": "あとの変更"}, base_version=2, by=clerk)
    with pytest.raises(Conflict, match="そのあとに"):
        undo_merge(again(gone), by=secretariat, reason="別のものだったため")
    assert again(gone).standing == Standing.MERGED
    withdraw(change, by=clerk)
    undo_merge(again(gone), by=secretariat, reason="別のものだったため")
    assert (again(kept).location, again(kept).revision_number) == ("本庁舎サーバ室", 3)
    assert (again(gone).standing, again(gone).merged_into, again(gone).location) == (
        Standing.REGISTERED,
        None,
        "西書庫",
    )
    assert Revision.objects.get(asset=gone, valid_until__isnull=True).number == 2
    assert list(matching(Asset.objects.listed(), gone.number)) == [again(gone)]
    assert verify().problem == ""


@pytest.mark.django_db
def test_the_two_are_compared_column_by_column_and_blanks_are_filled(signed_in: SignIn) -> None:
    kept = registered(description="", location="東書庫")
    gone = registered("固定資産課税台帳", description="宅地と家屋", location="西書庫")
    client, address = signed_in("secretariat"), f"/assets/{kept.pk}/merge/?with={gone.pk}"
    form = client.get(address).context["form"]
    chosen = {field.html_name: field.value() for field in form.comparison()}
    assert chosen == {"take-name": "kept", "take-description": "gone", "take-location": "kept"}
    sent = {**chosen, "take-location": "gone", "version_kept": 1, "version_gone": 1, "act": "register"}
    assert client.post(address, {**sent, "note": " "}).status_code == 200
    assert client.post(address, {**sent, "take-location": "neither", "note": WHY}).status_code == 200
    assert client.post(address, {**sent, "version_gone": 7, "note": WHY}).status_code == 409
    assert again(gone).standing == Standing.REGISTERED
    assert client.post(address, {**sent, "note": WHY}).status_code == 302
    assert (again(kept).description, again(kept).location) == ("宅地と家屋", "西書庫")


@pytest.mark.django_db
def test_a_returned_merge_says_what_it_is_and_can_be_withdrawn(signed_in: SignIn, manager: Any, clerk: Any) -> None:
    kept, gone = registered(), registered("固定資産課税台帳")
    proposal = return_by_head(applied(kept, gone), by=manager, note="別のものでは")
    page = signed_in("clerk").get(f"/assets/{kept.pk}/").content.decode()
    assert gone.full_number in page
    assert signed_in("clerk").get(f"/assets/{kept.pk}/edit/")["Location"] == f"/assets/{kept.pk}/"
    withdraw(proposal, by=clerk)
    assert (again(kept).standing, again(gone).standing) == (Standing.REGISTERED, Standing.REGISTERED)


@pytest.mark.usefixtures("committed")
def test_two_merges_of_the_same_asset_at_once_make_one() -> None:
    first, second, gone = registered("一つめ"), registered("二つめ"), registered("三つめ")

    def merging(kept: Asset) -> Callable[[], Any]:
        return lambda: merged(again(kept), again(gone))

    assert len(refused(at_once([merging(first), merging(second)] * 3))) == 5
    assert Merge.objects.count() == 1
    assert again(gone).merged_into_id in {first.pk, second.pk}
    assert verify().problem == ""


@pytest.mark.django_db
def test_what_was_kept_in_it_is_kept_in_what_remains_and_weighs_there(secretariat: Any) -> None:
    low = world.level("confidentiality", "1").pk
    kept, gone = (registered(name, asset_type="facility", confidentiality=low) for name in ("第一書庫", "一号書庫"))
    data = registered("申告書綴り", holders=[gone.pk])
    merged(again(kept), again(gone))
    assert again(data).holder_keys == [kept.pk]
    assert again(kept).levels[0].code == "3B"
    undo_merge(again(gone), by=secretariat, reason="別の書庫だったため")
    assert again(data).holder_keys == [gone.pk]
    assert (again(kept).levels[0].code, again(gone).levels[0].code) == ("1", "3B")
