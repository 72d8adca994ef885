"""The sheet 集計 of a workbook: how many rows each group has."""

from assets.ledger.sheet_xml import column_letters, inert, text_cell
from assets.ledger.workbook_contents import Tally
from assets.ledger.workbook_styles import LINE_HEIGHT, Style

TALLY_SHEET = "集計"


def tally_sheet_xml(tally: Tally) -> str:
    """The sheet: a header row, then a line per group; A4 upright, the header on every page."""
    rows = [_row(1, [text_cell(f"{column_letters(at)}1", Style.HEADER, text) for at, text in enumerate(tally.headers)])]
    for number, (label, counts, is_sum) in enumerate(tally.lines, 2):
        style = Style.HEADER if is_sum else inert(Style.TEXT, label)
        cells = [text_cell(f"A{number}", style, label)]
        cells += [
            f'<c r="{column_letters(at)}{number}" s="{Style.INTEGER:d}"><v>{count:d}</v></c>'
            for at, count in enumerate(counts, 1)
        ]
        rows.append(_row(number, cells))
    widths = f'<col min="1" max="1" width="40" customWidth="1"/><col min="2" max="{len(tally.headers)}" width="14" customWidth="1"/>'
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{''.join(rows)}</sheetData>"
        '<pageSetup paperSize="9" fitToWidth="1" fitToHeight="0"/></worksheet>'
    )


def _row(number: int, cells: list[str]) -> str:
    return f'<row r="{number}" ht="{LINE_HEIGHT}">{"".join(cells)}</row>'
