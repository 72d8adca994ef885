"""What a browser does with the pages of the ledger: reads a form as it stands, changes some of it, posts it back."""

from typing import Any

from django.test import Client
from django.urls import reverse

from assets.models import Asset
from assets.models.asset import Asset as Row

NEW = "/assets/new/"


def as_typed(value: Any) -> Any:
    """A value as the browser sends it; several ticked boxes as a list."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def typed(**values: Any) -> dict[str, Any]:
    """Values of a row as the browser sends them."""
    return {key: as_typed(value) for key, value in values.items()}


def shown_form(client: Client, address: str) -> dict[str, Any]:
    """Everything the form at an address would send if one pressed the button at once."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    form = answer.context["form"]
    sent = {field.html_name: as_typed(field.value()) for field in form}
    hidden = {key: as_typed(answer.context[key]) for key in ("version", "token")}
    proposal = answer.context["proposal"]
    return {**sent, **hidden, "proposal": str(proposal.pk) if proposal else ""}


def edit_page(asset: Row) -> str:
    return reverse("assets:edit", args=[asset.pk])


def errors_of(answer: Any) -> dict[str, list[str]]:
    """Field (or __all__) → sentences, each of which also stands on the page."""
    assert answer.status_code == 200
    found: dict[str, list[str]] = {key: list(map(str, value)) for key, value in answer.context["form"].errors.items()}
    text = answer.content.decode()
    for sentence in (sentence for sentences in found.values() for sentence in sentences):
        assert plain(sentence) in text, sentence
    return found


def plain(sentence: str) -> str:
    """A sentence as it stands in HTML."""
    for character, escape in {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}.items():
        sentence = sentence.replace(character, escape)
    return sentence


def the_asset(**facts: Any) -> Row:
    """The one asset with these facts, read again."""
    return Asset.objects.get(**facts)
