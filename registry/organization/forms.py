"""What people type about the organisation: the upload of a list, the words of the body, dates in Japanese spelling."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from registry.files.reading import Refused
from registry.organization.list_reading import OrganizationList, read_list
from registry.organization.models import ListImport, Organ
from registry.organization.vocabulary import DEFAULT_TITLES, DEFAULT_WORDS, WORDS, said_later
from registry.web.fields import DayField


class ListUploadForm(forms.Form):
    """The file of an organisation list, the day from which it holds, and the organ it belongs to."""

    file = forms.FileField(
        label="組織一覧のファイル",
        help_text="Excelブック(.xlsx)かCSV。「局」「部」「課」「室・出先」「係」の見出しがある表を読み取ります。",
        error_messages={"empty": "ファイルが空(0バイト)です。元のファイルを確かめ、もう一度選んでください。"},
    )
    effective_on = DayField(label="適用日", help_text="一覧の組織が置かれる日。例: 令和8年4月1日、2026-04-01")
    organ = forms.ModelChoiceField(Organ.objects.none(), label=said_later("{organ}"), empty_label="選んでください")

    def __init__(self, *args: Any, organs: QuerySet[Organ], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organ"].queryset = organs.order_by("position", "id")  # type: ignore[attr-defined]
        self.listed: OrganizationList | None = None
        self.digest = ""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        data = file.read()
        self.digest = hashlib.sha256(data).hexdigest()
        try:
            self.listed = read_list(data, file.name)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file

    def batch(self) -> ListImport:
        """The unsaved import that the valid form describes."""
        file = self.cleaned_data["file"]
        return ListImport(
            filename=file.name[:200],
            sha256=self.digest,
            effective_on=self.cleaned_data["effective_on"],
            organ=self.cleaned_data["organ"],
        )


class ApplyForm(forms.Form):
    """What was seen before taking over a list, and whether every 課 gets the post of its head."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    with_heads = forms.BooleanField(label=said_later("各{section}に「所属長」の職を置く({manager})"), required=False)


class LastDayForm(forms.Form):
    """The last day of something that ends."""

    last_day = DayField(label="最後の日", help_text="この日まで続きます。", initial=timezone.localdate)


WORD, TITLE = "word_", "title_"


def word_fields() -> dict[str, forms.CharField]:
    """A field for the body's own form of every word (`word_…`) and role title (`title_…`)."""
    words = {f"{WORD}{code}": _own_form(standard, used) for code, (standard, used) in WORDS.items()}
    return words | {f"{TITLE}{code}": _own_form(standard, "") for code, standard in DEFAULT_TITLES.items()}


def _own_form(standard: str, used: str) -> forms.CharField:
    return forms.CharField(label=standard, help_text=used, required=False, max_length=60)


def said_twice(own: Mapping[str, Any]) -> dict[str, str]:
    """Field → what is wrong: one word has one meaning, so none may be the same as another, nor a title as another title."""
    problems: dict[str, str] = {}
    for prefix, standard in ((WORD, DEFAULT_WORDS), (TITLE, DEFAULT_TITLES)):
        in_use = {code: own.get(f"{prefix}{code}") or text for code, text in standard.items()}
        for code, text in in_use.items():
            others = [standard[other] for other in in_use if other != code and in_use[other] == text]
            if others and own.get(f"{prefix}{code}"):
                problems[f"{prefix}{code}"] = f"「{text}」は、「{others[0]}」の語と同じです。別の語にしてください。"
    return problems
