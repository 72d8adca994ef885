"""Choosing what an asset is held or carried by: boxes to tick, and a line for those that are not listed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Case, Value, When
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assets.models import Asset
from assets.models.asset import HOLDING_TYPES, AssetQuerySet
from registry.base.text import fold
from registry.organization.access import departments_where
from registry.organization.models import User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said

LISTED = 60  # boxes; the others are named by number or name
SEPARATORS = re.compile(r"[、,，\n\r]+")


class HolderBoxes(forms.Widget):
    """The boxes and the line. The value is a list of keys (ticked) and words (typed)."""

    use_fieldset = True

    def __init__(self) -> None:
        super().__init__()
        self.offered: list[tuple[int, str]] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        ticked = data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, []))
        return [*map(str, ticked), *filter(None, map(str.strip, SEPARATORS.split(str(data.get(f"{name}_more", "")))))]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(key) for key in value or []}
        boxes = format_html_join(
            "",
            '<label class="choice"><input type="checkbox" name="{}" value="{}"{}> <span>{}</span></label>',
            ((name, key, " checked" if str(key) in chosen else "", label) for key, label in self.offered),
        )
        typed = "、".join(sorted(chosen - {str(key) for key, _ in self.offered}))
        more = format_html(
            '<label class="field-help" for="id_{0}_more">ここにないもの(資産番号か名称。いくつもあるときは「、」で区切ります)</label>'
            '<input type="text" id="id_{0}_more" name="{0}_more" value="{1}">',
            name,
            typed,
        )
        return format_html('<div class="choices" data-long>{}</div>{}', boxes, more) if boxes else more


class HolderField(forms.Field):
    """Keys of the assets that hold or carry this one, out of those that the person may name."""

    widget = HolderBoxes

    def __init__(self, user: User, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = user
        self.kept: list[int] = []
        self.itself: int | None = None

    def narrow(self, asset: Asset) -> None:
        """Offer what stands near: what is chosen now, then one's own, then what other 課 let all choose."""
        self.kept, self.itself = list(asset.holder_keys), asset.pk
        own = When(department_id__in=departments_where(self.user, Permission.EDIT_ASSETS), then=Value(1))
        near = Case(When(pk__in=self.kept, then=Value(0)), own, default=Value(2))
        rows = self._named().annotate(near=near).order_by("near", "name", "pk")[: LISTED + len(self.kept)]
        self.widget.offered = [(one.pk, one.label) for one in rows.only("pk", "name", "number")]

    def _named(self) -> AssetQuerySet:
        """What may be named here; what it says already stays, even where this person could not choose it."""
        offered = Asset.objects.offered_to(self.user).listed().filter(asset_type__in=HOLDING_TYPES)
        return (offered | Asset.objects.filter(pk__in=self.kept)).exclude(pk__in=[self.itself] if self.itself else [])

    def clean(self, value: Any) -> list[int]:
        words = list(dict.fromkeys(value or []))
        if not words:
            return []
        found = known_holders(self._named(), words)
        if unknown := [word for word in words if len(found[word]) != 1]:
            raise forms.ValidationError([_fault(word, found[word]) for word in unknown])
        return list(dict.fromkeys(found[word][0].pk for word in words))


def known_holders(offered: AssetQuerySet, words: Iterable[str]) -> Mapping[str, list[Asset]]:
    """Each word (a key, a 資産番号 with or without 履歴番号, a name) → the assets it can mean."""
    words = list(words)
    keys = [int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 10]
    by_word: dict[str, list[Asset]] = {word: [] for word in words}
    folded = {fold(word): word for word in words}
    for asset in offered.only("pk", "name", "number", "revision_number", "department_id"):
        if asset.pk in keys:
            by_word[str(asset.pk)].append(asset)
        for spelt in ways_to_say(asset) & folded.keys():
            by_word[folded[spelt]].append(asset)
    return by_word


def ways_to_say(asset: Asset) -> set[str]:
    """What may be written for an asset, folded: number with or without 履歴番号, name, both."""
    return {fold(one) for one in (asset.number, asset.full_number, asset.name, asset.label) if one}


def _fault(word: str, found: list[Asset]) -> str:
    if found:
        numbers = "、".join(asset.full_number or "未採番" for asset in found[:5])
        return f"「{word}」は{len(found):,}件あります({numbers})。資産番号で入れてください。"
    return f"「{word}」" + said(
        "は、選べる{system}・媒体・施設に見つかりません。台帳の資産番号か名称を入れてください。"
    )
