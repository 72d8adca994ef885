"""分類体系 over time on the bench: planned, moved, taken back; never two for the same organ, never none for the body."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from assets import schemes
from assets.classification import axes_in_force
from assets.models import Asset, Axis, Level, Scheme
from assets.scheme_editing import add_level, load_scheme, remove_level
from assets.scheme_periods import change_scheme, plan_scheme, withdraw_scheme
from assets.states import State
from registry.base.fiscal import wareki
from registry.history.models import Entry
from registry.organization.models import Organ
from tests import world

SignIn = Callable[[str], Client]
BENCH = "/admin/assets/scheme/"
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def add(client: Client, code: str, since: Any, until: Any = "", organs: tuple[int, ...] = ()) -> Any:
    return client.post(
        f"{BENCH}add/", {"code": code, "valid_from": str(since), "valid_until": str(until), "organs": organs}
    )


def refused(answer: Any) -> str:
    assert answer.status_code == 200
    return f"{answer.context['errors']}{answer.content.decode()}"


def five() -> Scheme:
    return Scheme.objects.get(code="r8-five-level")


def test_a_planned_scheme_begins_on_its_day_and_the_one_before_ends_the_day_before(signed_in: SignIn) -> None:
    start = in_days(30)
    assert add(signed_in("secretariat"), "tagajo-character", start).status_code == 302
    made = Scheme.objects.get(code="tagajo-character")
    assert (made.valid_from, five().valid_until) == (start, start - DAY)
    assert [axis.label for axis in axes_in_force(on=start - DAY)] == ["自治体機密性", "完全性", "可用性"]
    assert [axis.label for axis in axes_in_force(on=start)] == ["内容", "性格"]
    acts = {(entry.act, entry.subject_label) for entry in Entry.objects.filter(kind="scheme")}
    assert {("scheme.loaded", made.name), ("scheme.changed", five().name)} <= acts


def test_the_bench_shows_all_schemes_with_their_periods_and_for_whom(signed_in: SignIn) -> None:
    organ = Organ.objects.get(code="council")
    client = signed_in("secretariat")
    add(client, "school-importance", in_days(1), organs=(organ.pk,))
    page = client.get(BENCH).content.decode()
    assert all(word in page for word in ("機密性5区分", "重要性分類（学校）", "団体全体", "議会"))
    assert five().valid_until is None


def test_a_scheme_that_would_overlap_is_refused_in_a_sentence(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    add(client, "tagajo-character", in_days(30))
    words = refused(add(client, "school-importance", in_days(10)))
    assert "と重なります" in words
    assert not Scheme.objects.filter(code="school-importance").exists()
    assert five().valid_until == in_days(29)


def test_days_without_any_scheme_are_refused_in_a_sentence(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    assert "団体全体で使う分類体系がなくなります" in refused(add(client, "tagajo-character", in_days(9), in_days(20)))
    words = refused(add(client, "r2-three-level", "2010-04-01", "2012-03-31"))
    assert f"平成24年4月1日から{wareki(five().valid_from - DAY)}まで" in words
    assert add(client, "r2-three-level", "2020-12-28", five().valid_from - DAY).status_code == 302


def test_the_first_day_moves_together_with_the_last_day_of_the_scheme_before(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    add(client, "tagajo-character", in_days(30))
    made = Scheme.objects.get(code="tagajo-character")
    axes = {"axes-TOTAL_FORMS": "0", "axes-INITIAL_FORMS": "0"}
    data = {**axes, "name": made.name, "source": made.source, "valid_from": str(in_days(60)), "valid_until": ""}
    assert client.post(f"{BENCH}{made.pk}/change/", data).status_code == 302
    assert five().valid_until == in_days(59)
    data["valid_until"] = str(in_days(90))
    assert "団体全体で使う分類体系がなくなります" in refused(client.post(f"{BENCH}{made.pk}/change/", data))


def test_an_organ_ends_its_own_scheme_and_falls_back_to_that_of_the_body(signed_in: SignIn) -> None:
    organ = Organ.objects.get(code="town")
    add(signed_in("secretariat"), "school-importance", in_days(1), in_days(5), (organ.pk,))
    for days, label in ((0, "自治体機密性"), (1, "重要性"), (5, "重要性"), (6, "自治体機密性")):
        assert axes_in_force(organ.pk, in_days(days))[0].label == label


def test_a_plan_is_taken_back_and_the_scheme_before_goes_on(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    add(client, "tagajo-character", in_days(30))
    made = Scheme.objects.get(code="tagajo-character")
    posted = {"action": "withdraw_selected", "_selected_action": str(made.pk)}
    assert "予定を取り消します" in client.post(BENCH, posted).content.decode()
    client.post(BENCH, {**posted, "confirmed": "1"})
    assert not Scheme.objects.filter(code="tagajo-character").exists()
    assert five().valid_until is None
    assert Entry.objects.filter(act="scheme.withdrawn").exists()


def test_the_first_scheme_of_the_body_does_not_begin_in_the_future(secretariat: Any) -> None:
    with pytest.raises(ValidationError, match="開始日は今日まで"):
        change_scheme(five(), {"valid_from": in_days(30)}, by=secretariat)
    assert axes_in_force(None)


def planned(by: Any, days: int = 30) -> Scheme:
    return plan_scheme(Scheme(code="tagajo-character", valid_from=in_days(days)), [], by=by)


def test_a_preset_is_added_once(secretariat: Any) -> None:
    planned(secretariat)
    with pytest.raises(ValidationError, match="すでに加えてあります"):
        planned(secretariat, 60)


def test_a_scheme_does_not_begin_before_the_one_it_follows(secretariat: Any) -> None:
    with pytest.raises(ValidationError, match="それより後の日"):
        change_scheme(planned(secretariat), {"valid_from": five().valid_from}, by=secretariat)


def test_a_scheme_does_not_end_with_none_to_follow_nor_before_it_begins_nor_without_a_name(secretariat: Any) -> None:
    wrong = ({"valid_until": in_days(30)}, {"valid_until": five().valid_from - DAY}, {"name": ""})
    for values in wrong:
        with pytest.raises(ValidationError), transaction.atomic():
            change_scheme(five(), values, by=secretariat)
    assert (five().valid_until, five().name) == (None, five().name)


def test_a_plan_that_something_is_classified_by_is_not_taken_back(secretariat: Any) -> None:
    made = planned(secretariat)
    Asset.objects.filter(pk=world.registered(name="資料").pk).update(level_1=made.levels()[0])
    with pytest.raises(ValidationError, match="すでに始まっているか使われている"):
        withdraw_scheme(made, by=secretariat)


def test_a_scheme_that_has_begun_is_not_taken_back(secretariat: Any) -> None:
    with pytest.raises(Exception, match="すでに始まっているか使われている"):
        withdraw_scheme(five(), by=secretariat)
    assert Scheme.objects.count() == 1


def test_a_scheme_without_axes_or_levels_is_refused(
    signed_in: SignIn, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = 'code = "{0}"\nname = "空の分類"\nsource = "見本"\nvalid_from = 2026-04-01\n'
    axis = '[[axes]]\ncode = "a"\nlabel = "軸"\nshort = "軸"\nlevels = []\n'
    (tmp_path / "bare.toml").write_text(head.format("bare") + "axes = []\n", encoding="utf-8")
    (tmp_path / "hollow.toml").write_text(head.format("hollow") + axis, encoding="utf-8")
    monkeypatch.setattr(schemes, "FOLDER", tmp_path)
    schemes.read_preset.cache_clear()
    by = world.person("secretariat")
    for code, words in (("bare", "分類軸がありません"), ("hollow", "区分がありません")):
        with pytest.raises(Exception, match=words):
            plan_scheme(Scheme(code=code, valid_from=in_days(1)), [], by=by)
    schemes.read_preset.cache_clear()
    assert Scheme.objects.count() == 1


def test_nobody_but_the_office_plans(clerk: Any) -> None:
    with pytest.raises(PermissionDenied):
        planned(clerk, 1)
    with pytest.raises(PermissionDenied):
        change_scheme(five(), {"name": "課の体系"}, by=clerk)
    made = planned(world.person("secretariat"))
    with pytest.raises(PermissionDenied):
        withdraw_scheme(made, by=clerk)


def new_level(**changes: str) -> dict[str, str]:
    axis = Axis.objects.get(code="confidentiality")
    words = {"label": "自治体機密性2B", "short": "2B", "criterion": "市独自の区分", "examples": "", "synonyms": ""}
    facts = {"axis": str(axis.pk), "code": "2B", "rank": "9", "severity": "2", "tone": "1", "restrictions": "施錠"}
    return {**words, **facts, **changes}


def test_a_level_of_the_bodys_own_is_added_and_offered(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    assert client.post("/admin/assets/level/add/", new_level()).status_code == 302
    form = signed_in("clerk").get("/assets/new/").context["form"]
    assert any("自治体機密性2B" in label for _, label in form.fields["confidentiality"].choices)
    words = refused(client.post("/admin/assets/level/add/", new_level(code="2C", rank="4")))
    assert "順位4は「自治体機密性3B」が使っています" in words


def test_a_level_in_use_is_not_taken_away_and_the_number_is_named(signed_in: SignIn) -> None:
    world.proposal_in(State.APPROVED)
    world.proposal_in(State.DRAFT)
    level = world.level("confidentiality", "3B")
    client = signed_in("secretariat")
    posted = {"action": "remove_selected", "_selected_action": str(level.pk), "confirmed": "1"}
    page = client.post("/admin/assets/level/", posted, follow=True).content.decode()
    assert "「自治体機密性3B」は、情報資産 2件、申請中の内容 1件が使っているので、なくせません。" in page
    assert Level.objects.filter(pk=level.pk).exists()


def test_an_unused_level_is_taken_away_but_never_the_last_of_its_axis(secretariat: Any) -> None:
    remove_level(world.level("integrity", "1"), by=secretariat)
    with pytest.raises(Exception, match="最後の区分なので"):
        remove_level(world.level("integrity", "2"), by=secretariat)
    assert Entry.objects.filter(act="scheme.changed").count() == 1


def test_a_level_that_past_days_speak_of_stays(secretariat: Any) -> None:
    from assets import bulk

    asset = world.proposal_in(State.APPROVED).asset
    later = {"confidentiality": world.level("confidentiality", "3C").pk}
    bulk.change_at_once({asset.pk: later}, kind="bulk", reason="見直し", by=secretariat)
    with pytest.raises(Exception, match="過去の内容 1件"):
        remove_level(world.level("confidentiality", "3B"), by=secretariat)


def test_the_guide_passes_over_a_level_that_the_body_took_away(signed_in: SignIn) -> None:
    remove_level(world.level("confidentiality", "3A"), by=world.person("secretariat"))
    answer = signed_in("clerk").post("/assets/new/", {"act": "guide", "guide-secret": "yes"})
    assert answer.status_code == 200


def test_an_axis_gets_another_name_with_history(signed_in: SignIn) -> None:
    axis = Axis.objects.get(code="confidentiality")
    client = signed_in("secretariat")
    posted = {"label": "機密性", "help": axis.help}
    assert client.post(f"/admin/assets/axis/{axis.pk}/change/", posted).status_code == 302
    assert axes_in_force()[0].label == "機密性"
    assert Entry.objects.newest_first()[0].changes[0][1:] == ["自治体機密性", "機密性"]


def test_levels_added_to_a_loaded_scheme_are_kept_when_it_is_loaded_again(secretariat: Any) -> None:
    axis = Axis.objects.get(code="integrity")
    add_level(Level(axis=axis, code="3", label="完全性3", short="3", rank=3), by=secretariat)
    load_scheme("r8-five-level", by=None)
    assert axis.levels.count() == 3
    assert axis.levels.get(code="3").severity == 3
