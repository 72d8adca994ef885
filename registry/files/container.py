"""The zip around a workbook: counted and judged by its directory before anything in it is unpacked."""

import io
import re
import stat
import struct
import zipfile
from typing import Final

from registry.files.limits import MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED, RATIO_COUNTS_FROM
from registry.files.refusal import Refused

_END: Final = struct.Struct("<4s4H2LH")
_MAX_DIRECTORY: Final = MAX_ENTRIES * 1024
_BROKEN: Final = "ファイルが壊れています。コピーし直すか、作ったソフト(Excelなど)で開いて保存し直してください。"
_TOO_MANY: Final = f"ファイルの中の部品が多すぎます(上限{MAX_ENTRIES:,}個)。作ったソフトで開いて保存し直してください。"
_UNSAFE_NAME: Final = re.compile(r"^/|\\|^[A-Za-z]:|[\x00-\x1f\x7f]|(?:^|/)\.\.(?:/|$)")
_ZIP_FAULTS: Final = (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error, OverflowError)


def scan(data: bytes) -> tuple[str, ...]:
    """Return warnings about what a workbook carries besides its cells.

    Reads only the directory of the zip. Raises Refused for what `entries_of` refuses, for macros, and for other
    documents than workbooks.
    """
    names = {entry.filename.casefold() for entry in entries_of(data)}
    _check_contents(names)
    return _warnings(names)


def entries_of(data: bytes) -> list[zipfile.ZipInfo]:
    """Return what the directory of a zip lists; Refused for broken, encrypted, oversized or dangerous containers.

    A part that unpacks to less than RATIO_COUNTS_FROM bytes may be packed as tightly as it likes: it can do no harm.
    """
    _check_end(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except _ZIP_FAULTS:
        raise Refused(_BROKEN) from None
    _check_sizes(entries, len(data))
    _check_names(entries)
    return entries


def _check_end(data: bytes) -> None:
    """Refuse by the end record alone, so that a million entries are never listed."""
    start = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if start < 0 or len(data) - start < _END.size:
        raise Refused("ファイルが途中で切れています。" + _BROKEN)
    _, _, _, _, count, size, _, _ = _END.unpack_from(data, start)
    if count > MAX_ENTRIES or size > _MAX_DIRECTORY:
        raise Refused(_TOO_MANY)


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Refused(_TOO_MANY)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("パスワード付きZIPです。パスワードを外して保存し直してください。")
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise Refused("対応していない圧縮方法です。作ったソフトで開いて保存し直してください。")
    bloated = any(
        entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if bloated or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Refused(
            "展開すると大きくなりすぎます(上限200MB)。不要なシート、図、書式だけの行を消して保存し直してください。"
        )
    if sum(entry.compress_size for entry in entries) > packed:
        raise Refused(_BROKEN)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if _UNSAFE_NAME.search(entry.orig_filename) or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(
                "ファイルの中に危険な名前の部品があります。作成元を確かめ、新しいファイルに写して保存し直してください。"
            )
        name = entry.filename.casefold()
        if name in seen:
            raise Refused("ファイルの中に同じ名前の部品が二つあり、どちらが正しいか決められません。" + _BROKEN)
        seen.add(name)


def _check_contents(names: set[str]) -> None:
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Refused("マクロ付きのブックです。Excelで「Excelブック(.xlsx)」として保存し直してください。")
    if "[content_types].xml" in names and any(name.startswith("xl/") for name in names):
        return
    if any(name.startswith("word/") for name in names):
        raise Refused("中身はWordの文書です。Excelブック(.xlsx)を選んでください。")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("中身はPowerPointの文書です。Excelブック(.xlsx)を選んでください。")
    raise Refused("中身がExcelブックではありません。Excelで「Excelブック(.xlsx)」として保存し直してください。")


def _warnings(names: set[str]) -> tuple[str, ...]:
    found = []
    if any(name.startswith("xl/embeddings/") for name in names):
        found.append("ブックに別のファイルが埋め込まれています。埋め込まれたファイルは読みません。")
    if any(name.startswith("xl/externallinks/") for name in names):
        found.append("ほかのファイルへのリンクがあります。リンク先は開かず、保存されている値を読みました。")
    return tuple(found)
