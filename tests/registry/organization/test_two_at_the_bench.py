"""Two people at the bench with the same form open: nobody's work is undone without a word."""

import datetime as dt
from html import unescape
from typing import Any

import pytest

from assets.models import Level
from registry.history.models import Entry
from registry.organization.admin.forms import BenchForm
from registry.organization.models import Appointment, Body, Department, Organ, Post, User
from registry.organization.presets import change_words
from registry.organization.site import site
from registry.organization.structure import change_department
from tests.registry.organization.bench import TODAY, SignIn, acts_since, url_of
from tests.registry.organization.sheet import Sheet
from tests.world import department, head_of, level, person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,  # the stock admin leaves variables undefined
]


def opened_twice(signed_in: SignIn, row: Any) -> tuple[Sheet, Sheet]:
    address = url_of(type(row), "change", row.pk)
    return Sheet(signed_in("secretariat"), address), Sheet(signed_in("sysadmin"), address)


def said(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_every_form_of_the_bench_compares_with_what_was_seen() -> None:
    assert [kind for kind in site._registry.values() if not issubclass(kind.form, BenchForm)] == []


def test_a_second_person_saving_another_field_does_not_put_the_first_ones_back(signed_in: SignIn) -> None:
    first, second = opened_twice(signed_in, department("tax"))
    start = Entry.objects.count()
    assert first.send(telephone="048-721-0001").status_code == 302
    assert second.send(kind="課").status_code == 302
    tax = department("tax")
    assert (tax.telephone, tax.kind) == ("048-721-0001", "課")
    assert acts_since(start) == ["department.changed"] * 2
    assert Entry.objects.latest("sequence").changes == [["機構分類", "", "課"]]


def test_a_code_that_the_other_changed_is_not_asked_about_again(signed_in: SignIn) -> None:
    first, second = opened_twice(signed_in, department("tax"))
    first.send(code="1041")
    change_department(department("residents"), {"code": "1040"}, by=None)
    assert second.send(telephone="048-721-0002").status_code == 302
    assert Department.objects.get(name="税務課").code == "1041"


def test_the_same_field_is_refused_to_the_second_who_may_insist(signed_in: SignIn) -> None:
    first, second = opened_twice(signed_in, department("tax"))
    first.send(telephone="048-721-0001")
    refused = second.send(telephone="048-721-9999", kind="課")
    sentence = "別の人がこの項目を「048-721-0001」に変えました。内容を確かめて、もう一度入力してください。"
    assert refused.context["adminform"].form.errors["telephone"] == [f"入力しているあいだに、{sentence}"]
    assert second.fields["telephone"] == "048-721-9999"
    assert (department("tax").telephone, department("tax").kind) == ("048-721-0001", "")
    assert second.send().status_code == 302
    assert (department("tax").telephone, department("tax").kind) == ("048-721-9999", "課")


def test_a_field_that_was_emptied_meanwhile_is_called_empty(signed_in: SignIn) -> None:
    change_department(department("tax"), {"telephone": "1"}, by=None)
    first, second = opened_twice(signed_in, department("tax"))
    first.send(telephone="")
    assert "「空欄」に変えました" in said(second.send(telephone="2"))


def test_pressing_save_twice_is_no_quarrel(signed_in: SignIn) -> None:
    first, _ = opened_twice(signed_in, department("tax"))
    start = Entry.objects.count()
    assert [first.send(telephone="048-721-0001").status_code for _ in range(2)] == [302, 302]
    assert acts_since(start) == ["department.changed"]


def test_words_of_a_level_are_kept_field_by_field(signed_in: SignIn) -> None:
    first, second = opened_twice(signed_in, level("confidentiality", "3B"))
    assert first.send(restrictions="持出し禁止\n施錠", reads_recorded="on").status_code == 302
    assert second.send(criterion="一行目\n二行目").status_code == 302
    changed = level("confidentiality", "3B")
    assert (changed.restrictions, changed.criterion) == (["持出し禁止", "施錠"], "一行目\n二行目")
    assert changed.reads_recorded
    assert [change[0][-4:] for change in Entry.objects.latest("sequence").changes] == ["判断基準"]


def test_lines_and_ticks_of_a_level_are_refused_like_any_field(signed_in: SignIn) -> None:
    row = level("confidentiality", "3B")
    Level.objects.filter(pk=row.pk).update(restrictions=["施錠"], reads_recorded=False)
    first, second = opened_twice(signed_in, row)
    first.send(restrictions="施錠\n持出し禁止")
    refused = second.send(restrictions="施錠\n複写禁止")
    assert "別の人がこの項目を「持出し禁止」に変えました" in said(refused)
    assert level("confidentiality", "3B").restrictions == ["施錠", "持出し禁止"]


def test_a_tick_set_meanwhile_stays(signed_in: SignIn) -> None:
    first, second = opened_twice(signed_in, Organ.objects.get(code="council"))
    assert second.fields["autonomous"] == "on"
    second.send(autonomous=None)
    assert Sheet(first.client, first.address).send(head_title="議長").status_code == 302
    assert first.send(name="町議会").status_code in {200, 302}
    assert not Organ.objects.get(code="council").autonomous


def test_words_of_the_body_are_refused_with_the_word_that_changed(signed_in: SignIn) -> None:
    first, second = opened_twice(signed_in, Body.objects.get())
    change_words(Body.objects.get(), {"outsourcing": "委託"}, {}, by=None)
    assert first.send(title_chief="統括情報化責任者").status_code == 302
    assert Body.objects.get().words == {"outsourcing": "委託"}
    assert "別の人がこの項目を「委託」に変えました" in said(second.send(word_outsourcing="外注"))
    assert Body.objects.get().words == {"outsourcing": "委託"}


def test_a_name_that_was_only_looked_at_is_not_put_back(signed_in: SignIn) -> None:
    first, second = opened_twice(signed_in, person("clerk"))
    first.send(name="改姓した人")
    assert second.send().status_code == 302
    assert User.objects.get(username="clerk").name == "改姓した人"


def test_an_end_that_was_set_meanwhile_is_said_and_kept(signed_in: SignIn) -> None:
    held = Appointment.objects.get(user__username="clerk")
    first, second = opened_twice(signed_in, held)
    days = [(TODAY() + dt.timedelta(days=number)).isoformat() for number in (20, 10)]
    first.send(valid_until=days[0])
    assert f"「{days[0]}」に変えました" in said(second.send(valid_until=days[1]))
    held.refresh_from_db()
    assert str(held.valid_until) == days[0]


def test_an_end_of_a_role_that_was_set_meanwhile_is_said_and_kept(signed_in: SignIn) -> None:
    post = head_of("tax")
    first, second = opened_twice(signed_in, post)
    days = [(TODAY() + dt.timedelta(days=number)).isoformat() for number in (20, 10)]
    assert first.send(**{"roles-0-valid_until": days[0]}).status_code == 302
    assert f"「{days[0]}」に変えました" in said(second.send(**{"roles-0-valid_until": days[1]}))
    assert str(post.roles.get().valid_until) == days[0]


def test_the_post_of_a_role_keeps_its_rows_when_nothing_was_typed(signed_in: SignIn) -> None:
    start = Entry.objects.count()
    sheet = Sheet(signed_in("secretariat"), url_of(Post, "change", head_of("tax").pk))
    assert sheet.send().status_code == 302
    assert acts_since(start) == []
