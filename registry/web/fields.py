"""Form parts that Django lacks: a day in Japanese spelling, and a drop-down that is quick with hundreds of options."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registry.base.fiscal import parse_date


class DayField(forms.DateField):
    """A day typed or picked: 2026-04-01, 令和8年4月1日, R8.4.1 …"""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                return parse_date(value)
            except ValueError as problem:
                raise forms.ValidationError(str(problem)) from problem
        return super().to_python(value)


class QuickSelect(forms.Select):
    """Django's drop-down for one value out of plain choices (no groups), written without a template per option."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The element with its options; what stands in them is escaped."""
        given = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return format_html("<select{}>{}</select>", given, _options(self.choices, self.format_value(value)))


def _options(choices: Iterable[Any], chosen: Iterable[str]) -> SafeString:
    rows = ((str(value), " selected" if str(value) in chosen else "", label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)
