"""What narrows the list of the ledger. Every field is a key of the address, so a link is a saved search."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from assets.choices import AssetType
from assets.columns import LEVELS
from assets.forms.fields import DepartmentChoice
from assets.models import Level
from assets.models.asset import AssetQuerySet
from assets.models.scheme import Axis
from assets.searching import matching
from assets.segments import Segment
from assets.states import Standing, State
from registry.organization.access import departments_where
from registry.organization.models import Department, User
from registry.organization.roles import Permission
from registry.web.fields import QuickSelect

STATES = [
    ("registered", "登録済"),
    ("changing", "登録済(変更の申請あり)"),
    ("draft", "下書き"),
    ("submitted", "申請中"),
    ("confirmed", "確認済(審査待ち)"),
    ("returned", "差戻し"),
    ("disposed", "廃棄済"),
]


MAIN = ("q", "department", "segment", "state", "level_1")


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
        Department.objects.none(), label="所管課(下も含む)", required=False, empty_label="すべて"
    )
    asset_type = _one_of("資産種別", AssetType.choices)
    segment = _one_of("ネットワーク区分", Segment.choices)
    state = _one_of("登録の状態", STATES)
    pi = _one_of("個人情報", [("yes", "有"), ("mynumber", "特定個人情報"), ("no", "無")])

    def __init__(self, data: Any, *, user: User, axes: list[Axis]) -> None:
        super().__init__(data)
        mine = departments_where(user, Permission.VIEW_ASSETS)
        picker: Any = self.fields["department"]
        picker.queryset = Department.objects.filter(pk__in=mine).in_tree_order()
        for axis in axes:
            levels = Level.objects.filter(axis=axis).order_by("-rank")
            key = LEVELS[axis.slot - 1].field
            self.fields[key] = LevelFilter(levels, label=axis.label, required=False, empty_label="すべて")

    def main(self) -> list[Any]:
        """The filters that are always shown."""
        return [self[name] for name in self.fields if name in MAIN]

    def more(self) -> list[Any]:
        """The filters under 「ほかの条件」."""
        return [self[name] for name in self.fields if name not in MAIN]

    def narrow(self, assets: AssetQuerySet) -> AssetQuerySet:
        """The assets that every given filter lets through."""
        chosen = self.chosen()
        for key, value in chosen.items():
            assets = NARROW[key](assets, value) if key in NARROW else assets.filter(**{key: value})
        return assets

    def chosen(self) -> dict[str, Any]:
        """The filters in use: key → cleaned value."""
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}

    def in_words(self) -> list[tuple[str, str]]:
        """The filters in use as (key, 「ラベル: 値」)."""
        found = []
        for key, value in self.chosen().items():
            field: Any = self.fields[key]
            label = str(field.label).split("(")[0]
            if hasattr(field, "label_from_instance"):
                text = field.label_from_instance(value)
            else:
                text = dict(field.choices)[value] if hasattr(field, "choices") else value
            found.append((key, f"{label}: {text}"))
        return found


def _below(assets: AssetQuerySet, top: Department) -> AssetQuerySet:
    units = Department.objects.filter(organ=top.organ_id, path__startswith=top.path)
    return assets.filter(department_id__in=list(units.values_list("pk", flat=True)))


def _in_state(assets: AssetQuerySet, state: str) -> AssetQuerySet:
    if state == "disposed":
        return assets.filter(standing=Standing.DISPOSED)
    if state == "registered":
        return assets.filter(standing=Standing.REGISTERED)
    if state == "changing":
        return assets.filter(standing=Standing.REGISTERED, open_proposal__isnull=False)
    return assets.filter(open_proposal__state=State(state))


def _personal(assets: AssetQuerySet, answer: str) -> AssetQuerySet:
    if answer == "mynumber":
        return assets.filter(pi_mynumber=True)
    return assets.filter(pi=answer == "yes")


NARROW: dict[str, Callable[[AssetQuerySet, Any], AssetQuerySet]] = {
    "q": matching,
    "department": _below,
    "state": _in_state,
    "pi": _personal,
}
