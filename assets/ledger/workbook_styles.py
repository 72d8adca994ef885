"""The looks of the ledger workbook: every cell format it uses, and styles.xml made from them."""

from enum import IntEnum

FONT = "游ゴシック"
LINE_HEIGHT = 16.5  # points, one line of the plain font
ERA_FORMAT = '[$-411]ggge"年"m"月"d"日";@'


class Style(IntEnum):
    """Cell formats by their place in styles.xml; SPARE_ ones are for the empty rows under the table."""

    PLAIN = 0
    TITLE = 1
    CLASS_LABEL = 2
    FACT = 3
    HEADER = 4
    TEXT = 5
    QUOTED_TEXT = 6
    CHOICE = 7
    QUOTED_CHOICE = 8
    DATE = 9
    INTEGER = 10
    SPARE_TEXT = 11
    SPARE_CHOICE = 12
    SPARE_DATE = 13
    SPARE_INTEGER = 14


_FONTS = {
    "plain": '<sz val="10"/><color rgb="FF1A1A1A"/>',
    "bold": '<b/><sz val="10"/><color rgb="FF1A1A1A"/>',
    "title": '<b/><sz val="18"/><color rgb="FF1A1A1A"/>',
    "label": '<b/><sz val="11"/><color rgb="FFCE0000"/>',
}
_ALIGNMENTS = {
    "middle": '<alignment vertical="center"/>',
    "fact": '<alignment vertical="center" wrapText="1"/>',
    "header": '<alignment horizontal="center" vertical="center" wrapText="1"/>',
    "text": '<alignment horizontal="left" vertical="top" wrapText="1"/>',
    "centre": '<alignment horizontal="center" vertical="top" wrapText="1"/>',
    "number": '<alignment horizontal="right" vertical="top" indent="1"/>',
}
_GENERAL, _THOUSANDS, _TEXT, _ERA = 0, 3, 49, 164


def _format(font: str, alignment: str, number: int = _GENERAL, *, grid: bool = True, **more: int) -> str:
    """One cell format; grid draws the thin border, fill=2 the gray ground, quotePrefix=1 keeps edited text text."""
    attributes = {
        "numFmtId": number,
        "fontId": list(_FONTS).index(font),
        "fillId": more.pop("fill", 0),
        "borderId": int(grid),
        "xfId": 0,
        **more,
    }
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    applied = "".join(f' apply{part}="1"' for part in ("NumberFormat", "Font", "Fill", "Border", "Alignment"))
    return f"<xf{written}{applied}>{_ALIGNMENTS[alignment]}</xf>"


_FORMATS = {
    Style.PLAIN: _format("plain", "middle", grid=False),
    Style.TITLE: _format("title", "middle", _TEXT, grid=False),
    Style.CLASS_LABEL: _format("label", "middle", _TEXT, grid=False),
    Style.FACT: _format("plain", "fact", _TEXT, grid=False),
    Style.HEADER: _format("bold", "header", _TEXT, fill=2),
    Style.TEXT: _format("plain", "text", _TEXT),
    Style.QUOTED_TEXT: _format("plain", "text", _TEXT, quotePrefix=1),
    Style.CHOICE: _format("plain", "centre", _TEXT),
    Style.QUOTED_CHOICE: _format("plain", "centre", _TEXT, quotePrefix=1),
    Style.DATE: _format("plain", "centre", _ERA),
    Style.INTEGER: _format("plain", "number", _THOUSANDS),
    Style.SPARE_TEXT: _format("plain", "text", _TEXT, grid=False),
    Style.SPARE_CHOICE: _format("plain", "centre", _TEXT, grid=False),
    Style.SPARE_DATE: _format("plain", "centre", _ERA, grid=False),
    Style.SPARE_INTEGER: _format("plain", "number", _THOUSANDS, grid=False),
}


def styles_xml() -> str:
    """The text of xl/styles.xml."""
    fonts = [
        f'<font>{look}<name val="{FONT}"/><family val="3"/><charset val="128"/></font>' for look in _FONTS.values()
    ]
    gray = (
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE6E6E6"/><bgColor indexed="64"/></patternFill></fill>'
    )
    none = '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    sides = "".join(
        f'<{side} style="thin"><color rgb="FF949494"/></{side}>' for side in ("left", "right", "top", "bottom")
    )
    empty = "<border><left/><right/><top/><bottom/><diagonal/></border>"
    era = ERA_FORMAT.replace('"', "&quot;")
    formats = [_FORMATS[style] for style in Style]
    return (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<numFmts count="1"><numFmt numFmtId="{_ERA}" formatCode="{era}"/></numFmts>'
        f'<fonts count="{len(fonts)}">{"".join(fonts)}</fonts>'
        f'<fills count="3">{none}{gray}</fills>'
        f'<borders count="2">{empty}<border>{sides}<diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{"".join(formats)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="標準" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
