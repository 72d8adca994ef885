"""What is said in a column that the body added itself goes wherever the ledger goes, as in every other column."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from assets.body_columns import columns_of_body
from assets.columns import Kind
from assets.editing import draft
from assets.models import Asset
from assets.states import State
from assets.values import snapshot
from assets.workflow import submit
from registry.history.models import Entry
from tests import world
from tests.assets.own_columns import (
    CASES,
    LABEL,
    SignIn,
    as_sent,
    code,
    facts,
    filled_in,
    in_force,
    key,
    made,
    names,
)
from tests.assets.pages import NEW, edit_page, errors_of, shown_form
from tests.assets.test_exporting import exported, on_screen
from tests.assets.test_exporting import table as table_of
from tests.assets.uploads import HEADERS, checked, decide, findings, good, register, table, uploaded
from tests.assets.workbooks import as_excel_reads

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", CASES)
def test_what_is_typed_is_shown_kept_found_exported_read_again_and_remembered(name: str, signed_in: SignIn) -> None:
    case = CASES[name]
    made(case.kind, options=case.options, help="区分を選びます。")
    clerk, office = signed_in("clerk"), signed_in("secretariat")

    form = clerk.get(NEW).context["form"]
    assert str(form[key()].label) == LABEL
    assert form[key()].help_text == "区分を選びます。"
    asset = filled_in(clerk, case.typed())
    world.proposal_in(State.DRAFT, name="何もないもの")

    assert facts(clerk.get(asset.get_absolute_url()))[LABEL] == case.said
    (written,) = Entry.objects.about("asset", asset.pk).filter(act="asset.drafted")
    assert [LABEL, "", case.said] in [list(row) for row in written.changes]
    assert (
        shown_form(clerk, edit_page(asset))[key()]
        == shown_form(clerk, edit_page(Asset.objects.get(pk=asset.pk)))[key()]
    )

    chosen = f"columns=name&columns={key()}"
    listed = {row[1]: row[2] for row in on_screen(clerk, chosen)[1]}
    assert listed == {"見本の台帳": case.said, "何もないもの": ""}
    assert names(clerk.get("/assets/", case.finds())) == {"見本の台帳"}
    assert names(clerk.get("/assets/", case.misses())) == set()
    assert all(LABEL in chip["label"] for chip in clerk.get("/assets/", case.finds()).context["chips"])

    registered = in_force(asset)
    headers, rows = table_of(exported(office, f"columns=name&columns={key()}&q=見本")[0])
    assert headers == ["登録の状態", "情報資産名称", LABEL]
    assert [as_excel_reads(row[2]) if isinstance(row[2], str) else row[2] for row in rows] == [case.cell]

    every = "&".join(f"columns={column.key}" for column in columns_of_body().current)
    again = read_again(office, exported(office, f"{every}&q=見本")[0])
    assert snapshot(again)[key()] == snapshot(registered)[key()]
    assert {k: v for k, v in snapshot(again).items() if k != "name"} == {
        k: v for k, v in snapshot(registered).items() if k != "name"
    }

    day = {"day": dt.date.today().isoformat()}  # noqa: DTZ011 — the day of the clock on the wall
    assert facts(clerk.get(reverse("assets:asset-as-of", args=[asset.pk]), day))[LABEL] == case.said


def read_again(client: Client, data: bytes) -> Asset:
    """What the workbook becomes when it is read as new rows under another name: every cell but number and name as written."""
    batch = uploaded(client, data, "台帳.xlsx")
    assert {header["header"]: batch.mapping[str(header["index"])] for header in batch.headers}[LABEL] == key()
    means = {"資産番号": "-"}
    batch_name = next(header for header in batch.headers if batch.mapping[str(header["index"])] == "name")
    for row in batch.rows.all():
        row.cells[batch_name["index"]]["value"] = "読み直した台帳"
        row.save(update_fields=["cells"])
    assert decide(client, batch, means=means).status_code == 302
    batch.refresh_from_db()
    assert findings(batch) == []
    register(client, batch)
    return Asset.objects.get(name="読み直した台帳")


WRONG = {
    "text too long": (Kind.TEXT, "資" * 201, "200文字までです"),
    "a control character": (Kind.TEXT, "台\u202e帳", "使えない制御文字(U+202E)"),
    "a my number": (Kind.LONG, "123456789018", "個人番号(マイナンバー)"),
    "no number": (Kind.INTEGER, "十", "数"),
    "a number too large": (Kind.INTEGER, "2000000001", "2,000,000,000"),
    "no day": (Kind.DATE, "令和8年13月1日", "月"),
    "no option": (Kind.CHOICE, "ほか", "使えません。限定する、しない から選んでください。"),
    "neither yes nor no": (Kind.YESNO, "たぶん", "有 か 無 を入れてください。"),
    "an unknown department": (Kind.OTHER_DEPARTMENT, "ない課", "「ない課」という課は見つかりません。"),
    "an unknown post": (Kind.POST, "ない職", "「ない職」という職は見つかりません。"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_in_form_and_file(case: str, signed_in: SignIn) -> None:
    kind, written, sentence = WRONG[case]
    made(kind, options=("限定する", "しない") if kind is Kind.CHOICE else ())
    clerk, office = signed_in("clerk"), signed_in("secretariat")
    answer = clerk.post(NEW, {**shown_form(clerk, NEW), **as_sent(world.values()), key(): written, "act": "save"})
    assert key() in errors_of(answer)
    batch = checked(office, table([*good(), written], headers=[*HEADERS, LABEL]))
    ((place, column, text),) = findings(batch)
    assert (place, column) == ("2行目", LABEL)
    assert sentence in text
    assert text.endswith("。")


def test_a_file_may_call_a_column_by_its_other_names(signed_in: SignIn) -> None:
    made(Kind.TEXT, synonyms=["取扱区分", "取り扱い者"])
    client = signed_in("secretariat")
    for header in ("取扱者の区分※", "取扱 区分", "取り扱い者(必須)"):
        batch = uploaded(client, table([*good(), "甲"], headers=[*HEADERS, header]), f"{header}.csv")
        assert batch.mapping["9"] == key()


def test_an_application_needs_a_required_column_and_so_does_every_row_of_a_file(signed_in: SignIn) -> None:
    made(Kind.CHOICE, options=("甲", "乙"), required=True)
    clerk, office = signed_in("clerk"), signed_in("secretariat")
    sent = {**shown_form(clerk, NEW), **as_sent(world.values()), "act": "submit"}
    assert errors_of(clerk.post(NEW, sent)) == {key(): ["申請に必要です。選んでください。"]}
    incomplete = draft(world.values(name="あとで"), by=world.person("clerk"))
    assert clerk.get("/assets/").context["entries"][0]["missing"] == LABEL
    with pytest.raises(Exception, match=LABEL):
        submit(incomplete, by=world.person("clerk"))
    batch = checked(office, table(good()))
    assert [(column, "空欄です" in text) for _, column, text in findings(batch)] == [(LABEL, True)]
    batch = checked(office, table(good(name="もう一つ")), {key(): code("乙")})
    assert findings(batch) == []
    register(office, batch)
    assert facts(office.get(Asset.objects.latest("pk").get_absolute_url()))[LABEL] == "乙"


def test_a_required_day_can_be_given_to_every_row(signed_in: SignIn) -> None:
    made(Kind.DATE, required=True)
    office = signed_in("secretariat")
    register(office, checked(office, table(good()), {key(): "2026-04-01"}))
    assert facts(office.get(Asset.objects.get().get_absolute_url()))[LABEL] == "令和8年4月1日"
