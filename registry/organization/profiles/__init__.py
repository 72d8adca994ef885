"""Profiles: one data file per body with everything in which bodies differ."""

from registry.organization.profiles.parts import DEFAULT_ROLE_TITLES, DEFAULT_WORDS, Profile
from registry.organization.profiles.reading import ProfileError, available, check, read

__all__ = ["DEFAULT_ROLE_TITLES", "DEFAULT_WORDS", "Profile", "ProfileError", "available", "check", "read"]
