"""The demonstration: every shipped body opens on a believable ledger that its own people filled in."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core.management import CommandError, call_command
from django.test import override_settings

from assets.choices import AssetType
from assets.classification import axes_in_force
from assets.forms.asset import AssetForm
from assets.models import Asset, ChangeLine, ChangeSet, ExtraValue, Holding, Proposal, Revision
from assets.models.asset import SOURCE_FIELDS
from assets.segments import Segment
from assets.states import Standing, State
from assets.values import with_related
from registry.history.chain import verify
from registry.history.models import Entry
from registry.organization.models import Body, User
from registry.organization.profiles import Profile, available
from registry.portal import demo_entries
from registry.portal.demo import load_demo_assets
from registry.portal.demo_entries import STATES, read_entries
from registry.portal.demo_organization import PASSWORD, load_demo_organization
from registry.portal.setup import load_profile
from tests.bodies.living import living

KEYS = [key for key, _ in available()]
DEPARTMENTS = {
    "ina": {"general": "1020", "clerkless": "1130"},
    "satsumasendai": {"general": "1110", "clerkless": "1500"},
    "setagaya": {"general": "1010", "clerkless": "1230"},
    "tagajo": {"general": "1010", "clerkless": "1040"},
    "tsuyama": {"general": "1010", "clerkless": "1060"},
}
SHOWN_AS = {
    "draft": State.DRAFT,
    "submitted": State.SUBMITTED,
    "returned": State.RETURNED,
    "confirmed": State.CONFIRMED,
    "changing": State.SUBMITTED,
}
SMALL = """
[[assets]]
name = "見本の台帳"
department = "general"
state = "registered"
[assets.values]
asset_type = "取り扱う情報"
sec_manager = "general-head"
confidentiality = "2"
integrity = "1"
availability = "1"
segment = "紙"
location = "総務課"
contract_from = "令和8年4月1日"
"""

OF_TAGAJO = {
    'confidentiality = "2"': 'confidentiality = "通常"',
    'integrity = "1"\navailability = "1"': 'integrity = "行政"',
}


def small(profile: Profile, old: str = "", new: str = "") -> str:
    """The small file in the levels of the body, with one thing changed."""
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    for theirs, ours in OF_TAGAJO.items() if profile.key == "tagajo" else ():
        text = text.replace(theirs, ours)
    return text


@pytest.fixture(scope="module", params=KEYS)
def loaded(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Profile]:
    """A database that holds the demonstration of one body and nothing else."""
    with living(request.param, django_db_blocker) as body:
        yield body


@pytest.fixture
def profile(loaded: Profile, db: None) -> Profile:
    return loaded


@pytest.fixture
def without_assets(profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same people before any asset was entered, and a folder of data files to try."""
    nothing = dict.fromkeys(SOURCE_FIELDS)
    Asset.objects.update(open_proposal=None, system=None, **nothing)
    for model in (ChangeLine, ChangeSet, Holding, ExtraValue, Revision, Proposal, Asset):
        model.objects.all().delete()
    monkeypatch.setattr(demo_entries, "FOLDER", tmp_path)
    return tmp_path / f"{profile.key}.toml"


def write(path: Path, text: str) -> None:
    """A data file, with the words for departments replaced by the codes of the body."""
    for word, code in DEPARTMENTS[path.stem].items():
        text = text.replace(f'department = "{word}"', f'department = "{code}"')
    path.write_text(text, encoding="utf-8")


def test_the_ledger_shows_every_kind_segment_and_level(profile: Profile) -> None:
    assets = with_related(list(Asset.objects.all()))
    assert len(assets) >= 30
    assert {asset.asset_type for asset in assets} == set(AssetType.values)
    assert {asset.segment for asset in assets} >= set(Segment.values)
    for axis in axes_in_force():
        assert {level for asset in assets for level in asset.levels if level.axis_id == axis.pk} == set(
            axis.levels.all()
        )
    assert len({asset.department_id for asset in assets}) >= 8
    assert sum(1 for asset in assets if asset.guide_answers) >= 25
    assert sum(1 for asset in assets if asset.outsourced) >= 10
    assert sum(1 for asset in assets if asset.pi_file_kind and asset.pi_items) >= 5
    assert any("議会事務局" in asset.department.name for asset in assets)
    assert not any(asset.name == "固定資産税課税台帳" for asset in assets)


def test_every_asset_is_in_the_state_its_file_says(profile: Profile) -> None:
    entries = [entry for _, entry in read_entries(profile)]
    assert {entry.state for entry in entries} == set(STATES)
    for entry in entries:
        asset = Asset.objects.get(name=entry.name)
        in_force = entry.state in {"registered", "changing"}
        assert asset.standing == (Standing.REGISTERED if in_force else Standing.UNREGISTERED), entry.name
        state = asset.open_proposal.state if asset.open_proposal else None
        assert state == SHOWN_AS.get(entry.state), entry.name
    returned = Proposal.objects.get(state=State.RETURNED)
    assert returned.note


def test_nobody_decided_about_their_own_entry(profile: Profile) -> None:
    for proposal in Proposal.objects.filter(confirmed_by__isnull=False):
        assert proposal.submitted_by_id not in {proposal.confirmed_by_id, proposal.decided_by_id}
    direct = Entry.objects.filter(act="asset.registered-directly")
    assert direct.exists()
    assert all(entry.note and entry.actor_label for entry in direct)
    assert not Entry.objects.filter(kind="asset", actor_id=None).exists()


def test_the_history_of_the_demonstration_is_whole(profile: Profile) -> None:
    assert verify().problem == ""
    for asset in Asset.objects.filter(standing=Standing.REGISTERED):
        drafted = Entry.objects.about("asset", asset.pk).filter(act="asset.drafted")
        assert drafted.count() == asset.proposals.count()


