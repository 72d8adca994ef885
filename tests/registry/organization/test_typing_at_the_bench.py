"""What is typed at the bench: cleaned or answered at its field in Japanese, and nothing half saved when an act refuses."""

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Model

from registry.history.models import Entry
from registry.organization import structure
from registry.organization.models import Appointment, Body, Department, Organ, Post, PostRole, User
from tests.registry.organization.bench import TODAY, SignIn, acts_since, no_roles, run, url_of
from tests.registry.organization.sheet import Sheet
from tests.world import SINCE, department, head_of, level, person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,  # the stock admin leaves variables undefined
]
HUGE = "99999999999999999999999"
TEXTS: list[tuple[type[Model], dict[str, str]]] = [
    (Department, {"name": "係", "code": "9", "kind": "係", "telephone": "1", "excluded": "理由"}),
    (Post, {"title": "参事"}),
    (User, {"name": "新人"}),
    (Organ, {"code": "new", "name": "新しい機関", "head_title": "長"}),
]


def adding(model: type[Model]) -> dict[str, Any]:
    """What is posted to add a row."""
    texts = dict(next(texts for kind, texts in TEXTS if kind is model))
    others: dict[type[Model], dict[str, Any]] = {
        Department: {"organ": department("tax").organ_id, "valid_from": "2026-04-01"},
        Post: {"department": department("tax").pk, "valid_from": "2026-04-01", **no_roles()},
        User: {"username": "newcomer"},
        Organ: {"position": "3"},
    }
    return {**texts, **others[model]}


def refuse(*_: Any, **__: Any) -> None:
    raise ValidationError("この役割は付けられません。")


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


@pytest.mark.parametrize(("model", "name"), [(model, name) for model, texts in TEXTS for name in texts])
def test_a_control_character_is_answered_at_its_field(signed_in: SignIn, model: type[Model], name: str) -> None:
    before = model._default_manager.count()
    data = adding(model)
    answer = signed_in("secretariat").post(url_of(model, "add"), {**data, name: f"あ\x1b{data[name]}"})
    assert errors(answer) == {name: ["2文字目に使えない制御文字(U+001B)があります。消して入れ直してください。"]}
    assert model._default_manager.count() == before


@pytest.mark.parametrize(
    ("model", "name", "label"),
    [(Department, "name", "名称"), (Post, "title", "職名"), (User, "name", "氏名"), (Organ, "name", "実施機関")],
)
def test_a_name_of_which_nothing_can_be_seen_is_none(
    signed_in: SignIn, model: type[Model], name: str, label: str
) -> None:
    answer = signed_in("secretariat").post(url_of(model, "add"), {**adding(model), name: "\u200b\u3000"})
    assert errors(answer) == {name: [f"{label}を入力してください。"]}


def test_a_line_break_in_a_name_is_answered(signed_in: SignIn) -> None:
    answer = signed_in("secretariat").post(url_of(Post, "add"), {**adding(Post), "title": "参\n事"})
    assert errors(answer) == {"title": ["改行やタブは使えません。消して入れ直してください。"]}


def test_words_are_stored_as_they_are_everywhere_else(signed_in: SignIn) -> None:
    data = {**adding(Department), "name": " か\u3099いろ係\u3000", "telephone": "\u200b"}
    assert signed_in("secretariat").post(url_of(Department, "add"), data).status_code == 302
    assert Department.objects.get(name="がいろ係").telephone == ""


@pytest.mark.parametrize("name", ["label", "criterion", "restrictions"])
def test_words_of_a_level_are_cleaned_too(signed_in: SignIn, name: str) -> None:
    row = level("confidentiality", "3B")
    sheet = Sheet(signed_in("secretariat"), url_of(type(row), "change", row.pk))
    assert "U+001B" in errors(sheet.send(**{name: "\x1b"}))[name][0]


def test_words_of_the_body_are_cleaned_too(signed_in: SignIn) -> None:
    sheet = Sheet(signed_in("secretariat"), url_of(Body, "change", 1))
    assert "U+202E" in errors(sheet.send(word_outsourcing="\u202e委託"))["word_outsourcing"][0]


@pytest.mark.parametrize("value", [HUGE, "abc", "9" * 5000])
@pytest.mark.parametrize(
    ("model", "name"),
    [(Appointment, "user"), (Appointment, "post"), (Post, "department"), (Department, "organ"), (Department, "parent")],
)
def test_a_key_that_is_none_is_no_choice(signed_in: SignIn, model: type[Model], name: str, value: str) -> None:
    appointment = {"user": person("postless").pk, "post": head_of("tax").pk, "kind": "main", "valid_from": "2026-04-01"}
    data = appointment if model is Appointment else adding(model)
    client = signed_in("secretariat")
    assert "選択" in errors(client.post(url_of(model, "add"), {**data, name: value}))[name][0]
    assert client.get(url_of(model, "add"), {name: value}).status_code == 200


def test_a_number_beyond_its_column_is_answered_at_its_field(signed_in: SignIn) -> None:
    answer = signed_in("secretariat").post(url_of(Organ, "add"), {**adding(Organ), "position": HUGE})
    assert "以下でなければなりません" in errors(answer)["position"][0]


@pytest.mark.parametrize("key", [HUGE, "abc", "", "1,2", "１"])
def test_a_selection_that_is_none_is_answered_and_does_nothing(signed_in: SignIn, key: str) -> None:
    data = {"action": "disable_selected", "_selected_action": [key, str(person("clerk").pk)], "confirmed": "1"}
    answer = signed_in("secretariat").post(url_of(User), data)
    assert (answer.status_code, "受け付けられない内容です" in answer.content.decode()) == (400, True)
    assert person("clerk").is_active


