"""What a file is, judged by its first bytes, and whether its name says the same."""

from typing import Final, Literal

from registry.files.limits import MAX_BYTES, MEGABYTE
from registry.files.names import ending_of
from registry.files.refusal import Refused

Kind = Literal["xlsx", "csv"]

_TEXT_ENDINGS: Final = frozenset({".csv", ".tsv", ".txt"})
_SAVE_AS: Final = "Excelで開き、「Excelブック(.xlsx)」として保存し直してください。"
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_OLD_WORKBOOK_STREAMS: Final = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_FOREIGN: Final = (
    (b"%PDF", "PDF"),
    (b"MZ", "実行ファイル"),
    (b"\x7fELF", "実行ファイル"),
    (b"\x89PNG", "画像"),
    (b"GIF8", "画像"),
    (b"\xff\xd8\xff", "画像"),
    (b"{\\rtf", "リッチテキスト文書"),
    (b"\x1f\x8b", "gzipの圧縮ファイル"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zipの圧縮ファイル"),
    (b"Rar!", "RARの圧縮ファイル"),
    (b"SQLite format 3", "データベース"),
)
_MARKUP: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<?xml", b"<svg", b"<script")


def recognize(data: bytes, filename: str) -> Kind:
    """Return "xlsx" or "csv". Raises Refused for size, other contents, or an ending that contradicts the contents."""
    if not data:
        raise Refused("ファイルが空(0バイト)です。元のファイルを確かめ、もう一度選んでください。")
    if len(data) > MAX_BYTES:
        raise Refused(f"大きさが上限の{MAX_BYTES // MEGABYTE}MBを超えています。行を分けて保存し直してください。")
    ending = ending_of(filename)
    if ending not in {".xlsx", *_TEXT_ENDINGS}:
        raise Refused(_unknown_ending(data, ending))
    if data.startswith(_OLE2):
        raise Refused(_about_ole2(data))
    _refuse_foreign(data)
    zipped = data.startswith(b"PK")
    if zipped and ending in _TEXT_ENDINGS:
        raise Refused("中身はExcelブックなどの圧縮形式で、CSVではありません。拡張子を「.xlsx」に直してください。")
    if not zipped and ending == ".xlsx":
        raise Refused("中身がExcelブックではありません。CSVなら拡張子を「.csv」に直し、そうでなければ" + _SAVE_AS)
    return "xlsx" if zipped else "csv"


def _unknown_ending(data: bytes, ending: str) -> str:
    if ending == ".xlsm":
        return "マクロ付きブック(.xlsm)は受け付けません。" + _SAVE_AS
    if data.startswith(_OLE2):
        return _about_ole2(data)
    if ending in {".xls", ".xlsb", ".ods"}:
        return f"「{ending}」の形式は受け付けません。" + _SAVE_AS
    return "受け付けるのは「.xlsx」「.csv」「.tsv」「.txt」です。拡張子を確かめてください。"


def _about_ole2(data: bytes) -> str:
    if _ENCRYPTED_STREAM in data:
        return "パスワード付きのブックです。Excelでパスワードを外して保存し直してください。"
    if any(stream in data for stream in _OLD_WORKBOOK_STREAMS):
        return "旧形式(.xls)のブックです。" + _SAVE_AS
    return "パスワード付き、または旧形式(.xlsなど)のファイルです。パスワードを外し、" + _SAVE_AS


def _refuse_foreign(data: bytes) -> None:
    for start, name in _FOREIGN:
        if data.startswith(start):
            raise Refused(f"中身は{name}です。Excelブック(.xlsx)かCSVを選んでください。")
    if data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise Refused("中身はHTMLなどのマークアップです。" + _SAVE_AS)
