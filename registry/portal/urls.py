"""Addresses of the portal."""

from django.urls import path

from registry.portal.views import answers, home, trail

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("history/", trail.history, name="history"),
    path("health/", answers.health, name="health"),
]
