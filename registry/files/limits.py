"""How much a file may be before it is refused: every number in one place."""

from typing import Final

MEGABYTE: Final = 1024 * 1024

# The file as it arrives, and the zip around a workbook.
MAX_BYTES: Final = 25 * MEGABYTE
MAX_ENTRIES: Final = 2_000
MAX_UNPACKED: Final = 200 * MEGABYTE
MAX_RATIO: Final = 200
RATIO_COUNTS_FROM: Final = 16 * MEGABYTE

# What is in it. A cell of Excel holds 32,767 characters.
MAX_SHEETS: Final = 100
MAX_ROWS: Final = 120_000
MAX_COLUMNS: Final = 500
MAX_CELLS: Final = 5_000_000
MAX_TEXT: Final = 100_000_000
MAX_CHARACTERS: Final = 32_767
MAX_STRINGS: Final = 2_000_000
MAX_MERGES: Final = 20_000
MAX_MERGED_ROWS: Final = 500_000
MAX_DEPTH: Final = 50

TOO_MANY_ROWS: Final = f"行数が上限の{MAX_ROWS:,}行を超えています。ファイルを分けてください。"

# Evidence: images and what a PDF or an Office file may carry inside.
MAX_PIXELS: Final = 600_000_000
MAX_IMAGES: Final = 2_000
MAX_NESTED: Final = 2

# The process that reads it.
MEMORY_BYTES: Final = 512 * MEGABYTE
_SECONDS: Final = 20
_WAITING_SECONDS: Final = 20


def cpu_seconds(size: int) -> int:
    """Return the processor time for reading a file of so many bytes: 20 seconds, and one more for each megabyte."""
    return _SECONDS + size // MEGABYTE


def wall_seconds(size: int) -> int:
    """Return the time after which reading a file of so many bytes is given up on a busy machine."""
    return cpu_seconds(size) + _WAITING_SECONDS
