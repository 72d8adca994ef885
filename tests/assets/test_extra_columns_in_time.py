"""The body's own columns as they and what they say change: proposals, old words, retiring, many at once."""

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from assets.bulk import change_at_once, undo
from assets.carrying import replace_at_once
from assets.columns import Kind
from assets.editing import draft, propose_change, revise
from assets.extra_editing import change_column, change_option, retire_column
from assets.models import Asset, ChangeKind, ExtraColumn, ExtraOption, ExtraValue, Revision
from assets.searching import matching
from assets.values import snapshot
from assets.workflow import approve, confirm, submit
from registry.base.verdict import Conflict
from registry.history.models import Entry
from tests import world
from tests.assets.own_columns import LABEL, SignIn, code, department, facts, filled_in, in_force, key, made, names
from tests.assets.pages import NEW, edit_page, errors_of, shown_form
from tests.assets.test_asof import JULY, JUNE, MAY, at, change
from tests.assets.uploads import HEADERS, checked, findings, good, table, uploaded

pytestmark = pytest.mark.django_db


def test_a_change_shows_old_beside_new_and_waits_for_approval(signed_in: SignIn) -> None:
    made(Kind.OTHER_DEPARTMENT)
    asset = in_force(filled_in(signed_in("clerk"), department("tax")))
    clerk = world.person("clerk")
    values = {**snapshot(asset), key(): world.department("residents").pk}
    proposal = submit(propose_change(asset, values, base_version=asset.version, by=clerk), by=clerk)
    page = signed_in("clerk").get(asset.get_absolute_url())
    assert [(d.label, d.old, d.new) for d in page.context["proposed"]] == [(LABEL, "税務課", "住民課")]
    assert facts(page)[LABEL] == "税務課"
    review = signed_in("manager").get(f"/assets/reviews/{proposal.pk}/")
    assert [(d.label, d.old, d.new) for d in review.context["rows"]] == [(LABEL, "税務課", "住民課")]
    approve(confirm(proposal, by=world.person("manager")), by=world.person("secretariat"), note="よい")
    assert facts(signed_in("clerk").get(asset.get_absolute_url()))[LABEL] == "住民課"
    assert ExtraValue.objects.get().department == world.department("residents")


def test_what_is_emptied_is_empty_everywhere(signed_in: SignIn) -> None:
    made(Kind.TEXT)
    clerk = signed_in("clerk")
    asset = filled_in(clerk, "控えの束")
    assert set(matching(Asset.objects.all(), "控えの束")) == {asset}
    answer = clerk.post(edit_page(asset), {**shown_form(clerk, edit_page(asset)), key(): "", "act": "save"})
    assert answer.status_code == 302
    assert LABEL not in facts(clerk.get(asset.get_absolute_url()))
    assert not ExtraValue.objects.exists()
    assert not matching(Asset.objects.all(), "控えの束").exists()
    assert names(clerk.get("/assets/", {key(): "控え"})) == set()


def test_a_retired_column_keeps_its_values_and_is_no_longer_asked_for(signed_in: SignIn) -> None:
    column = made(Kind.CHOICE, options=("甲", "乙"), required=True)
    clerk = signed_in("clerk")
    asset = in_force(filled_in(clerk, code("甲")))
    empty = draft(world.values(name="新しいもの"), by=world.person("clerk"))
    retire_column(column, by=world.person("secretariat"))
    form = clerk.get(NEW)
    assert key() not in form.context["form"].fields
    assert LABEL not in form.content.decode()
    page = clerk.get("/assets/")
    assert LABEL not in clerk.get("/assets/columns/").content.decode()
    assert key() not in page.context["filter"].fields
    assert names(clerk.get("/assets/", {key(): code("甲")})) == {"見本の台帳"}
    assert LABEL not in clerk.get(empty.asset.get_absolute_url()).content.decode()
    submit(empty, by=world.person("clerk"))
    change(Asset.objects.get(pk=asset.pk), location="第2書庫")
    assert facts(clerk.get(asset.get_absolute_url()))[LABEL] == "甲"
    assert Revision.objects.get(asset=asset, valid_until=None).texts[key()] == "甲"
    batch = uploaded(signed_in("secretariat"), table([*good(), "甲"], headers=[*HEADERS, LABEL]))
    assert batch.mapping["9"] == ""


