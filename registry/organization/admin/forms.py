"""What is typed and picked on the bench: tidied once, compared with what the person saw, answered at its field."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from registry.base.text import find_control_characters, tidy

DIGITS_OF_A_KEY = 18
OVERTAKEN = "入力しているあいだに、別の人がこの項目を「{}」に変えました。内容を確かめて、もう一度入力してください。"
DOUBLE = "同じ内容がすでに登録されているか、期間の前後が逆です。内容を確かめて、入力し直してください。"


class Refusal(Exception):  # noqa: N818 — an answer to a form rather than a fault
    """An act said no to what was typed: why, in which form of the page (its prefix) and at which field of it."""

    def __init__(self, reasons: list[str], prefix: str | None = None, field: str | None = None) -> None:
        super().__init__(*reasons)
        self.reasons, self.prefix, self.field = reasons, prefix, field


@contextmanager
def answered_at(form: forms.ModelForm, field: str) -> Iterator[None]:
    """What an act refuses inside is said at this field of the form."""
    try:
        yield
    except ValidationError as refused:
        raise Refusal(refused.messages, form.prefix, field) from refused


class BenchForm(forms.ModelForm):
    """A form on the bench. It changes what the person changed of what they saw, and never undoes what others did.

    The page keeps what was seen in a hidden field beside each field. `refusal` is what an act has just said to this
    request; BenchAdmin hands it over when it shows the form again.
    """

    data: Any
    refusal: Refusal | None = None

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(None if data is None else _tidied(data), *args, **kwargs)
        self.label_suffix = ""
        self.overtaken: dict[str, str] = {}
        for name, field in self.fields.items():
            seen = data is None or self.add_initial_prefix(name) in self.data
            field.show_hidden_initial = self.instance.pk is not None and seen
            field.error_messages["required"] = required_words(field)

    def full_clean(self) -> None:
        """Django's, after looking at what others changed meanwhile; and what Django says in names is put into words."""
        for name, field in self.fields.items():
            if self.is_bound and field.show_hidden_initial:
                self._follow_the_database(name, field)
        super().full_clean()
        said = self.non_field_errors()
        names = [constraint.name for constraint in self.instance._meta.constraints]
        plain = [str(sentence) for sentence in said if not any(name in str(sentence) for name in names)]
        if len(plain) < len(said):
            del self.errors[NON_FIELD_ERRORS]
            if plain or not self.errors:
                self.add_error(None, plain or [DOUBLE])

    def clean(self) -> dict[str, Any]:
        """Django's, and everything that is wrong with the words themselves or was refused, each at its field."""
        super().clean()
        for name, now in self.overtaken.items():
            self.add_error(name, OVERTAKEN.format(now))
        for name, field in self.fields.items():
            if name not in self.errors and (problem := self._problem_with_text(name, field)):
                self.add_error(name, problem)
        if self.refusal is not None and self.refusal.prefix == self.prefix:
            field_name = self.refusal.field if self.refusal.field in self.fields else None
            self.add_error(field_name, [ValidationError(reason) for reason in self.refusal.reasons])
        return self.cleaned_data

    def changes(self) -> dict[str, Any]:
        """What the person changed, by field."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def _follow_the_database(self, name: str, field: forms.Field) -> None:
        """What the person left alone becomes what others made of it; what both changed differently is noted."""
        seen, now = self.data[self.add_initial_prefix(name)], self._in_the_database(name, field)
        if seen == now:
            return
        if name not in self.changed_data:
            self.data[self.add_prefix(name)] = now
        elif field.has_changed(field.to_python(now), self[name].data):
            self.overtaken[name] = _in_words(field, now, seen)
        self.data[self.add_initial_prefix(name)] = now

    def _in_the_database(self, name: str, field: forms.Field) -> str:
        """The stored value as the hidden field writes it."""
        value = field.prepare_value(self.get_initial_for_field(field, name))
        return tidy(str(field.hidden_widget().format_value(value) or ""))

    def _problem_with_text(self, name: str, field: forms.Field) -> str:
        typed = "" if field.disabled else self.data.get(self.add_prefix(name), "")
        if found := find_control_characters(typed):
            position, label = found[0]
            return f"{position + 1}文字目に使えない制御文字({label})があります。消して入れ直してください。"
        if {"\n", "\t"} & set(typed) and not isinstance(field.widget, forms.Textarea):
            return "改行やタブは使えません。消して入れ直してください。"
        return ""


class Picker(AutocompleteSelect):
    """Django's picker with a search. What cannot be the key of a row is shown as nothing picked."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        return super().optgroups(name, [key if is_key(key) else "" for key in value], attrs)


def required_words(field: forms.Field) -> str:
    """What is said where a field that is needed was left empty."""
    chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    return f"{field.label}を{'選んで' if chosen else '入力して'}ください。"


def is_key(text: str) -> bool:
    """Can this be the key of a row: digits, and no more of them than fit into a column?"""
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS_OF_A_KEY


def _tidied(data: Any) -> Any:
    """What was posted, every text tidied as it will be stored."""
    data = data.copy()
    for name in data:
        data.setlist(name, [tidy(text) for text in data.getlist(name)])
    return data


def _in_words(field: forms.Field, now: str, seen: str) -> str:
    """A stored value as it stands in a sentence; of several lines those that are new."""
    if isinstance(field, forms.BooleanField):
        return "はい" if now == "True" else "いいえ"
    if isinstance(field, forms.TypedChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(field.clean(now), now))
    lines = [line for line in now.split("\n") if line not in seen.split("\n")] or now.split("\n")
    return "、".join(lines) or "空欄"
