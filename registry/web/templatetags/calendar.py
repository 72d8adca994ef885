"""Days and moments on screen, all in one shape: 「令和8年4月1日」, 「令和8年4月1日 09:05」."""

import datetime as dt

from django import template
from django.utils import timezone

from registry.base import fiscal

register = template.Library()


@register.filter
def wareki(value: dt.date | dt.datetime | None) -> str:
    """A day as 和暦; a moment with hour and minute of Japan; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return fiscal.wareki_moment(timezone.localtime(value))
    return fiscal.wareki(value)
