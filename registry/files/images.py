"""Images of evidence, walked from their first byte to their last: whole, of a size that can be shown, nothing behind."""

import re
import struct
import zlib
from typing import Final

from registry.files.limits import MAX_IMAGES, MAX_PIXELS
from registry.files.refusal import Refused

PNG: Final = b"\x89PNG\r\n\x1a\n"
_CUT: Final = "画像が途中で切れているか、壊れています。元の画像をコピーし直してください。"
_BEHIND: Final = (
    "画像の後ろに別のデータ(動画など)が付いています。写真アプリで開いて保存し直すか、PDFに印刷して添付してください。"
)
_HUGE: Final = f"画像の縦横が大きすぎます(上限{MAX_PIXELS // 1_000_000}百万画素)。縮小して保存し直してください。"
_SEGMENT_AHEAD: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_WIDTH, _HEIGHT, _OFFSETS, _COUNTS = 256, 257, (273, 324), (279, 325)


def check_png(data: bytes) -> None:
    """Raise Refused unless the file is one whole PNG: every chunk with its checksum, an image, nothing behind."""
    at, drawn, first = len(PNG), False, True
    while True:
        (length,), name = _unpack(">I", data, at), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        (checksum,) = _unpack(">I", data, at + 8 + length)
        if zlib.crc32(name + body) != checksum or first != (name == b"IHDR"):
            raise Refused(_CUT)
        if first:
            _refuse_huge(*_unpack(">II", body, 0))
        drawn, first, at = drawn or name == b"IDAT", False, at + 12 + length
        if name == b"IEND":
            break
    if not drawn:
        raise Refused(_CUT)
    if data[at:].strip(b"\0"):
        raise Refused(_BEHIND)


def check_jpeg(data: bytes) -> None:
    """Raise Refused unless the file is JPEG from start to end; phones put several images behind each other."""
    at = 0
    for _ in range(MAX_IMAGES):
        at = _end_of_jpeg(data, at)
        rest = data[at:].lstrip(b"\0")
        if not rest:
            return
        if not rest.startswith(b"\xff\xd8\xff"):
            raise Refused(_BEHIND)
        at = len(data) - len(rest)
    raise Refused(_BEHIND)


def _end_of_jpeg(data: bytes, start: int) -> int:
    """Follow the segments of one JPEG; give the place behind it."""
    at, framed, scanned = start + 2, False, False
    while True:
        mark, code = _unpack("BB", data, at)
        if mark != 0xFF:
            raise Refused(_CUT)
        if code == 0xFF:  # padding
            at += 1
            continue
        if code == 0xD9:
            if not (framed and scanned):
                raise Refused(_CUT)
            return at + 2
        (length,) = _unpack(">H", data, at + 2)
        if code in _FRAMES:
            _refuse_huge(*_unpack(">HH", data, at + 5))
            framed = True
        at += 2 + length
        if code == 0xDA:
            scanned = True
            following = _SEGMENT_AHEAD.search(data, at)
            if following is None:
                raise Refused(_CUT)
            at = following.start()


def check_tiff(data: bytes) -> None:
    """Raise Refused unless every page of the TIFF lies inside the file."""
    order = "<" if data.startswith(b"II") else ">"
    (at,) = _unpack(f"{order}I", data, 4)
    seen: set[int] = set()
    while at:
        if at in seen or len(seen) >= MAX_IMAGES:
            raise Refused(_CUT)
        seen.add(at)
        at = _page_of_tiff(data, order, at)
    if not seen:
        raise Refused(_CUT)


def _page_of_tiff(data: bytes, order: str, at: int) -> int:
    """Check one page; give the place of the next, 0 after the last."""
    (count,) = _unpack(f"{order}H", data, at)
    fields = {}
    for number in range(count):
        tag, kind, length, place = _unpack(f"{order}HHII", data, at + 2 + 12 * number)
        size = _SIZES.get(kind, 1) * length
        place = place if size > 4 else at + 2 + 12 * number + 8
        if place + size > len(data):
            raise Refused(_CUT)
        if tag in {_WIDTH, _HEIGHT, *_OFFSETS, *_COUNTS} and kind in {3, 4}:
            fields[tag] = _unpack(f"{order}{length}{'H' if kind == 3 else 'I'}", data, place)
    offsets, counts = (next((fields[tag] for tag in tags if tag in fields), ()) for tags in (_OFFSETS, _COUNTS))
    if not (offsets and len(offsets) == len(counts) and fields.get(_WIDTH) and fields.get(_HEIGHT)):
        raise Refused(_CUT)
    if any(offset + count > len(data) for offset, count in zip(offsets, counts, strict=True)):
        raise Refused(_CUT)
    _refuse_huge(fields[_WIDTH][0], fields[_HEIGHT][0])
    (following,) = _unpack(f"{order}I", data, at + 2 + 12 * count)
    return int(following)


def _refuse_huge(width: int, height: int) -> None:
    if not width or not height:
        raise Refused(_CUT)
    if width * height > MAX_PIXELS:
        raise Refused(_HUGE)


def _unpack(form: str, data: bytes, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, data, at)
    except struct.error:
        raise Refused(_CUT) from None
