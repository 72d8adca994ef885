"""The drop-downs of the ledger workbook: written in the rule itself where they fit, else on the hidden sheet 選択肢."""

from collections.abc import Sequence

from assets.ledger.sheet_xml import column_letters, text_cell
from assets.ledger.workbook_contents import Column
from assets.ledger.workbook_styles import Style

CHOICE_SHEET = "選択肢"
LONGEST_LIST = 255  # characters of a list written in the rule: Excel's limit


def needs_sheet(column: Column) -> bool:
    """Whether the choices are too long for the rule, or hold what it would take for a separator or trim away."""
    joined = ",".join(column.choices)
    return len(_quoted(joined)) > LONGEST_LIST or any(
        "," in choice or "\n" in choice or "\r" in choice or choice != choice.strip() for choice in column.choices
    )


def choice_source(columns: Sequence[Column], index: int) -> str:
    """The formula of a column's drop-down, not yet escaped for XML."""
    column = columns[index]
    if not needs_sheet(column):
        return _quoted(",".join(column.choices))
    letters = column_letters(sheet_columns(columns).index(index))
    return f"'{CHOICE_SHEET}'!${letters}$2:${letters}${len(column.choices) + 1}"


def sheet_columns(columns: Sequence[Column]) -> list[int]:
    """The places of the columns whose choices stand on the hidden sheet, in its order; empty when it is not needed."""
    return [index for index, column in enumerate(columns) if column.choices and needs_sheet(column)]


def choice_sheet_xml(columns: Sequence[Column]) -> str:
    """The hidden sheet: one column per long list, its header on top."""
    lists = [(columns[index].header, *columns[index].choices) for index in sheet_columns(columns)]
    rows = []
    for number in range(1, max(map(len, lists)) + 1):
        cells = [
            text_cell(f"{column_letters(place)}{number}", Style.SPARE_TEXT, texts[number - 1])
            for place, texts in enumerate(lists)
            if number <= len(texts)
        ]
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))
