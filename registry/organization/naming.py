"""Names in words: as short as people say them, whole where two would otherwise be called the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from registry.organization.models import Post


def department_names(departments: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """Key → name, from (key, name, full name); the full name where several units share the name."""
    return _told_apart((key, name, full_name) for key, name, full_name in departments)


def post_names(posts: Iterable[Post]) -> dict[int, str]:
    """Key → title with its department (「税務課 主査」); the whole path where several posts share that."""
    return _told_apart((post.pk, post.full_title, f"{post.department.full_name} {post.title}") for post in posts)


def _told_apart(names: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    rows = list(names)
    wholes: Mapping[str, set[str]] = defaultdict(set)
    for _, short, whole in rows:
        wholes[short].add(whole)
    return {key: short if len(wholes[short]) == 1 else whole for key, short, whole in rows}
