"""Schemes as data and the guided classification that works on any of them."""

import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import schemes
from assets.guide import asked, propose, questions
from assets.schemes import Scheme, SchemeError, available_presets, check, read_preset

CODES = [code for code, _ in available_presets()]
FIVE, THREE = read_preset("r8-five-level"), read_preset("r2-three-level")

TAX_LEDGER = {
    "personal": "residents",
    "mynumber": "no",
    "sensitive": "no",
    "secret": "no",
    "leak": "severe",
    "publish": "never",
    "damage": "serious",
    "stop": "days",
}
PUBLIC_DATA = {"personal": "none", "secret": "no", "leak": "none", "publish": "open", "damage": "minor", "stop": "week"}

SMALL = """
code = "small"
name = "見本"
source = "見本"
valid_from = 2026-04-01

[[axes]]
code = "weight"
label = "重要性"
short = "重要性"
levels = [
  { code = "I", label = "重要性Ⅰ", short = "Ⅰ", rank = 2, tone = 4, criterion = "重い" },
  { code = "II", label = "重要性Ⅱ", short = "Ⅱ", rank = 1, tone = 0, criterion = "軽い" },
]

[[guide]]
code = "first"
text = "重いですか。"
answers = [
  { code = "yes", text = "はい", reason = "重いため。", levels = { weight = "I" } },
  { code = "no", text = "いいえ" },
]

[[guide]]
code = "second"
text = "軽いですか。"
only_if = { first = ["no"] }
answers = [
  { code = "yes", text = "はい", reason = "軽いため。", levels = { weight = "II" } },
  { code = "no", text = "いいえ", reason = "軽くないため。", levels = { weight = "I" } },
]
"""


def small(old: str = "", new: str = "") -> dict[str, Any]:
    assert old in SMALL
    return tomllib.loads(SMALL.replace(old, new, 1) if old else SMALL)


@pytest.mark.parametrize("code", CODES)
def test_a_shipped_scheme_reads_and_says_what_is_proposed(code: str) -> None:
    scheme = read_preset(code)
    assert scheme.code == code
    assert {"restrictions", "guide"} <= set(scheme.unconfirmed)
    assert 6 <= len(questions(scheme)) <= 9


def test_the_five_levels_stand_in_their_order() -> None:
    levels = sorted(FIVE.axis("confidentiality").levels, key=lambda level: level.rank)
    assert [level.code for level in levels] == ["1", "2", "3C", "3B", "3A"]
    assert [level.code for level in levels if level.reads_recorded] == ["3C", "3B", "3A"]
    assert [level.tone for level in levels] == [0, 1, 2, 3, 4]


def test_the_lowest_level_of_every_axis_has_no_restrictions() -> None:
    for axis in FIVE.axes + THREE.axes:
        lowest = min(axis.levels, key=lambda level: level.rank)
        assert [level for level in axis.levels if not level.restrictions] == [lowest]


@pytest.mark.parametrize(
    ("code", "writings"),
    [
        ("3A", ["3A", "３Ａ", "機密性3A", "自治体機密性３Ａ", "極秘", "秘"]),
        ("3B", [" 3 b ", "自治体機密性3B"]),
        ("2", ["２", "機密性２"]),
        ("1", ["1", "公開"]),
        (None, ["3", "高", ""]),
    ],
)
def test_what_ledgers_write_for_a_level_is_understood(code: str | None, writings: list[str]) -> None:
    levels = [FIVE.axis("confidentiality").level_written(written) for written in writings]
    assert {level.code if level else None for level in levels} == {code}


