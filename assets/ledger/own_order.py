"""The list in the order of one of the body's own columns; assets that say nothing in it come last."""

import datetime as dt
from typing import Any

from django.db.models import Case, F, FilteredRelation, Q, TextField, Value, When
from django.db.models.functions import Coalesce, Concat

from assets.body_columns import Columns
from assets.columns import Column, Kind
from assets.models.asset import AssetQuerySet
from registry.web.paging import Order

# How a list in the order of such a column is called, and whether it begins with the greatest.
WORDS = {
    Kind.TEXT: ("", False),
    Kind.CHOICE: ("(選択肢の順)", False),
    Kind.INTEGER: ("(大きい順)", True),
    Kind.DATE: ("(新しい順)", True),
}
LAST = 32_767  # behind every position
NEVER = dt.date(1, 1, 1)


def own_sorts(columns: Columns) -> dict[str, tuple[str, Order]]:
    """Key → what the order is called and how it runs, for the columns in use that have an order people look for."""
    found = {}
    for column in columns.own:
        if column.kind in WORDS and not column.retired:
            words, descending = WORDS[column.kind]
            found[column.key] = (column.label + words, Order(f"by_{column.key}", descending=descending))
    return found


def with_own_order(assets: AssetQuerySet, column: Column, order: Order) -> AssetQuerySet:
    """The assets with what the order compares."""
    joined = assets.annotate(own=FilteredRelation("extra_values", condition=Q(extra_values__column=column.own)))
    values: dict[Kind, Any] = {
        Kind.TEXT: Case(
            When(own__id__isnull=True, then=Value("1")),
            default=Concat(Value("0"), F("own__folded")),
            output_field=TextField(),
        ),
        Kind.CHOICE: Coalesce(F("own__option__position"), Value(LAST)),
        Kind.INTEGER: Coalesce(F("own__number"), Value(-1)),
        Kind.DATE: Coalesce(F("own__day"), Value(NEVER)),
    }
    return joined.annotate(**{order.column: values[column.kind]})
