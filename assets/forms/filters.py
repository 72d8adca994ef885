"""What narrows the list of the ledger. Every field is a key of the address, so a link is a saved search."""

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from assets.choices import AssetType
from assets.columns import LEVELS
from assets.forms.fields import Offered, by_organ
from assets.forms.narrowing import CONCERNS, EXACT_STATES, NOTHING, NOTHING_GIVEN, STATES, narrowed
from assets.forms.own_filters import own_filters
from assets.forms.places import Place
from assets.models import Asset, Classification, Level
from assets.models.asset import AssetQuerySet
from assets.models.extra import OWN
from assets.models.scheme import Axis
from assets.segments import Segment
from assets.states import RETIRED
from registry.base.fiscal import wareki
from registry.organization.models import User
from registry.organization.vocabulary import said, said_later
from registry.web.fields import DayField, QuickPicker, Several, parts_of

MAIN = ("q", "department", "segment", "state", "level_1")
PERIODS = {"disposal": "廃棄予定日", "contract": "契約の終了", "updated": "更新日"}
BELOW = "(下も含む)"
HIDDEN = ("own", "organ", "holder")
FIRST_YEAR, LAST_YEAR = 1900, 2200
GONE = "「{label}」の条件のうち{count}つは、いまは使えません(廃止された、又は見る権限のない{{section}}や区分です)。外して表示しています。"
OWN_GONE = "独自項目の条件のうち{count}つは、いまの台帳にありません。外して表示しています。"
WRONG = "「{label}」の条件は読み取れないので、外して表示しています。{why}"


class DaysFrom(DayField):
    """One end of a range of days; `word` is から or まで."""

    def __init__(self, label: str, word: str) -> None:
        super().__init__(label=f"{label}({word})", required=False)
        self.short, self.word = label, word

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"{FIRST_YEAR}年から{LAST_YEAR}年までの日付を入れてください。")
        return day


