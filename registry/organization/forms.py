"""What people type about the organisation: the upload of a list, the words of the body, dates in Japanese spelling."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from registry.base.text import tidy
from registry.files.reading import Refused
from registry.organization.list_reading import OrganizationList, read_list
from registry.organization.models import ListImport, Organ
from registry.web.fields import DayField


class ListUploadForm(forms.Form):
    """The file of an organisation list, the day from which it holds, and the organ it belongs to."""

    file = forms.FileField(
        label="組織一覧のファイル",
        help_text="Excelブック(.xlsx)かCSV。「局」「部」「課」「室・出先」「係」の見出しがある表を読み取ります。",
        error_messages={"empty": "ファイルが空(0バイト)です。元のファイルを確かめ、もう一度選んでください。"},
    )
    effective_on = DayField(label="適用日", help_text="一覧の組織が置かれる日。例: 令和8年4月1日、2026-04-01")
    organ = forms.ModelChoiceField(Organ.objects.none(), label="実施機関", empty_label="選んでください")

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
    with_heads = forms.BooleanField(label="各課に「所属長」の職を置く(情報セキュリティ管理者)", required=False)


class LastDayForm(forms.Form):
    """The last day of something that ends."""

    last_day = DayField(label="最後の日", help_text="この日まで続きます。", initial=timezone.localdate)


class WordsField(forms.CharField):
    """A table of words, one per line: 「標準の語 = この団体の語」. Value: code → the body's word.

    known: code → standard word. A line without a word of the body's own is left out.
    """

    def __init__(self, known: Mapping[str, str], **kwargs: Any) -> None:
        self.known = known
        super().__init__(widget=forms.Textarea(attrs={"rows": 12, "cols": 80}), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "\n".join(f"{word} = {value.get(code, '')}".rstrip() for code, word in self.known.items())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))

    def clean(self, value: Any) -> dict[str, str]:
        words: dict[str, str] = {}
        codes = {word: code for code, word in self.known.items()}
        problems = []
        for number, line in enumerate(str(super().clean(value)).splitlines(), 1):
            standard, equals, own = (tidy(part) for part in line.partition("="))
            if not standard and not own:
                continue
            if not equals or standard not in codes:
                problems.append(f"{number}行目「{line[:40]}」: 「標準の語 = この団体の語」の形で書いてください。")
            elif own:
                words[codes[standard]] = own
        if problems:
            raise forms.ValidationError(problems)
        return words
