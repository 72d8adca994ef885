"""A workbook's outline: its sheets in order, its shared strings, its styles and its calendar."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from registry.files.formats import read_formats
from registry.files.limits import MAX_SHEETS, MAX_STRINGS
from registry.files.parts import Attributes, Parts, names_of, related
from registry.files.refusal import Refused
from registry.files.values import Value, text_value, unescaped

_OFFICE: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_RELATIONSHIP: Final = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_OVERRIDE: Final = "http://schemas.openxmlformats.org/package/2006/content-types Override"
_SPREADSHEET_TYPES: Final = ("spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml")
_NOT_A_WORKBOOK: Final = "中身がExcelブックではありません。Excelで「Excelブック(.xlsx)」として保存し直してください。"

_WORKBOOK: Final = names_of("workbook")
_PROPERTIES: Final = names_of("workbookPr")
_SHEET: Final = names_of("sheet")
_ITEM: Final = names_of("si")
_TEXT: Final = names_of("t")
_PHONETIC: Final = names_of("rPh")


@dataclass(frozen=True, slots=True)
class Relation:
    """Where one relationship of a part leads: the last word of its type, and the part it points at."""

    kind: str
    part: str
    external: bool


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """One sheet as the workbook lists it."""

    title: str
    hidden: bool
    kind: str
    part: str


@dataclass(slots=True)
class Outline:
    """All that is needed to read the cells of any sheet."""

    sheets: list[SheetPlace] = field(default_factory=list)
    since_1904: bool = False
    strings: list[Value] = field(default_factory=list)
    formats: tuple[str, ...] = ()


def read_outline(parts: Parts) -> Outline:
    """Return the outline of a workbook. Raises Refused when it is none, has macros, no sheets or too many."""
    book = _workbook_part(parts)
    _check_type(parts, book)
    relations = _relations(parts, book)
    outline = _read_workbook(parts, book, relations)
    for relation in relations.values():
        if relation.kind == "styles" and not relation.external:
            outline.formats = read_formats(parts, relation.part)
        elif relation.kind == "sharedStrings" and not relation.external:
            outline.strings = _SharedStrings().read(parts, relation.part)
    return outline


def _workbook_part(parts: Parts) -> str:
    for relation in _relations(parts, "").values():
        if relation.kind == "officeDocument" and not relation.external:
            return relation.part
    raise Refused(_NOT_A_WORKBOOK)


def _check_type(parts: Parts, book: str) -> None:
    types: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == _OVERRIDE:
            types[attributes.get("PartName", "").lstrip("/").casefold()] = attributes.get("ContentType", "")

    parts.parse("[Content_Types].xml", start)
    kind = types.get(book.casefold(), _SPREADSHEET_TYPES[0])
    if "macroEnabled" in kind:
        raise Refused("マクロ付きのブックです。Excelで「Excelブック(.xlsx)」として保存し直してください。")
    if not kind.endswith(_SPREADSHEET_TYPES):
        raise Refused(_NOT_A_WORKBOOK)


def _relations(parts: Parts, part: str) -> dict[str, Relation]:
    """Return the relationships of a part ("" is the whole package) by their id."""
    found: dict[str, Relation] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == _RELATIONSHIP:
            kind = attributes.get("Type", "").rpartition("/")[2]
            external = attributes.get("TargetMode") == "External"
            found[attributes.get("Id", "")] = Relation(kind, related(part, attributes.get("Target", "")), external)

    folder, _, name = part.rpartition("/")
    parts.parse(f"{folder}/_rels/{name}.rels".lstrip("/"), start)
    return found


def _read_workbook(parts: Parts, book: str, relations: dict[str, Relation]) -> Outline:
    outline = Outline()
    seen: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        seen.append(name) if not seen else None
        if name in _PROPERTIES:
            outline.since_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}
        elif name in _SHEET:
            outline.sheets.append(_sheet_place(attributes, relations))

    parts.parse(book, start)
    if not seen or seen[0] not in _WORKBOOK:
        raise Refused(_NOT_A_WORKBOOK)
    if not outline.sheets:
        raise Refused("シートが一枚もありません。台帳のシートがあるブックを選んでください。")
    if len(outline.sheets) > MAX_SHEETS:
        count = len(outline.sheets)
        raise Refused(f"シートが{count}枚あります(上限{MAX_SHEETS}枚)。台帳のシートだけを残してください。")
    return outline


def _sheet_place(attributes: Attributes, relations: dict[str, Relation]) -> SheetPlace:
    title = unescaped(attributes.get("name", ""))
    identifier = next((attributes[key] for name in _OFFICE if (key := f"{name} id") in attributes), "")
    relation = relations.get(identifier)
    if relation is None or relation.external:
        raise Refused(f"シート「{title}」の中身が見つかりません。Excelで開いて保存し直してください。")
    return SheetPlace(title, attributes.get("state", "visible") != "visible", relation.kind, relation.part)


class _SharedStrings:
    """Gathers the strings that cells point at, without their furigana."""

    def __init__(self) -> None:
        self.strings: list[Value] = []
        self.runs: list[str] = []
        self.heard: list[str] = []
        self.phonetic = False

    def read(self, parts: Parts, part: str) -> list[Value]:
        parts.parse(part, self.start, self.end, self.heard.append)
        return self.strings

    def start(self, name: str, _: Attributes) -> None:
        self.heard.clear()
        if name in _ITEM:
            self.runs.clear()
        elif name in _PHONETIC:
            self.phonetic = True

    def end(self, name: str) -> None:
        if name in _TEXT and not self.phonetic:
            self.runs.append("".join(self.heard))
        elif name in _PHONETIC:
            self.phonetic = False
        elif name in _ITEM:
            self.strings.append(text_value(unescaped("".join(self.runs))))
            if len(self.strings) > MAX_STRINGS:
                raise Refused("文字列の種類が多すぎます。シートや行を分けて保存し直してください。")


def sheets_with_cells(outline: Outline) -> Iterator[SheetPlace]:
    """Return the sheets that hold cells; raises Refused for a sheet of macros."""
    for sheet in outline.sheets:
        if "acrosheet" in sheet.kind:
            raise Refused(f"シート「{sheet.title}」はマクロシートです。このシートを除いて保存し直してください。")
        if sheet.kind == "worksheet":
            yield sheet
