"""Addresses of the portal."""

from django.urls import path

from registry.portal.views import answers, home, login_time, trail

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("history/", trail.history, name="history"),
    path("session/", login_time.go_on, name="go-on"),
    path("session/kept/", login_time.kept, name="kept"),
    path("health/", answers.health, name="health"),
]
