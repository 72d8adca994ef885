"""How the ledger sheet is laid out around its rows: cover lines, header row, frozen panes, drop-downs, paper."""

from collections.abc import Sequence

from assets.ledger.choice_lists import choice_source
from assets.ledger.sheet_xml import LAST_ROW, column_letters, escaped, line_count, text_cell
from assets.ledger.workbook_contents import Column, Cover
from assets.ledger.workbook_styles import FONT, LINE_HEIGHT, Style

SPARE_ROWS = 200
FROZEN_COLUMNS = 3
WIDEST_FACTS = 150  # characters: what one screen shows
LONGEST_MARGIN_TEXT = 45  # characters; Excel allows 255 for a whole header with its codes

_SPARE_STYLES = {
    "text": Style.SPARE_TEXT,
    "long": Style.SPARE_TEXT,
    "date": Style.SPARE_DATE,
    "integer": Style.SPARE_INTEGER,
    "choice": Style.SPARE_CHOICE,
}


def facts(cover: Cover, columns: Sequence[Column]) -> list[str]:
    """The lines under the title, in words."""
    note = "　　※は必ず記入する項目です" if any(column.required for column in columns) else ""
    parts = f"（{cover.counts}）" if cover.counts else ""
    return [
        f"{cover.body_name}　　基準日　{cover.as_of_text}　　件数　{cover.row_count:,}件{parts}{note}",
        f"出力者　{cover.made_by}　　出力日時　{cover.made_at_text}",
        f"条件　{cover.conditions or 'なし'}",
    ]


def header_row(cover: Cover) -> int:
    """The number of the row that holds the column headers: title, class label if any, facts and a gap stand above."""
    return 1 + bool(cover.class_label) + 3 + 1 + 1


def sheet_head(cover: Cover, columns: Sequence[Column]) -> str:
    """The sheet's XML up to and with the header row."""
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f"{_views(header_row(cover), len(columns))}"
        f'<sheetFormatPr defaultRowHeight="{LINE_HEIGHT}"/>'
        f"<cols>{''.join(_column(index, column) for index, column in enumerate(columns, 1))}</cols>"
        f"<sheetData>{_cover_rows(cover, columns)}{_header_cells(header_row(cover), columns)}"
    )


def sheet_tail(cover: Cover, columns: Sequence[Column]) -> str:
    """The sheet's XML after the last row of the table."""
    above, last = header_row(cover), column_letters(len(columns) - 1)
    last_row = above + cover.row_count
    return (
        "</sheetData>"
        f'<autoFilter ref="A{above}:{last}{last_row}"/>'
        f"{_merged_facts(cover, columns)}"
        f"{_validations(columns, above + 1, min(last_row + SPARE_ROWS, LAST_ROW))}"
        '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.7" bottom="0.6" header="0.35" footer="0.3"/>'
        '<pageSetup paperSize="8" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        f"{_margin_texts(cover)}"
        f'<ignoredErrors><ignoredError sqref="A1:{last}{last_row}" numberStoredAsText="1"/></ignoredErrors>'
        "</worksheet>"
    )


def _views(above: int, columns: int) -> str:
    side = FROZEN_COLUMNS if columns > FROZEN_COLUMNS else 0
    across = f'xSplit="{side}" ' if side else ""
    pane = "bottomRight" if side else "bottomLeft"
    corner = f"{column_letters(side)}{above + 1}"
    return (
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        f'<pane {across}ySplit="{above}" topLeftCell="{corner}" activePane="{pane}" state="frozen"/>'
        f'<selection pane="{pane}" activeCell="{corner}" sqref="{corner}"/></sheetView></sheetViews>'
    )


def _column(number: int, column: Column) -> str:
    style = _SPARE_STYLES[column.kind]
    return f'<col min="{number}" max="{number}" width="{column.width}" style="{style:d}" customWidth="1"/>'


