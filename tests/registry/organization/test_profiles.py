"""Profiles: every shipped one can be used, and a broken one is told everything that is wrong with it at once."""

import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from assets.schemes import available_presets
from registry.organization.profiles import ProfileError, available, check, read, reading
from registry.organization.profiles.parts import DemoPerson, Profile

KEYS = [key for key, _ in available()]
TODAY = date(2026, 11, 21)

SMALL = """
key = "sample"
name = "見本町"
kind = "町"
code = "113018"
scheme = "five"
policy = { title = "見本町情報セキュリティポリシー", date = 2026-03-27 }
organs = [{ code = "town", name = "町長部局", head_title = "町長" }]
decision = [{ step = "approve", role = "ciso", title = "最高情報セキュリティ責任者" }]
documents = [{ code = "standard", public = false }]

[settings]
fiscal_start_month = { value = 4 }
retention_from = { value = "next_fiscal_year", confirmed = false }
emergency_plan = { value = "general" }
mynumber_guard = { value = "isolate" }
sanitizing = { value = "both_ways" }
audit_scope = { value = "whole" }
procedure_scope = { value = "whole" }
risk_on_review = { value = false }
terms_of_service_rule = { value = false }
sns_rule = { value = true }
violation_clause = { value = false }

[demo]
valid_from = 2025-04-01
departments = [{ code = "10", name = "税務課", organ = "town" }]
posts = [{ code = "head", department = "10", title = "税務課長", roles = ["manager"] }]
people = [{ username = "head", name = "見本 一郎", appointments = [{ post = "head", valid_from = 2025-04-01 }] }]
"""


def small(old: str = "", new: str = "") -> dict[str, Any]:
    assert old in SMALL
    return tomllib.loads(SMALL.replace(old, new, 1) if old else SMALL)


def roles_of(profile: Profile, person: DemoPerson, day: date = TODAY) -> set[str]:
    posts = {post.code: post for post in profile.demo.posts}
    held = (one for one in person.appointments if one.valid_from <= day <= (one.valid_until or day))
    return {role for one in held for role in posts[one.post].roles}


def test_the_five_bodies_are_on_offer() -> None:
    assert available() == [
        ("ina", "伊奈町"),
        ("satsumasendai", "薩摩川内市"),
        ("setagaya", "世田谷区"),
        ("tagajo", "多賀城市"),
        ("tsuyama", "津山広域事務組合"),
    ]


@pytest.mark.parametrize("key", KEYS)
def test_a_shipped_profile_reads_without_a_problem(key: str) -> None:
    profile = read(key, schemes={code for code, _ in available_presets()})
    assert profile.key == key


def test_a_correct_profile_has_no_problems() -> None:
    assert check(small(), "sample.toml", schemes={"five"}) == []


def test_without_a_list_of_schemes_the_scheme_is_left_open() -> None:
    assert check(small(), "sample.toml") == []


def test_the_body_s_own_words_and_titles_replace_the_standard_ones() -> None:
    town, ward = read("ina"), read("setagaya")
    assert ("outsourcing" in town.words, ward.words["outsourcing"]) == (False, "外部委託")
    assert [role.title for role in ward.roles if role.code == "chief"] == ["統括情報化責任者"]


def test_what_the_policy_leaves_open_is_marked_to_be_confirmed() -> None:
    ward = read("setagaya")
    assert not next(role for role in ward.roles if role.code == "chief").confirmed
    assert not ward.settings["retention_from"].confirmed
    assert ward.settings["emergency_plan"].confirmed
    assert not ward.demo.confirmed


def test_setagaya_is_issued_by_six_and_only_the_council_is_autonomous() -> None:
    organs = read("setagaya").organs
    assert len({organ.issuer for organ in organs}) == 6
    assert [organ.code for organ in organs if organ.autonomous] == ["council"]


