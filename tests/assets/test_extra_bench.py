"""独自項目 on the bench: the 事務局 adds, renames, retires and deletes columns, and is told what stands in the way."""

from typing import Any

import pytest
from django.test import Client

from assets.admin.extra import ExtraColumnAdmin
from assets.body_columns import columns_of_body
from assets.columns import Kind, Section
from assets.editing import draft, propose_change
from assets.extra_editing import MOST, add_column, delete_column, in_use, load_columns
from assets.models import ExtraColumn, ExtraOption, ExtraValue
from assets.models.extra import KINDS
from assets.values import snapshot
from assets.workflow import register_directly
from registry.history.models import Entry
from registry.organization.profiles.parts import EXTRA_KINDS, EXTRA_SECTIONS
from registry.organization.profiles.parts import ExtraColumn as Planned
from registry.organization.site import site
from tests import world
from tests.assets.own_columns import code, key, made
from tests.registry.organization.bench import SignIn, acts_since, run, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def typed(*options: dict[str, str], initial: int = 0, **facts: str) -> dict[str, str]:
    """What the form of a column sends, with lines of options."""
    sent = {
        "label": "公開の区分",
        "kind": "choice" if options else "text",
        "section": "identity",
        "help": "",
        "position": "",
        "synonyms": "",
        "options-TOTAL_FORMS": str(len(options)),
        "options-INITIAL_FORMS": str(initial),
        **facts,
    }
    for n, option in enumerate(options):
        sent |= {f"options-{n}-{name}": value for name, value in option.items()}
    return sent


def as_shown(client: Client, column: ExtraColumn, **changes: str) -> dict[str, str]:
    """Everything the form of a column would send if one pressed the button at once, with some of it changed."""
    context = client.get(url_of(ExtraColumn, "change", column.pk)).context
    (formset,) = context["inline_admin_formsets"]
    forms = [context["adminform"].form, *formset.formset.initial_forms]
    sent = {"options-TOTAL_FORMS": str(len(forms) - 1), "options-INITIAL_FORMS": str(len(forms) - 1)}
    for form in forms:
        for field in form:
            value = field.field.prepare_value(field.value())
            if value not in (None, False):
                sent[field.html_name] = str(value)
    sent |= {f"options-{n}-id": str(form.instance.pk) for n, form in enumerate(forms[1:])}
    return {**sent, **changes}


def refusal(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split("error-summary", 1)[1].split("</section>", 1)[0].split())


def last_entry() -> Entry:
    return Entry.objects.newest_first()[0]


def test_the_secretariat_adds_a_choice_with_its_options_and_everybody_has_it(signed_in: SignIn) -> None:
    start = last_entry().sequence
    sent = typed({"label": "公開"}, {"label": "一部公開"}, {"label": "非公開"}, {"label": ""}, required="on")
    answer = signed_in("secretariat").post(url_of(ExtraColumn, "add"), sent)
    assert answer.status_code == 302, refusal(answer)
    assert acts_since(start) == ["column.created", *["column.changed"] * 3]
    first = Entry.objects.get(sequence=start + 1)
    assert first.subject_label == "公開の区分"
    assert ["種類", "", "選択肢から1つ"] in [list(row) for row in first.changes]
    (column,) = columns_of_body().own
    assert (column.label, column.required, column.section) == ("公開の区分", True, Section.IDENTITY)
    assert [label for _, label in column.offered] == ["公開", "一部公開", "非公開"]
    page = signed_in("clerk").get("/assets/new/").content.decode()
    assert "公開の区分" in page
    assert "一部公開" in page


def test_the_list_tells_how_many_assets_use_each(signed_in: SignIn) -> None:
    made(Kind.TEXT, "使う欄")
    for n in range(3):
        draft(world.values(name=f"資産{n}", **{key(): "甲"}), by=world.person("clerk"))
    made(Kind.TEXT, "使わない欄")
    page = signed_in("secretariat").get(url_of(ExtraColumn))
    used = {row.label: ExtraColumnAdmin(ExtraColumn, site).used(row) for row in page.context["cl"].result_list}
    assert used == {"使う欄": "3件", "使わない欄": "0件"}
    assert "資産0" not in page.content.decode()


@pytest.mark.parametrize("name", ["clerk", "manager", "auditor"])
def test_nobody_else_opens_it(name: str, signed_in: SignIn) -> None:
    assert signed_in(name).get(url_of(ExtraColumn)).status_code in {302, 403}