def test_the_form_takes_every_asset_as_it_stands(profile: Profile) -> None:
    axes = axes_in_force()
    for proposal in Proposal.objects.select_related("asset", "drafted_by"):
        shown = AssetForm(asset=proposal.asset, axes=axes, user=proposal.drafted_by)
        data = {name: value for name in shown.fields if (value := shown[name].value()) is not None}
        form = AssetForm(data, asset=proposal.asset, axes=axes, user=proposal.drafted_by)
        assert form.is_valid(), (proposal.asset.name, form.errors)


def test_the_tax_head_and_the_office_find_something_waiting(profile: Profile) -> None:
    for username in ("tax-head", "office1", "council-head"):
        assert Proposal.objects.waiting_for(User.objects.get(username=username)).exists(), username


def test_an_autonomous_council_keeps_its_assets_to_itself(profile: Profile) -> None:
    office = User.objects.get(username="office1")
    autonomous = Asset.objects.filter(department__organ__autonomous=True)
    assert autonomous.exists() == (profile.key == "setagaya")
    assert not Asset.objects.visible_to(office).filter(pk__in=autonomous).exists()


def test_everybody_active_logs_in_with_the_one_password(profile: Profile) -> None:
    for username, lets_in in (("tax-clerk", True), ("sysadmin", True), ("disabled", False)):
        assert bool(User.objects.get(username=username).check_password(PASSWORD)), username
        assert bool(ModelBackend().authenticate(None, username=username, password=PASSWORD)) == lets_in


def test_loading_again_changes_nothing(profile: Profile) -> None:
    before = Entry.objects.count(), Asset.objects.count()
    assert load_demo_organization(profile) == []
    assert load_demo_assets(profile) == 0
    assert (Entry.objects.count(), Asset.objects.count()) == before


def test_the_command_lists_the_logins_where_a_demonstration_is_allowed(profile: Profile) -> None:
    out = io.StringIO()
    with override_settings(DEMO=True):
        call_command("load_demo", stdout=out)
    assert all(person.username in out.getvalue() for person in profile.demo.people)
    with override_settings(DEMO=False), pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo", stdout=out)


def test_the_command_says_what_is_wrong_with_a_data_file(without_assets: Path) -> None:
    with override_settings(DEMO=True), pytest.raises(CommandError, match=rf"{without_assets.name} がありません"):
        call_command("load_demo", stdout=io.StringIO())


def test_a_small_file_is_entered(without_assets: Path, profile: Profile) -> None:
    write(without_assets, small(profile))
    assert load_demo_assets(profile) == 1
    assert Asset.objects.get().name == "見本の台帳"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"取り扱う情報"', '"書類"', ["1番目（見本の台帳）", "資産種別", "「書類」"]),
        ('"general-head"', '"king"', ["見本の台帳", "情報セキュリティ管理者", "職「king」"]),
        ('confidentiality = "2"', 'confidentiality = "9"', ["見本の台帳", "「9」は使えません"]),
        ('segment = "紙"', 'segment = "木"', ["見本の台帳", "「木」"]),
        ('location = "総務課"\n', "", ["見本の台帳", "保管場所"]),
        ('department = "general"', 'department = "9999"', ["見本の台帳", "部署「9999」"]),
        ('state = "registered"', 'state = "asleep"', ["見本の台帳", "状態「asleep」"]),
        ('state = "registered"', 'state = "returned"', ["見本の台帳", "comment"]),
        ('state = "registered"', 'state = "changing"', ["見本の台帳", "change"]),
        ('"令和8年4月1日"', '"春"', ["見本の台帳", "契約期間(開始)", "「春」"]),
        ('"令和8年4月1日"', '"R8.4.1"\ncontract_term = "R8.3.31"', ["見本の台帳", "契約期間の終了"]),
        ("[assets.values]", "[assets.values]\nrisk = 3", ["見本の台帳", "「risk」"]),
        ("[assets.values]", "[assets.values]\nsystem = '空飛ぶシステム'", ["見本の台帳", "「空飛ぶシステム」"]),
        ("[assets.values]", "guide = { colour = 'red' }\n[assets.values]", ["見本の台帳", "質問「colour」"]),
        ('name = "見本の台帳"', 'name = "見本の台帳"\nmotto = 1', ["見本の台帳", "「motto」"]),
        ('name = "見本の台帳"\n', "", ["1番目", "「name」がありません"]),
        ("[[assets]]", "[[assets", ["読めません"]),
    ],
)
def test_a_fault_in_a_data_file_is_named_and_nothing_is_entered(
    without_assets: Path, profile: Profile, old: str, new: str, words: list[str]
) -> None:
    write(without_assets, small(profile, old, new))
    with pytest.raises(ValueError, match=without_assets.name) as caught:
        load_demo_assets(profile)
    assert [line for line in str(caught.value).splitlines() if all(word in line for word in words)], caught.value
    assert not Asset.objects.exists()


def test_a_department_without_a_clerk_cannot_have_something_waiting(without_assets: Path, profile: Profile) -> None:
    write(without_assets, small(profile).replace("general", "clerkless", 1).replace("registered", "submitted"))
    with pytest.raises(ValueError, match=r"1番目（見本の台帳）: 「.*」には担当職員か課長がいない"):
        load_demo_assets(profile)


def test_a_second_body_is_refused(profile: Profile) -> None:
    other = next(key for key in KEYS if key != profile.key)
    with pytest.raises(ValueError, match=Body.objects.get().name):
        load_profile(other)
