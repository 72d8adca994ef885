"""Adding, changing, retiring and deleting the body's own columns and their options: acts of the 事務局, with history."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.utils import timezone

from assets.body_columns import forget_columns
from assets.checking import CLEAR, DITTO, text_problems
from assets.classification import applied_name
from assets.columns import BY_KEY, OF_THE_SCREEN, Column, Kind, Section
from assets.headers import ambiguous, headers
from assets.models import Axis, Batch, BulkDraft, ExtraColumn, ExtraOption, ExtraValue, Proposal, Revision
from assets.models.extra import LABEL_LIMIT, OPTION_LIMIT
from registry.base.text import fold, header_key
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.access import may_build
from registry.organization.models import User
from registry.organization.profiles.parts import ExtraColumn as Planned
from registry.organization.vocabulary import word

MOST = 50
WORDS = ("label", "kind", "section", "help", "required", "position", "synonyms")
NO_OPTIONS = "選択肢を1つ以上入力してください。"


@in_turn()
def add_column(column: ExtraColumn, options: Sequence[str] = (), *, by: User | None) -> ExtraColumn:
    """Add an unsaved column, with the labels of its options; ValidationError says why a name cannot be given."""
    may_build(by).require()
    _refuse_one_too_many()
    _require_names(column, [column.label, *column.synonyms])
    column.position = column.position or (ExtraColumn.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    column.save()
    changes = [(_title(name), "", shown) for name in WORDS if (shown := _shown(column, name))]
    _record("column.created", column, changes, by=by)
    for label in options:
        add_option(column, label, by=by)
    return column


@in_turn()
def change_column(column: ExtraColumn, changes: Mapping[str, Any], *, by: User | None) -> ExtraColumn:
    """Give a column other words, another place, another rule. Old records keep the old words; the kind stays once used."""
    may_build(by).require()
    column = _locked(column)
    before = {name: _shown(column, name) for name in WORDS}
    for name in WORDS:
        setattr(column, name, changes.get(name, getattr(column, name)))
    if {"label", "synonyms"} & changes.keys():
        _require_names(column, [column.label, *column.synonyms])
    if before["kind"] != _shown(column, "kind") and (used := in_use(column)):
        raise ValidationError(
            {"kind": f"「{column}」は{used}使われているので、種類を変えられません。新しく追加してください。"}
        )
    rows = [(_title(name), old, new) for name, old in before.items() if old != (new := _shown(column, name))]
    if rows:
        column.save(update_fields=list(WORDS))
        _record("column.changed", column, rows, by=by)
    if before["kind"] != _shown(column, "kind"):
        _take_out_of_hand(column)
    return column


@in_turn()
def retire_column(column: ExtraColumn, *, by: User | None) -> ExtraColumn:
    """廃止: no longer asked for. What assets say in it stays, and is shown where there is something."""
    return _let(column, retired=True, act="column.retired", by=by)


@in_turn()
def restore_column(column: ExtraColumn, *, by: User | None) -> ExtraColumn:
    """Ask for a retired column again; ValidationError when there would be too many."""
    if column.retired_at:
        _refuse_one_too_many()
    return _let(column, retired=False, act="column.restored", by=by)


@in_turn()
def delete_column(column: ExtraColumn, *, by: User | None) -> None:
    """Delete a column that was never used, with its options; ValidationError says how often it is used."""
    may_build(by).require()
    column = _locked(column)
    if used := in_use(column):
        raise ValidationError(
            f"「{column}」は{used}使われているので、削除できません。"
            "廃止すると、値を残したまま、新しい入力ではたずねなくなります。"
        )
    _record("column.deleted", column, [(_title("label"), column.label, "")], by=by)
    _take_out_of_hand(column)
    column.options.all().delete()
    column.delete()
    forget_columns()


@in_turn()
def add_option(column: ExtraColumn, label: str, position: int = 0, *, by: User | None) -> ExtraOption:
    """Add a value to the list of a column; the next in order unless a position is given."""
    may_build(by).require()
    _require_option(column, label)
    last = column.options.aggregate(last=Max("position"))["last"] or 0
    option = ExtraOption.objects.create(column=column, label=label, position=position or last + 1)
    _record("column.changed", column, [("選択肢", "", label)], by=by)
    return option


@in_turn()
def change_option(option: ExtraOption, changes: Mapping[str, Any], *, by: User | None) -> ExtraOption:
    """Rename, move, retire or bring back an option (label, position, retired). Old records keep the old words."""
    may_build(by).require()
    option = ExtraOption.objects.select_for_update(of=("self",)).select_related("column").get(pk=option.pk)
    rows = []
    if (label := changes.get("label", option.label)) != option.label:
        _require_option(option.column, label, but=option)
        rows.append(("選択肢", option.label, label))
    if (position := changes.get("position", option.position)) != option.position:
        rows.append((f"選択肢「{label}」の表示順", str(option.position), str(position)))
    retired = option.retired_at is not None
    if (wanted := changes.get("retired", retired)) != retired:
        rows.append((f"選択肢「{label}」", *(("使う", "廃止") if wanted else ("廃止", "使う"))))
        option.retired_at = timezone.now() if wanted else None
    if rows:
        option.label, option.position = label, position
        option.save(update_fields=["label", "position", "retired_at"])
        _record("column.changed", option.column, rows, by=by)
    return option


@in_turn()
def delete_option(option: ExtraOption, *, by: User | None) -> None:
    """Delete an option that was never chosen; ValidationError says how often it was."""
    may_build(by).require()
    column = _locked(option.column)
    if used := in_use(column, option):
        raise ValidationError(
            {
                "erased": f"選択肢「{option}」は{used}使われているので、削除できません。"
                "「廃止」に印を付けると、値を残したまま、新しく選べなくなります。"
            }
        )
    _record("column.changed", column, [("選択肢", option.label, "")], by=by)
    option.delete()


@in_turn()
def load_columns(planned: Iterable[Planned], *, by: User | None) -> list[ExtraColumn]:
    """The columns that a body's profile brings along. Raises ValidationError for a name that cannot be given."""
    return [
        add_column(
            ExtraColumn(
                code=plan.code,
                label=plan.label,
                kind=plan.kind,
                section=plan.section,
                help=plan.help,
                required=plan.required,
                position=position,
                synonyms=list(plan.synonyms),
            ),
            plan.options,
            by=by,
        )
        for position, plan in enumerate(planned, 1)
    ]


