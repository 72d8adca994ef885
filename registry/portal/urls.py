"""Addresses of the portal."""

from django.urls import path

from registry.portal.views import (
    answers,
    first_run,
    getting_ready,
    home,
    jobs,
    login_time,
    reorganization_units,
    reorganizations,
    trail,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("first-run/", first_run.door, name="first-run"),
    path("first-run/body/", first_run.body, name="first-run-body"),
    path("first-run/body/own/", first_run.own, name="first-run-own"),
    path("first-run/words/", first_run.words, name="first-run-words"),
    path("first-run/administrator/", first_run.administrator, name="first-run-administrator"),
    path("getting-ready/", getting_ready.checklist, name="getting-ready"),
    path("getting-ready/organization/", getting_ready.organization, name="getting-ready-organization"),
    path("history/", trail.history, name="history"),
    path("session/", login_time.go_on, name="go-on"),
    path("session/kept/", login_time.kept, name="kept"),
    path("reorganizations/", reorganizations.index, name="reorganizations"),
    path("reorganizations/<int:pk>/", reorganizations.detail, name="reorganization"),
    path("reorganizations/<int:pk>/preview/", reorganizations.preview, name="reorganization-preview"),
    path("reorganizations/<int:pk>/apply/", reorganizations.apply, name="reorganization-apply"),
    path("reorganizations/<int:pk>/settle/", reorganizations.settle, name="reorganization-settle"),
    path("reorganizations/<int:pk>/catch-up/", reorganizations.catch_up, name="reorganization-catch-up"),
    path("reorganizations/<int:pk>/recall/", reorganizations.recall, name="reorganization-recall"),
    path("reorganizations/<int:pk>/discard/", reorganizations.discard, name="reorganization-discard"),
    path("reorganizations/<int:pk>/undo/", reorganizations.undo, name="reorganization-undo"),
    path("reorganizations/<int:pk>/units/new/", reorganization_units.new_unit, name="reorganization-unit-new"),
    path("reorganizations/<int:pk>/units/<int:unit>/", reorganization_units.unit, name="reorganization-unit"),
    path(
        "reorganizations/<int:pk>/units/<int:unit>/remove/",
        reorganization_units.remove_unit,
        name="reorganization-unit-remove",
    ),
    path(
        "reorganizations/<int:pk>/departments/<int:department>/",
        reorganization_units.department,
        name="reorganization-department",
    ),
    path("jobs/", jobs.index, name="jobs"),
    path("jobs/<int:pk>/", jobs.detail, name="job"),
    path("jobs/<int:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("health/", answers.health, name="health"),
]
