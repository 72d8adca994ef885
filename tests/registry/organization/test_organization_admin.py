"""The bench of the 事務局: who may open it, that saving goes through the acts, and that it opens no second way."""

import datetime as dt

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assets.states import State
from registry.history.models import Entry
from registry.organization.access import departments_where
from registry.organization.models import Appointment, Body, Department, ListImport, Organ, Post, PostRole, Preset, User
from registry.organization.models.reorganization import Reorganization, Succession
from registry.organization.roles import Permission, Role
from registry.organization.site import site
from registry.organization.structure import create_department, create_post
from tests.registry.organization.bench import TODAY, SignIn, acts_since, no_roles, run, url_of
from tests.world import SINCE, department, head_of, person, proposal_in

REORGANIZED = [Reorganization, Succession]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,  # the stock admin leaves variables undefined
]
MODELS = [Body, Preset, Organ, Department, Post, Appointment, User, Entry, ListImport, AccessAttempt, *REORGANIZED]


def test_only_our_tables_are_on_the_bench() -> None:
    assert {
        model
        for model in site._registry
        if model._meta.app_label in {"organization", "history", "axes", "auth", "guardian"}
    } == set(MODELS)
    assert not site.is_registered(Group)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("who", ["secretariat", "sysadmin"])
def test_every_table_opens_searches_and_cannot_delete(signed_in: SignIn, model: type[Model], who: str) -> None:
    client = signed_in(who)
    for query in ("", "?q=税務", "?standing=current", "?standing=coming", "?standing=past"):
        if not query.startswith("?standing") or model in {Department, Post, Appointment}:
            assert client.get(url_of(model) + query).status_code == 200
    row = site._registry[model].get_queryset(client.get("/admin/").wsgi_request).first()
    if row is not None:
        assert client.get(url_of(model, "change", row.pk)).status_code == 200
        assert client.post(url_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(url_of(model)).content.decode()


@pytest.mark.parametrize("who", ["clerk", "manager", "reviewer", "auditor", "postless"])
def test_everyone_else_is_told_that_the_bench_is_not_theirs(signed_in: SignIn, who: str) -> None:
    response = signed_in(who).get("/admin/", follow=True)
    assert (response.status_code, "事務局" in response.content.decode()) == (403, True)


def test_the_login_is_ours(client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/login/?next=/admin/")


def test_a_department_is_added_through_the_act(signed_in: SignIn) -> None:
    start = Entry.objects.count()
    data = {
        "organ": department("tax").organ_id,
        "parent": department("tax").pk,
        "name": "収納係",
        "valid_from": "2026-04-01",
    }
    response = signed_in("secretariat").post(
        url_of(Department, "add"), {**data, "code": "", "kind": "係", "telephone": "", "excluded": ""}
    )
    assert response.status_code == 302
    made = Department.objects.get(name="収納係")
    assert (made.full_name, made.path.startswith(department("tax").path)) == ("税務課 収納係", True)
    assert acts_since(start) == ["department.created"]
    assert made.pk in departments_where(person("clerk"), Permission.VIEW_ASSETS)
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "1050"}, "いまの「住民課」が使っています"),
        ({"organ": "council"}, "同じ実施機関"),
        ({"valid_from": "2019-04-01"}, "設置日に存在しません"),
    ],
)
def test_a_department_that_does_not_fit_is_answered_at_its_field(
    signed_in: SignIn, changes: dict[str, str], words: str
) -> None:
    data = {
        "organ": "town",
        "parent": department("tax").pk,
        "name": "係",
        "code": "",
        "valid_from": "2026-04-01",
        **changes,
    }
    data["organ"] = Organ.objects.get(code=data["organ"]).pk
    assert words in signed_in("secretariat").post(url_of(Department, "add"), data).content.decode()


def test_only_what_does_not_touch_identity_is_changed_in_place(signed_in: SignIn) -> None:
    start = Entry.objects.count()
    tax = department("tax")
    data = {
        "code": "1041",
        "kind": "課",
        "telephone": "048-1",
        "excluded": "",
        "name": "別の課",
        "parent": "",
        "valid_from": "1999-01-01",
    }
    signed_in("secretariat").post(url_of(Department, "change", tax.pk), data)
    tax.refresh_from_db()
    assert (tax.code, tax.kind, tax.telephone, tax.name, tax.valid_from) == ("1041", "課", "048-1", "税務課", SINCE)
    assert acts_since(start) == ["department.changed"]
    assert ["所属コード", "1040", "1041"] in Entry.objects.latest("sequence").changes
    assert "組織改編" in signed_in("secretariat").get(url_of(Department, "change", tax.pk)).content.decode()


