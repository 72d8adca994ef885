"""PDF of evidence: one whole document that opens for everybody and does nothing by itself."""

import re
import zlib
from collections.abc import Iterator
from typing import Final

from registry.files.limits import MAX_UNPACKED
from registry.files.refusal import Refused

PDF: Final = b"%PDF-"
_PRINT: Final = "PDFを開いて「PDFに印刷」し直したものを添付してください。"
_CUT: Final = "PDFが途中で切れているか、壊れています。元のPDFをコピーし直してください。"
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_OBJECTS: Final = re.compile(rb"/Type\s*/ObjStm(?=[\s/<>\[\]()])")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME_ENDS: Final = rb"(?=[\s/<>\[\]()]|\Z)"
_ENCRYPTED: Final = re.compile(rb"/Encrypt" + _NAME_ENDS)
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)" + _NAME_ENDS)
_EMBEDDED: Final = re.compile(rb"/EmbeddedFile" + _NAME_ENDS)
_LAST_WORD: Final = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\0]*\Z")
_WINDOW: Final = 2048


def check_pdf(data: bytes) -> None:
    """Raise Refused for a PDF that is cut, locked, or carries a program or another file.

    Locked means any encryption at all: what is inside cannot be looked at, and proof has to open in ten years.
    """
    if not _LAST_WORD.search(data[-_WINDOW:]):
        behind = b"%%EOF" in data and not data.rstrip(b"\0 \t\r\n").endswith(b"%%EOF")
        raise Refused("PDFの終わりの後ろに別のデータがあります。" + _PRINT if behind else _CUT)
    budget = MAX_UNPACKED
    plain = _named(_STREAM.sub(b"stream endstream", data))
    if _ENCRYPTED.search(plain):
        raise Refused("パスワードか、印刷・編集の制限が付いたPDFです。制限を外すか、" + _PRINT)
    _refuse_active(plain)
    for packed in _object_streams(data):
        unpacked = _unpacked(packed, budget)
        budget -= len(unpacked)
        _refuse_active(_named(unpacked))


def _refuse_active(text: bytes) -> None:
    if _ACTIVE.search(text):
        raise Refused("PDFの中にプログラム(JavaScriptなど)があります。" + _PRINT)
    if _EMBEDDED.search(text):
        raise Refused("PDFの中に別のファイルが入っています。中のファイルを取り出して一つずつ添付するか、" + _PRINT)


def _named(text: bytes) -> bytes:
    """Names may be written with escapes (/J#53); this writes them out."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)


def _object_streams(data: bytes) -> Iterator[bytes]:
    """The bodies of the streams that hold objects, where newer PDF keep what older ones write in the open."""
    behind = 0
    for found in _STREAM.finditer(data):
        if _OBJECTS.search(_named(data[behind : found.start()])):
            yield found[1]
        behind = found.end()


def _unpacked(packed: bytes, budget: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(packed, max(budget, 1))
    except zlib.error:
        raise Refused(_CUT) from None
    if unpacking.unconsumed_tail:
        raise Refused("PDFが、展開すると大きくなりすぎます(上限200MB)。" + _PRINT)
    return text