def _cover_rows(cover: Cover, columns: Sequence[Column]) -> str:
    lines = [(Style.TITLE, cover.title, 30.0)]
    if cover.class_label:
        lines.append((Style.CLASS_LABEL, cover.class_label, 20.0))
    width = sum(column.width for column in columns[: _fact_columns(columns)])
    lines += [(Style.FACT, fact, LINE_HEIGHT * line_count(fact, int(width))) for fact in facts(cover, columns)]
    rows = [
        f'<row r="{number}" ht="{height}" customHeight="1">{text_cell(f"A{number}", style, text)}</row>'
        for number, (style, text, height) in enumerate(lines, 1)
    ]
    return "".join(rows) + f'<row r="{len(lines) + 1}" ht="6" customHeight="1"/>'


def _header_cells(number: int, columns: Sequence[Column]) -> str:
    lines = max(line_count(column.heading, int(column.width) - 3) for column in columns)
    cells = [
        text_cell(f"{column_letters(index)}{number}", Style.HEADER, column.heading)
        for index, column in enumerate(columns)
    ]
    return f'<row r="{number}" ht="{LINE_HEIGHT * lines + 10}" customHeight="1">{"".join(cells)}</row>'


def _fact_columns(columns: Sequence[Column]) -> int:
    """Over how many columns the facts are written: a screen's width, or the whole table."""
    width = 0.0
    for count, column in enumerate(columns, 1):
        width += column.width
        if width >= WIDEST_FACTS:
            return count
    return len(columns)


def _merged_facts(cover: Cover, columns: Sequence[Column]) -> str:
    span = _fact_columns(columns)
    if span == 1:
        return ""
    last_fact = header_row(cover) - 2
    merges = [
        f'<mergeCell ref="A{row}:{column_letters(span - 1)}{row}"/>' for row in range(last_fact - 2, last_fact + 1)
    ]
    return f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>'


def _validations(columns: Sequence[Column], first: int, last: int) -> str:
    lists = [
        '<dataValidation type="list" errorStyle="warning" allowBlank="1" showInputMessage="1" showErrorMessage="1"'
        f' errorTitle="一覧にない値です" error="{escaped(column.header)}は、▼の一覧から選んでください。"'
        f' sqref="{column_letters(index)}{first}:{column_letters(index)}{last}">'
        f"<formula1>{escaped(choice_source(columns, index))}</formula1></dataValidation>"
        for index, column in enumerate(columns)
        if column.choices
    ]
    return f'<dataValidations count="{len(lists)}">{"".join(lists)}</dataValidations>' if lists else ""


def _margin_texts(cover: Cover) -> str:
    """Header and footer; the first page has its title in the sheet, so its header leaves it out."""
    label, title = _margin(cover.class_label), _margin(cover.title)
    small, bold = f'&9&"{FONT},Regular"', f'&11&"{FONT},Regular"&B'
    left, right = f"&L{bold}{label}" if label else "", f"&R{small}&P / &N ページ"
    made = f"作成　{_margin(cover.made_by)}　{cover.made_at_text}"
    footer = f"&L{small}基準日　{cover.as_of_text}" + (f"&C{small}{label}" if label else "") + f"&R{small}{made}"
    return (
        '<headerFooter differentFirst="1">'
        f"<oddHeader>{escaped(f'{left}&C{bold}{title}{right}')}</oddHeader><oddFooter>{escaped(footer)}</oddFooter>"
        f"<firstHeader>{escaped(left + right)}</firstHeader><firstFooter>{escaped(footer)}</firstFooter></headerFooter>"
    )


def _margin(text: str) -> str:
    """The text on one line, its ampersands doubled, cut with … to what a header can hold."""
    line = " ".join(text.split()).replace("&", "&&")
    if len(line) <= LONGEST_MARGIN_TEXT:
        return line
    kept = line[: LONGEST_MARGIN_TEXT - 1]
    half_pairs = (len(kept) - len(kept.rstrip("&"))) % 2
    return f"{kept[: len(kept) - half_pairs]}…"
