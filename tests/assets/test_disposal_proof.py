"""廃棄証明: files given with the application or later, seen by who permits it, and beside the record afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assets.choices import Evidence
from assets.models import Asset, Attachment, Proposal
from assets.states import Kind
from registry.files.models import StoredFile
from tests.assets.pages import errors_of
from tests.assets.test_disposal import asset_of, disposed
from tests.registry.files.making import pdf

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
EXE = b"MZ\x90\0" + b"\0" * 90


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def ask(client: Client, asset: Asset, *files: SimpleUploadedFile, **typed: Any) -> Any:
    said = {
        "method": "shred",
        "day": "2026-04-01",
        "time": "10:30",
        "handled_by": "佐藤 花子",
        "work": "裁断",
        "version": asset.version,
    }
    return client.post(f"/assets/{asset.pk}/disposal/", {**said, **typed, "uploads": list(files)})


def certificate(name: str = "廃棄証明書.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf(f"% {name}"))


def test_a_certificate_comes_with_the_application_and_the_head_sees_it(signed_in: SignIn) -> None:
    asset = asset_of()
    assert ask(signed_in("clerk"), asset, certificate(), certificate("写真.pdf")).status_code == 302
    assert set(asset.attachments.values_list("kind", flat=True)) == {Evidence.DISPOSAL}
    proposal = Proposal.objects.get(asset=asset, kind=Kind.DISPOSAL)
    page = signed_in("manager").get(f"/assets/reviews/{proposal.pk}/")
    assert {str(proof) for proof in page.context["proofs"]} == {"廃棄証明書.pdf", "写真.pdf"}
    assert page.context["proofs"][0].get_absolute_url() in page.content.decode()


def test_a_file_that_is_not_taken_stops_the_application_and_nothing_is_kept(signed_in: SignIn, settings: Any) -> None:
    asset = asset_of()
    answer = ask(signed_in("clerk"), asset, certificate(), SimpleUploadedFile("証明.pdf", EXE))
    assert "添付できません" in " ".join(errors_of(answer)["uploads"])
    assert Asset.objects.get(pk=asset.pk).open_proposal is None
    assert not StoredFile.objects.exists()
    assert [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()] == []


def test_an_application_that_is_refused_keeps_no_file(signed_in: SignIn, settings: Any) -> None:
    asset = asset_of()
    assert ask(signed_in("clerk"), asset, certificate(), version=asset.version + 1).status_code == 409
    assert not Attachment.objects.exists()
    assert [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()] == []


def test_after_the_disposal_it_can_still_be_attached_and_stands_beside_the_record(signed_in: SignIn) -> None:
    asset, client = disposed(), signed_in("clerk")
    page = client.get(f"/assets/{asset.pk}/")
    address = f"/assets/{asset.pk}/attachments/new/?kind=disposal"
    assert address in page.content.decode()
    assert client.get(address).context["form"]["kind"].value() == Evidence.DISPOSAL
    client.post(address, {"kind": "disposal", "note": "", "uploads": [certificate()]})
    life = client.get(f"/assets/{asset.pk}/").context["life"]
    assert [str(proof) for proof in life["proofs"]] == ["廃棄証明書.pdf"]
    assert not signed_in("auditor").get(f"/assets/{asset.pk}/").context["life"]["may_attach"]
