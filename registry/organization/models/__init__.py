"""The models of the organization app, gathered for Django."""

from registry.organization.models.appointment import Appointment
from registry.organization.models.body import Body, Organ
from registry.organization.models.department import Department, DepartmentGroupPermission
from registry.organization.models.first_run import FirstRun
from registry.organization.models.listing import ListImport
from registry.organization.models.post import Post, PostRole
from registry.organization.models.preset import Preset, PresetKind
from registry.organization.models.reorganization import Origin, PlannedUnit, Reorganization, Succession
from registry.organization.models.user import User

__all__ = [
    "Appointment",
    "Body",
    "Department",
    "DepartmentGroupPermission",
    "FirstRun",
    "ListImport",
    "Organ",
    "Origin",
    "PlannedUnit",
    "Post",
    "PostRole",
    "Preset",
    "PresetKind",
    "Reorganization",
    "Succession",
    "User",
]
