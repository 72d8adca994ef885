"""The bench of the 事務局 for the organisation: gathered here for Django to find."""

from registry.organization.admin import logins, people, posts, structure, trail

__all__ = ["logins", "people", "posts", "structure", "trail"]