NAMES = {
    "保管場所": "「保管場所」は、台帳にもとからある項目「保管場所」の見出しとして使われています。",
    "保 管 場 所※": "台帳にもとからある項目「保管場所」",
    "保存年限": "台帳にもとからある項目「保存期間」",
    "No.": "行の番号の見出しとして使われています。",
    "登録の状態": "台帳の見出しとして使われています。",
    "自治体機密性": "の見出しとして使われています。",
    "自治体機密性(適用値)": "台帳の見出しとして使われています。",
    "分類": "台帳によって意味が違う見出しです。",
    "先の欄": "独自項目「先の欄」の見出しとして使われています。",
    "別の呼び方": "独自項目「先の欄」の見出しとして使われています。",
    "※": "Excelの見出しとして読み取れません。",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_means_something_else_already_is_refused_with_a_sentence(name: str, signed_in: SignIn) -> None:
    made(Kind.TEXT, "先の欄", synonyms=["別の呼び方"])
    client = signed_in("secretariat")
    if name != "先の欄":
        said = refusal(client.post(url_of(ExtraColumn, "add"), typed(label=name)))
        assert NAMES[name] in said
        assert '<a href="#id_label">' in said
    said = refusal(client.post(url_of(ExtraColumn, "add"), typed(label="後の欄", synonyms=f"よい名前\n{name}")))
    assert NAMES[name] in said
    assert '<a href="#id_synonyms">' in said
    assert ExtraColumn.objects.count() == 1


OPTIONS: dict[str, tuple[list[dict[str, str]], str]] = {
    "none at all": ([{"label": ""}], "選択肢を1つ以上入力してください。"),
    "the same twice": ([{"label": "甲"}, {"label": "甲"}], "同じ選択肢が2つあります。どちらかを消してください。"),
    "the same in other letters": ([{"label": "Ａ"}, {"label": "a"}], "「a」は、もうあります。別の名前にしてください。"),
    "a ditto mark": ([{"label": "〃"}], "「〃」は、Excelでは別の意味になるので、選択肢にできません。"),
    "a my number": ([{"label": "123456789018"}], "個人番号(マイナンバー)"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_options_that_cannot_be_told_apart_or_read_again_are_refused(case: str, signed_in: SignIn) -> None:
    options, sentence = OPTIONS[case]
    said = refusal(signed_in("secretariat").post(url_of(ExtraColumn, "add"), typed(*options, kind="choice")))
    assert sentence in said
    assert not ExtraColumn.objects.exists()


def test_options_without_a_choice_are_refused(signed_in: SignIn) -> None:
    said = refusal(signed_in("secretariat").post(url_of(ExtraColumn, "add"), typed({"label": "甲"}, kind="text")))
    assert "選択肢は、種類が「選択肢から1つ」のときだけ使います。" in said


def test_there_is_a_limit(signed_in: SignIn) -> None:
    for n in range(MOST):
        made(Kind.TEXT, f"{n}番目の欄")
    said = refusal(signed_in("secretariat").post(url_of(ExtraColumn, "add"), typed()))
    assert "独自項目は50項目までです。使わないものを廃止してから、追加してください。" in said
    client = signed_in("secretariat")
    run(client, ExtraColumn, "retire_selected", ExtraColumn.objects.latest("pk"), confirmed="1")
    assert client.post(url_of(ExtraColumn, "add"), typed()).status_code == 302
    again = run(client, ExtraColumn, "restore_selected", ExtraColumn.objects.get(label="49番目の欄"), confirmed="1")
    assert "独自項目は50項目までです。" in again.content.decode()


def test_the_kind_stays_once_it_is_used(signed_in: SignIn) -> None:
    column, client = made(Kind.TEXT, "欄"), signed_in("secretariat")
    assert (
        client.post(url_of(ExtraColumn, "change", column.pk), as_shown(client, column, kind="long")).status_code == 302
    )
    assert ExtraColumn.objects.get().kind == "long"
    draft(world.values(**{key(): "甲"}), by=world.person("clerk"))
    said = refusal(client.post(url_of(ExtraColumn, "change", column.pk), as_shown(client, column, kind="date")))
    assert "「欄」は1件の情報資産で使われているので、種類を変えられません。" in said
    assert ExtraColumn.objects.get().kind == "long"


def test_a_column_in_use_is_not_deleted_but_can_be_retired_and_brought_back(signed_in: SignIn) -> None:
    column, client = made(Kind.TEXT, "欄"), signed_in("secretariat")
    for n in range(2):
        draft(world.values(name=f"資産{n}", **{key(): "甲"}), by=world.person("clerk"))
    assert "元に戻せません" in run(client, ExtraColumn, "delete_selected_columns", column).content.decode()
    refused = run(client, ExtraColumn, "delete_selected_columns", column, confirmed="1").content.decode()
    assert "「欄」は2件の情報資産で使われているので、削除できません。廃止すると、値を残したまま" in refused
    asked = run(client, ExtraColumn, "retire_selected", column).content.decode()
    assert "選んだ1項目を廃止します。2件の値は残りますが、新しい入力ではたずねません。" in asked
    start = last_entry().sequence
    run(client, ExtraColumn, "retire_selected", column, confirmed="1")
    assert columns_of_body().own[0].retired
    run(client, ExtraColumn, "restore_selected", column, confirmed="1")
    assert not columns_of_body().own[0].retired
    assert acts_since(start) == ["column.retired", "column.restored"]
    assert ExtraValue.objects.count() == 2


def test_what_was_never_used_is_deleted(signed_in: SignIn) -> None:
    column = made(Kind.CHOICE, "欄", ("甲", "乙"))
    draft(world.values(), by=world.person("clerk"))
    run(signed_in("secretariat"), ExtraColumn, "delete_selected_columns", column, confirmed="1")
    assert not ExtraColumn.objects.exists()
    assert not ExtraOption.objects.exists()
    assert columns_of_body().own == ()
    assert last_entry().act == "column.deleted"


def test_applications_and_past_days_use_a_column_too() -> None:
    column = made(Kind.TEXT, "欄")
    clerk, office = world.person("clerk"), world.person("secretariat")
    asset = register_directly(draft(world.values(), by=office), by=office, reason="試験").asset
    assert in_use(column) == ""
    values = {**snapshot(asset), key(): "甲"}
    proposal = propose_change(asset, values, base_version=asset.version, by=clerk)
    assert in_use(column) == "1件の情報資産の申請か過去の記録で"
    register_directly(submitless(proposal), by=office, reason="試験")
    asset.refresh_from_db()
    emptied = propose_change(asset, {**values, key(): None}, base_version=asset.version, by=clerk)
    register_directly(emptied, by=office, reason="試験")
    assert not ExtraValue.objects.exists()
    assert in_use(column) == "1件の情報資産の申請か過去の記録で"
    with pytest.raises(Exception, match="過去の記録"):
        delete_column(column, by=None)


def submitless(proposal: Any) -> Any:
    """A draft as it is: the 事務局 may register it directly."""
    return proposal


def test_options_are_renamed_moved_retired_and_deleted_unless_chosen(signed_in: SignIn) -> None:
    column, client = made(Kind.CHOICE, "欄", ("甲", "乙", "丙")), signed_in("secretariat")
    asset = draft(world.values(**{key(): code("甲")}), by=world.person("clerk")).asset
    address = url_of(ExtraColumn, "change", column.pk)
    changes = {"options-0-label": "特に限る", "options-1-erased": "on", "options-2-retired": "on"}
    start = last_entry().sequence
    answer = client.post(address, as_shown(client, column, **changes))
    assert answer.status_code == 302, refusal(answer)
    said = [row for entry in Entry.objects.filter(sequence__gt=start).order_by("sequence") for row in entry.changes]
    assert sorted(map(tuple, said)) == sorted(
        [("選択肢", "甲", "特に限る"), ("選択肢", "乙", ""), ("選択肢「丙」", "使う", "廃止")]
    )
    assert [label for _, label in columns_of_body().own[0].offered] == ["特に限る"]
    assert "特に限る" in signed_in("clerk").get(asset.get_absolute_url()).content.decode()
    refused = refusal(client.post(address, as_shown(client, column, **{"options-0-erased": "on"})))
    assert "選択肢「特に限る」は1件の情報資産で使われているので、削除できません。「廃止」に印を付けると" in refused
    assert str(asset) not in refused
    last = client.post(address, as_shown(client, column, **{"options-1-retired": ""}))
    assert last.status_code == 302
    assert [label for _, label in columns_of_body().own[0].offered] == ["特に限る", "丙"]


def test_two_at_the_bench_do_not_undo_each_other(signed_in: SignIn) -> None:
    column, client = made(Kind.TEXT, "欄"), signed_in("secretariat")
    seen = as_shown(client, column)
    hidden = {f"initial-{name}": value for name, value in seen.items() if not name.startswith("options")}
    ExtraColumn.objects.update(label="別の人が付けた名前")
    client.post(url_of(ExtraColumn, "change", column.pk), {**seen, **hidden, "help": "説明"})
    changed = ExtraColumn.objects.get()
    assert (changed.label, changed.help) == ("別の人が付けた名前", "説明")


def test_what_a_profile_can_ask_for_is_what_the_ledger_knows() -> None:
    assert set(EXTRA_KINDS) == {kind.value for kind in KINDS}
    assert list(EXTRA_SECTIONS) == [section.code for section in Section]


def test_a_profile_brings_its_columns_along() -> None:
    planned = [
        Planned("limited", "取扱者限定", "yesno", "classification", synonyms=("限定",)),
        Planned("level", "番号", "choice", options=("甲", "乙"), required=True),
    ]
    with pytest.raises(Exception, match="台帳によって意味が違う"):
        load_columns(planned, by=None)
    assert not ExtraColumn.objects.exists()
    load_columns([planned[0]], by=None)
    assert [column.key for column in columns_of_body().own] == ["x_limited"]
    again = ExtraColumn(label="もう一つ", kind="text")
    assert add_column(again, by=None).key == f"x_{again.pk}"
