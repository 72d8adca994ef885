"""The kinds of view: a page reads, a form page reads and posts, an upload page takes a file, a command only posts,
a download posts and reads.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render

from registry.base.verdict import Conflict

View = Callable[..., HttpResponseBase]
SAFE = ("GET", "HEAD")
WRITTEN = ("note", "reason")


def page(view: View) -> View:
    """GET only; the database itself refuses writes while the page is made."""
    return _declared(view, "page", SAFE)


def form_page(view: View) -> View:
    """GET shows and cannot write, POST runs in one transaction."""
    return _declared(view, "form_page", (*SAFE, "POST"))


def upload_page(view: View) -> View:
    """GET shows; POST takes a file, and no lock is held while it is read: the act that keeps it is one transaction."""
    return _declared(view, "upload_page", (*SAFE, "POST"))


def command(view: View) -> View:
    """POST only, one transaction."""
    return _declared(view, "command", ("POST",))


def download(view: View) -> View:
    """POST only (so that nothing is fetched by a mere link), but reading: it holds no write lock while it works."""
    return _declared(view, "download", ("POST",))


def afterwards(request: HttpRequest, act: Callable[[], None]) -> None:
    """Run `act` in a transaction of its own once the page is made (a reading that history must know of)."""
    request.__dict__.setdefault("afterwards", []).append(act)


def _declared(view: View, kind: str, methods: tuple[str, ...]) -> View:
    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in methods:
            return _not_this_way(request, methods)
        try:
            with _held_for(request, kind):
                response = view(request, *args, **kwargs)
        except Conflict as conflict:
            return render(request, "409.html", {"reason": str(conflict), "typed": _typed(request)}, status=409)
        for act in request.__dict__.get("afterwards", []):
            with transaction.atomic():
                act()
        return response

    run.kind = kind  # type: ignore[attr-defined]
    return run


def _not_this_way(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    """405; with a page for who comes by a link (after logging in again, one is led to where a button had led)."""
    bare = HttpResponseNotAllowed(methods)
    if request.method != "GET":
        return bare
    response = render(request, "405.html", status=bare.status_code)
    response["Allow"] = bare["Allow"]
    return response


def _typed(request: HttpRequest) -> list[str]:
    """The reasons and comments in what was sent: who wrote them can copy them from the page that refuses."""
    return [text for name in WRITTEN if (text := request.POST.get(name, "").strip())]


def _held_for(request: HttpRequest, kind: str) -> AbstractContextManager[Any]:
    if request.method in SAFE or kind == "download":
        return _reading()
    return nullcontext() if kind == "upload_page" else transaction.atomic()


@contextmanager
def _reading() -> Iterator[None]:
    """Inside, writing fails. Inside somebody's transaction (tests) nothing can be promised, so nothing is changed."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA query_only = OFF")
