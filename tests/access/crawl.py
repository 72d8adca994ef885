"""Going everywhere a person can get to by links and forms, without a browser."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from tests.access.visitor import Visitor

LINK = re.compile(r"""\b(?:href|action|formaction|hx-get)=["']([^"'#]+)""")
PARTIAL = {"HX-Request": "true"}
KEY = re.compile(r"/\d+/")
NOT_FOLLOWED = ("/static/", "/logout/", "/admin/logout/", "/admin/jsi18n/")


def crawl(visitor: Visitor, starts: tuple[str, ...], of_one_kind: int = 2) -> Iterator[tuple[str, Any]]:
    """Every address reachable from the starts, with its answer; forms that post are asked for as well (405).

    of_one_kind: how many addresses that differ in keys only are visited.
    """
    waiting, known, kinds = list(starts), set(starts), dict[str, int]()
    while waiting:
        address = waiting.pop()
        response: Any = visitor.get(address)
        yield address, response
        found = [response.headers["Location"]] if response.status_code in {301, 302} else _links(response)
        for link in found:
            target = urljoin(address, html.unescape(link))
            kind = KEY.sub("/N/", urlsplit(target).path) + "?" + "&".join(k for k, _ in _query(target))
            if target in known or not _followed(target) or kinds.get(kind, 0) >= of_one_kind:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            known.add(target)
            waiting.append(target)


def _links(response: Any) -> list[str]:
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    return LINK.findall(response.content.decode())


def _followed(target: str) -> bool:
    parts = urlsplit(target)
    inside = parts.scheme == "" and parts.netloc == "" and parts.path.startswith("/")
    return inside and not parts.path.startswith(NOT_FOLLOWED) and len(_query(target)) < 2


def _query(target: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(target).query, keep_blank_values=True)
