"""Evidence on an asset: attached, opened, taken off, put back, by whom, and what is said when it is refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assets.attaching import attach, put_back, remove
from assets.choices import Evidence
from assets.models import Asset, Attachment
from assets.readings import READINGS
from assets.states import State
from registry.base.verdict import Conflict
from registry.files.models import StoredFile
from registry.files.refusal import Refused
from registry.files.storing import content, place_of
from registry.history.models import Entry
from tests import world
from tests.access.canaries import body_of
from tests.assets.pages import errors_of
from tests.registry.files.making import pdf

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
EXE = b"MZ\x90\0" + b"\0" * 90


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def asset() -> Asset:
    return world.proposal_in(State.APPROVED, "tax").asset


def upload(name: str = "契約書.pdf", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf(f"% {name}") if data is None else data)


def hang(asset: Asset, name: str = "契約書.pdf", data: bytes | None = None, by: str = "clerk") -> Attachment:
    return attach(asset, upload(name, data), Evidence.CONTRACT, by=world.person(by), note="令和8年度分")


def send(client: Client, asset: Asset, *files: SimpleUploadedFile, **typed: str) -> Any:
    data = {"kind": "contract", "note": "令和8年度分", **typed, "uploads": list(files)}
    return client.post(reverse("assets:attach", args=[asset.pk]), data, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def acts(asset: Asset) -> list[str]:
    return list(Entry.objects.about("asset", asset.pk).order_by("sequence").values_list("act", flat=True))


def test_several_files_are_attached_at_once_and_stand_on_the_page(signed_in: SignIn, asset: Asset) -> None:
    client = signed_in("clerk")
    answer = send(client, asset, upload("契約書.pdf"), upload("手順.txt", "鍵をかける".encode()))
    assert said(answer) == ["2個のファイルを添付しました。"]
    page = answer.content.decode()
    for word in ("契約書.pdf", "手順.txt", "令和8年度分", "テキスト・1KB", "税務課主査の人", "添付ファイル（2件）"):
        assert word in page
    entry = Entry.objects.filter(act="asset.attached").latest("sequence")
    told = {label: new for label, _, new in entry.changes}
    assert told["ファイル"] == "手順.txt"
    assert told["種類"] == "契約書"
    assert told["SHA-256"] == Attachment.objects.get(file__name="手順.txt").file.sha256
    assert entry.department_id == asset.department_id


def test_what_passes_is_attached_and_what_does_not_is_named(signed_in: SignIn, asset: Asset) -> None:
    answer = send(signed_in("clerk"), asset, upload("契約書.pdf"), upload("見積.pdf", EXE))
    assert said(answer) == [
        "1個のファイルを添付しました。",
        "「見積.pdf」は添付できません。中身は実行ファイルです。プログラムは添付できません。書類や写真を選んでください。",
    ]
    assert [str(attachment) for attachment in Attachment.objects.all()] == ["契約書.pdf"]


def test_when_nothing_passes_what_was_typed_stays(signed_in: SignIn, asset: Asset) -> None:
    answer = send(signed_in("clerk"), asset, upload("見積.pdf", EXE), upload("空.txt", b""), note="大事な説明")
    assert [told.split("は添付")[0] for told in errors_of(answer)["uploads"]] == ["「見積.pdf」", "「空.txt」"]
    assert answer.context["form"]["note"].value() == "大事な説明"
    assert answer.context["form"]["kind"].value() == "contract"
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"kind": ""}, "kind", "何の証拠かを選んでください。"),
        ({"kind": "secret"}, "kind", "secret"),
        ({"note": "あ" * 201}, "note", "200文字まで"),
        ({"note": "番号は123456789018"}, "note", "個人番号"),
        ({"note": "制御\x07"}, "note", "制御文字"),
    ],
)
def test_what_is_typed_beside_the_file_is_checked(
    signed_in: SignIn, asset: Asset, typed: dict[str, str], field: str, words: str
) -> None:
    answer = send(signed_in("clerk"), asset, upload(), **typed)
    assert words in errors_of(answer)[field][0]
    assert not StoredFile.objects.exists()


def test_no_file_chosen_is_said(signed_in: SignIn, asset: Asset) -> None:
    assert errors_of(send(signed_in("clerk"), asset)) == {"uploads": ["添付するファイルを選んでください。"]}


def test_the_same_file_is_not_attached_twice(signed_in: SignIn, asset: Asset) -> None:
    hang(asset)
    answer = send(signed_in("clerk"), asset, upload("契約書.pdf"))
    assert errors_of(answer)["uploads"] == ["「契約書.pdf」と同じ内容のファイルが、すでに添付されています。"]
    answer = send(signed_in("clerk"), asset, upload("契約書.pdf"), upload("仕様書.pdf"), upload("仕様書.pdf"))
    assert said(answer)[0] == "1個のファイルを添付しました。"
    with pytest.raises(Refused, match="同じ内容"):
        hang(asset)
    assert Attachment.objects.count() == 2


def test_no_more_than_the_limit(signed_in: SignIn, asset: Asset, settings: Any) -> None:
    settings.FILES_PER_ASSET = 2
    client = signed_in("clerk")
    answer = send(client, asset, upload("一.pdf"), upload("二.pdf"), upload("三.pdf"))
    assert "2個までです" in errors_of(answer)["uploads"][0]
    first = hang(asset, "一.pdf")
    answer = send(client, asset, upload("二.pdf"), upload("三.pdf"))
    assert errors_of(answer)["uploads"] == [
        "一件の情報資産に添付できるのは2個までです(いまは1個)。要らないものを取り外してから添付してください。"
    ]
    remove(first, by=world.person("clerk"), reason="古い")
    hang(asset, "二.pdf")
    hang(asset, "三.pdf")
    answer = client.post(reverse("assets:attachment-restore", args=[first.pk]), follow=True)
    assert "2個までです" in said(answer)[0]
    first.refresh_from_db()
    assert first.removed_at is not None


def test_a_download_is_a_download_with_its_japanese_name_and_is_recorded(signed_in: SignIn, asset: Asset) -> None:
    data = pdf()
    attachment = hang(asset, "保守契約書(令和8年度).pdf", data)
    answer = signed_in("auditor").get(attachment.get_absolute_url())
    assert body_of(answer) == data
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "保守契約書(令和8年度).pdf" in unquote(answer.headers["Content-Disposition"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    entry = Entry.objects.get(act="asset.attachment-read")
    assert (entry.actor, entry.changes) == (world.person("auditor"), [["ファイル", "", "保守契約書(令和8年度).pdf"]])
    client = signed_in("clerk")
    assert "添付を開いた" not in client.get(reverse("assets:history", args=[asset.pk])).content.decode()
    assert "添付を開いた" in client.get(reverse("assets:history", args=[asset.pk]) + "?readings=1").content.decode()


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.pdf", '";filename="x.pdf', "<img src=x>.pdf", "a\r\nSet-Cookie: x=1.pdf", "髙﨑①㈱𠮷.pdf"],
)
def test_a_hostile_name_stays_a_name(signed_in: SignIn, asset: Asset, name: str) -> None:
    attachment = hang(asset, name)
    answer = signed_in("clerk").get(attachment.get_absolute_url())
    assert re.fullmatch(r"""attachment; filename(="[^"]+"|\*=utf-8''[^;"]+)""", answer.headers["Content-Disposition"])
    assert "x" not in answer.cookies
    assert "<img" not in signed_in("clerk").get(asset.get_absolute_url()).content.decode()
    assert place_of(attachment.file.sha256).exists()


@pytest.mark.parametrize("lost", [False, True])
def test_a_file_that_has_changed_is_not_given_out(signed_in: SignIn, asset: Asset, lost: bool) -> None:
    attachment = hang(asset)
    content(attachment.file)
    place = place_of(attachment.file.sha256)
    place.unlink() if lost else place.write_bytes(b"%PDF-1.7 another")
    client = signed_in("auditor")
    answer = client.get(attachment.get_absolute_url())
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "添付したときのままではありません" in page
    assert "控えから戻すよう依頼してください" in page
    assert b"another" not in answer.content
    assert acts(asset)[-1] == "asset.attachment-damaged"
    assert Entry.objects.filter(act="file.damaged").count() == 1
    word = "見つからない" if lost else "内容が変わっている"
    assert word in client.get(asset.get_absolute_url()).content.decode()


def test_what_is_taken_off_is_kept_with_its_reason_and_comes_back(signed_in: SignIn, asset: Asset) -> None:
    attachment, client = hang(asset), signed_in("clerk")
    address = reverse("assets:attachment-remove", args=[attachment.pk])
    assert "「契約書.pdf」1件を取り外します" in client.get(address).content.decode()
    assert errors_of(client.post(address, {"reason": " "}))["reason"] == ["取り外す理由を入力してください。"]
    answer = client.post(address, {"reason": "別の資産のものでした。"}, follow=True)
    page = answer.content.decode()
    assert "取り外したファイル（1件）" in page
    assert "別の資産のものでした。" in page
    assert attachment.get_absolute_url() + '"' not in page
    refusal = client.get(attachment.get_absolute_url())
    assert refusal.status_code == 403
    assert "取り外されています" in refusal.content.decode()
    assert client.post(address, {"reason": "もう一度"}).status_code == 409
    answer = client.post(reverse("assets:attachment-restore", args=[attachment.pk]), follow=True)
    assert said(answer) == ["「契約書.pdf」を元に戻しました。"]
    assert body_of(client.get(attachment.get_absolute_url())).startswith(b"%PDF")
    told = [act for act in acts(asset) if act not in READINGS]
    assert told[-2:] == ["asset.attachment-removed", "asset.attachment-restored"]
    assert Entry.objects.get(act="asset.attachment-removed").note == "別の資産のものでした。"


def test_what_was_attached_anew_is_not_put_back_beside_itself(asset: Asset) -> None:
    first = hang(asset)
    remove(first, by=world.person("clerk"), reason="まちがい")
    hang(asset)
    with pytest.raises(Conflict, match="もう一度添付されています"):
        put_back(first, by=world.person("clerk"))


@pytest.mark.parametrize("name", ["clerk", "manager", "secretariat", "reviewer"])
def test_who_edits_or_reviews_the_asset_attaches(signed_in: SignIn, asset: Asset, name: str) -> None:
    attachment = hang(asset, by=name)
    assert "ファイルを添付する" in signed_in(name).get(asset.get_absolute_url()).content.decode()
    remove(attachment, by=world.person(name), reason="ため")


@pytest.mark.parametrize("name", ["auditor", "stranger", "sysadmin", "former", "councillor"])
def test_nobody_else_does(signed_in: SignIn, asset: Asset, name: str) -> None:
    attachment = hang(asset)
    with pytest.raises(PermissionDenied, match="添付できるのは"):
        hang(asset, "別.pdf", by=name)
    with pytest.raises(PermissionDenied):
        remove(attachment, by=world.person(name), reason="ため")
    assert Attachment.objects.in_place().count() == 1
    if name == "auditor":
        page = signed_in(name).get(asset.get_absolute_url()).content.decode()
        assert attachment.get_absolute_url() in page
        assert "ファイルを添付する" not in page
        assert "取り外す" not in page


def test_evidence_stays_with_what_was_disposed_of_and_may_still_come(signed_in: SignIn, asset: Asset) -> None:
    hang(asset)
    Asset.objects.filter(pk=asset.pk).update(**world.DISPOSED)
    proof = attach(asset, upload("廃棄証明.pdf"), Evidence.DISPOSAL, by=world.person("clerk"))
    page = signed_in("clerk").get(asset.get_absolute_url()).content.decode()
    assert "契約書.pdf" in page
    assert proof.get_absolute_url() in page


def test_an_entry_that_was_given_up_takes_no_evidence() -> None:
    with pytest.raises(PermissionDenied, match="取り下げた"):
        hang(world.proposal_in(State.WITHDRAWN, "tax").asset)


def test_evidence_does_not_touch_what_is_proposed_or_in_force(asset: Asset) -> None:
    before = (asset.version, asset.open_proposal_id, asset.revision_number, asset.updated_at)
    hang(asset)
    asset.refresh_from_db()
    assert (asset.version, asset.open_proposal_id, asset.revision_number, asset.updated_at) == before


def test_a_refused_act_leaves_no_file_aside(asset: Asset, settings: Any, tmp_path: Any) -> None:
    settings.FILES_GIGABYTES = 0
    with pytest.raises(ValidationError, match="一杯"):
        hang(asset)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_list_can_be_narrowed_to_what_has_evidence(signed_in: SignIn, asset: Asset) -> None:
    bare = world.proposal_in(State.APPROVED, "tax", name="証拠のない資産").asset
    attachment, client = hang(asset), signed_in("clerk")

    def found(answer: str) -> set[int]:
        return {entry["pk"] for entry in client.get(f"/assets/?attached={answer}").context["entries"]}

    assert (found("yes"), found("no")) == ({asset.pk}, {bare.pk})
    remove(attachment, by=world.person("clerk"), reason="ため")
    assert (found("yes"), found("no")) == (set(), {asset.pk, bare.pk})
