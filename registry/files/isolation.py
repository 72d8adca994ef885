"""Running the reading child: what goes in, what comes out, and what it means when it dies."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

from registry.files.limits import wall_seconds
from registry.files.refusal import Refused

_ROOT: Final = Path(__file__).resolve().parents[2]
_PASSED_ON: Final = ("SYSTEMROOT", "LD_LIBRARY_PATH")
_DIED: Final = (
    "読み取りに時間かメモリがかかりすぎるか、ファイルが壊れています。不要なシートや行を消して保存し直してください。"
)


def messages(kind: str, data: bytes) -> Generator[Any, None, None]:
    """Yield what the child says of a file, message by message as registry.files.child describes them.

    Raises Refused when it refuses, dies, is killed for taking too long, or ends without its last message.
    """
    child = _started(kind)
    killer = threading.Timer(wall_seconds(len(data)), child.kill)
    killer.daemon = True
    killer.start()
    try:
        yield from _conversation(child, data)
    finally:
        killer.cancel()
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None and not stream.closed:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _started(kind: str) -> "subprocess.Popen[bytes]":
    """Start the child, with no environment but what Python needs."""
    return subprocess.Popen(  # noqa: S603 - our own module, with a fixed argument
        [sys.executable, "-S", "-m", "registry.files.child", kind],
        cwd=_ROOT,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _conversation(child: "subprocess.Popen[bytes]", data: bytes) -> Generator[Any, None, None]:
    """Hand the file over, then yield the answers up to the last one."""
    assert child.stdin is not None  # noqa: S101 - tells the type checker what Popen was asked for
    assert child.stdout is not None  # noqa: S101 - as above
    try:
        child.stdin.write(data)
        child.stdin.close()
    except BrokenPipeError:
        raise Refused(_DIED) from None
    for line in child.stdout:
        if not line.endswith(b"\n"):
            break
        message = json.loads(line)
        if isinstance(message, dict) and "refused" in message:
            raise Refused(message["refused"])
        yield message
        if isinstance(message, dict) and "rows" in message:
            return
    raise Refused(_DIED)
