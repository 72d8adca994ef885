"""What a view of ours receives: a request of a person who is signed in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from registry.organization.models import User


class StaffRequest(HttpRequest):
    """A request behind the login."""

    user: User
    htmx: HtmxDetails
