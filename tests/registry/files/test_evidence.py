"""Evidence: what is taken, and what is turned away with a sentence that says what it is and what to do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from registry.files.checking import check
from registry.files.kinds import KINDS
from registry.files.limits import MEGABYTE
from registry.files.names import kept
from registry.files.refusal import Refused
from tests.registry.files.making import bomb, jpeg, links, office, pdf, png, tiff, zipped

SHARED = Path(__file__).parents[4] / "shared"
MAKER = SHARED / "tools/make_hostile.py"
EXE = b"MZ\x90\0" + b"\0" * 60 + b"PE\0\0" + b"\0" * 100
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MACRO = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
RENAMED = MACRO.replace("vbaProject.bin", "x.bin")
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
AWAY = links(("attachedTemplate", "https://example.com/t.dotm", "External"))
TAKEN = [
    ("契約書.pdf", pdf(), "pdf"),
    ("契約書.PDF", pdf(packed="4 0 <</Type/Font>>"), "pdf"),
    ("写真.jpg", jpeg(), "jpeg"),
    ("写真.jpeg", jpeg(after=b"\0\0" + jpeg()), "jpeg"),  # phones put several images into one file
    ("画面.png", png(), "png"),
    ("ファクス.tif", tiff(), "tiff"),
    ("ファクス.tiff", tiff(order=">"), "tiff"),
    ("手順.docx", office("docx"), "docx"),
    ("一覧.xlsx", office("xlsx"), "xlsx"),
    ("説明.pptx", office("pptx"), "pptx"),
    ("グラフ.docx", office("docx", {"word/embeddings/sheet1.xlsx": office("xlsx")}), "docx"),
    ("ひな形.docx", office("docx", {"word/_rels/x.rels": links(("hyperlink", "https://a.jp/", "External"))}), "docx"),
    ("使われない型.xlsx", office("xlsx", types=MACRO), "xlsx"),
    ("記録.txt", "四月一日 廃棄\r\n立会い 二名\r\n".encode("cp932"), "txt"),
    ("記録.txt", "四月一日 廃棄\n".encode(), "txt"),
    ("記録.txt", "四月一日".encode("utf-16"), "txt"),
    ("明細.csv", "日付,件数\n2026-04-01,3\n".encode("utf-8-sig"), "csv"),
]
REFUSED = [
    ("empty", "証明.pdf", b"", "空(0バイト)"),
    ("exe", "見積.pdf", EXE, "実行ファイル"),
    ("exe with a double ending", "見積.pdf.exe", EXE, "実行ファイル"),
    ("shell script", "手順.txt", b"#!/bin/sh\nrm -rf /\n", "プログラム"),
    ("shortcut", "書類.pdf", b"L\0\0\0\x01\x14\x02\0" + b"\0" * 70, "ショートカット"),
    ("html named png", "写真.png", b"<html><script>alert(1)</script></html>", "マークアップ"),
    ("svg named png", "図.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "マークアップ"),
    ("svg", "図.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "マークアップ"),
    ("svg in UTF-16", "図.txt", '<svg onload="alert(1)"/>'.encode("utf-16"), "マークアップ"),
    ("xml behind a mark", "図.txt", b'\xef\xbb\xbf<?xml version="1.0"?><x:svg/>', "マークアップ"),
    ("html behind many spaces", "メモ.txt", b" " * 2000 + b"<!DOCTYPE html><p>x</p>", "マークアップ"),
    ("html in text", "メモ.txt", "メモ\n<script>alert(1)</script>".encode(), "マークアップ"),
    ("gif", "図.gif", b"GIF89a" + b"\0" * 20, "GIF画像"),
    ("heic", "IMG_1.HEIC", b"\0\0\0\x18ftypheic" + b"\0" * 20, "HEIC"),
    ("video", "動画.mp4", b"\0\0\0\x18ftypisom" + b"\0" * 20, "動画"),
    ("zip", "一式.zip", zipped(), "展開して、中のファイルを一つずつ"),
    ("locked zip", "一式.zip", zipped(encrypted=True), "パスワード付きZIP"),
    ("7-Zip", "一式.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, "7-Zip"),
    ("lzh", "一式.lzh", b"\x20\x10-lh5-" + b"\0" * 40, "LZH"),
    ("old Office", "契約書.doc", OLD, "旧形式"),
    ("locked Office", "契約書.docx", OLD + "EncryptedPackage".encode("utf-16-le"), "パスワードを外して"),
    ("macro", "様式.docx", office("docx", {"word/vbaProject.bin": b"x"}, types=MACRO), "マクロ"),
    (
        "macro by another name",
        "様式.docx",
        office("docx", {"word/x.bin": b"x"}, types=RENAMED),
        "マクロ",
    ),
    ("macro document", "様式.docx", office("docx", main=MACRO_MAIN), "マクロ"),
    (
        "macro in what is embedded",
        "様式.docx",
        office("docx", {"word/embeddings/a.xlsx": office("xlsx", {"xl/vbaProject.bin": b"x"})}),
        "マクロ",
    ),
    ("old macro sheet", "表.xlsx", office("xlsx", {"xl/macrosheets/sheet1.xml": "<x/>"}), "マクロ"),
    ("embedded object", "様式.docx", office("docx", {"word/embeddings/oleObject1.bin": b"x"}), "埋め込まれて"),
    ("ActiveX", "様式.docx", office("docx", {"word/activeX/activeX1.xml": "<x/>"}), "埋め込まれて"),
    (
        "fetched template",
        "様式.docx",
        office("docx", {"word/_rels/settings.xml.rels": AWAY}),
        "外からファイルを取り込む",
    ),
    ("DOCTYPE", "様式.docx", office("docx", {"word/_rels/a.rels": "<!DOCTYPE x><x/>"}), "DOCTYPE"),
    ("zip bomb", "報告.docx", bomb(), "展開すると大きくなりすぎます"),
    ("damaged Office", "報告.docx", office("docx")[:-30], "壊れて"),
    ("something before a zip", "報告.docx", b"PK\x03\x04" + b"x" * 90 + office("docx"), "前か後ろに別のデータ"),
    ("something behind a zip", "報告.docx", office("docx") + b"x" * 90, "前か後ろに別のデータ"),
    (
        "template",
        "ひな形.docx",
        office("docx", main="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"),
        "ひな形",
    ),
    ("locked PDF", "契約書.pdf", pdf(trailer="/Encrypt 8 0 R"), "制限が付いたPDF"),
    (
        "JavaScript in a PDF",
        "契約書.pdf",
        pdf("4 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj"),
        "プログラム(JavaScript",
    ),
    ("escaped name in a PDF", "契約書.pdf", pdf("4 0 obj<</S/J#61vaScript/J#53(x)>>endobj"), "プログラム(JavaScript"),
    ("packed JavaScript", "契約書.pdf", pdf(packed="4 0 <</S/JavaScript/JS(x)>>"), "プログラム(JavaScript"),
    ("program started by a PDF", "契約書.pdf", pdf("4 0 obj<</S/Launch/F(cmd.exe)>>endobj"), "プログラム(JavaScript"),
    (
        "file inside a PDF",
        "契約書.pdf",
        pdf("4 0 obj<</Type/EmbeddedFile/Length 0>>endobj"),
        "別のファイルが入っています",
    ),
    ("cut PDF", "契約書.pdf", pdf()[:-20], "途中で切れて"),
    ("PDF and zip", "契約書.pdf", pdf(after=zipped()), "後ろに別のデータ"),
    ("PDF in a zip comment", "契約書.pdf", pdf(after=b"")[:-6] + zipped() + b"\nstartxref\n0\n%%EOF\n", "重なって"),
    ("cut PNG", "図.png", png()[:-8], "途中で切れて"),
    ("damaged PNG", "図.png", png(spoilt=True), "壊れて"),
    ("PNG and zip", "図.png", png(after=zipped()), "後ろに別のデータ"),
    ("flood of pixels", "図.png", png(50_000, 50_000), "縦横が大きすぎます"),
    ("cut JPEG", "写真.jpg", jpeg(end=b""), "途中で切れて"),
    ("JPEG and a video", "写真.jpg", jpeg(after=b"\0\0\0\x18ftypmp42"), "動画など"),
    ("TIFF beyond its end", "図.tif", tiff(beyond=True), "壊れて"),
    ("TIFF and zip", "図.tif", tiff(after=zipped()), "重なって"),
    ("TIFF and PDF", "図.tif", tiff(after=pdf()), "重なって"),
    ("png named jpg", "写真.jpg", png(), "中身はPNG画像ですが、名前の終わりは「.jpg」です"),
    ("jpeg named pdf", "写真.pdf", jpeg(), "「.jpg」に直してください"),
    ("no ending", "契約書", pdf(), "名前に終わり(拡張子)がありません"),
    ("ending only", ".pdf", pdf(), "名前に終わり(拡張子)がありません"),
    ("text named html", "ページ.html", "ただの文".encode(), "「.txt」か「.csv」"),
    ("not text", "記録.txt", b"abc\0def", "何のファイルか分かりません"),
    ("commands to a terminal", "記録.txt", b"abc\x1b[2Jdef", "何のファイルか分かりません"),
    ("My Number in text", "名簿.csv", "氏名,番号\n山田,123456789018\n".encode(), "個人番号"),
    ("My Number in the name", "123456789018.pdf", pdf(), "名前に個人番号"),
]


@pytest.mark.parametrize(("name", "data", "kind"), TAKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_what_a_town_keeps_as_evidence_is_taken_for_what_it_is(name: str, data: bytes, kind: str) -> None:
    assert check(data, name) == kind


@pytest.mark.parametrize(("name", "data", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_not_what_it_says_or_does_something_by_itself_is_refused_in_words(
    name: str, data: bytes, words: str
) -> None:
    with pytest.raises(Refused) as refusal:
        check(data, name)
    told = str(refusal.value)
    assert words in told
    assert told.endswith(("ください。", "です。")), "it says what to do"


def test_a_file_larger_than_the_limit_is_refused_before_it_is_read(settings: Any) -> None:
    settings.FILE_MEGABYTES = 1
    assert check(pdf("%" + "x" * (MEGABYTE // 2)), "a.pdf") == "pdf"
    with pytest.raises(Refused, match=r"1\.5MBあり、上限の1MBを超えています"):
        check(b"x" * (3 * MEGABYTE // 2), "a.pdf")


def test_every_kind_has_a_file_that_is_taken() -> None:
    assert {kind for _, _, kind in TAKEN} == set(KINDS)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not MAKER.exists():
        pytest.skip("the maker of hostile files is not at hand (../shared/tools/make_hostile.py)")
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run([sys.executable, str(MAKER), str(folder)], check=True, capture_output=True)
    return folder


def test_every_hostile_file_is_refused_or_an_ordinary_document(hostile: Path) -> None:
    """Hostile to the reader of a ledger may still be a whole workbook; nothing ends in a fault."""
    found: dict[str, str] = {}
    for path in sorted(hostile.iterdir()):
        try:
            found[path.name] = check(path.read_bytes(), path.name)
        except Refused as refusal:
            found[path.name] = str(refusal)
    for name in ("u01_script.svg", "u02_html_as_png.png", "u05_zip_slip_and_symlink.zip", "u06_empty.pdf"):
        assert found[name].endswith("。"), name
    assert "マクロ" in found["f06_macro_named_xlsx.xlsx"]
    assert {found[name] for name in found} - set(KINDS)
    for name, words in found.items():
        assert words in KINDS or words.endswith("。"), name


def test_hostile_names_never_lead_out_of_the_store(hostile: Path) -> None:
    for name in json.loads((hostile / "u07_filenames.json").read_text()):
        stored = kept(name)
        assert len(stored) <= 150
        assert not set(stored) & set("/\\\r\n\0\u202e")
