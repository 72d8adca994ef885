"""What every request gets: an operation id, and answers that no cache keeps."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from registry.base import operation


class NoStore:
    """Pages with records are never stored by a browser or a proxy; each request is one operation of history."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        operation.begin()
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        return response


def address(
    request: HttpRequest, *, drop: tuple[str, ...] = (), without: tuple[str, str] = ("", ""), **changes: str
) -> str:
    """This page's query string with some keys changed or dropped, and one value of a key left out; begins with 「?」."""
    query = request.GET.copy()
    if without[0]:
        query.setlist(without[0], [value for value in query.getlist(without[0]) if value != without[1]])
    for key in drop:
        query.pop(key, None)
    for key, value in changes.items():
        query[key] = value
    return f"?{query.urlencode()}"
