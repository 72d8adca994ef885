"""Matching a later list with the units of today: by code, name and place, and doubtful where it has to be."""

from registry.organization.models.reorganization import Basis, Certainty
from registry.organization.reorganization.matching import Node, Pair, match, nearness

Tree = list[tuple[str, str, str]]  # name, code, name of the unit above


def nodes(tree: Tree) -> list[Node]:
    keys: dict[str, int] = {}
    found = []
    for key, (name, code, above) in enumerate(tree, 1):
        found.append(Node(key, keys.get(above), name, code))
        keys[name] = key
    return found


def matched(before: Tree, after: Tree) -> list[tuple[str, str, Basis, Certainty]]:
    old, new = nodes(before), nodes(after)
    name_of = {None: ""} | {node.key: node.name for node in old}
    named = {None: ""} | {node.key: node.name for node in new}
    return [(name_of[p.before], named[p.after], p.basis, p.certainty) for p in match(old, new)]


def of(pairs: list[tuple[str, str, Basis, Certainty]], before: str) -> list[tuple[str, str, str]]:
    return [(after, basis.value, certainty.value) for old, after, basis, certainty in pairs if old == before]


def test_the_same_code_and_name_is_the_same_unit_wherever_it_went() -> None:
    before = [("総務部", "10", ""), ("企画部", "20", ""), ("広報課", "11", "総務部")]
    after = [("総務部", "10", ""), ("企画部", "20", ""), ("広報課", "11", "企画部")]
    assert of(matched(before, after), "広報課") == [("広報課", "code", "sure")]


def test_the_same_code_with_a_near_name_was_renamed() -> None:
    pairs = matched([("こども園運営課", "11", "")], [("こども保育教育課", "11", "")])
    assert of(pairs, "こども園運営課") == [("こども保育教育課", "renamed", "likely")]


def test_a_code_used_again_for_another_unit_is_doubted_on_both_sides() -> None:
    pairs = matched([("衛生センター", "11", ""), ("税務課", "12", "")], [("観光課", "11", ""), ("税務課", "12", "")])
    assert of(pairs, "衛生センター") == [("", "reused", "doubtful")]
    assert of(pairs, "") == [("観光課", "reused", "doubtful")]


def test_a_code_taken_by_another_unit_does_not_hide_the_one_that_kept_its_name() -> None:
    pairs = matched([("税務課", "11", ""), ("観光課", "12", "")], [("税務課", "12", ""), ("観光課", "11", "")])
    assert of(pairs, "税務課") == [("税務課", "name", "likely")]
    assert of(pairs, "観光課") == [("観光課", "name", "likely")]


def test_without_codes_the_name_below_the_same_unit_counts() -> None:
    before = [("総務部", "10", ""), ("総務課", "11", "総務部"), ("教育部", "20", ""), ("総務課", "21", "教育部")]
    after = [("総務部", "", ""), ("総務課", "", "総務部"), ("教育部", "", ""), ("総務課", "", "教育部")]
    pairs = match(nodes(before), nodes(after))
    assert [(p.before, p.after, p.certainty) for p in pairs] == [(n, n, Certainty.SURE) for n in (1, 2, 3, 4)]


def test_three_units_of_one_name_are_told_apart_by_what_stands_below_them() -> None:
    before = [
        Node(1, None, "福祉事務所"),
        Node(2, None, "福祉事務所"),
        Node(3, 1, "障がい福祉課"),
        Node(4, 2, "長寿福祉課"),
    ]
    after = [
        Node(1, None, "福祉事務所"),
        Node(2, None, "福祉事務所"),
        Node(3, 1, "長寿福祉課"),
        Node(4, 2, "障がい福祉課"),
    ]
    pairs = {pair.after: (pair.before, pair.certainty) for pair in match(before, after)}
    assert pairs == {
        1: (2, Certainty.LIKELY),
        2: (1, Certainty.LIKELY),
        3: (4, Certainty.SURE),
        4: (3, Certainty.SURE),
    }


def test_two_units_of_near_names_come_together_and_a_person_is_asked() -> None:
    before = [("運営課", "1", ""), ("浅野保育所", "11", "運営課"), ("浅野幼稚園", "12", "運営課")]
    pairs = matched(before, [("運営課", "1", ""), ("浅野こども園", "13", "運営課")])
    for name in ("浅野保育所", "浅野幼稚園"):
        assert of(pairs, name) == [("浅野こども園", "near", "doubtful")]


def test_a_name_that_stands_once_on_both_sides_is_followed_to_another_unit() -> None:
    before = [("市民政策局", "10", ""), ("くらし安全安心課", "11", "市民政策局"), ("総務課", "12", "市民政策局")]
    after = [("地域局", "", ""), ("くらし安全安心課", "", "地域局"), ("財務局", "", ""), ("総務課", "", "財務局")]
    pairs = matched(before, after)
    assert of(pairs, "くらし安全安心課") == [("くらし安全安心課", "elsewhere", "likely")]


def test_a_unit_whose_parts_all_came_from_one_is_probably_that_one() -> None:
    before = [("人権啓発課", "10", ""), *[(f"{n}文化会館", f"1{n}", "人権啓発課") for n in (1, 2, 3)]]
    after = [("男女共同参画推進室", "", ""), *[(f"{n}文化会館", "", "男女共同参画推進室") for n in (1, 2, 3)]]
    assert of(matched(before, after), "人権啓発課") == [("男女共同参画推進室", "children", "doubtful")]


def test_what_is_gone_is_always_doubtful_and_what_is_new_is_sure_when_nothing_is_gone() -> None:
    assert matched([("税務課", "1", "")], [("住民課", "2", "")]) == [
        ("", "住民課", Basis.NEW, Certainty.LIKELY),
        ("税務課", "", Basis.GONE, Certainty.DOUBTFUL),
    ]
    assert matched([], [("住民課", "2", "")]) == [("", "住民課", Basis.NEW, Certainty.SURE)]


def test_the_kind_of_unit_at_the_end_of_a_name_does_not_make_it_near() -> None:
    assert nearness("川島保育所", "川島こども園") == 1
    assert nearness("総務課", "財産管理課") < 0.6
    assert nearness("浅野保育所", "中野保育所") < 0.6


def test_every_unit_of_both_sides_has_its_fate() -> None:
    before = nodes([("一課", "1", ""), ("二課", "2", ""), ("三課", "3", "")])
    after = nodes([("一課", "1", ""), ("四課", "4", ""), ("五課", "5", "四課")])
    pairs: list[Pair] = match(before, after)
    assert {pair.before for pair in pairs} >= {1, 2, 3}
    assert {pair.after for pair in pairs} >= {1, 2, 3}