def test_school_education_is_out_of_scope_in_setagaya() -> None:
    ward = read("setagaya")
    (exclusion,) = ward.exclusions
    names = {department.code: department.name for department in ward.demo.departments}
    assert (names[exclusion.department], exclusion.listed_as) == ("学校教育部", "対象外")


def test_ina_has_no_divisions_and_setagaya_has() -> None:
    assert not any(department.parent for department in read("ina").demo.departments)
    assert any(department.parent for department in read("setagaya").demo.departments)


def _tax_clerk(profile: Profile, person: DemoPerson) -> bool:
    return person.username == "tax-clerk" and "staff" in roles_of(profile, person)


def _tax_head(profile: Profile, person: DemoPerson) -> bool:
    return person.username == "tax-head" and "manager" in roles_of(profile, person)


def _council(role: str) -> Callable[[Profile, DemoPerson], bool]:
    return lambda profile, person: person.username.startswith("council-") and role in roles_of(profile, person)


def _holding(role: str) -> Callable[[Profile, DemoPerson], bool]:
    return lambda profile, person: role in roles_of(profile, person)


CAST: dict[str, Callable[[Profile, DemoPerson], bool]] = {
    "clerk in the tax office": _tax_clerk,
    "head of the tax office": _tax_head,
    "clerk of another office": lambda profile, one: one.username != "tax-clerk" and "staff" in roles_of(profile, one),
    "統括": _holding("chief"),
    "CISO": _holding("ciso"),
    "auditor": _holding("auditor"),
    "external auditor": _holding("external_auditor"),
    "head at the council": _council("manager"),
    "clerk at the council": _council("staff"),
    "administrator": lambda profile, one: one.superuser and not roles_of(profile, one),
    "expired": lambda profile, one: bool(one.appointments) and not roles_of(profile, one),
    "disabled": lambda profile, one: not one.active,
    "without a post": lambda profile, one: not one.appointments and not one.superuser,
    "two posts": lambda profile, one: any(held.kind == "concurrent" for held in one.appointments),
    "acting": lambda profile, one: any(held.kind == "acting" for held in one.appointments),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("part", CAST)
def test_the_demonstration_has_everyone_it_needs(key: str, part: str) -> None:
    profile = read(key)
    assert [person.username for person in profile.demo.people if CAST[part](profile, person)]


@pytest.mark.parametrize("key", KEYS)
def test_the_secretariat_is_two_people_who_do_not_audit(key: str) -> None:
    profile = read(key)
    secretariat = [person for person in profile.demo.people if person.username.startswith("office")]
    assert len(secretariat) == 2
    for person in secretariat:
        assert "secretariat" in roles_of(profile, person)
        assert not roles_of(profile, person) & {"auditor", "audit_chief"}


@pytest.mark.parametrize("key", KEYS)
def test_every_department_of_the_demonstration_in_scope_can_be_answered_for(key: str) -> None:
    profile = read(key)
    parents = {department.parent for department in profile.demo.departments}
    led = {post.department for post in profile.demo.posts if {"manager", "ciso"} & set(post.roles)}
    excluded = {exclusion.department for exclusion in profile.exclusions}
    for department in profile.demo.departments:
        if department.code not in parents and department.parent not in excluded:
            assert department.code in led, department.name


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"113018"', '"113019"', ["「code」", "検査数字"]),
        ('code = "113018"\n', "", ["「code」", "団体コードが要ります"]),
        ('kind = "町"', 'kind = "郡"', ["「kind」", "郡"]),
        ('name = "見本町"\n', "", ["「name」がありません"]),
        ('key = "sample"', 'key = "sample"\nmotto = "x"', ["「motto」という項目はありません"]),
        ('key = "sample"', 'key = "sample"\nwords = { king = "王" }', ["「words」", "king"]),
        ('key = "sample"', 'key = "sample"\nwords = { staff = 3 }', ["「staff」", "文字列"]),
        ('role = "ciso"', 'role = "boss"', ["「decision」", "boss"]),
        ('step = "approve"', 'step = "sleep"', ["「decision」", "sleep"]),
        ('roles = ["manager"]', 'roles = ["boss"]', ["「demo.posts」", "head", "boss"]),
        ('organ = "town"', 'organ = "castle"', ["「demo.departments」", "castle"]),
        ('organ = "town"', 'organ = "town", parent = "99"', ["「demo.departments」", "99"]),
        ('department = "10"', 'department = "11"', ["「demo.posts」", "部署「11」"]),
        ('post = "head", valid', 'post = "tail", valid', ["「demo.people」", "職「tail」"]),
        ('"head", name', '"Head さん", name', ["利用者名"]),
        ('name = "見本 一郎"', 'name = "見本 一郎", superuser = true', ["システム管理者"]),
        ("valid_from = 2025-04-01 }]", "valid_from = 2025-04-01, valid_until = 2025-03-31 }]", ["終わりの日"]),
        ("valid_from = 2025-04-01 }]", "valid_from = 2024-04-01 }]", ["組織の日"]),
        ("valid_from = 2025-04-01 }]", 'valid_from = "春" }]', ["valid_from", "日付"]),
        ("date = 2026-03-27", "date = 20260327", ["「date」", "日付"]),
        ("{ value = 4 }", "{ value = 13 }", ["fiscal_start_month", "13"]),
        ("{ value = 4 }", "{ value = true }", ["fiscal_start_month"]),
        ("sns_rule = { value = true }\n", "", ["「sns_rule」がありません"]),
        ("sns_rule", "snow_rule", ["snow_rule"]),
        (
            'organs = [{ code = "town", name = "町長部局", head_title = "町長" }]',
            "organs = []",
            ["機関が一つもありません"],
        ),
        ('scheme = "five"', 'scheme = "six"', ["「scheme」", "six", "five"]),
        ('key = "sample"', 'key = "sample"\nexclusions = [{ organ = "moon", reason = "遠い" }]', ["moon"]),
        ("[demo]", "[demo]\nunknown = 1", ["「demo」", "unknown"]),
    ],
)
def test_a_fault_is_named_with_its_file_and_place(old: str, new: str, words: list[str]) -> None:
    problems = check(small(old, new), "sample.toml", schemes={"five"})
    found = [problem for problem in problems if all(word in problem for word in words)]
    assert found, problems
    assert all(problem.startswith("sample.toml") and problem.endswith("。") for problem in problems)


