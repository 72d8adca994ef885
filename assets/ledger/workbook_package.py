"""The parts of an .xlsx package besides its sheets: contents, relations, names and document properties."""

import datetime
import re
from collections.abc import Sequence

from assets.ledger.choice_lists import CHOICE_SHEET, sheet_columns
from assets.ledger.sheet_layout import header_row
from assets.ledger.sheet_xml import column_letters, escaped
from assets.ledger.tally_sheet import TALLY_SHEET
from assets.ledger.workbook_contents import Column, Cover
from assets.ledger.workbook_styles import styles_xml

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HIDDEN = ' state="hidden"'
_RESERVED_NAMES = {"", "history", "履歴", CHOICE_SHEET, TALLY_SHEET}


def sheet_name(title: str) -> str:
    """The title as a name Excel accepts: 31 characters, none of []:*?/\\, no outer quote mark, not a reserved name."""
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]", " ", title).strip(" '　")
    name = name.encode("utf-16-le")[:62].decode("utf-16-le", "ignore").strip(" '　")
    return "台帳" if name.lower() in _RESERVED_NAMES else name


def sheets_beside(columns: Sequence[Column], *, tallied: bool) -> list[str]:
    """The names of the sheets after the table's, in order."""
    return [*([TALLY_SHEET] if tallied else []), *([CHOICE_SHEET] if sheet_columns(columns) else [])]


def fixed_parts(cover: Cover, columns: Sequence[Column], *, tallied: bool = False) -> dict[str, str]:
    """Every part but the sheets: path in the package → XML. tallied: there is a sheet of counts, too."""
    beside = sheets_beside(columns, tallied=tallied)
    sheets = 1 + len(beside)
    return {
        "[Content_Types].xml": _content_types(sheets),
        "_rels/.rels": _relations(
            (f"{_OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
        ),
        "docProps/core.xml": _core_properties(cover),
        "docProps/app.xml": _app_properties(cover),
        "xl/workbook.xml": _workbook(cover, columns, beside),
        "xl/_rels/workbook.xml.rels": _relations(
            *(
                (f"{_OFFICE}/relationships/worksheet", f"worksheets/sheet{number}.xml")
                for number in range(1, sheets + 1)
            ),
            (f"{_OFFICE}/relationships/styles", "styles.xml"),
        ),
        "xl/styles.xml": styles_xml(),
    }


def _content_types(sheets: int) -> str:
    parts = {
        "/xl/workbook.xml": f"{_KINDS}.sheet.main+xml",
        "/xl/styles.xml": f"{_KINDS}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        **{f"/xl/worksheets/sheet{number}.xml": f"{_KINDS}.worksheet+xml" for number in range(1, sheets + 1)},
    }
    overrides = "".join(f'<Override PartName="{path}" ContentType="{kind}"/>' for path, kind in parts.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _workbook(cover: Cover, columns: Sequence[Column], beside: Sequence[str]) -> str:
    name = escaped(sheet_name(cover.title))
    quoted = "'{}'".format(name.replace("'", "''"))
    above, last = header_row(cover), column_letters(len(columns) - 1)
    filtered = f"{quoted}!$A${above}:${last}${above + cover.row_count}"
    others = "".join(
        f'<sheet name="{one}" sheetId="{at}"{_HIDDEN if one == CHOICE_SHEET else ""} r:id="rId{at}"/>'
        for at, one in enumerate(beside, 2)
    )
    return (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        f' xmlns:r="{_OFFICE}/relationships">'
        '<bookViews><workbookView windowWidth="28800" windowHeight="15000"/></bookViews>'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/>{others}</sheets>'
        "<definedNames>"
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{filtered}</definedName>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">{quoted}!${above}:${above}</definedName>'
        "</definedNames></workbook>"
    )


def _core_properties(cover: Cover) -> str:
    moment = cover.made_at_in_japan.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made_by = escaped(cover.made_by)
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(cover.title)}</dc:title><dc:creator>{made_by}</dc:creator>"
        f"<cp:lastModifiedBy>{made_by}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
        f"<cp:category>{escaped(cover.class_label)}</cp:category></cp:coreProperties>"
    )


def _app_properties(cover: Cover) -> str:
    return (
        f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>情報資産台帳</Application>'
        f"<Company>{escaped(cover.body_name)}</Company></Properties>"
    )