def _take_out_of_hand(column: ExtraColumn) -> None:
    """What somebody prepares with a column that goes or becomes another begins anew: changes of many, checked imports."""
    nothing: dict[str, Any] = {"column": "", "act": "", "value": {}, "fit": [], "left": [], "direct": False}
    BulkDraft.objects.filter(change_set__isnull=True, column=column.key).update(**nothing)
    for batch in Batch.objects.filter(stage=Batch.Stage.CHECKED):
        if column.key in (*batch.mapping.values(), *batch.fixed):
            Batch.objects.filter(pk=batch.pk).update(stage=Batch.Stage.COLUMNS)


def in_use(column: ExtraColumn, option: ExtraOption | None = None) -> str:
    """By how many assets a column (or an option of it) is used, in words; past days and applications count too, '' when by none.

    What was never in force is looked for only among the records since the column was made.
    """
    values = ExtraValue.objects.filter(column=column)
    if count := (values.filter(option=option) if option else values).count():
        return f"{count:,}件の{word('asset')}で"
    since = column.made_at
    kept = [
        _saying(Proposal.objects.filter(updated_at__gte=since), column, option),
        _saying(Revision.objects.filter(valid_from__gte=since), column, option),
    ]
    keys = {key for found in kept for key in found.values_list("asset", flat=True)}
    return f"{len(keys):,}件の{word('asset')}の申請か過去の記録で" if keys else ""


def _saying(records: QuerySet[Any], column: ExtraColumn, option: ExtraOption | None) -> QuerySet[Any]:
    if option:
        return records.filter(**{f"values__{column.key}": option.code})
    return records.filter(values__has_key=column.key).exclude(**{f"values__{column.key}": None})