def test_closing_asks_once_in_numbers_and_says_what_stands_in_the_way(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    asked = run(client, Department, "close_selected", department("tax"), department("residents"))
    assert "選んだ2件の組織を廃止します" in asked.content.decode()
    data = {"confirmed": "1", "last_day": "2026-03-31"}
    refused = run(client, Department, "close_selected", department("tax"), **data)
    assert "税務課長(税務課長の人)" in refused.content.decode()
    assert department("tax").valid_until is None


def test_an_empty_department_is_closed_with_its_vacant_posts(signed_in: SignIn) -> None:
    old = create_department(Department(organ=department("tax").organ, name="旧課", valid_from=SINCE), by=None)
    below = create_department(Department(organ=old.organ, parent=old, name="旧係", valid_from=SINCE), by=None)
    post = create_post(below, "係長", [Role.STAFF], SINCE, by=None)
    start = Entry.objects.count()
    run(signed_in("secretariat"), Department, "close_selected", old, below, confirmed="1", last_day="2026-03-31")
    for row in (old, below, post):
        row.refresh_from_db()
        assert row.valid_until == dt.date(2026, 3, 31)
    assert acts_since(start) == ["role.ended", "post.changed", "department.closed", "department.closed"]


def test_a_department_with_open_children_stays(signed_in: SignIn) -> None:
    old = create_department(Department(organ=department("tax").organ, name="旧課", valid_from=SINCE), by=None)
    create_department(Department(organ=old.organ, parent=old, name="旧係", valid_from=SINCE), by=None)
    refused = run(signed_in("secretariat"), Department, "close_selected", old, confirmed="1", last_day="2026-03-31")
    assert "下の組織 「旧係」 が残っています" in refused.content.decode()


def test_departments_go_out_but_do_not_come_in(signed_in: SignIn) -> None:
    client = signed_in("secretariat")
    fields = {f"departmentresource_{name}": "on" for name in ("code", "full_name")}
    answer = client.post(url_of(Department, "export"), {"format": "1", "resource": "", **fields})
    assert "1040,税務課" in answer.content.decode()
    assert client.get("/admin/organization/department/import/").status_code in {302, 404}


def test_a_post_is_opened_with_its_roles(signed_in: SignIn) -> None:
    start = Entry.objects.count()
    roles = no_roles(**{"roles-0-role": "staff", "roles-0-valid_from": "2026-04-01", "roles-0-valid_until": ""})
    data = {"department": department("tax").pk, "title": "参事", "valid_from": "2026-04-01", **roles}
    assert signed_in("secretariat").post(url_of(Post, "add"), data).status_code == 302
    post = Post.objects.get(title="参事")
    assert (post.group_id is not None, [held.role for held in post.roles.all()]) == (True, ["staff"])
    assert acts_since(start) == ["post.created", "role.assigned"]


def test_a_role_ends_on_a_day_and_with_it_the_rights(signed_in: SignIn) -> None:
    post, start = head_of("tax"), Entry.objects.count()
    held = PostRole.objects.get(post=post)
    day = TODAY() - dt.timedelta(days=1)
    row = {
        "roles-INITIAL_FORMS": "1",
        "roles-0-id": held.pk,
        "roles-0-post": post.pk,
        "roles-0-valid_until": day.isoformat(),
    }
    assert signed_in("secretariat").post(url_of(Post, "change", post.pk), no_roles(**row)).status_code == 302
    assert acts_since(start) == ["role.ended"]
    assert not departments_where(person("manager"), Permission.CONFIRM_ASSETS)


def test_the_same_role_twice_is_refused(signed_in: SignIn) -> None:
    post = head_of("tax")
    held = PostRole.objects.get(post=post)
    rows = {"roles-TOTAL_FORMS": "2", "roles-INITIAL_FORMS": "1", "roles-0-id": held.pk, "roles-0-post": post.pk}
    new = {"roles-1-post": post.pk, "roles-1-role": "manager", "roles-1-valid_from": "2026-04-01"}
    answer = signed_in("secretariat").post(url_of(Post, "change", post.pk), no_roles(**rows, **new))
    assert answer.status_code == 200
    assert PostRole.objects.filter(post=post).count() == 1


def test_a_post_with_a_holder_is_not_closed(signed_in: SignIn) -> None:
    refused = run(
        signed_in("secretariat"), Post, "close_selected", head_of("tax"), confirmed="1", last_day="2026-03-31"
    )
    assert "在任者 「税務課長の人」 がいます" in refused.content.decode()


def test_every_word_and_title_of_the_body_has_a_field_of_its_own(signed_in: SignIn) -> None:
    client, start = signed_in("secretariat"), Entry.objects.count()
    data = {"word_outsourcing": "委託", "word_organ": "", "title_chief": "統括情報化責任者"}
    assert client.post(url_of(Body, "change", 1), data).status_code == 302
    body = Body.objects.get(pk=1)
    assert (body.words, body.role_titles) == ({"outsourcing": "委託"}, {"chief": "統括情報化責任者"})
    assert acts_since(start) == ["body.changed"]
    client.post(url_of(Body, "change", 1), data)
    assert acts_since(start) == ["body.changed"]
    twice = client.post(url_of(Body, "change", 1), {**data, "word_contractor": "委託"}).content.decode()
    assert "「委託」は、「業務委託」の語と同じです。" in twice


def test_closing_says_in_numbers_what_stays_behind_and_the_page_of_it_says_what_to_do(signed_in: SignIn) -> None:
    asset = proposal_in(State.APPROVED).asset
    unit = asset.department
    asked = run(signed_in("secretariat"), Department, "close_selected", unit).content.decode()
    assert "情報資産 1件が残ります。" in asked
    Department.objects.filter(pk=unit.pk).update(valid_until=dt.date(2026, 3, 31))
    assert "いまある課に移してください" in signed_in("secretariat").get(f"/assets/{asset.pk}/").content.decode()


def test_autonomy_closes_an_organ_at_once(signed_in: SignIn) -> None:
    town = Organ.objects.get(code="town")
    data = {"name": town.name, "head_title": "", "position": "1", "autonomous": "on", "code": "other"}
    signed_in("sysadmin").post(url_of(Organ, "change", town.pk), data)
    town.refresh_from_db()
    assert (town.autonomous, town.code) == (True, "town")
    assert Entry.objects.latest("sequence").changes == [["自律機関", "いいえ", "はい"]]


def test_pickers_name_posts_with_their_department(signed_in: SignIn) -> None:
    query = {"app_label": "organization", "model_name": "appointment", "field_name": "post", "term": "税務課長"}
    answer = signed_in("secretariat").get("/admin/autocomplete/", query).json()
    assert [row["text"] for row in answer["results"]] == ["税務課 税務課長"]


def test_the_administrator_reads_the_organisation_but_not_the_ledger(signed_in: SignIn) -> None:
    proposal_in(State.SUBMITTED)
    text = signed_in("sysadmin").get(url_of(Entry) + "?all=").content.decode()
    assert "任命" in text
    assert "固定資産税課税台帳" not in text
    entry = Entry.objects.filter(kind="asset").latest("sequence")
    assert signed_in("sysadmin").get(url_of(Entry, "change", entry.pk)).status_code == 302
    assert "固定資産税課税台帳" in signed_in("secretariat").get(url_of(Entry)).content.decode()


def test_history_of_an_autonomous_organ_is_closed_to_the_secretariat(signed_in: SignIn) -> None:
    text = signed_in("secretariat").get(url_of(Entry) + "?q=議会事務局長の人").content.decode()
    assert "議会事務局書記" not in text
    assert Entry.objects.filter(subject_label="議会事務局長の人").exists()


def test_history_on_the_bench_is_read_only(signed_in: SignIn) -> None:
    entry = Entry.objects.filter(act="department.created").latest("sequence")
    for who in ("secretariat", "sysadmin"):
        client = signed_in(who)
        assert client.get(url_of(Entry, "add")).status_code == 403
        assert client.post(url_of(Entry, "change", entry.pk), {"note": "x"}).status_code == 403


def test_the_history_of_a_thing_is_one_click_away(signed_in: SignIn) -> None:
    answer = signed_in("secretariat").get(url_of(Department, "history", department("tax").pk), follow=True)
    assert answer.status_code == 200
    assert "組織を追加" in answer.content.decode()


@pytest.mark.parametrize("model", [Department, Post, Appointment, User, Entry], ids=lambda model: model.__name__)
def test_no_table_costs_more_for_more_rows(signed_in: SignIn, model: type[Model]) -> None:
    client = signed_in("secretariat")
    client.get(url_of(model))
    with CaptureQueriesContext(connection) as few:
        client.get(url_of(model))
    for number in range(5):
        new = create_department(
            Department(organ=department("tax").organ, name=f"課{number}", valid_from=SINCE), by=None
        )
        post = create_post(new, "課長", [Role.MANAGER], SINCE, by=None)
        Appointment.objects.create(
            user=User.objects.create_user(f"u{number}", "人"), post=post, kind="main", valid_from=SINCE
        )
    with CaptureQueriesContext(connection) as many:
        client.get(url_of(model))
    assert len(many) <= len(few) <= 20
