"""Taking over an organisation list: what is read, where it is put, what is doubted, and that nothing happens by half."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from registry.base.fiscal import wareki
from registry.base.verdict import Conflict
from registry.history.chain import verify
from registry.history.models import Entry
from registry.organization.importing import AlreadyApplied, apply_list, discard, preview, read_back, stage
from registry.organization.list_plan import Severity, What
from registry.organization.list_reading import read_list
from registry.organization.models import Department, DepartmentGroupPermission, ListImport, Organ, Post, User
from registry.organization.roles import Role
from registry.organization.structure import close_department, create_department
from tests.registry.organization.lists import (
    DAY,
    TOWN,
    applied,
    changed,
    findings,
    new_form,
    old_form,
    staged,
)
from tests.world import SINCE, department, person

FUKUSHI = "健康福祉局 福祉事務所"
pytestmark = pytest.mark.django_db


def test_the_plan_says_in_numbers_what_will_be_added() -> None:
    plan = preview(staged(old_form()))
    assert plan.in_words() == "局2、部3、課5を追加します。その頂点に「伊奈市」を置きます。職2を追加します。"
    assert plan.by_level() == [("局", 3), ("部", 3), ("課", 4), ("室・出先", 1)]


@pytest.mark.parametrize("data", [old_form(), new_form()], ids=["2020", "2025"])
def test_both_forms_of_the_list_make_the_same_tree(data: bytes) -> None:
    before = set(Department.objects.values_list("pk", flat=True))
    applied(staged(data))
    names = list(Department.objects.exclude(pk__in=before).in_tree_order().values_list("full_name", flat=True))
    assert names == [
        "伊奈市",
        "健康福祉局",
        "健康福祉局 健康福祉総務課",
        FUKUSHI,
        f"{FUKUSHI} 障がい福祉課",
        FUKUSHI,
        f"{FUKUSHI} 長寿福祉課",
        FUKUSHI,
        f"{FUKUSHI} 子育て支援課",
        "教育局",
        "教育局 第一高等学校事務局",
    ]


def test_three_offices_of_one_name_keep_their_own_sections() -> None:
    applied(staged(old_form()))
    parents = dict(Department.objects.filter(parent__name="福祉事務所").values_list("name", "parent__code"))
    assert parents == {"障がい福祉課": "2520000000", "長寿福祉課": "2526000000", "子育て支援課": "2535000000"}


def test_the_same_name_thrice_is_said_with_its_codes() -> None:
    warned = findings(preview(staged(old_form())).items, Severity.WARNING)
    assert [number for number, _ in warned] == [7, 9, 11]
    assert all("2520000000、2526000000、2535000000" in text for _, text in warned)


def test_a_section_whose_code_points_to_another_namesake_is_doubted() -> None:
    [text] = [
        text
        for number, text in findings(preview(staged(changed(8, code="2520900000"))).items, Severity.WARNING)
        if number == 10
    ]
    assert "2520000000" in text


def test_mayor_and_deputy_become_posts_of_the_top_and_not_departments() -> None:
    applied(staged(old_form()))
    top = Department.objects.get(name="伊奈市")
    assert [post.title for post in top.posts.order_by("position")] == ["市長", "副市長"]
    assert not Department.objects.filter(name__in=["市長", "副市長"]).exists()


def test_a_gap_in_the_levels_is_no_fault_where_an_ancestor_stands() -> None:
    applied(staged(old_form()))
    assert Department.objects.filter(name="第一高等学校事務局", parent__name="教育局").exists()


def test_a_missing_parent_is_said_and_so_is_where_the_row_goes() -> None:
    batch = staged(changed(6, names=("健康福祉局", "介護部", "障がい福祉課", "", "")))
    assert findings(preview(batch).items, Severity.WARNING)[1] == (
        8,
        "上位の「介護部」が一覧にありません。「健康福祉局」の下に置きます。",
    )
    applied(batch)
    assert Department.objects.filter(name="障がい福祉課", parent__name="健康福祉局").exists()


def test_a_row_without_any_ancestor_goes_to_the_top_and_says_so() -> None:
    plan = preview(staged(changed(6, names=("無い局", "", "障がい福祉課", "", ""))))
    assert (8, "上位の「無い局」が一覧にありません。実施機関の直下に置きます。") in findings(
        plan.items, Severity.WARNING
    )


def test_a_parent_that_comes_later_stops_the_list() -> None:
    rows = [TOWN[4], TOWN[3]]
    batch = staged(old_form(rows))
    [(number, text)] = findings(preview(batch).items, Severity.ERROR)
    assert (number, "後の3行目" in text) == (2, True)
    with pytest.raises(Conflict, match="誤りのある行"):
        applied(batch)


@pytest.mark.parametrize(
    ("data", "row", "words"),
    [
        (changed(4, code="2520000000"), 6, "一覧の中に2回"),
        (changed(4, names=("", "", "", "", "")), 6, "名称がありません"),
        (changed(4, names=("健康福祉局", "", "総\n務課", "", "")), 6, "改行"),
        (changed(4, names=("健康福祉局", "", "総務\u202e課", "", "")), 6, "U+202E"),
        (changed(4, names=("健康福祉局", "", "課" * 101, "", "")), 6, "100字以内"),
        (changed(4, code="1040"), 6, "いまの「税務課」が使っています"),
        (changed(2, names=("伊奈市", "", "", "", "市長")), 4, "職の名称は1つ"),
        (changed(2, names=("無い市", "", "", "", "副市長")), 4, "より前に入れて"),
    ],
    ids=[
        "code twice",
        "no name",
        "line feed",
        "direction override",
        "too long",
        "code in use",
        "post twice",
        "no seat",
    ],
)
def test_what_is_wrong_is_said_at_its_row_and_nothing_is_written(data: bytes, row: int, words: str) -> None:
    batch, before = staged(data), Department.objects.count()
    assert any(number == row and words in text for number, text in findings(preview(batch).items, Severity.ERROR))
    with pytest.raises(Conflict):
        applied(batch)
    assert (Department.objects.count(), ListImport.objects.get(pk=batch.pk).applied_at) == (before, None)


def test_the_preview_writes_nothing() -> None:
    batch, before = staged(old_form()), Department.objects.count()
    preview(batch)
    assert (Department.objects.count(), Post.objects.filter(title="市長").count()) == (before, 0)


def test_history_has_one_entry_per_department_and_one_for_the_list_with_its_hash() -> None:
    start = Entry.objects.count()
    batch = applied(staged(old_form()))
    new = Entry.objects.filter(sequence__gt=start)
    assert new.filter(act="department.created").count() == 11
    assert new.filter(act="post.created").count() == 2
    [entry] = new.filter(act="organization.imported")
    assert ["組織", "", "11"] in entry.changes
    assert ["SHA-256", "", batch.sha256] in entry.changes
    assert ["適用日", "", wareki(batch.effective_on)] in entry.changes
    assert (entry.actor_label, verify().problem) == (person("secretariat").name, "")


def test_rights_reach_the_new_departments_at_once() -> None:
    applied(staged(old_form()))
    new = Department.objects.get(name="障がい福祉課")
    assert DepartmentGroupPermission.objects.filter(
        content_object=new, group__post__appointments__user__username="secretariat"
    ).exists()


def test_heads_of_sections_are_only_made_on_request() -> None:
    applied(staged(old_form()))
    assert not Post.objects.filter(title="所属長").exists()


def test_every_section_gets_its_head_when_asked() -> None:
    applied(staged(old_form()), heads=True)
    heads = Post.objects.filter(title="所属長").in_tree_order()
    assert [post.department.name for post in heads] == [
        "健康福祉総務課",
        "障がい福祉課",
        "長寿福祉課",
        "子育て支援課",
        "第一高等学校事務局",
    ]
    assert {held.role for post in heads for held in post.roles.all()} == {Role.MANAGER}


def test_taking_over_twice_is_one_import() -> None:
    batch = applied(staged(old_form()))
    count = Department.objects.count()
    with pytest.raises(AlreadyApplied):
        applied(batch)
    assert Department.objects.count() == count


def test_a_code_taken_since_the_preview_stops_the_list() -> None:
    batch = staged(old_form())
    seen = preview(batch).digest
    other = Department(organ=Organ.objects.get(code="town"), name="先に置いた課", code="2510100000", valid_from=SINCE)
    create_department(other, by=None)
    count = Department.objects.count()
    with pytest.raises(Conflict, match="組織が変わりました"):
        apply_list(batch, seen=seen, with_heads=False, by=person("secretariat"))
    assert Department.objects.count() == count


@pytest.mark.parametrize("data", [old_form(), new_form()], ids=["2020", "2025"])
def test_the_same_list_again_changes_nothing(data: bytes) -> None:
    applied(staged(data))
    again = staged(data)
    plan = preview(again)
    assert {item.what for item in plan.items} == {What.KNOWN}
    assert plan.in_words() == "すでにある13行は変更しません。"
    with pytest.raises(Conflict, match="追加するものがありません"):
        applied(again)


def test_a_section_can_be_added_below_what_stands() -> None:
    applied(staged(old_form()))
    batch = staged(old_form([("2510200000", ("健康福祉局", "", "国保課", "", ""), "課")]))
    assert findings(preview(batch).items, Severity.NOTE) == [(2, "すでにある「健康福祉局」の下に置きます。")]
    applied(batch)
    assert Department.objects.get(name="国保課").full_name == "健康福祉局 国保課"


def test_a_section_below_one_of_three_namesakes_is_asked_about() -> None:
    applied(staged(old_form()))
    batch = staged(old_form([("2526200000", ("健康福祉局", "福祉事務所", "新しい課", "", ""), "課")]))
    [(_, text)] = findings(preview(batch).items, Severity.ERROR)
    assert "3つあり" in text


def test_a_closed_department_does_not_hold_its_code() -> None:
    create = Department(organ=Organ.objects.get(code="town"), name="旧課", code="2510100000", valid_from=SINCE)
    close_department(create_department(create, by=None), DAY - dt.timedelta(days=1), by=None)
    assert not preview(staged(old_form())).count(Severity.ERROR)


def test_a_list_can_be_given_up_until_it_is_taken_over() -> None:
    secretariat = person("secretariat")
    waiting, done = staged(old_form()), applied(staged(old_form()))
    discard(waiting, by=secretariat)
    assert not ListImport.objects.filter(pk=waiting.pk).exists()
    with pytest.raises(Conflict):
        discard(waiting, by=secretariat)
    with pytest.raises(AlreadyApplied):
        discard(done, by=secretariat)


def test_what_was_read_comes_back_the_same() -> None:
    listed = read_list(old_form(), "組織.xlsx")
    batch = staged(old_form())
    batch.refresh_from_db()
    assert read_back(batch) == listed


@pytest.mark.parametrize("who", ["clerk", "manager", "auditor", "postless"])
def test_only_those_who_manage_the_organisation_take_over(who: str) -> None:
    batch, user = staged(old_form()), User.objects.get(username=who)
    for act in (
        lambda: apply_list(batch, seen=preview(batch).digest, with_heads=False, by=user),
        lambda: discard(batch, by=user),
        lambda: stage(read_list(old_form(), "a.xlsx"), ListImport(organ=batch.organ, effective_on=DAY), by=user),
    ):
        with pytest.raises(PermissionDenied, match="事務局"):
            act()


def test_a_code_of_another_organ_counts_as_in_use() -> None:
    batch = staged(changed(4, code=department("council").code))
    assert any("議会事務局" in text for _, text in findings(preview(batch).items, Severity.ERROR))
