"""Every address of the registry."""

from django.contrib.auth.views import PasswordChangeDoneView
from django.urls import include, path

from registry.organization.login import Login, Logout, PasswordChange
from registry.organization.site import site

urlpatterns = [
    path("", include("registry.portal.urls")),
    path("assets/", include("assets.urls")),
    path("organization/", include("registry.organization.urls")),
    path("login/", Login.as_view(), name="login"),
    path("logout/", Logout.as_view(), name="logout"),
    path("password/", PasswordChange.as_view(), name="password_change"),
    path("password/done/", PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("admin/", site.urls),
]
