"""Word, Excel and PowerPoint files of evidence: one whole package of a known kind, without programs inside."""

import io
import re
import zipfile
import zlib
from typing import Final
from xml.parsers import expat

from registry.files.container import entries_of
from registry.files.limits import MAX_NESTED, MAX_UNPACKED
from registry.files.refusal import Refused

ZIP: Final = b"PK\x03\x04"
MAIN: Final = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
}
_PDF: Final = "PDFに印刷して添付してください。"
_BROKEN: Final = "ファイルが壊れています。コピーし直すか、作ったソフトで開いて保存し直してください。"
_MACROS: Final = "マクロ(プログラム)付きの文書です。マクロのない形式(.docx・.xlsx・.pptx)で保存し直すか、" + _PDF
_NESTED: Final = re.compile(r"/embeddings/[^/]+\.(?:docx|xlsx|pptx)$")
_CARRIED: Final = re.compile(r"/(?:embeddings|activex|attachedtoolbars)/|oleobject")
_AWAY: Final = re.compile(r"^(?:https?|ftp):|^[/\\]{2}|^file:[/\\]*[^/\\]*[^/\\:][/\\]", re.IGNORECASE)
_FETCHED: Final = ("attachedTemplate", "oleObject", "frame", "subDocument")
_FAULTS: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, expat.ExpatError)


def kind_of_package(data: bytes, depth: int = 0) -> str:
    """Return "docx", "xlsx" or "pptx" of a zip. Raises Refused for other zips, macros, carried files and damage.

    Every part is unpacked once, so that damage is found now and not in ten years.
    """
    entries = entries_of(data)
    names = {entry.filename.casefold() for entry in entries}
    _refuse_others(data, entries, names)
    if depth > MAX_NESTED:
        raise Refused("ファイルの中にファイルが何重にも入っています。" + _PDF)
    try:
        return _read(data, entries, depth)
    except _FAULTS:
        raise Refused(_BROKEN) from None


def _refuse_others(data: bytes, entries: list[zipfile.ZipInfo], names: set[str]) -> None:
    if "[content_types].xml" not in names:
        if "meta-inf/manifest.xml" in names and "content.xml" in names:
            raise Refused("中身はOpenDocument(.odtなど)です。Word・Excelの形式で保存し直すか、" + _PDF)
        raise Refused("中身は圧縮ファイル(ZIP)です。展開して、中のファイルを一つずつ添付してください。")
    if min(entry.header_offset for entry in entries) != 0 or data[-22 - _comment(data) :][:4] != b"PK\x05\x06":
        raise Refused("ファイルの前か後ろに別のデータが付いています。作ったソフトで開いて保存し直してください。")
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name for name in names):
        raise Refused(_MACROS)
    if any(_CARRIED.search(name) and not _NESTED.search(name) for name in names):
        raise Refused("文書の中に別のファイルや部品(OLE、ActiveX)が埋め込まれています。埋め込みを外すか、" + _PDF)


def _comment(data: bytes) -> int:
    """The length of what is written behind the directory of a zip."""
    at = data.rfind(b"PK\x05\x06")
    return int.from_bytes(data[at + 20 : at + 22], "little")


def _read(data: bytes, entries: list[zipfile.ZipInfo], depth: int) -> str:
    kind, budget = "", MAX_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in entries:
            part, name = archive.read(entry), entry.filename.casefold()
            budget -= len(part)
            if budget < 0:
                raise Refused("展開すると大きくなりすぎます(上限200MB)。図を減らして保存し直してください。")
            if name == "[content_types].xml":
                kind = _declared(part, {entry.filename.casefold() for entry in entries})
            elif name.endswith(".rels"):
                _refuse_fetching(part)
            elif _NESTED.search(name):
                kind_of_package(part, depth + 1)
    return kind


def _declared(part: bytes, names: set[str]) -> str:
    """The kind that the list of contents declares; a type that no part has (an ending nobody uses) declares nothing."""
    types = []
    for attributes in _elements(part):
        ending, named = attributes.get("Extension", "").casefold(), attributes.get("PartName", "").casefold()
        if named.lstrip("/") in names or (ending and any(name.endswith(f".{ending}") for name in names)):
            types.append(attributes.get("ContentType", ""))
    if any("macroenabled" in found.casefold() or "vbaproject" in found.casefold() for found in types):
        raise Refused(_MACROS)
    found = {kind for declared in types for end, kind in MAIN.items() if declared.endswith("." + end)}
    if len(found) != 1:
        raise Refused(
            "Word・Excel・PowerPointのふつうの文書ではありません(ひな形など)。文書として保存し直すか、" + _PDF
        )
    return found.pop()


def _refuse_fetching(part: bytes) -> None:
    """Links that people click are fine; what is fetched as soon as the file is opened is not."""
    for attributes in _elements(part):
        fetched = attributes.get("Type", "").rsplit("/", 1)[-1] in _FETCHED
        if fetched and attributes.get("TargetMode") == "External" and _AWAY.search(attributes.get("Target", "")):
            raise Refused("開いたときに外からファイルを取り込む設定があります。設定を外すか、" + _PDF)


def _elements(part: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    parser.Parse(part, True)
    return found


def _refuse_doctype(*_: object) -> None:
    raise Refused("文書の中のXMLに文書型宣言(DOCTYPE)があります。安全のため受け付けません。" + _PDF)