class HolderFilter(forms.ModelChoiceField):
    """What holds or carries the rows; only ever set by a link."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


def _several(label: Any, choices: Iterable[tuple[Any, str]] = (), hint: str = "すべて") -> Several:
    offered = [(str(key), text) for key, text in choices]
    return Several(label=label, choices=offered, widget=QuickPicker(hint), required=False)


class LedgerFilter(forms.Form):
    """Filters of the list; what cannot be understood is said (`problems`) and narrows nothing."""

    q = forms.CharField(label="番号・名称など", required=False, max_length=100)
    department = _several(said_later(f"所管{{section}}{BELOW}"))
    own = _several(said_later("所管{section}(下は含まない)"))
    organ = _several(said_later("{organ}"))
    asset_type = _several("資産種別", [*AssetType.choices, NOTHING_GIVEN])
    segment = _several("ネットワーク区分", [*Segment.choices, NOTHING_GIVEN])
    state = _several("登録の状態", [*STATES, *EXACT_STATES])
    pi = _several("個人情報", [("yes", "有"), ("mynumber", "特定個人情報"), ("no", "無"), NOTHING_GIVEN])
    migration = _several("分類の移行", [("yes", "要移行確認")], hint="指定なし")
    attached = _several("添付ファイル", [("yes", "あり"), ("no", "なし")])
    concern = _several("確認が必要なもの", CONCERNS, hint="指定なし")

    def __init__(
        self, data: Any, *, user: User, places: Sequence[Place], axes: list[Axis], classification: Classification
    ) -> None:
        """axes: those of the schemes that are shown; where several share a column, the filter bears both names."""
        super().__init__(data)
        self.places, self.classification = {str(place.pk): place for place in places}, classification
        shown = [one for one in self.places.values() if not one.annulled]
        self._offer("department", by_organ([(one.pk, one.words, one.organ_name) for one in shown]))
        self._offer("own", [(key, one.words) for key, one in self.places.items()])
        self._offer("organ", {str(place.organ): place.organ_name for place in places}.items())
        self._show("state", STATES)
        self.fields["holder"] = HolderFilter(
            Asset.objects.visible_to(user), label="保管・搭載先", required=False, widget=forms.HiddenInput
        )
        for slot in sorted({axis.slot for axis in axes}):
            self._add_levels(LEVELS[slot - 1].field, [axis for axis in axes if axis.slot == slot])
        for key, label in PERIODS.items():
            self.fields[f"{key}_since"] = DaysFrom(label, "から")
            self.fields[f"{key}_until"] = DaysFrom(label, "まで")
        self.offered = Offered(past=True)
        own = list(own_filters(self.data, self.offered))
        self.fields.update({one.key: one.field for one in own})
        self.narrowing = {one.key: one.narrow for one in own}

    def _offer(self, key: str, choices: Iterable[tuple[Any, Any]]) -> None:
        field: Any = self.fields[key]
        field.choices = list(choices)

    def _show(self, key: str, choices: Iterable[tuple[str, str]]) -> None:
        """Let the drop-down show only these; the others are understood in an address."""
        field: Any = self.fields[key]
        field.widget.choices = list(choices)

    def _add_levels(self, key: str, axes: list[Axis]) -> None:
        """The levels of a column: those of the schemes that are shown, and understood in an address those of others."""
        shown = [(str(level.pk), level.label) for axis in axes for level in in_order(axis.levels.all())]
        slot, known = axes[0].slot, {pk for pk, _ in shown}
        others = [
            (str(pk), f"{level.label}({level.axis.scheme})")
            for pk, level in self.classification.levels.items()
            if level.axis.slot == slot and str(pk) not in known
        ]
        offered = [*shown, (NOTHING, "未分類")]
        label = "／".join(dict.fromkeys(axis.label for axis in axes))
        self.fields[key] = _several(label, [*offered, *others])
        self._show(key, offered)

    def main(self) -> list[Any]:
        """The filters that are always shown."""
        return [self[name] for name in self.fields if name in MAIN]

    def more(self) -> list[Any]:
        """The filters under 「ほかの条件」."""
        shown = [name for name in self.fields if name not in (*MAIN, *HIDDEN)]
        return [self[name] for name in [*(["organ"] if self.has_organs else []), *shown]]

    @property
    def has_organs(self) -> bool:
        """Is there more than one 実施機関 to choose from?"""
        organs: Any = self.fields["organ"]
        return len(organs.choices) > 1

    def is_more_used(self) -> bool:
        """Is one of the filters under 「ほかの条件」 in use?"""
        return any(key not in MAIN for key in self.chosen())

    def narrow(self, assets: AssetQuerySet) -> AssetQuerySet:
        """The assets that every given filter lets through."""
        chosen = self.chosen()
        for key in self.narrowing.keys() & chosen.keys():
            assets = self.narrowing[key](assets, chosen.pop(key))
        return narrowed(assets, chosen, self.places, self.classification)

    def chosen(self) -> dict[str, Any]:
        """The filters in use: key → cleaned value, a list where several can be chosen."""
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value not in (None, "", [])}

    def asks_for_retired(self) -> bool:
        """Is it the retired that are asked for? Nothing else brings them into the list."""
        return any(state.partition(".")[0] in RETIRED for state in self.chosen().get("state", ()))

    def key(self) -> str:
        """The filters in use as one short text: the same for the same filters, whatever the page or the columns."""
        return hashlib.sha256(repr(sorted(map(str, self.in_words()))).encode()).hexdigest()[:16]

    def problems(self) -> list[str]:
        """What the address asks for and cannot be had (a 課 that is gone, a level that never was), in sentences."""
        self.is_valid()
        found = []
        for key, field in self.fields.items():
            label = _short(field)
            if count := getattr(field, "unknown", 0):
                found.append(said(GONE.format(label=label, count=count)))
            found += [WRONG.format(label=label, why=why) for why in self.errors.get(key, [])]
        if lost := [key for key in self.data if key.startswith(OWN) and key not in self.fields and self.data[key]]:
            found.append(OWN_GONE.format(count=len(lost)))
        return found

    def in_words(self) -> list[tuple[str, str, str]]:
        """The filters in use as (key, value of the address, 「ラベル: 値」)."""
        found = []
        for key, value in self.chosen().items():
            field: Any = self.fields[key]
            label = _short(field)
            parts = parts_of(getattr(field, "choices", ())) if _is_choice(field) else []
            offered = dict(itertools.chain.from_iterable(options for _, options in parts))
            if isinstance(value, list):
                found += [(key, one, f"{label}: {offered[one]}") for one in value]
            elif isinstance(field, DaysFrom):
                found.append((key, value.isoformat(), f"{label}: {wareki(value)}{field.word}"))
            elif offered:
                found.append((key, value, f"{label}: {offered[value]}"))
            else:
                found.append((key, _in_address(value), f"{label}: {_in_words(value)}"))
        return found


def in_order(levels: Iterable[Level]) -> list[Level]:
    """Levels of an axis, strictest first."""
    return sorted(levels, key=lambda level: -level.rank)


def _short(field: Any) -> str:
    """What a filter is called on its chip."""
    return str(getattr(field, "short", field.label)).removesuffix(BELOW)


def _is_choice(field: Any) -> bool:
    """Does it offer plain choices? (A picker of rows would read them all.)"""
    return isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)


def _in_words(value: Any) -> str:
    return wareki(value) if isinstance(value, dt.date) else str(value)


def _in_address(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(getattr(value, "pk", value))
