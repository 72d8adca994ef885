"""Database constraints that recur: choices, who-with-when, periods that run forward."""

from django.db import models
from django.db.models import F, Q


def choices_constraint(field: str, choices: type[models.TextChoices], *, blank: bool = False) -> models.CheckConstraint:
    """The column holds one of the choices (or '' where blank is allowed)."""
    values = [*choices.values, ""] if blank else list(choices.values)
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}), name=f"%(app_label)s_%(class)s_{field}_known"
    )


def together_constraint(*fields: str) -> models.CheckConstraint:
    """Either all of the nullable columns are filled or none is."""
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    name = f"%(app_label)s_%(class)s_{fields[0]}_together"
    return models.CheckConstraint(condition=none | every, name=name)


def period_constraint(start: str = "valid_from", end: str = "valid_until") -> models.CheckConstraint:
    """A period does not end before it starts; an open end is null. Both days belong to the period."""
    condition = Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)})
    return models.CheckConstraint(condition=condition, name=f"%(app_label)s_%(class)s_{start}_period")
