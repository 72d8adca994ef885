"""Small real files of every kind that is taken as evidence, made by hand, so that a test can spoil exactly one thing."""

import io
import struct
import zipfile
import zlib

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def pdf(objects: str = "", *, packed: str = "", trailer: str = "", after: bytes = b"") -> bytes:
    """A PDF with one empty page; `packed` objects lie in a compressed stream, `trailer` entries in its trailer."""
    body = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    body += f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n{objects}\n"
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + body.encode()
    if packed:
        stream = zlib.compress(packed.encode())
        head = f"9 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {len(stream)}>>stream\n"
        data += head.encode() + stream + b"\nendstream endobj\n"
    ending = f"trailer<</Root 1 0 R/Size 10{trailer}>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + ending.encode() + after


def png(width: int = 2, height: int = 2, *, after: bytes = b"", spoilt: bool = False) -> bytes:
    """A gray image."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body) ^ spoilt)

    rows = zlib.compress(b"".join(b"\0" + b"\x80" * min(width, 4) for _ in range(min(height, 4))))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + after


def jpeg(*, after: bytes = b"", end: bytes = b"\xff\xd9", width: int = 8, height: int = 8) -> bytes:
    """The segments of a JPEG around a few bytes of picture."""
    tables = b"\xff\xdb" + struct.pack(">H", 67) + b"\0" + b"\1" * 64
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\1\0\0\x3f\0" + b"\x12\x34\xff\x00\xff\xd0\x56"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0" + tables + frame + scan + end + after


def tiff(*, order: str = "<", beyond: bool = False, after: bytes = b"") -> bytes:
    """One page of four bytes."""
    data_at = 8 + 2 + 4 * 12 + 4
    fields = [(256, 2), (257, 2), (273, 10_000 if beyond else data_at), (279, 4)]
    page = struct.pack(f"{order}H", len(fields))
    page += b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in fields)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return head + page + struct.pack(f"{order}I", 0) + b"\1\2\3\4" + after


def office(
    kind: str = "docx", parts: dict[str, str | bytes] | None = None, *, types: str = "", main: str = ""
) -> bytes:
    """A Word, Excel or PowerPoint file; `types` are more lines of its list of contents, `main` another main type."""
    part, declared = MAIN[kind]
    declared = main or f"application/vnd.openxmlformats-officedocument.{declared}"
    contents = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/xml"/>'
    contents += f'<Override PartName="/{part}" ContentType="{declared}"/>{types}</Types>'
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": contents,
        "_rels/.rels": links(("officeDocument", part, "Internal")),
        part: "<x/>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files | (parts or {})).items():
            archive.writestr(name, content)
    return stream.getvalue()


def links(*found: tuple[str, str, str]) -> str:
    """A part with relationships: (last word of the type, target, mode)."""
    rows = (
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for n, (kind, target, mode) in enumerate(found)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def zipped(*, encrypted: bool = False) -> bytes:
    """An ordinary zip with one file in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("中身.txt", "中身")
    data = stream.getvalue()
    at = data.rfind(b"PK\x01\x02") + 8
    return data[:at] + bytes([data[at] | encrypted]) + data[at + 1 :]


def bomb() -> bytes:
    """A Word file of a few hundred kilobytes that would unpack to a gigabyte."""
    return office("docx", {f"word/media/{n}.xml": b"\0" * (64 * 1024 * 1024) for n in range(4)})