def test_a_retired_option_stays_where_it_was_chosen_and_is_offered_nowhere_else(signed_in: SignIn) -> None:
    column = made(Kind.CHOICE, options=("甲", "乙"))
    clerk, office = signed_in("clerk"), signed_in("secretariat")
    asset, gone = filled_in(clerk, code("甲")), code("甲")
    change_option(column.options.get(label="甲"), {"retired": True}, by=world.person("secretariat"))
    assert gone not in dict(clerk.get(NEW).context["form"].fields[key()].choices)
    assert dict(clerk.get(edit_page(asset)).context["form"].fields[key()].choices)[gone] == "甲(廃止)"
    assert clerk.post(edit_page(asset), {**shown_form(clerk, edit_page(asset)), "act": "save"}).status_code == 302
    assert facts(clerk.get(asset.get_absolute_url()))[LABEL] == "甲"
    assert names(clerk.get("/assets/", {key(): gone})) == {"見本の台帳"}
    other = draft(world.values(name="別のもの"), by=world.person("clerk")).asset
    refused = clerk.post(edit_page(other), {**shown_form(clerk, edit_page(other)), key(): gone, "act": "save"})
    assert key() in errors_of(refused)
    said = [text for *_, text in findings(checked(office, table([*good(), "甲"], headers=[*HEADERS, LABEL])))]
    assert said == ["「甲」は使えません。乙 から選んでください。"]


def test_old_days_keep_the_old_words(signed_in: SignIn) -> None:
    with time_machine.travel(at(MAY), tick=False) as clock:
        column = made(Kind.CHOICE, options=("甲", "乙"))
        asset = in_force(filled_in(signed_in("clerk"), code("甲")))
        clock.move_to(at(JUNE))
        office = world.person("secretariat")
        change_option(column.options.get(label="甲"), {"label": "特に限る"}, by=office)
        change_column(column, {"label": "取扱いの限定"}, by=office)
        change(Asset.objects.get(pk=asset.pk), location="第2書庫", **{key(): code("乙")})
        clock.move_to(at(JULY))
        client, address = signed_in("clerk"), reverse("assets:asset-as-of", args=[asset.pk])
        then, now = (facts(client.get(address, {"day": day.isoformat()})) for day in (MAY, JUNE))
        assert then[LABEL] == "甲"
        assert "取扱いの限定" not in then
        assert (now["取扱いの限定"], now["保管場所"]) == ("乙", "第2書庫")
        asked = {"since": MAY.isoformat(), "until": JUNE.isoformat()}
        (row,) = client.get(reverse("assets:comparison"), asked).context["changes"]
        assert ("取扱いの限定", "甲", "乙") in row.rows
        entry = Entry.objects.about("asset", asset.pk).order_by("sequence").first()
        assert entry
        assert [LABEL, "", "甲"] in [list(one) for one in entry.changes]


def test_many_are_changed_at_once_and_undone(signed_in: SignIn) -> None:
    made(Kind.TEXT)
    office = world.person("secretariat")
    assets = [in_force(filled_in(signed_in("clerk"), "前", name=f"資産{n}")) for n in range(3)]
    changes = {asset.pk: {key(): "後"} for asset in assets}
    done = change_at_once(changes, kind=next(iter(ChangeKind)), reason="年度更新", by=office)
    assert {value.text for value in ExtraValue.objects.all()} == {"後"}
    assert matching(Asset.objects.all(), "後").count() == 3
    undo(done, by=office, reason="誤り")
    assert {value.text for value in ExtraValue.objects.all()} == {"前"}


def test_a_post_is_replaced_wherever_an_own_column_names_it(signed_in: SignIn) -> None:
    made(Kind.POST)
    old, new = world.head_of("tax"), world.head_of("residents")
    asset = in_force(filled_in(signed_in("clerk"), str(old.pk)))
    waiting = filled_in(signed_in("clerk"), str(old.pk), name="書きかけ")
    replace_at_once(
        {key(): {old.pk: new.pk}}, kind=ChangeKind.REORGANIZATION, reason="改編", by=world.person("secretariat")
    )
    for one in (asset, waiting):
        assert snapshot(Asset.objects.get(pk=one.pk))[key()] == new.pk


def test_a_column_or_option_that_went_meanwhile_is_told_and_nothing_is_kept() -> None:
    column = made(Kind.CHOICE, options=("甲",))
    values = world.values(**{key(): code("甲")})
    for gone in (lambda: ExtraOption.objects.all().delete(), lambda: ExtraColumn.objects.update(kind="text")):
        with transaction.atomic():
            gone()  # by somebody else: this request has read the columns before
            with pytest.raises(Conflict, match="独自項目かその選択肢が変わりました。"):
                draft(values, by=world.person("clerk"))
            transaction.set_rollback(True)
    assert column.options.count() == 1
    assert not Asset.objects.exists()
    draft(values, by=world.person("clerk"))
    assert ExtraValue.objects.count() == 1


def test_two_editors_of_one_draft_keep_what_the_column_says(signed_in: SignIn) -> None:
    made(Kind.TEXT)
    asset = filled_in(signed_in("clerk"), "はじめ")
    proposal = asset.open_proposal
    assert proposal
    revise(proposal, {**snapshot(asset), key(): "先"}, version=proposal.version, by=world.person("colleague"))
    assert facts(signed_in("clerk").get(asset.get_absolute_url()))[LABEL] == "先"
