"""The floor: bare views with their own SQL and template for the same cells, without login, rights, filters or middleware."""

import functools
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import path

COLUMNS = """a.id, a.standing, a.number, a.name, d.name AS section, x.short AS c, y.short AS i, z.short AS v,
 a.segment, a.asset_type, a.location"""
JOINED = """FROM assets_asset a JOIN organization_department d ON d.id = a.department_id
 LEFT JOIN assets_level x ON x.id = a.level_1_id LEFT JOIN assets_level y ON y.id = a.level_2_id
 LEFT JOIN assets_level z ON z.id = a.level_3_id"""
SEARCHED = ("number", "name", "business", "description", "location")
LIKE = "(" + " OR ".join(f"a.{name} LIKE %s" for name in SEARCHED) + ")"
LIST = """<!DOCTYPE html><title>台帳</title><p>{{ count }}件</p><table>{% for row in rows %}<tr><td>{{ row.standing }}
<td><a href="/{{ row.id }}/">{{ row.number }}</a><td>{{ row.name }}<td>{{ row.section }}<td>{{ row.c }}<td>{{ row.i }}
<td>{{ row.v }}<td>{{ row.segment }}<td>{{ row.asset_type }}<td>{{ row.location }}</tr>{% endfor %}</table>"""
DETAIL = """<!DOCTYPE html><title>資産</title><dl>{% for name, value in facts %}<dt>{{ name }}<dd>{{ value }}
{% endfor %}</dl>"""


def index(request: HttpRequest) -> HttpResponse:
    """Fifty rows of ten cells and how many there are."""
    return _fifty("a.standing <> 'abandoned'", [])


def search(request: HttpRequest) -> HttpResponse:
    """The same, where one of five columns holds the word (plain LIKE)."""
    return _fifty(LIKE, [f"%{request.GET['q']}%"] * len(SEARCHED))


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Every column of one asset."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT a.*, d.full_name, x.label, y.label, z.label {JOINED} WHERE a.id = %s", [pk])
        facts = list(zip(_names(cursor), cursor.fetchone(), strict=True))
    return HttpResponse(_template(DETAIL).render({"facts": facts}))


urlpatterns = [path("", index), path("search/", search), path("<int:pk>/", detail)]


class _Handler(ClientHandler):
    """Django's own handler with these addresses and no middleware."""

    def load_middleware(self, *args: Any, **kwargs: Any) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(*args, **kwargs)

    def get_response(self, request: Any) -> Any:
        request.urlconf = __name__
        return super().get_response(request)


def client() -> Client:
    """A client that reaches nothing but the floor."""
    made = Client()
    made.handler = _Handler(enforce_csrf_checks=False)
    return made


def _fifty(where: str, values: list[str]) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM assets_asset a WHERE {where}", values)  # noqa: S608 — two fixed conditions
        count = cursor.fetchone()[0]
        cursor.execute(f"SELECT {COLUMNS} {JOINED} WHERE {where} ORDER BY a.number, a.id LIMIT 50", values)
        rows = [dict(zip(_names(cursor), row, strict=True)) for row in cursor.fetchall()]
    return HttpResponse(_template(LIST).render({"rows": rows, "count": count}))


def _names(cursor: Any) -> list[str]:
    return [column[0] for column in cursor.description]


@functools.cache
def _template(source: str) -> Any:
    return engines["django"].from_string(source)
