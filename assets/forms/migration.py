"""What people choose when assets move to another scheme: which to look at, which levels, why."""

from typing import Any

from django import forms

from assets.forms.fields import DepartmentChoice, LevelChoice, Reason
from assets.forms.steps import DIGITS
from assets.models import Axis, Level
from assets.models.asset import AssetQuerySet
from assets.models.scheme import LEVEL_FIELDS
from assets.searching import matching
from assets.states import Standing, State
from registry.organization.access import departments_where
from registry.organization.models import Department, User
from registry.organization.roles import Permission
from registry.organization.vocabulary import said, said_later
from registry.web.fields import QuickSelect

STAGES = [("", "すべて"), ("ready", "まだ確認していない"), ("under-way", "申請中"), ("draft", "下書き")]
UNDER_WAY = (State.SUBMITTED, State.CONFIRMED)
REASON_MISSING = "移行の理由を入力してください。"


class MigrationFilter(forms.Form):
    """Which of the assets that have to move are looked at."""

    q = forms.CharField(label="番号・名称など", required=False, max_length=100)
    department = DepartmentChoice(
        Department.objects.none(), label=said_later("所管{section}(下も含む)"), required=False, empty_label="すべて"
    )
    stage = forms.ChoiceField(label="確認の状態", choices=STAGES, widget=QuickSelect, required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        mine = departments_where(user, Permission.VIEW_ASSETS)
        picker: Any = self.fields["department"]
        picker.queryset = Department.objects.filter(pk__in=mine).in_tree_order()
        self.is_valid()

    def hidden(self) -> list[tuple[str, str]]:
        """The filters in use as (name, value), to be sent along."""
        return [(name, str(self.data[name])) for name in self.fields if self.data.get(name)]

    def narrow(self, assets: AssetQuerySet) -> AssetQuerySet:
        """The assets that every given filter lets through."""
        if top := self.cleaned_data.get("department"):
            assets = assets.filter(department__organ=top.organ_id, department__path__startswith=top.path)
        if words := self.cleaned_data.get("q"):
            assets = matching(assets, words)
        match self.cleaned_data.get("stage"):
            case "ready":
                return assets.filter(standing=Standing.REGISTERED, open_proposal__isnull=True)
            case "under-way":
                return assets.filter(open_proposal__state__in=UNDER_WAY)
            case "draft":
                return assets.filter(open_proposal__isnull=False).exclude(open_proposal__state__in=UNDER_WAY)
        return assets


class LevelsForm(forms.Form):
    """The levels of one asset under the scheme in force; one other than the proposed needs a reason of one's own."""

    def __init__(self, data: Any = None, *, axes: list[Axis], proposed: dict[str, Level | None], reason: str) -> None:
        super().__init__(data)
        self.axes, self.proposed, self.given = axes, proposed, reason
        for axis in axes:
            field, level = LEVEL_FIELDS[axis.slot - 1], proposed.get(LEVEL_FIELDS[axis.slot - 1])
            missing = {"required": f"{axis.label}を選んでください。"}
            self.fields[field] = LevelChoice([axis], label=axis.label, help_text=axis.help)
            self.fields[field].initial = level.pk if level else None
            self.fields[field].error_messages |= missing
        self.fields["anew"] = forms.BooleanField(label="取扱制限を、新しい区分の取扱制限に置き換える", required=False)
        self.fields["reason"] = Reason(
            rows=3, label="移行の理由", initial=reason, error_messages={"required": REASON_MISSING}
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for axis in self.axes:
            field = LEVEL_FIELDS[axis.slot - 1]
            proposed, chosen = self.proposed.get(field), cleaned.get(field)
            if proposed and chosen and chosen != proposed and cleaned.get("reason") == self.given.strip():
                words = f"{axis.label}を提案の「{proposed.label}」から変えています。変える理由を書いてください。"
                self.add_error("reason", words)
        return cleaned

    def levels(self) -> dict[str, Level | None]:
        """The chosen levels by field; a level of an axis that the scheme does not have goes."""
        chosen = {LEVEL_FIELDS[axis.slot - 1]: self.cleaned_data[LEVEL_FIELDS[axis.slot - 1]] for axis in self.axes}
        return {field: None for field in self.proposed if field not in chosen} | chosen


class ManyForm(forms.Form):
    """Many assets, each with the version that was on screen, or all of a group with how many they were; one reason."""

    use_required_attribute = False
    ending = forms.ChoiceField(choices=[("submit", "申請する"), ("register", "登録する")])
    group = forms.CharField(required=False, max_length=60)
    whole = forms.BooleanField(required=False)
    sure = forms.BooleanField(required=False)
    seen = forms.CharField(required=False, max_length=64)
    reason = Reason(rows=2, label="まとめて確認する理由", error_messages={"required": REASON_MISSING})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="many-%s")
        self.chosen_raw: list[str] = data.getlist("chosen") if data is not None else []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.chosen_raw and not cleaned.get("whole"):
            raise forms.ValidationError(said("{asset}が選ばれていません。一覧で選んでから押してください。"))
        try:
            cleaned["chosen"] = dict(_pair(text) for text in self.chosen_raw)
        except ValueError as problem:
            raise forms.ValidationError("選んだ内容を読み取れませんでした。一覧を開き直してください。") from problem
        return cleaned


class UndoForm(forms.Form):
    use_required_attribute = False
    reason = Reason(rows=2, label="取り消す理由", error_messages={"required": "取り消す理由を入力してください。"})


def _pair(text: str) -> tuple[int, int]:
    key, version = text.split(":")
    if max(len(key), len(version)) > DIGITS:
        raise ValueError(text)
    return int(key), int(version)
