"""The operation under way: one id that ties together everything one request or command did."""

import uuid
from contextvars import ContextVar

_current: ContextVar[uuid.UUID | None] = ContextVar("operation", default=None)


def begin() -> uuid.UUID:
    """Start a new operation and return its id."""
    operation = uuid.uuid4()
    _current.set(operation)
    return operation


def current() -> uuid.UUID:
    """The id of the operation under way; a new one where none was begun."""
    return _current.get() or begin()