@pytest.mark.parametrize(("written", "code"), [("高", "3"), ("Ⅲ", "3"), ("中", "2"), ("低", "1"), ("一般", "1")])
def test_old_ledgers_are_understood_by_the_old_scheme(written: str, code: str) -> None:
    level = THREE.axis("confidentiality").level_written(written)
    assert level is not None
    assert level.code == code


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rank = 2", "rank = 1", ["「weight」", "順位（rank）「1」"]),
        ('code = "I",', 'code = "II",', ["区分のコード「II」"]),
        ('label = "重要性"\n', 'label = "重要性"\ncolour = "red"\n', ["「colour」という項目はありません"]),
        ("tone = 4", "tone = 5", ["tone「5」"]),
        ("tone = 4", 'tone = "赤"', ["1番目（I）", "「tone」の書き方"]),
        ("tone = 4, ", "", ["「tone」がありません"]),
        ('short = "Ⅱ"', 'short = "Ⅱ", synonyms = ["重要性 Ⅰ"]', ["読替え"]),
        ('name = "見本"\n', "", ["「name」がありません"]),
        ("2026-04-01", "2026-04-01\nvalid_until = 2026-03-31", ["「valid_until」"]),
        ('weight = "I" }', 'weight = "X" }', ["質問「first」", "区分「X」"]),
        ('weight = "I" }', 'height = "I" }', ["質問「first」", "分類軸「height」"]),
        ('reason = "重いため。", ', "", ["答え「yes」", "理由"]),
        ('first = ["no"]', 'third = ["no"]', ["only_if の質問「third」"]),
        ('first = ["no"]', 'first = ["maybe"]', ["only_if の答え「maybe」"]),
        ('first = ["no"]', 'first = "no"', ["「only_if」"]),
        ('  { code = "no", text = "いいえ" },\n', "", ["質問「first」の答えが足りません"]),
        ('code = "second"', 'code = "first"', ["質問のコード「first」"]),
    ],
)
def test_a_fault_in_a_scheme_is_named_with_its_file_and_place(old: str, new: str, words: list[str]) -> None:
    data = small(old, new)
    problems = check(data, "small.toml")
    assert [problem for problem in problems if all(word in problem for word in words)], problems
    assert all(problem.startswith("small.toml") and problem.endswith("。") for problem in problems)


def test_a_scheme_needs_axes_and_an_axis_needs_levels() -> None:
    data = small()
    data["guide"], data["axes"][0]["levels"] = [], []
    assert [problem for problem in check(data, "small.toml") if "levels を一つ以上" in problem]
    data["axes"] = []
    assert [problem for problem in check(data, "small.toml") if "axes を一つ以上" in problem]


def test_all_faults_of_a_scheme_come_at_once() -> None:
    data = small("rank = 2", "rank = 1")
    data["motto"] = "x"
    data["guide"][0]["answers"] = []
    del data["source"]
    assert len(check(data, "small.toml")) == 5


def test_a_scheme_that_does_not_exist_is_refused_with_the_choices() -> None:
    with pytest.raises(SchemeError, match="r2-three-level、r8-five-level"):
        read_preset("../secret")


def test_reading_a_faulty_scheme_lists_its_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.toml").write_text(SMALL.replace("rank = 2", "rank = 1"), encoding="utf-8")
    (tmp_path / "torn.toml").write_text("code = ", encoding="utf-8")
    monkeypatch.setattr(schemes, "FOLDER", tmp_path)
    with pytest.raises(SchemeError) as caught:
        read_preset("broken")
    assert len(caught.value.problems) == 2
    with pytest.raises(SchemeError, match=r"torn\.toml は読めません"):
        read_preset("torn")


def test_the_property_tax_ledger_is_proposed_3b_with_its_reason_and_restrictions() -> None:
    proposal = propose(FIVE, TAX_LEDGER)
    assert proposal.levels == {"confidentiality": "3B", "integrity": "2", "availability": "2"}
    assert proposal.axes[0].reasons == ("漏れたときに個人の権利利益の侵害の度合いが大きいため。",)
    assert proposal.restrictions[0] == "支給された端末以外での作業の禁止"
    assert proposal.restrictions[-1] == "指定する時間以内の復旧"
    assert proposal.restrictions.count("バックアップの取得") == 1
    assert proposal.facts == {"pi": True, "pi_mynumber": False, "pi_sensitive": False}
    assert proposal.unanswered == ()


def test_public_data_is_proposed_1_without_restrictions() -> None:
    proposal = propose(FIVE, PUBLIC_DATA)
    assert set(proposal.levels.values()) == {"1"}
    assert proposal.restrictions == ()
    assert proposal.facts == {"pi": False, "pi_mynumber": False, "pi_sensitive": False}


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, "3C"),
        ({"leak": "severe"}, "3B"),
        ({"mynumber": "yes"}, "3B"),
        ({"sensitive": "yes"}, "3B"),
        ({"secret": "yes"}, "3A"),
        ({"personal": "none", "publish": "later"}, "2"),
    ],
)
def test_the_strictest_answer_decides(changed: dict[str, str], level: str) -> None:
    answers = TAX_LEDGER | {"leak": "none"} | changed
    assert propose(FIVE, answers).levels["confidentiality"] == level


