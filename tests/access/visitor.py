"""A browserless visitor that goes to thousands of addresses: Django's client without its notes about templates."""

from http.cookies import SimpleCookie
from typing import Any

from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from registry.organization.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Visitor(RequestFactory):
    """Somebody signed in (or 'anonymous') whose session outlives whatever a request does to the cookies."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)
        client = Client()
        if name != "anonymous":
            client.force_login(User.objects.get(username=name), BACKEND)
        self.cookies = SimpleCookie({key: morsel.value for key, morsel in client.cookies.items()})

    def request(self, **request: Any) -> Any:
        """The answer itself; an error in the application is an answer with status 500."""
        return self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
