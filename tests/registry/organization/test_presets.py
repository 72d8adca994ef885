"""要確認: what the profile proposes stays marked until a person confirms it, each with its history."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from registry.history.models import Entry
from registry.organization import presets
from registry.organization.models import Body, DepartmentGroupPermission, Preset, PresetKind
from registry.organization.profiles import available, read
from registry.organization.profiles.parts import SETTINGS
from registry.organization.roles import Role
from registry.organization.structure import create_post
from tests.registry.organization.bench import SignIn, acts_since, run, url_of
from tests.world import SINCE, department, person

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
KEYS = [key for key, _ in available()]


@pytest.fixture
def _ina(db: None) -> None:
    profile = read("ina")
    body = Body.objects.get()
    body.options = {code: setting.value for code, setting in profile.settings.items()}
    body.decision_chain = [{"step": one.step, "role": one.role, "title": one.title} for one in profile.decision]
    body.words = dict(profile.words)
    body.save()
    presets.keep(profile)


@pytest.mark.usefixtures("_ina")
def test_what_the_policy_says_needs_nobody_and_what_we_propose_does() -> None:
    assert presets.standing(Preset.objects.get(code="mynumber_guard")) == "規程のとおり"
    assert presets.standing(Preset.objects.get(code="retention_from")) == "要確認"
    assert "文書管理規程で要確認" in Preset.objects.get(code="retention_from").note


@pytest.mark.usefixtures("_ina")
def test_the_bench_lists_what_nobody_confirmed_and_the_list_shrinks(signed_in: SignIn) -> None:
    client, before = signed_in("secretariat"), Preset.objects.unconfirmed().count()
    page = client.get(f"{url_of(Preset)}?standing=open").content.decode()
    assert f"確認していない設定 {before}件" in page
    assert "翌年度の始まり" in page
    assert "自律機関" not in Preset.objects.get(code="retention_from").label
    row, start = Preset.objects.get(code="retention_from"), Entry.objects.count()
    asked = run(client, Preset, "confirm_selected", row).content.decode()
    assert "選んだ1件の設定を、規程で確かめたものとして確認済にします。" in asked
    assert acts_since(start) == []
    run(client, Preset, "confirm_selected", row, confirmed="1")
    row.refresh_from_db()
    assert (row.confirmed_by, presets.standing(row)) == (person("secretariat"), "確認済")
    assert acts_since(start) == ["body.confirmed"]
    assert f"確認していない設定 {before - 1}件" in client.get(url_of(Preset)).content.decode()


@pytest.mark.usefixtures("_ina")
def test_nothing_is_confirmed_twice_or_where_the_policy_speaks() -> None:
    row = Preset.objects.get(code="retention_from")
    presets.confirm(row, by=person("secretariat"))
    for again in (row, Preset.objects.get(code="mynumber_guard")):
        with pytest.raises(ValidationError, match="すでに確かめられています"):
            presets.confirm(again, by=person("secretariat"))


@pytest.mark.usefixtures("_ina")
@pytest.mark.parametrize("who", ["clerk", "reviewer", "auditor", "councillor"])
def test_only_who_manages_the_organisation_confirms(who: str) -> None:
    with pytest.raises(PermissionDenied):
        presets.confirm(Preset.objects.get(code="retention_from"), by=person(who))
    with pytest.raises(PermissionDenied):
        presets.choose(Preset.objects.get(code="retention_from"), "next_calendar_year", by=person(who))


@pytest.mark.usefixtures("_ina")
def test_another_choice_is_made_on_the_bench_and_stood_behind(signed_in: SignIn) -> None:
    row, start = Preset.objects.get(code="retention_from"), Entry.objects.count()
    client = signed_in("secretariat")
    assert "翌年の1月1日" in client.get(url_of(Preset, "change", row.pk)).content.decode()
    answer = client.post(
        url_of(Preset, "change", row.pk), {"value": "next_calendar_year", "initial-value": "next_fiscal_year"}
    )
    assert answer.status_code == 302
    assert Body.objects.get().options["retention_from"] == "next_calendar_year"
    assert acts_since(start) == ["body.changed", "body.confirmed"]
    changed = Entry.objects.get(sequence__gt=start, act="body.changed")
    assert changed.changes == [["保存期間を数え始める日", "翌年度の始まり", "翌年の1月1日"]]
    wrong = client.post(url_of(Preset, "change", row.pk), {"value": "whenever"})
    assert wrong.status_code == 200
    assert Body.objects.get().options["retention_from"] == "next_calendar_year"


@pytest.mark.usefixtures("_ina")
def test_rights_follow_when_each_organ_audits_itself() -> None:
    create_post(department("planning"), "監査担当2", [Role.AUDITOR], SINCE, by=None)
    before = DepartmentGroupPermission.objects.count()
    presets.choose(Preset.objects.get(code="audit_scope"), "per_organ", by=person("secretariat"))
    assert Body.objects.get().options["audit_scope"] == "per_organ"
    assert DepartmentGroupPermission.objects.count() <= before


@pytest.mark.usefixtures("_ina")
def test_who_renames_a_word_stands_behind_it() -> None:
    row = Preset.objects.create(kind=PresetKind.WORD, code="secretariat", label="事務局", in_policy=False)
    presets.change_words(Body.objects.get(), {"secretariat": "情報係"}, {}, by=person("secretariat"))
    row.refresh_from_db()
    assert presets.standing(row) == "確認済"


@pytest.mark.parametrize("key", KEYS)
def test_every_item_of_every_profile_has_a_value_in_words(key: str) -> None:
    profile = read(key)
    presets.keep(profile)
    body = Body(
        options={code: setting.value for code, setting in profile.settings.items()},
        words=dict(profile.words),
        role_titles={role.code: role.title for role in profile.roles},
        decision_chain=[{"title": one.title} for one in profile.decision],
        exclusions=[{"reason": one.reason} for one in profile.exclusions],
    )
    known = presets.values(body)
    rows = Preset.objects.exclude(kind=PresetKind.ORGAN)
    assert all(known.get((row.kind, row.code)) for row in rows)
    assert set(rows.filter(kind=PresetKind.SETTING).values_list("code", flat=True)) == set(SETTINGS)
    assert presets.keep(profile) == 0


def test_only_one_item_is_kept_however_often_a_profile_is_read() -> None:
    presets.keep(read("tsuyama"))
    assert not Preset.objects.get(kind=PresetKind.WORD, code="secretariat").in_policy
    assert "「事務局」と呼ぶため" in Preset.objects.get(kind=PresetKind.WORD, code="secretariat").note