def test_a_union_needs_no_code() -> None:
    assert check(small('kind = "町"\ncode = "113018"', 'kind = "一部事務組合"'), "sample.toml") == []


def test_all_faults_come_at_once() -> None:
    data = small('"113018"', '"113019"')
    data["words"] = {"king": "王"}
    data["demo"]["posts"][0]["roles"] = ["boss"]
    data["demo"]["departments"][0]["organ"] = "castle"
    del data["policy"]["title"]
    assert len(check(data, "sample.toml")) == 5


def test_an_empty_file_is_told_what_is_missing() -> None:
    problems = check({}, "sample.toml")
    assert {"「key」", "「organs」", "「settings」"} <= {
        part for text in problems for part in ("「key」", "「organs」", "「settings」") if part in text
    }


@pytest.mark.parametrize("key", ["atlantis", "../ina", ""])
def test_a_profile_that_does_not_exist_is_refused_with_the_choices(key: str) -> None:
    with pytest.raises(ProfileError, match="ina、satsumasendai、setagaya、tagajo、tsuyama"):
        read(key)


def test_reading_a_faulty_file_lists_all_its_problems(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SMALL.replace('"113018"', '"113019"').replace('role = "ciso"', 'role = "boss"')
    (tmp_path / "broken.toml").write_text(broken, encoding="utf-8")
    (tmp_path / "torn.toml").write_text("key = ", encoding="utf-8")
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    with pytest.raises(ProfileError) as caught:
        read("broken")
    assert len(caught.value.problems) == 3
    with pytest.raises(ProfileError, match=r"torn\.toml は読めません"):
        read("torn")