def _let(column: ExtraColumn, *, retired: bool, act: str, by: User | None) -> ExtraColumn:
    may_build(by).require()
    column = _locked(column)
    if (column.retired_at is not None) != retired:
        column.retired_at = timezone.now() if retired else None
        column.save(update_fields=["retired_at"])
        _record(act, column, [], by=by)
    return column


def _locked(column: ExtraColumn) -> ExtraColumn:
    return ExtraColumn.objects.select_for_update().get(pk=column.pk)


def _refuse_one_too_many() -> None:
    if ExtraColumn.objects.filter(retired_at__isnull=True).count() >= MOST:
        raise ValidationError(f"独自項目は{MOST}項目までです。使わないものを廃止してから、追加してください。")


def _require_names(column: ExtraColumn, names: Sequence[str]) -> None:
    """A header must lead to one column: none of the ledger's, no word that is always asked about, none of another own column."""
    for at, name in enumerate(names):
        if problem := _problem_with(column, name):
            raise ValidationError({"synonyms" if at else "label": problem})


def _problem_with(column: ExtraColumn, name: str) -> str:  # noqa: PLR0911 — a table of reasons, one line each
    key = header_key(name)
    if not key:
        return f"「{name}」は、Excelの見出しとして読み取れません。文字を入れた名前にしてください。"
    if len(name) > LABEL_LIMIT:
        return f"「{name}」は{LABEL_LIMIT}文字を超えています。短くしてください。"
    if key in headers():
        known = BY_KEY.get(headers()[key])
        meaning = f"台帳にもとからある項目「{known.label}」" if known else "行の番号"
        return f"「{name}」は、{meaning}の見出しとして使われています。別の名前にしてください。"
    if key == header_key(OF_THE_SCREEN) or key in _axes():
        return f"「{name}」は、台帳の見出しとして使われています。別の名前にしてください。"
    if key in map(header_key, ambiguous()):
        return f"「{name}」は、台帳によって意味が違う見出しです。何を入れるかが分かる名前にしてください。"
    for other in ExtraColumn.objects.exclude(pk=column.pk):
        if key in map(header_key, (other.label, *other.synonyms)):
            return f"「{name}」は、独自項目「{other}」の見出しとして使われています。別の名前にしてください。"
    return ""


def _axes() -> set[str]:
    """What the axes of all schemes, and the values in force on them, are called in files."""
    return {header_key(name) for axis in Axis.objects.all() for name in (axis.label, applied_name(axis))}


def _require_option(column: ExtraColumn, label: str, but: ExtraOption | None = None) -> None:
    """An option can be told from the others however it is written, and says nothing that a cell of a file means otherwise."""
    as_column = Column(column.key, "選択肢", Kind.TEXT, Section.REMARKS, max_length=OPTION_LIMIT)
    if not label:
        raise ValidationError({"label": "選択肢を入力してください。"})
    if problems := text_problems(as_column, label):
        raise ValidationError({"label": problems[0]})
    if label in DITTO or label == CLEAR:
        raise ValidationError({"label": f"「{label}」は、Excelでは別の意味になるので、選択肢にできません。"})
    others = column.options.exclude(pk=but.pk) if but else column.options.all()
    if same := next((other for other in others if fold(other.label) == fold(label)), None):
        state = "廃止した選択肢にあります。廃止をやめるか、別の名前" if same.retired_at else "もうあります。別の名前"
        raise ValidationError({"label": f"「{label}」は、{state}にしてください。"})


def _title(name: str) -> str:
    field: Any = ExtraColumn._meta.get_field(name)
    return str(field.verbose_name)


def _shown(column: ExtraColumn, name: str) -> str:
    value = getattr(column, name)
    if name in {"kind", "section"}:
        return str(getattr(column, f"get_{name}_display")())
    if isinstance(value, bool):
        return "はい" if value else ""
    return "、".join(value) if isinstance(value, list) else str(value)


def _record(act: str, column: ExtraColumn, changes: list[tuple[str, str, str]], *, by: User | None) -> None:
    record(act, column, by=by, changes=changes)
    forget_columns()
