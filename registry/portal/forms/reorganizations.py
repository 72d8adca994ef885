"""What people type about a reorganisation: its day and file, what a unit will be, what becomes of a unit of today."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from registry.base.text import find_control_characters, tidy
from registry.organization.forms import ListUploadForm
from registry.organization.models import Department, Organ, PlannedUnit, Reorganization
from registry.organization.reorganization.blueprint import Blueprint
from registry.organization.reorganization.correcting import Wanted
from registry.organization.reorganization.matching import nearness
from registry.organization.reorganization.staging import default_title
from registry.organization.vocabulary import said, said_later
from registry.web.fields import DayField, QuickSelect

CANDIDATES = 8


class PlanForm(ListUploadForm):
    """The day of a reorganisation, its organ, and the list of the new organisation; without a list one plans by hand."""

    file = forms.FileField(
        label="新しい組織一覧のファイル",
        required=False,
        help_text="Excelブック(.xlsx)かCSV。ファイルを選ばないときは、いまの組織をもとに、変えるところを手で決めます。",
        error_messages={"empty": "ファイルが空(0バイト)です。元のファイルを確かめ、もう一度選んでください。"},
    )
    effective_on = DayField(label="施行日", help_text="新しい組織になる日。例: 令和9年4月1日、2027-04-01")
    title = forms.CharField(
        label="名称", max_length=100, required=False, help_text="空欄なら「(施行日)の組織改編」になります。"
    )
    field_order = ("effective_on", "organ", "file", "title")

    def __init__(self, *args: Any, organs: QuerySet[Organ], **kwargs: Any) -> None:
        super().__init__(*args, organs=organs, **kwargs)
        organ: Any = self.fields["organ"]
        if organs.count() == 1:
            organ.initial = organs.get()

    def clean_file(self) -> Any:
        return super().clean_file() if self.cleaned_data.get("file") else None

    def plan(self) -> Reorganization:
        """The unsaved plan that the valid form describes."""
        given = self.cleaned_data
        return Reorganization(
            organ=given["organ"],
            effective_on=given["effective_on"],
            title=tidy(given["title"]) or default_title(given["effective_on"]),
            filename=given["file"].name[:200] if given["file"] else "",
            sha256=self.digest,
        )


def _word(label: str, longest: int, help_text: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=required, help_text=help_text)


class UnitForm(forms.Form):
    """What a unit will be from the day on, and which units of today it comes from."""

    name = _word("名称", 100, required=True)
    parent = forms.TypedChoiceField(label="上位", required=False, widget=QuickSelect, empty_value=None)
    code = _word("所属コード", 20, "空欄なら、前身のコードのままです。")
    kind = _word("機構分類", 20, "例: 局、部、係。空欄なら、前身のままです。")
    telephone = _word("電話番号", 30, "空欄なら、前身の番号のままです。")
    origins = forms.TypedMultipleChoiceField(
        label="前身(いまの組織)",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="2つ以上なら統合、1つも選ばなければ新設です。名称の近い組織を候補に挙げています。",
    )
    another = forms.TypedChoiceField(
        label="ほかの組織を前身に加える", required=False, coerce=int, empty_value=None, widget=QuickSelect
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, blueprint: Blueprint, unit: PlannedUnit | None, abroad: Iterable[Department], **kwargs: Any
    ) -> None:
        self.blueprint = blueprint
        self.befores = dict(blueprint.departments) | {one.pk: one for one in abroad}
        mine = blueprint.origins_of[unit.pk] if unit else []
        if unit is not None:
            kwargs["initial"] = {
                **{name: getattr(unit, name) for name in ("name", "code", "kind", "telephone")},
                "parent": unit.parent_id,
                "origins": [one.pk for one in mine],
                **kwargs.get("initial", {}),
            }
        super().__init__(*args, **kwargs)
        near = _nearest(unit.name if unit else "", (one for one in blueprint.departments.values() if one not in mine))
        self._offer("parent", [("", said("({organ}の直下)")), *_units(blueprint, but=unit)])
        self._offer("origins", [(one.pk, _said(one, blueprint)) for one in [*mine, *near]])
        shown = {one.pk for one in [*mine, *near]}
        rest = [(key, one.full_name) for key, one in self.befores.items() if key not in shown]
        self._offer("another", [("", "(加えない)"), *rest])

    def _offer(self, name: str, choices: Iterable[tuple[Any, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("name", "code", "kind", "telephone"):
            given[name] = tidy(given.get(name, ""))
            if find_control_characters(given[name]) or set(given[name]) & {"\n", "\t"}:
                self.add_error(name, "使えない文字(改行や制御文字)が入っています。消してください。")
        return given

    def wanted(self) -> Wanted:
        """What the valid form asks for."""
        given = self.cleaned_data
        keys = dict.fromkeys([*given["origins"], *([given["another"]] if given["another"] else [])])
        words = {name: given[name] for name in ("name", "code", "kind", "telephone")}
        parent = self.blueprint.by_key[int(given["parent"])] if given["parent"] else None
        return Wanted(words, parent, [self.befores[key] for key in keys])


class SuccessorForm(forms.Form):
    """What becomes of a unit of today: which units succeed it, and which of them takes its posts and assets."""

    units = forms.TypedMultipleChoiceField(
        label="後継の組織",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="1つも選ばなければ廃止、2つ以上なら分割です。名称の近い組織を候補に挙げています。",
    )
    another = forms.TypedChoiceField(
        label="ほかの組織を後継に加える", required=False, coerce=int, empty_value=None, widget=QuickSelect
    )
    carries = forms.TypedChoiceField(
        label=said_later("分割のとき、職と{asset}を引き継ぐ組織"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=QuickSelect,
        help_text="選ばなければ、上で最初に選んだ組織です。",
    )

    def __init__(self, *args: Any, blueprint: Blueprint, before: Department, **kwargs: Any) -> None:
        self.blueprint = blueprint
        mine = blueprint.units_of[before.pk]
        carrier = blueprint.carrier.get(before.pk)
        kwargs["initial"] = {
            "units": [unit.pk for unit in mine],
            "carries": carrier.pk if len(mine) > 1 and carrier else "",
        }
        super().__init__(*args, **kwargs)
        near = _nearest(before.name, (unit for unit in blueprint.units if unit not in mine))
        names = dict(_units(blueprint))
        shown = [unit.pk for unit in [*mine, *near]]
        everywhere = list(names.items())
        for name, choices in (
            ("units", [(key, names[key]) for key in shown]),
            ("another", [("", "(加えない)"), *[(key, name) for key, name in everywhere if key not in shown]]),
            ("carries", [("", "(選ばない)"), *everywhere]),
        ):
            field: Any = self.fields[name]
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        keys = dict.fromkeys([*given.get("units", []), *([given["another"]] if given.get("another") else [])])
        self.successors = [self.blueprint.by_key[key] for key in keys]
        carries = given.get("carries")
        if carries and len(keys) > 1 and carries not in keys:
            self.add_error("carries", "後継に選んだ組織の中から選んでください。")
        self.carrier = self.blueprint.by_key[carries] if carries and carries in keys else None
        return given


class ApplyPlanForm(forms.Form):
    """What was seen before a reorganisation is carried out, why, and whether every new 課 gets the post of its head."""

    reason = forms.CharField(
        label="理由",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="決裁の番号や条例・規則の名称など。履歴に残ります。",
    )
    with_heads = forms.BooleanField(
        label=said_later("新しい{section}に「所属長」の職を置く({manager})"), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class UndoForm(forms.Form):
    """Why a reorganisation is taken back."""

    reason = forms.CharField(label="元に戻す理由", required=False, widget=forms.Textarea(attrs={"rows": 2}))


def refused(form: forms.Form, problem: ValidationError) -> None:
    """Show what an act refused at the field it is about, or above the form."""
    if hasattr(problem, "error_dict"):
        for name, found in problem.message_dict.items():
            form.add_error(name if name in form.fields else None, found)
    else:
        form.add_error(None, problem.messages)


def _units(blueprint: Blueprint, but: PlannedUnit | None = None) -> list[tuple[int, str]]:
    """Every unit of the plan with the names above it, in tree order."""
    return [(unit.pk, blueprint.full_names[unit.pk]) for unit in blueprint.units if unit.pk != (but.pk if but else 0)]


def _said(department: Department, blueprint: Blueprint) -> str:
    fate = "、".join(unit.name for unit in blueprint.units_of[department.pk])
    return f"{department.full_name}(いまの案: {f'→ {fate}' if fate else '廃止'})"


def _nearest(name: str, among: Iterable[Any]) -> list[Any]:
    """The few whose names are nearest; none for an empty name."""
    scored = [(nearness(name, one.name), one) for one in among] if name else []
    scored.sort(key=lambda pair: -pair[0])
    return [one for score, one in scored[:CANDIDATES] if score > 0]
