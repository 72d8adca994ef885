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


class FilesField(forms.FileField):
    """One file or several, given as a list; what is in them is checked by who receives them."""

    def __init__(self, *, accept: str = "", **kwargs: Any) -> None:
        super().__init__(widget=SeveralFiles(attrs={"accept": accept} if accept else {}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [file for file in data or [] if file]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class QuickSelect(forms.Select):
    """Django's drop-down for one value, written without a template per option; choices may stand in groups."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The element with its options; what stands in them is escaped."""
        given = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return format_html("<select{}>{}</select>", given, _options(self.choices, self.format_value(value)))


def _options(choices: Iterable[Any], chosen: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((_option(value, label, chosen),) for value, label in choices))


def _option(value: Any, label: Any, chosen: Iterable[str]) -> SafeString:
    """One option, or the group of a heading and the choices under it."""
    if isinstance(label, list | tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
    selected = " selected" if str(value) in chosen else ""
    return format_html('<option value="{}"{}>{}</option>', str(value), selected, label)
