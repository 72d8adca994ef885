"""Writing history: one entry per act, in the act's transaction, in the words of the day, and never changed again."""

import pytest
from django.db import Error, connection, transaction

from registry.base import operation
from registry.history.models import ACT_LABELS, Entry, Head
from registry.history.record import SYSTEM, Act, record, record_many
from registry.organization.models import Department, User
from tests import world

SPOILING = {
    "update": "UPDATE history_entry SET note = 'x' WHERE sequence = 1",
    "update of every row": "UPDATE history_entry SET hash = ''",
    "delete": "DELETE FROM history_entry WHERE sequence = 1",
    "delete of every row": "DELETE FROM history_entry",
}
FIRST = "SELECT * FROM history_entry WHERE sequence = 1"
REPLACING = {
    "sqlite": [
        f"INSERT OR REPLACE INTO history_entry {FIRST}",
        f"REPLACE INTO history_entry {FIRST}",
    ],
    "postgresql": [
        f"INSERT INTO history_entry {FIRST} ON CONFLICT (sequence) DO UPDATE SET note = 'x'",
        "TRUNCATE history_entry",
        "TRUNCATE history_entry CASCADE",
    ],
}


@pytest.mark.django_db
def test_an_act_leaves_who_in_which_post_what_why_and_from_what_to_what(clerk: User) -> None:
    tax = world.department("tax")
    record("asset.revised", tax, by=clerk, department_id=tax.pk, changes=[("概要", "旧", "新")], note="誤記のため")
    entry = Entry.objects.newest_first()[0]
    assert (entry.actor, entry.actor_label, entry.post_label) == (clerk, "税務課主査の人", "税務課主査")
    assert (entry.kind, entry.subject_id, entry.subject_label) == ("department", tax.pk, "税務課")
    assert (entry.changes, entry.note, entry.department) == ([["概要", "旧", "新"]], "誤記のため", tax)
    assert entry.act_label == "内容を変更"


@pytest.mark.django_db
def test_what_the_system_does_by_itself_is_written_as_the_system() -> None:
    record("body.loaded", world.department("tax"), by=None)
    entry = Entry.objects.newest_first()[0]
    assert (entry.actor, entry.actor_label, entry.post_label) == (None, SYSTEM, "")


@pytest.mark.django_db
def test_entries_of_one_request_share_one_operation_and_the_next_request_has_another(clerk: User) -> None:
    first = operation.begin()
    record_many([Act("asset.drafted", clerk), Act("asset.submit", clerk)], by=clerk)
    second = operation.begin()
    record("asset.withdraw", clerk, by=clerk)
    found = list(Entry.objects.newest_first().values_list("operation", flat=True)[:3])
    assert found == [second, first, first]


def test_record_refuses_to_work_outside_a_transaction(committed: None) -> None:
    before = Entry.objects.count()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record("asset.revised", world.department("tax"), by=None)
    assert Entry.objects.count() == before


@transaction.atomic
def rename_and_fail(department: Department) -> None:
    record("department.changed", department, by=None)
    Department.objects.filter(pk=department.pk).update(name="消える名前")
    raise RuntimeError("in the middle")


def test_an_act_that_fails_leaves_no_entry_and_the_chain_unbroken(committed: None) -> None:
    before = Head.objects.get(pk=1)
    tax = world.department("tax")
    with pytest.raises(RuntimeError, match="in the middle"):
        rename_and_fail(tax)
    after = Head.objects.get(pk=1)
    assert (after.count, after.hash) == (before.count, before.hash) == (Entry.objects.count(), before.hash)
    assert Department.objects.get(pk=tax.pk).name == "税務課"


@pytest.mark.django_db
@pytest.mark.parametrize("sql", SPOILING.values(), ids=SPOILING.keys())
def test_the_database_itself_refuses_to_change_or_delete_history(sql: str) -> None:
    before = list(Entry.objects.values_list())
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(Entry.objects.values_list()) == before


@pytest.mark.django_db
def test_the_database_itself_refuses_to_replace_or_truncate_history() -> None:
    before = list(Entry.objects.values_list())
    for sql in REPLACING[connection.vendor]:
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert list(Entry.objects.values_list()) == before


@pytest.mark.django_db
def test_the_orm_is_refused_too() -> None:
    for spoil in (lambda: Entry.objects.update(note="x"), lambda: Entry.objects.get(pk=1).delete()):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            spoil()


@pytest.mark.django_db
def test_an_entry_outlives_the_names_it_speaks_of(clerk: User) -> None:
    record("asset.drafted", world.department("tax"), by=clerk)
    User.objects.filter(pk=clerk.pk).update(name="改姓した人")
    Department.objects.filter(name="税務課").update(name="課税課", full_name="課税課")
    entry = Entry.objects.newest_first()[0]
    assert (entry.actor_label, entry.subject_label) == ("税務課主査の人", "税務課")


@pytest.mark.django_db
def test_every_act_the_town_was_built_with_has_words_for_staff() -> None:
    acts = set(Entry.objects.values_list("act", flat=True))
    assert acts
    assert acts <= ACT_LABELS.keys()
