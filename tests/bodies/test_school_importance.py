"""重要性Ⅰ–Ⅳ as schools use it: the guide proposes each level, and the levels stand beside the five of the guideline."""

import itertools

import pytest

from assets.classification import axes_in_force, class_label
from assets.columns import Kind
from assets.guide import propose
from assets.models import Axis, Level, Scheme
from assets.scheme_editing import load_scheme
from assets.schemes import available_presets, read_preset
from assets.values import required

SCHOOL = read_preset("school-importance")
NEWSLETTER = {"personal": "none", "leak": "none", "stop": "none", "publish": "open"}
SEATS = {
    "personal": "students",
    "mynumber": "no",
    "sensitive": "no",
    "record": "no",
    "leak": "none",
    "stop": "minor",
    "publish": "inside",
}


@pytest.fixture
def school(db: None) -> Scheme:
    """The scheme beside the one in force."""
    return load_scheme("school-importance", by=None)


def level(code: str) -> Level:
    return Level.objects.get(axis__scheme__code="school-importance", code=code)


def five(code: str) -> Level:
    return Level.objects.get(axis__scheme__code="r8-five-level", axis__slot=1, code=code)


def test_the_scheme_is_on_offer_with_one_axis_of_four_levels() -> None:
    assert ("school-importance", "重要性分類（学校）") in available_presets()
    (axis,) = SCHOOL.axes
    strictest_first = sorted(axis.levels, key=lambda one: -one.rank)
    assert [one.label for one in strictest_first] == ["重要性Ⅰ", "重要性Ⅱ", "重要性Ⅲ", "重要性Ⅳ"]
    assert [one.code for one in axis.levels if one.reads_recorded] == ["I", "II"]
    assert [one.code for one in axis.levels if not one.restrictions] == ["IV"]


def test_what_is_our_proposal_is_named_as_unconfirmed() -> None:
    assert {"source", "criterion", "severity", "restrictions", "synonyms", "guide"} <= set(SCHOOL.unconfirmed)
    assert "要確認" in SCHOOL.source


@pytest.mark.parametrize(
    ("answers", "code", "why"),
    [
        (SEATS | {"sensitive": "yes"}, "I", "特に配慮の要る個人情報"),
        (SEATS | {"mynumber": "yes"}, "I", "個人番号を含み"),
        (SEATS | {"record": "original"}, "I", "証明のもとになる原本"),
        (NEWSLETTER | {"leak": "severe", "publish": "inside"}, "I", "大きく損なう"),
        (SEATS | {"record": "working"}, "II", "成績や指導の記録"),
        (SEATS | {"stop": "serious"}, "II", "改ざんや滅失により"),
        (SEATS, "III", "児童生徒や保護者の個人情報"),
        (NEWSLETTER | {"publish": "inside"}, "III", "学校の関係者だけ"),
        (NEWSLETTER, "IV", "公開を前提とするため"),
    ],
)
def test_a_teacher_is_proposed_each_level_with_its_reason(answers: dict[str, str], code: str, why: str) -> None:
    proposal = propose(SCHOOL, answers)
    assert proposal.levels == {"importance": code}
    assert any(why in reason for reason in proposal.axes[0].reasons)
    assert proposal.unanswered == ()


def test_a_teacher_who_answers_everything_is_always_proposed_a_level_and_known_facts() -> None:
    codes = [question.code for question in SCHOOL.guide]
    proposed = set()
    for chosen in itertools.product(*([answer.code for answer in question.answers] for question in SCHOOL.guide)):
        proposal = propose(SCHOOL, dict(zip(codes, chosen, strict=True)))
        proposed.add(proposal.levels["importance"])
        assert set(proposal.facts) == {"pi", "pi_mynumber", "pi_sensitive"}
        assert proposal.facts["pi"] or not (proposal.facts["pi_mynumber"] or proposal.facts["pi_sensitive"])
    assert proposed == {"I", "II", "III", "IV"}


@pytest.mark.parametrize("written", ["Ⅰ", "重要性Ⅰ", "重要性 I", "重要性分類Ⅰ", "i"])
def test_what_schools_write_for_the_strictest_level_is_understood(written: str) -> None:
    found = SCHOOL.axes[0].level_written(written)
    assert found is not None
    assert found.code == "I"


@pytest.mark.parametrize("written", ["1", "3B", "高"])
def test_a_number_is_asked_about_and_never_guessed(written: str) -> None:
    assert SCHOOL.axes[0].level_written(written) is None


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    ("school_code", "five_code", "label"),
    [
        ("I", "3A", "自治体機密性3A情報を含む"),
        ("I", "3C", "重要性Ⅰ情報を含む"),
        ("II", "3B", "自治体機密性3B情報を含む"),
        ("II", "2", "重要性Ⅱ情報を含む"),
        ("III", "3C", "自治体機密性3C情報を含む"),
        ("III", "1", "重要性Ⅲ情報を含む"),
        ("IV", "2", "自治体機密性2情報を含む"),
    ],
)
def test_a_list_with_both_schemes_carries_the_stricter_class(school_code: str, five_code: str, label: str) -> None:
    mixed = [level(school_code), five(five_code)]
    assert class_label(mixed) == class_label(reversed(mixed)) == label


@pytest.mark.usefixtures("school")
def test_each_school_level_is_as_strict_as_its_counterpart_of_the_five() -> None:
    for ours, theirs in {"I": "3B", "II": "3C", "III": "2", "IV": "1"}.items():
        assert level(ours).severity == five(theirs).severity, ours


def test_loading_it_beside_the_five_levels_leaves_those_in_force(school: Scheme) -> None:
    assert school.axes.count() == 1
    assert {axis.scheme.code for axis in axes_in_force()} == {"r8-five-level"}


def test_a_school_is_asked_for_one_level_under_its_own_name(school: Scheme) -> None:
    labels = [label for column, label in required(Axis.objects.filter(scheme=school)) if column.kind is Kind.LEVEL]
    assert labels == ["重要性"]