def test_an_appointment_that_ended_is_not_lengthened_and_the_field_says_so(signed_in: SignIn) -> None:
    ended, start = Appointment.objects.get(user__username="former"), Entry.objects.count()
    sheet = Sheet(signed_in("secretariat"), url_of(Appointment, "change", ended.pk))
    said = errors(sheet.send(valid_until=(TODAY() + dt.timedelta(days=30)).isoformat()))
    assert [key for key, reason in said.items() if "終わる任命は延ばせません" in reason[0]] == ["valid_until"]
    before = ended.valid_until
    ended.refresh_from_db()
    assert (ended.valid_until, acts_since(start)) == (before, [])


def test_an_end_before_the_start_is_said_once_and_at_its_field(signed_in: SignIn) -> None:
    held = Appointment.objects.get(user__username="clerk")
    sheet = Sheet(signed_in("secretariat"), url_of(Appointment, "change", held.pk))
    sentence = "終了日が開始日より前です。日付を確かめてください。"
    assert errors(sheet.send(valid_until="2019-01-01")) == {"valid_until": [sentence]}


def test_a_role_that_ends_is_brought_forward_but_not_lengthened(signed_in: SignIn) -> None:
    post = head_of("tax")
    held = PostRole.objects.get(post=post)
    days = [TODAY() + dt.timedelta(days=number) for number in (20, 30, 10)]
    structure.end_role(held, days[0], by=None)
    sheet = Sheet(signed_in("secretariat"), url_of(Post, "change", post.pk))
    new = {"roles-1-role": "staff", "roles-1-valid_from": "2026-04-01"}
    refused = sheet.send(**{"roles-0-valid_until": days[1].isoformat()}, **new)
    [formset] = refused.context["inline_admin_formsets"]
    [said, *others] = formset.formset.errors
    assert "延ばせません" in said["valid_until"][0]
    assert not any(others)
    assert [row.role for row in post.roles.all()] == ["manager"]
    assert sheet.send(**{"roles-0-valid_until": days[2].isoformat()}).status_code == 302
    assert [(row.role, row.valid_until) for row in post.roles.order_by("pk")] == [
        ("manager", days[2]),
        ("staff", None),
    ]


def test_the_end_of_a_role_is_not_taken_back_and_a_day_that_is_none_is_answered(signed_in: SignIn) -> None:
    post = head_of("tax")
    structure.end_role(post.roles.get(), TODAY() + dt.timedelta(days=20), by=None)
    sheet = Sheet(signed_in("secretariat"), url_of(Post, "change", post.pk))
    assert "空欄に戻せません" in sheet.send(**{"roles-0-valid_until": ""}).content.decode()
    assert "終了日が開始日より前です" in sheet.send(**{"roles-0-valid_until": "2019-01-01"}).content.decode()
    assert "制約" not in sheet.send().content.decode()
    assert "日付を正しく" in sheet.send(**{"roles-0-valid_until": "いつか"}).content.decode()
    assert post.roles.get().valid_until == TODAY() + dt.timedelta(days=20)


def test_a_role_refused_leaves_no_post_behind(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    start = Entry.objects.count()
    rows = no_roles(**{"roles-0-role": "staff", "roles-0-valid_from": "2026-04-01"})
    monkeypatch.setattr(structure, "assign_role", refuse)
    answer = signed_in("secretariat").post(url_of(Post, "add"), {**adding(Post), **rows})
    [formset] = answer.context["inline_admin_formsets"]
    assert formset.formset.errors == [{"role": ["この役割は付けられません。"]}]
    assert (acts_since(start), Post.objects.filter(title="参事").exists()) == ([], False)


def test_what_is_not_allowed_is_said_on_the_form(signed_in: SignIn) -> None:
    start = Entry.objects.count()
    council = person("council_head")
    sheet = Sheet(signed_in("secretariat"), url_of(User, "change", council.pk))
    said = errors(sheet.send(name="別の名前"))
    assert "自律機関" in said["__all__"][0]
    assert sheet.fields["name"] == "別の名前"
    assert (person("council_head").name, acts_since(start)) == (council.name, [])


def test_a_unit_of_an_autonomous_organ_is_answered_on_the_form(signed_in: SignIn) -> None:
    data = {**adding(Department), "organ": Organ.objects.get(code="council").pk}
    answer = signed_in("secretariat").post(url_of(Department, "add"), data)
    assert "自律機関" in errors(answer)["__all__"][0]
    assert not Department.objects.filter(name="係").exists()


def test_passwords_are_set_for_all_or_for_nobody(signed_in: SignIn) -> None:
    before = person("clerk").password
    run(signed_in("secretariat"), User, "give_temporary_passwords", person("clerk"), person("sysadmin"), confirmed="1")
    assert person("clerk").password == before


@pytest.mark.parametrize(
    ("model", "changes", "words"),
    [
        (Post, {"title": "税務課長"}, "同じ職名の職がすでにあります"),
        (Department, {"code": "1050"}, "いまの「住民課」が使っています"),
        (Appointment, {}, "すでに「税務課長」に任命されています"),
        (Appointment, {"valid_until": "2019-01-01"}, "終了日が開始日より前です"),
    ],
)
def test_what_stands_already_is_said_in_words_and_once(
    signed_in: SignIn, model: type[Model], changes: dict[str, str], words: str
) -> None:
    held = {"user": person("manager").pk, "post": head_of("tax").pk, "kind": "main", "valid_from": SINCE.isoformat()}
    data = held if model is Appointment else adding(model)
    said = unescape(str(errors(signed_in("secretariat").post(url_of(model, "add"), {**data, **changes}))))
    assert words in said
    assert "制約" not in said