def test_nothing_is_proposed_before_enough_is_answered() -> None:
    proposal = propose(FIVE, {})
    assert proposal.levels == {}
    assert proposal.restrictions == ()
    assert "mynumber" not in proposal.unanswered
    assert proposal.axes[1].missing == ("damage",)
    assert propose(FIVE, {"damage": "serious"}).levels == {"integrity": "2"}


def test_the_strictest_level_needs_no_more_answers_but_they_are_still_listed() -> None:
    confidentiality = propose(FIVE, {"secret": "yes"}).axes[0]
    assert confidentiality.level is not None
    assert confidentiality.level.code == "3A"
    assert "personal" in confidentiality.missing


def test_follow_ups_are_asked_only_where_they_matter() -> None:
    def codes(answers: dict[str, str]) -> set[str]:
        return {question.code for question in asked(FIVE, answers)}

    assert codes({"personal": "residents"}) - codes({"personal": "none"}) == {"mynumber", "sensitive"}
    assert not {"mynumber", "sensitive"} & codes({})


def test_an_answer_left_over_from_a_hidden_follow_up_counts_for_nothing() -> None:
    assert propose(FIVE, PUBLIC_DATA | {"mynumber": "yes"}) == propose(FIVE, PUBLIC_DATA)


def test_where_no_answer_asks_for_a_level_the_lowest_is_proposed() -> None:
    data = small(', reason = "軽いため。", levels = { weight = "II" }', "")
    scheme = schemes._examined(data, "small.toml")[0]
    (weight,) = propose(scheme, {"first": "no", "second": "yes"}).axes
    assert weight.level is not None
    assert (weight.level.code, weight.reasons) == ("II", ("より厳しい区分に当たる答えがないため。",))


def test_a_fact_that_one_answer_states_is_not_denied_by_another() -> None:
    data = small()
    data["guide"][0]["answers"][1]["facts"], data["guide"][1]["answers"][0]["facts"] = {"pi": True}, {"pi": False}
    scheme = schemes._examined(data, "small.toml")[0]
    assert propose(scheme, {"first": "no", "second": "yes"}).facts == {"pi": True}


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"colour": "red"}, "質問「colour」はありません"),
        ({"secret": "perhaps"}, "答え「perhaps」はありません。yes、no から"),
    ],
)
def test_an_unknown_answer_is_refused_in_words(answers: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        propose(FIVE, answers)


def ranks(scheme: Scheme, answers: dict[str, str]) -> dict[str, int]:
    return {one.axis.code: one.level.rank for one in propose(scheme, answers).axes if one.level}


def rank_of(scheme: Scheme, levels: Any, axis: str) -> int:
    return scheme.axis(axis).level(levels[axis]).rank if axis in levels else 0


@settings(deadline=None, max_examples=150)
@given(data=st.data(), scheme=st.sampled_from([FIVE, THREE]))
def test_a_stricter_or_further_answer_never_lowers_a_level(data: st.DataObject, scheme: Scheme) -> None:
    choices = {question.code: st.sampled_from([one.code for one in question.answers]) for question in scheme.guide}
    answers = data.draw(st.fixed_dictionaries({}, optional=choices))
    question = data.draw(st.sampled_from(scheme.guide))
    given_before = {one.code: one.levels for one in question.answers}.get(answers.get(question.code, ""), {})
    stricter = [
        one.code
        for one in question.answers
        if all(
            rank_of(scheme, one.levels, axis.code) >= rank_of(scheme, given_before, axis.code) for axis in scheme.axes
        )
    ]
    after = answers | {question.code: data.draw(st.sampled_from(stricter))}
    before, now = ranks(scheme, answers), ranks(scheme, after)
    assert all(now[axis] >= rank for axis, rank in before.items() if axis in now)


@pytest.mark.parametrize("scheme", [FIVE, THREE], ids=lambda scheme: str(scheme.code))
def test_complete_answers_always_give_a_level_on_every_axis_and_known_facts(scheme: Scheme) -> None:
    for chosen in itertools.product(*([answer.code for answer in question.answers] for question in scheme.guide)):
        answers = dict(zip((question.code for question in scheme.guide), chosen, strict=True))
        proposal = propose(scheme, answers)
        assert len(proposal.levels) == len(scheme.axes)
        assert all(one.reasons and not one.missing for one in proposal.axes)
        assert set(proposal.facts) <= {"pi", "pi_mynumber", "pi_sensitive"}
        assert not (proposal.facts.get("pi_mynumber") and not proposal.facts["pi"])
