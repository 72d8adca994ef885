"""Form parts that Django lacks: a day in Japanese spelling, and a drop-down that is quick with hundreds of options."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
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


class Several(forms.MultipleChoiceField):
    """Any number of choices. What is not on offer is left out and counted, so that the page can say so."""

    unknown = 0

    def clean(self, value: Any) -> list[str]:
        given = list(dict.fromkeys(self.to_python(value)))
        known = [choice for choice in given if self.valid_value(choice)]
        self.unknown = len(given) - len(known)
        return known


class QuickPicker(forms.CheckboxSelectMultiple):
    """A drop-down of check boxes, open and shut without a script, written without a template per box."""

    allow_multiple_selected = True
    use_fieldset = False

    def __init__(self, hint: str = "すべて") -> None:
        super().__init__()
        self.hint = hint

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The drop-down; its face says what is chosen."""
        chosen = {str(one) for one in value or ()}
        parts = parts_of(self.choices)
        labels = [label for _, options in parts for key, label in options if key in chosen]
        face = labels[0] if len(labels) == 1 else f"{len(labels)}つを選択中" if labels else self.hint
        boxes = format_html_join("", "{}{}", ((_heading(title), _boxes(name, some, chosen)) for title, some in parts))
        return format_html(
            '<details class="picker" data-picker data-hint="{}"><summary id="{}" aria-labelledby="{}_label {}">{}</summary>'
            '<div class="picker-panel">{}</div></details>',
            self.hint,
            *[(attrs or {}).get("id", "")] * 3,
            face,
            boxes,
        )


def parts_of(choices: Iterable[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices as (heading, [(value, label)]); those without a heading under ''."""
    parts: list[tuple[str, list[tuple[str, str]]]] = [("", [])]
    for value, label in choices:
        if isinstance(label, list | tuple):
            parts.append((str(value), [(str(key), str(text)) for key, text in label]))
        else:
            parts[0][1].append((str(value), str(label)))
    return parts


def _heading(title: str) -> SafeString:
    return format_html('<p class="picker-heading">{}</p>', title) if title else SafeString()


def _boxes(name: str, options: Iterable[tuple[str, str]], chosen: set[str]) -> SafeString:
    rows = ((key, " checked" if key in chosen else "", label) for key, label in options)
    box = f'<label class="choice"><input type="checkbox" name="{escape(name)}" value="{{}}"{{}}>{{}}</label>'
    return format_html_join("", box, rows)
