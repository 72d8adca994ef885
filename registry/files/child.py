"""The child process that reads one hostile file: limits on itself first, then rows as JSON lines to its parent.

Asked as `python -m registry.files.child xlsx|csv|evidence` with the file on standard input. Each line it writes is one
of {"sheet": title, "hidden": bool}, [row number, values], {"merged": [ranges]}, {"warning": text}, {"refused": text},
for evidence {"kind": code}, and last {"rows": count, "cells": count}.
"""

import contextlib
import json
import sys
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

from registry.files.delimited import DelimitedReader
from registry.files.evidence import kind_of
from registry.files.limits import MAX_CELLS, MAX_ROWS, MAX_TEXT, MEMORY_BYTES, TOO_MANY_ROWS, cpu_seconds
from registry.files.parts import Parts
from registry.files.refusal import Refused
from registry.files.sheet import SheetReader
from registry.files.values import Value
from registry.files.workbook import read_outline, sheets_with_cells

_SHOWN: Final = 10
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Output:
    """Lines to the parent, counted, and stopped before they are more than it can hold."""

    def __init__(self, stream: BinaryIO) -> None:
        """Write to a binary stream."""
        self._write = stream.write
        self.rows = self.cells = self.text = 0

    def say(self, message: object) -> None:
        """Write one message."""
        self._write(_encode(message).encode() + b"\n")

    def row(self, number: int, values: list[Value]) -> None:
        """Write one row. Raises Refused when the file has too many rows, cells or characters."""
        line = _encode((number, values))
        self.rows += 1
        self.cells += len(values)
        self.text += len(line)
        if self.rows > MAX_ROWS:
            raise Refused(TOO_MANY_ROWS)
        if self.cells > MAX_CELLS or self.text > MAX_TEXT:
            raise Refused("値の量が多すぎます。行かシートを分けて保存し直してください。")
        self._write(line.encode() + b"\n")


def read_workbook(data: bytes, output: Output) -> None:
    """Write every sheet of a workbook."""
    parts = Parts(data)
    outline = read_outline(parts)
    places = list(sheets_with_cells(outline))
    for place in outline.sheets:
        if place not in places:
            output.say({"warning": f"シート「{place.title}」はグラフなどで、値がないため読みません。"})
    if not places:
        raise Refused("値のあるシートが一枚もありません。台帳のシートがあるブックを選んでください。")
    for place in places:
        output.say({"sheet": place.title, "hidden": place.hidden})
        if place.hidden:
            output.say(
                {"warning": f"シート「{place.title}」は非表示です。見えているシートがあれば、そちらだけを読みます。"}
            )
        reader = SheetReader(place, outline, output.row)
        reader.read(parts)
        _tell(output, reader)


def _tell(output: Output, reader: SheetReader) -> None:
    """Write what is to be known of a sheet besides its rows."""
    title = reader.place.title
    if reader.merged:
        output.say({"merged": reader.merged})
    if reader.formulas:
        cells = _some(reader.formulas)
        output.say({"warning": f"シート「{title}」の{cells}は数式です。保存されている計算結果を読みました。"})
    if reader.hidden_rows:
        rows = _some(reader.hidden_rows)
        output.say({"warning": f"シート「{title}」の{rows}行目は非表示(フィルターなど)ですが、読みました。"})


def _some(found: Sequence[object]) -> str:
    rest = f" ほか{len(found) - _SHOWN:,}件 " if len(found) > _SHOWN else ""
    return "、".join(map(str, found[:_SHOWN])) + rest


def read_delimited(data: bytes, output: Output) -> None:
    """Write the rows of a delimited file as one sheet."""
    output.say({"sheet": "", "hidden": False})
    reader = DelimitedReader(data, output.row)
    reader.read()
    for warning in reader.warnings:
        output.say({"warning": warning})


def recognize_evidence(data: bytes, output: Output) -> None:
    """Write what kind of file it is."""
    output.say({"kind": kind_of(data)})


READERS: Final[dict[str, Callable[[bytes, Output], None]]] = {
    "xlsx": read_workbook,
    "csv": read_delimited,
    "evidence": recognize_evidence,
}


def confine(size: int) -> None:
    """Limit memory and time for a file of this size, and take away new files and sockets, where the system can."""
    for encoding in ("cp437", "cp932", "euc_jp", "utf-16", "utf-16-le", "ascii", "latin-1"):
        "".encode(encoding)
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: cpu_seconds(size),
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 3,
    }
    for limit, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def main() -> None:
    """Read standard input as the kind named by the first argument; answer on standard output."""
    data = sys.stdin.buffer.read()
    confine(len(data))
    output = Output(sys.stdout.buffer)
    try:
        READERS[sys.argv[1]](data, output)
    except Refused as refusal:
        output.say({"refused": str(refusal)})
    except MemoryError:
        output.say({"refused": "読むのに必要なメモリが多すぎます。行かシートを分けて保存し直してください。"})
    else:
        output.say({"rows": output.rows, "cells": output.cells})
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
