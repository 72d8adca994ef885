"""Which encoding a text file is in: UTF-8, CP932 or UTF-16 with a mark, and never a guess that gives 文字化け."""

import codecs
import re
import unicodedata
from typing import Final

from registry.files.refusal import Refused

_SAVE_AS: Final = "Excelで「CSV UTF-8(コンマ区切り)」として保存し直してください。"
_LINES: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_JIS_ESCAPE: Final = re.compile(rb"\x1b(?:\$[@B(]|\([BIJ])")
_THREE_BYTES: Final = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
_HALF_WIDTH_KANA: Final = re.compile("[\uff61-\uff9f]")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_GAIJI: Final = re.compile("[\ue000-\uf8ff]")
_ZERO_WIDTH: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_COMBINING_KANA: Final = re.compile("[\u3099\u309a]")


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file and warnings about its characters.

    Raises Refused, naming the line, when the bytes are not wholly of one encoding that can be told for certain.
    """
    text = _decoded(data)
    text = re.sub("\x1a[\r\n]*\\Z", "", text)
    if not text.strip():
        raise Refused("ファイルに文字がありません。元のファイルを確かめ、もう一度選んでください。")
    return text, _warnings(text)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF32_LE, b"\x00\x00\xfe\xff")):
        raise Refused("文字コードがUTF-32です。" + _SAVE_AS)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_utf16(data)
    marked = data.startswith(codecs.BOM_UTF8)
    while data.startswith(codecs.BOM_UTF8):
        data = data.removeprefix(codecs.BOM_UTF8)
    _refuse_nul(data)
    if _JIS_ESCAPE.search(data):
        raise Refused("文字コードがJIS(ISO-2022-JP)です。" + _SAVE_AS)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if marked:
            line = _line_at(data, error.start)
            raise Refused(f"{line}行目にUTF-8として読めない文字があります。{_SAVE_AS}") from None
    return _decoded_cp932(data)


def _decoded_utf16(data: bytes) -> str:
    try:
        return data.decode("utf-16").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].decode("utf-16", "replace").count("\n") + 1
        raise Refused(f"{line}行目がUTF-16として読めません。{_SAVE_AS}") from None


def _refuse_nul(data: bytes) -> None:
    if data.count(0) > len(data) // 10:
        raise Refused("文字コードがUTF-16(印なし)か、文字ではないデータです。" + _SAVE_AS)


def _decoded_cp932(data: bytes) -> str:
    """Return the text of CP932 lines, after making sure that no line is UTF-8 and the whole is not EUC-JP."""
    lines = _LINES.findall(data)
    wide = [number for number, line in enumerate(lines, 1) if not line.isascii()]
    as_utf8 = {number for number in wide if _is_utf8(lines[number - 1])}
    if as_utf8:
        base = wide[0] in as_utf8
        odd = next((number for number in wide if (number in as_utf8) != base), wide[0])
        raise Refused(
            f"{odd}行目から文字コードが変わっています(UTF-8とそれ以外)。一つの文字コードで保存し直してください。"
        )
    _refuse_euc(data)
    decoded = []
    for number, line in enumerate(lines, 1):
        try:
            decoded.append(line.decode("cp932"))
        except UnicodeDecodeError:
            raise Refused(f"{number}行目に読めない文字があります(文字の途中で切れているなど)。{_SAVE_AS}") from None
    return "".join(decoded)


def _is_utf8(line: bytes) -> bool:
    """Say whether a line is surely UTF-8: half-width kana of CP932 can look like its two-byte characters."""
    if not _THREE_BYTES.search(line):
        return False
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_euc(data: bytes) -> None:
    try:
        data.decode("euc_jp")
    except UnicodeDecodeError:
        return
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        text = ""
    if not text or len(_HALF_WIDTH_KANA.findall(text)) * 2 > len(_NOT_ASCII.findall(text)):
        raise Refused("文字コードがEUC-JPのようです。" + _SAVE_AS)


def _line_at(data: bytes, position: int) -> int:
    return sum(1 for _ in _LINES.finditer(data[: position + 1]))


def _warnings(text: str) -> tuple[str, ...]:
    found = []
    if gaiji := _GAIJI.findall(text):
        line = _line_of(text, _GAIJI)
        found.append(f"外字が{len(gaiji):,}文字あります(最初は{line}行目)。標準の文字に直すことを勧めます。")
    if _ZERO_WIDTH.search(text):
        found.append(f"目に見えない文字(ゼロ幅)があります(最初は{_line_of(text, _ZERO_WIDTH)}行目)。")
    if _COMBINING_KANA.search(text) and not unicodedata.is_normalized("NFC", text):
        found.append("濁点・半濁点が分かれた文字(macOSの形式)があります。一つの文字にまとめて扱います。")
    return tuple(found)


def _line_of(text: str, pattern: re.Pattern[str]) -> int:
    match = pattern.search(text)
    before = text[: match.start()] if match else ""
    return len(re.findall("\r\n|\r|\n", before)) + 1
