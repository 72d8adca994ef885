"""The bench of the 事務局 for the organisation: gathered here for Django to find."""

from registry.organization.admin import body, logins, people, posts, reorganizations, structure, trail

__all__ = ["body", "logins", "people", "posts", "reorganizations", "structure", "trail"]
