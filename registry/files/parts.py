"""The parts inside a workbook's zip, fed to an XML parser with a budget and without any entity or DOCTYPE."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from registry.files.limits import MAX_UNPACKED
from registry.files.refusal import Refused

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], object]

SPREADSHEET: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_CHUNK: Final = 4 * 1024 * 1024
_RESAVE: Final = "コピーし直すか、Excelで開いて保存し直してください。"


def names_of(local: str) -> frozenset[str]:
    """Return an element's name as the parser gives it, in the ordinary and in the Strict namespace."""
    return frozenset(f"{namespace} {local}" for namespace in SPREADSHEET)


class Parts:
    """The parts of one workbook. Every byte unpacked counts, whatever the directory claims."""

    def __init__(self, data: bytes) -> None:
        """Open the zip in memory; container.scan must have let it pass."""
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {name.casefold(): name for name in self._archive.namelist()}
        self._unpacked = 0

    def __contains__(self, part: str) -> bool:
        """Say whether there is such a part; names differ by more than case."""
        return part.casefold() in self._names

    def parse(self, part: str, start: Start, end: End | None = None, text: Text | None = None) -> None:
        """Feed the XML of a part to the handlers. Raises Refused when it is missing, damaged or not plain XML."""
        name = self._names.get(part.casefold())
        if name is None:
            raise Refused(f"ブックの部品「{part}」がありません。{_RESAVE}")
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        try:
            self._feed(name, parser)
        except expat.ExpatError as error:
            raise Refused(f"ブックの部品「{part}」のXMLが{error.lineno}行目で壊れています。{_RESAVE}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError, NotImplementedError):
            raise Refused(f"ブックの部品「{part}」が壊れていて読み出せません。{_RESAVE}") from None

    def _feed(self, name: str, parser: expat.XMLParserType) -> None:
        with self._archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                self._unpacked += len(chunk)
                if self._unpacked > MAX_UNPACKED:
                    raise Refused("展開すると大きくなりすぎます(上限200MB)。不要なシートを消して保存し直してください。")
                parser.Parse(chunk, False)
            parser.Parse(b"", True)


def related(part: str, target: str) -> str:
    """Return the name of the part that a relationship of another part points at."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _refuse_doctype(*_: object) -> None:
    raise Refused(
        "ブックの中のXMLに文書型宣言(DOCTYPE)があります。安全のため受け付けません。Excelで保存し直してください。"
    )
