"""Yes or no, with the reason a person is shown."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True)
class Verdict:
    """The answer to 「may this person do this?」; true or false, with a reason fit to show when false."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise PermissionDenied with the reason unless allowed."""
        if not self.allowed:
            raise PermissionDenied(self.reason)


ALLOWED = Verdict(allowed=True)


def denied(reason: str) -> Verdict:
    """A no with its reason, a Japanese sentence that says what to do where there is something to do."""
    return Verdict(allowed=False, reason=reason)


class Conflict(Exception):  # noqa: N818 — an answer (409) rather than a fault
    """What was asked no longer fits what is there (somebody was faster); str() says so in Japanese."""
