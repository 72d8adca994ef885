"""Addresses of the organisation."""

from django.urls import path

from registry.organization.views import absences, lists, tree, vacancies

app_name = "organization"
urlpatterns = [
    path("", tree.index, name="index"),
    path("vacancies/", vacancies.index, name="vacancies"),
    path("absences/", absences.index, name="absences"),
    path("absences/<int:pk>/end/", absences.end, name="absence-end"),
    path("lists/", lists.upload, name="list-upload"),
    path("lists/<int:pk>/", lists.detail, name="list"),
    path("lists/<int:pk>/apply/", lists.apply, name="list-apply"),
    path("lists/<int:pk>/discard/", lists.discard, name="list-discard"),
]
