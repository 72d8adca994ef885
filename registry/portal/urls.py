"""Addresses of the portal."""

from django.urls import path

from registry.portal.views import answers, first_run, getting_ready, home, login_time, trail

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
    path("health/", answers.health, name="health"),
]
