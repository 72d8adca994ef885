"""The kinds of file that are taken as evidence: what they are called, how their names end, what a browser is told."""

from dataclasses import dataclass
from typing import Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """One kind of file. Its code is stored; the first of its endings is the one that is proposed."""

    code: str
    label: str
    endings: tuple[str, ...]
    content_type: str


KINDS: Final = {
    kind.code: kind
    for kind in (
        Kind("pdf", "PDF", (".pdf",), "application/pdf"),
        Kind("jpeg", "JPEG画像", (".jpg", ".jpeg"), "image/jpeg"),
        Kind("png", "PNG画像", (".png",), "image/png"),
        Kind("tiff", "TIFF画像", (".tif", ".tiff"), "image/tiff"),
        Kind("docx", "Word文書", (".docx",), f"{_OFFICE}.wordprocessingml.document"),
        Kind("xlsx", "Excelブック", (".xlsx",), f"{_OFFICE}.spreadsheetml.sheet"),
        Kind("pptx", "PowerPoint", (".pptx",), f"{_OFFICE}.presentationml.presentation"),
        Kind("txt", "テキスト", (".txt",), "text/plain"),
        Kind("csv", "CSV", (".csv",), "text/csv"),
    )
}
ENDINGS: Final = tuple(ending for kind in KINDS.values() for ending in kind.endings)
IN_WORDS: Final = "PDF、画像(JPEG・PNG・TIFF)、Word(.docx)、Excel(.xlsx)、PowerPoint(.pptx)、テキスト(.txt)、CSV"
TEXT: Final = ("txt", "csv")
