"""Profiles: one data file per body with everything in which bodies differ."""

from registry.organization.profiles.parts import Profile
from registry.organization.profiles.reading import ProfileError, available, check, read

__all__ = ["Profile", "ProfileError", "available", "check", "read"]
