"""Following units through reorganisations: who took over from whom, as far as the posts and assets went."""

from collections import defaultdict
from collections.abc import Iterable

from registry.organization.models import Succession


def successors_of(departments: Iterable[int]) -> set[int]:
    """The units that took over from these, and from those in turn; without the given ones."""
    after: dict[int, list[int]] = defaultdict(list)
    for one, other in Succession.objects.filter(principal=True).values_list("before_id", "after_id"):
        after[one].append(other)
    given = set(departments)
    found: set[int] = set()
    ahead = list(given)
    while ahead:
        fresh = [key for key in after[ahead.pop()] if key not in found]
        found.update(fresh)
        ahead += fresh
    return found - given


def names_of_successors() -> dict[int, str]:
    """Unit → the name of the unit that took over from it."""
    rows = Succession.objects.filter(principal=True).order_by("on", "pk")
    return dict(rows.values_list("before_id", "after__full_name"))
