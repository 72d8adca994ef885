"""Is the service alive?"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from registry.web.views import page


@login_not_required
@page
def health(request: HttpRequest, *args: Any) -> HttpResponse:
    """Alive and able to ask the database; says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
