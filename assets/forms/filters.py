"""What narrows the list of the ledger. Every field is a key of the address, so a link is a saved search."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone

from assets.choices import AssetType
from assets.columns import LEVELS
from assets.forms.fields import DepartmentChoice, Offered
from assets.forms.own_filters import own_filters
from assets.models import Asset, Attachment, Level
from assets.models.asset import SLOTS, AssetQuerySet
from assets.models.classification import Classification
from assets.models.scheme import Axis
from assets.searching import matching
from assets.segments import Segment
from assets.states import RETIRED, Standing, State
from registry.base.fiscal import wareki
from registry.organization.access import departments_where
from registry.organization.models import Department, User
from registry.organization.roles import Permission
from registry.organization.succession import successors_of
from registry.organization.vocabulary import said_later
from registry.web.fields import QuickSelect

STATES = [
    ("registered", "登録済"),
    ("changing", "登録済(変更の申請あり)"),
    ("draft", "下書き"),
    ("submitted", "申請中"),
    ("confirmed", "確認済(審査待ち)"),
    ("returned", "差戻し"),
    ("disposed", "廃棄済"),
    ("merged", "統合済"),
]


BELOW = "(下も含む)"
MAIN = ("q", "department", "segment", "state", "level_1")


class HolderFilter(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class LevelFilter(forms.ModelChoiceField):
    widget = QuickSelect

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


def _one_of(label: str, choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "すべて"), *choices], widget=QuickSelect, required=False)


class LedgerFilter(forms.Form):
    """Filters of the list; what cannot be understood is shown as an error and narrows nothing."""

    q = forms.CharField(label="番号・名称など", required=False, max_length=100)
    department = DepartmentChoice(
        Department.objects.none(), label=said_later(f"所管{{section}}{BELOW}"), required=False, empty_label="すべて"
    )
    asset_type = _one_of("資産種別", AssetType.choices)
    segment = _one_of("ネットワーク区分", Segment.choices)
    state = _one_of("登録の状態", STATES)
    pi = _one_of("個人情報", [("yes", "有"), ("mynumber", "特定個人情報"), ("no", "無")])
    migration = _one_of("分類の移行", [("yes", "要移行確認")])
    attached = _one_of("添付ファイル", [("yes", "あり"), ("no", "なし")])

    def __init__(self, data: Any, *, user: User, axes: list[Axis], classification: Classification) -> None:
        """axes: those of the schemes that are shown; where several share a column, the filter bears both names."""
        super().__init__(data)
        self.classification = classification
        mine = departments_where(user, Permission.VIEW_ASSETS)
        picker: Any = self.fields["department"]
        picker.queryset = Department.objects.real().filter(pk__in=mine).in_tree_order()
        self.fields["holder"] = HolderFilter(
            Asset.objects.visible_to(user), label="保管・搭載先", required=False, widget=forms.HiddenInput
        )
        for slot in sorted({axis.slot for axis in axes}):
            shared = [axis for axis in axes if axis.slot == slot]
            levels = Level.objects.filter(axis__in=[axis.pk for axis in shared]).order_by("axis_id", "-rank")
            label = "／".join(dict.fromkeys(axis.label for axis in shared))
            self.fields[LEVELS[slot - 1].field] = LevelFilter(levels, label=label, required=False, empty_label="すべて")
        self.offered = Offered(past=True)
        own = list(own_filters(self.data, self.offered))
        self.fields.update({one.key: one.field for one in own})
        self.narrowing = {**NARROW, **{one.key: one.narrow for one in own}}
        self.narrowing["migration"] = lambda assets, _: assets.to_migrate(self.classification)

    def main(self) -> list[Any]:
        """The filters that are always shown."""
        return [self[name] for name in self.fields if name in MAIN]

    def more(self) -> list[Any]:
        """The filters under 「ほかの条件」."""
        return [self[name] for name in self.fields if name not in MAIN and not self[name].is_hidden]

    def narrow(self, assets: AssetQuerySet) -> AssetQuerySet:
        """The assets that every given filter lets through."""
        chosen = self.chosen()
        for key, value in chosen.items():
            narrowing = self.narrowing.get(key)
            assets = narrowing(assets, value) if narrowing else assets.filter(**{key: value})
        return assets

    def chosen(self) -> dict[str, Any]:
        """The filters in use: key → cleaned value."""
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}

    def asks_for_retired(self) -> bool:
        """Is it the retired that are asked for? Nothing else brings them into the list."""
        return self.chosen().get("state") in RETIRED

    def in_words(self) -> list[tuple[str, str]]:
        """The filters in use as (key, 「ラベル: 値」)."""
        found = []
        for key, value in self.chosen().items():
            field: Any = self.fields[key]
            label = str(field.label).removesuffix(BELOW)
            if hasattr(field, "label_from_instance"):
                text = field.label_from_instance(value)
            else:
                text = dict(field.choices)[value] if hasattr(field, "choices") else _in_words(value)
            found.append((key, f"{label}: {text}"))
        return found


def _in_words(value: Any) -> str:
    return wareki(value) if isinstance(value, dt.date) else str(value)


def _below(assets: AssetQuerySet, top: Department) -> AssetQuerySet:
    """What belongs to a unit and those below; of a unit that was reorganised, what its successors have now."""
    units = set(Department.objects.filter(organ=top.organ_id, path__startswith=top.path).values_list("pk", flat=True))
    if not top.exists_on(timezone.localdate()):
        units |= successors_of(units)
    return assets.filter(department_id__in=units)


def _in_state(assets: AssetQuerySet, state: str) -> AssetQuerySet:
    if state in RETIRED:
        return assets.filter(standing=state)
    if state == "registered":
        return assets.filter(standing=Standing.REGISTERED)
    if state == "changing":
        return assets.filter(standing=Standing.REGISTERED, open_proposal__isnull=False)
    return assets.filter(open_proposal__state=State(state))


def _personal(assets: AssetQuerySet, answer: str) -> AssetQuerySet:
    if answer == "mynumber":
        return assets.filter(pi_mynumber=True)
    return assets.filter(pi=answer == "yes")


def _of_class(slot: int) -> Callable[[AssetQuerySet, Any], AssetQuerySet]:
    """By the level in force (適用値)."""
    return lambda assets, level: assets.filter(**{f"applied_{slot}": level})


def _attached(assets: AssetQuerySet, answer: str) -> AssetQuerySet:
    there = Exists(Attachment.objects.in_place().filter(asset=OuterRef("pk")))
    return assets.filter(there if answer == "yes" else ~there)


NARROW: dict[str, Callable[[AssetQuerySet, Any], AssetQuerySet]] = {
    "q": matching,
    "department": _below,
    "state": _in_state,
    "pi": _personal,
    **{f"level_{slot}": _of_class(slot) for slot in SLOTS},
    "holder": lambda assets, holder: assets.filter(places__holder=holder),
    "attached": _attached,
}
