"""The words a body may rename: role titles, committee, procedures. Read here, stored with the body."""

from registry.organization.models import Body
from registry.organization.roles import Role


def the_body() -> Body:
    """The body of this installation; raises Body.DoesNotExist before a profile was loaded."""
    return Body.objects.get(pk=1)


def role_title(role: Role, body: Body) -> str:
    """What this body calls a role, or its standard title."""
    return str(body.role_titles.get(role.value, role.label))
