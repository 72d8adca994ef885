"""出力: the list as it is on screen, as a workbook."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from assets.classification import classification_on
from assets.ledger.exporting import write
from assets.ledger.listing import Listing
from assets.readings import note_export
from registry.organization.access import holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import the_body
from registry.web.downloads import XLSX, file_answer
from registry.web.views import afterwards, download


@download
def export(request: StaffRequest) -> HttpResponseBase:
    """The rows, columns and order of the address that is posted, logged with filter, rows and SHA-256."""
    if not holds_anywhere(request.user, Permission.EXPORT_ASSETS):
        raise PermissionDenied("台帳を出力する権限がありません。")
    listing = Listing(
        request.user, QueryDict(request.POST.get("query", "")), classification_on(), Permission.EXPORT_ASSETS
    )
    try:
        made = write(listing)
    except ValueError as problem:
        messages.warning(request, str(problem))
        return _back(listing)
    if not made.rows:
        made.file.close()
        messages.warning(request, "出力する行がありません。しぼり込みを見直してください。")
        return _back(listing)
    columns = "、".join(listing.header(column) for column in listing.columns)
    facts = [
        ("条件", made.conditions or "なし"),
        ("列", columns),
        ("行数", f"{made.rows:,}"),
        ("最高の分類", made.label),
        ("SHA-256", made.sha256),
    ]
    body = the_body()
    afterwards(request, lambda: note_export(body, facts, made.filename, by=request.user))
    return file_answer(made.file, made.filename, XLSX)


def _back(listing: Listing) -> HttpResponseBase:
    """To the list as it was filtered."""
    return redirect(f"{reverse('assets:index')}?{listing.query.urlencode() or 'view='}")
