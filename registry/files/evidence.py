"""What a file of evidence is, judged by everything in it; the file's name is not asked. Runs in the confined child."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Final

from registry.base.numbers import find_my_numbers
from registry.base.text import find_control_characters
from registry.files.encoding import decode
from registry.files.images import PNG, check_jpeg, check_png, check_tiff
from registry.files.kinds import IN_WORDS
from registry.files.office import ZIP, kind_of_package
from registry.files.pdf import PDF, check_pdf
from registry.files.refusal import Refused

TEXT: Final = "text"
_ONE_BY_ONE: Final = "展開して、中のファイルを一つずつ添付してください。"
_AS_PDF: Final = "PDFに印刷して添付してください。"
_AS_IMAGE: Final = "JPEGかPNGで保存し直してください。"
_NO_PROGRAM: Final = "プログラムは添付できません。書類や写真を選んでください。"
_CHECKS: Final[tuple[tuple[bytes, str, Callable[[bytes], None]], ...]] = (
    (PDF, "pdf", check_pdf),
    (PNG, "png", check_png),
    (b"\xff\xd8\xff", "jpeg", check_jpeg),
    (b"II*\0", "tiff", check_tiff),
    (b"MM\0*", "tiff", check_tiff),
)
# (place, bytes there, what it is, what to do)
_FOREIGN: Final = (
    (0, b"MZ", "実行ファイル", _NO_PROGRAM),
    (0, b"\x7fELF", "実行ファイル", _NO_PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", "実行ファイル", _NO_PROGRAM),
    (0, b"\xca\xfe\xba\xbe", "実行ファイル", _NO_PROGRAM),
    (0, b"#!", "プログラム", _NO_PROGRAM),
    (0, b"L\0\0\0\x01\x14\x02\0", "ショートカット", "元のファイルを選んでください。"),
    (0, b"\x1f\x8b", "圧縮ファイル(gzip)", _ONE_BY_ONE),
    (0, b"BZh", "圧縮ファイル(bzip2)", _ONE_BY_ONE),
    (0, b"\xfd7zXZ", "圧縮ファイル(xz)", _ONE_BY_ONE),
    (0, b"7z\xbc\xaf\x27\x1c", "圧縮ファイル(7-Zip)", _ONE_BY_ONE),
    (0, b"Rar!", "圧縮ファイル(RAR)", _ONE_BY_ONE),
    (2, b"-lh", "圧縮ファイル(LZH)", _ONE_BY_ONE),
    (0, b"MSCF", "圧縮ファイル(CAB)", _ONE_BY_ONE),
    (0, b"GIF8", "GIF画像", _AS_IMAGE),
    (0, b"8BPS", "Photoshopの画像", _AS_IMAGE),
    (8, b"WEBP", "WebP画像", _AS_IMAGE),
    (4, b"ftyphei", "HEIC画像(iPhoneの写真)", _AS_IMAGE),
    (4, b"ftypmif1", "HEIC画像(iPhoneの写真)", _AS_IMAGE),
    (4, b"ftyp", "動画か音声", "要るところを画像かPDFにして添付してください。"),
    (0, b"{\\rtf", "リッチテキスト文書", "Word(.docx)で保存し直してください。"),
    (0, b"SQLite format 3", "データベース", "要るところをExcelかPDFにして添付してください。"),
)
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_OFFICE: Final = "EncryptedPackage".encode("utf-16-le")
_MARKUP: Final = re.compile(rb"^\s*<(?:[!?]|[a-z])|<(?:script|html|svg|iframe|body)\b", re.IGNORECASE)
_SNIFFED: Final = 1024


def kind_of(data: bytes) -> str:
    """Return "pdf", "jpeg", "png", "tiff", "docx", "xlsx", "pptx" or "text"; Refused says what it is and what to do."""
    for start, kind, check in _CHECKS:
        if data.startswith(start):
            check(data)
            _refuse_second_nature(data)
            return kind
    if data.startswith((ZIP, b"PK\x05\x06", b"PK\x07\x08")):
        return kind_of_package(data)
    _refuse_foreign(data)
    return _checked_text(data)


def _refuse_foreign(data: bytes) -> None:
    if data.startswith(_OLE2):
        locked = "パスワード付きの文書です。パスワードを外して保存し直してください。"
        old = "旧形式の文書(.doc・.xls・一太郎など)か、メール(.msg)です。新しい形式で保存し直すか、" + _AS_PDF
        raise Refused(locked if _LOCKED_OFFICE in data else old)
    for place, mark, name, advice in _FOREIGN:
        if data.startswith(mark, place):
            raise Refused(f"中身は{name}です。{advice}")


def _refuse_second_nature(data: bytes) -> None:
    """A file that is two things at once: a zip behind it, or the beginning of a PDF or a page at its start."""
    if PDF in data[1:_SNIFFED] or _MARKUP.search(data[:_SNIFFED]) or _is_zip_too(data):
        raise Refused("一つのファイルに別の種類のデータが重なっています。作ったソフトで保存し直すか、" + _AS_PDF)


def _is_zip_too(data: bytes) -> bool:
    if b"PK\x05\x06" not in data[-65_557:]:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, OverflowError):
        return False


def _checked_text(data: bytes) -> str:
    """Text is what can be read to the last character and holds no markup, no commands to a machine, no My Number."""
    unknown = f"何のファイルか分かりません。添付できるのは、{IN_WORDS}です。"
    if data.count(0) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(unknown)
    text, _ = decode(data)
    if _MARKUP.search(text.lstrip()[:_SNIFFED].encode()):
        raise Refused("中身はHTMLやSVGなどのマークアップです。" + _AS_PDF)
    if find_control_characters(text.replace("\f", "").replace("\r", "\n")):
        raise Refused(unknown)
    if find_my_numbers(text):
        raise Refused("個人番号(マイナンバー)と思われる12桁の数字があります。番号を消したものを添付してください。")
    return TEXT
