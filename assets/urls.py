"""Addresses of the ledger."""

from django.urls import path

from assets.views import asof, detail, entry, exporting, history, importing, ledger, review

app_name = "assets"
urlpatterns = [
    path("", ledger.index, name="index"),
    path("new/", entry.new, name="new"),
    path("<int:pk>/", detail.detail, name="detail"),
    path("<int:pk>/edit/", entry.edit, name="edit"),
    path("<int:pk>/history/", history.history, name="history"),
    path("<int:pk>/as-of/", asof.asset, name="asset-as-of"),
    path("as-of/", asof.ledger, name="as-of"),
    path("as-of/export/", asof.export_day, name="as-of-export"),
    path("comparison/", asof.comparison, name="comparison"),
    path("comparison/export/", asof.export_comparison, name="comparison-export"),
    path("proposals/<int:pk>/steps/<slug:code>/", review.step, name="step"),
    path("reviews/", review.queue, name="reviews"),
    path("reviews/<int:pk>/", review.queue, name="review"),
    path("reviews/decide/", review.decide, name="decide"),
    path("export/", exporting.export, name="export"),
    path("imports/", importing.index, name="imports"),
    path("imports/new/", importing.upload, name="import-new"),
    path("imports/<int:pk>/columns/", importing.columns, name="import-columns"),
    path("imports/<int:pk>/", importing.check, name="import-check"),
    path("imports/<int:pk>/register/", importing.register, name="import-register"),
    path("imports/<int:pk>/discard/", importing.discard, name="import-discard"),
]
