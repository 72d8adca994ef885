"""重複・記入ゆれ: what looks like the same thing, and what people say about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assets import duplicates, spelling
from assets.access import may_judge_spellings, may_register_somewhere, may_set_apart
from assets.classification import class_label
from assets.duplicates import Group
from assets.forms.spelling import ApartForm
from assets.models import ChangeKind, ChangeSet, Level
from assets.setting_apart import set_apart
from assets.states import Standing
from registry.organization.access import departments_where, holds_anywhere
from registry.organization.models import Department
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said_later
from registry.web.requests import address
from registry.web.views import command, page

PAGE = 20
LATEST = 5
NOTHING = {
    "same": said_later("同じ名称の{asset}はありません。"),
    "near": said_later("同じ{section}の中に、名称の似た{asset}はありません。"),
    "spelling": "書き方のゆれはありません。",
    "places": said_later("いまは無い{section}や、書き誤った{section}の名前はありません。"),
}
KINDS = {"same": "同じ名称", "near": "似た名称", "spelling": "書き方のゆれ", "places": said_later("{section}の名前")}


@page
def index(request: StaffRequest) -> HttpResponse:
    """Groups of probable duplicates, spellings that nearly agree, and 課 that do not exist; one kind at a time."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else "same"
    start = (_whole(request.GET.get("start", "")) or 0) // PAGE * PAGE
    department = _department(request)
    total, content = SHOW[kind](request, start, department)
    context = {
        "kind": kind,
        "kinds": [{"label": label, "url": f"?kind={key}", "current": key == kind} for key, label in KINDS.items()],
        "total": total,
        "nothing": NOTHING[kind],
        "start": start + 1,
        "end": min(start + PAGE, total),
        "previous_url": address(request, start=str(start - PAGE)) if start else "",
        "next_url": address(request, start=str(start + PAGE)) if start + PAGE < total else "",
        "department": department,
        "may_change": holds_anywhere(request.user, Permission.EDIT_ASSETS),
        **content,
    }
    return render(request, "assets/duplicates.html", context)


@command
def apart(request: StaffRequest) -> HttpResponse:
    """「別のもの」: remember that these assets are different things."""
    may_register_somewhere(request.user).require()
    form = ApartForm(request.POST)
    back = f"{reverse('assets:duplicates')}?kind={'near' if request.POST.get('kind') == 'near' else 'same'}"
    if not form.is_valid():
        messages.error(request, "別のものと分かる理由を書いてから、もう一度押してください。")
        return redirect(back)
    try:
        judged = set_apart(form.keys(), by=request.user, reason=form.cleaned_data["reason"])
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect(back)
    messages.success(request, f"{judged.assets.count():,}件を別のものとして覚えました。この組は、もう出ません。")
    return redirect(back)


def _same(request: StaffRequest, start: int, department: int | None) -> tuple[int, dict[str, Any]]:
    texts = duplicates.same_names(request.user, department)
    groups = duplicates.groups_named(texts[start : start + PAGE], request.user, department)
    return len(texts), _groups(request, groups)


def _near(request: StaffRequest, start: int, department: int | None) -> tuple[int, dict[str, Any]]:
    keys = duplicates.near_names(request.user, department)
    return len(keys), _groups(request, duplicates.groups_of(keys[start : start + PAGE], request.user))


def _groups(request: StaffRequest, groups: list[Group]) -> dict[str, Any]:
    seen = {key for group in groups for asset in group.assets for key in [asset.applied_1_id] if key}
    levels = Level.objects.filter(pk__in=seen).select_related("axis")
    return {"groups": [_group(request, group) for group in groups], "class_label": class_label(levels)}


def _group(request: StaffRequest, group: Group) -> dict[str, Any]:
    mine = departments_where(request.user, Permission.EDIT_ASSETS)
    ready = [
        asset
        for asset in group.assets
        if asset.standing == Standing.REGISTERED and not asset.open_proposal_id and asset.department_id in mine
    ]
    return {
        "title": str(group.assets[0]),
        "within": group.within,
        "assets": group.assets,
        "keys": ",".join(str(asset.pk) for asset in group.assets),
        "merge_url": f"{reverse('assets:merge', args=[ready[0].pk])}?with={ready[1].pk}" if len(ready) > 1 else "",
        "more_to_merge": len(ready) > 2,
        "may_set_apart": bool(may_set_apart(request.user, group.assets)),
        "anchor": f"group-{group.assets[0].pk}",
    }


def _spelling(request: StaffRequest, start: int, department: int | None) -> tuple[int, dict[str, Any]]:
    found = spelling.variants(request.user)
    shown = [
        {
            "column": one.column,
            "counts": one.counts,
            "count": one.count,
            "first": one.texts[0],
            "anchor": f"spelling-{start + at}",
        }
        for at, one in enumerate(found[start : start + PAGE])
    ]
    return len(found), {"variants": shown, "may_judge": bool(may_judge_spellings(request.user)), **_undoable(request)}


def _places(request: StaffRequest, start: int, department: int | None) -> tuple[int, dict[str, Any]]:
    found = spelling.misnamed(request.user)
    rows = [{"one": one, "anchor": f"place-{start + at}"} for at, one in enumerate(found[start : start + PAGE])]
    names = list(dict.fromkeys(Department.objects.current().in_scope().in_tree_order().values_list("name", flat=True)))
    return len(found), {"misnamed": rows, "names": names, **_undoable(request)}


def _undoable(request: StaffRequest) -> dict[str, Any]:
    """The latest spellings that were made to agree and can be taken back."""
    made = ChangeSet.objects.visible_to(request.user).filter(
        kind=ChangeKind.SPELLING, undone_at__isnull=True, undoes__isnull=True
    )
    return {"latest": list(made.newest_first()[:LATEST])}


def _department(request: StaffRequest) -> int | None:
    asked = _whole(request.GET.get("department", ""))
    return asked if asked in departments_where(request.user, Permission.VIEW_ASSETS) else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


SHOW = {"same": _same, "near": _near, "spelling": _spelling, "places": _places}
