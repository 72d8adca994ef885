"""分類の移行: what still carries levels of an earlier scheme, what is proposed for it, and the word of a person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assets import bulk
from assets.access import may_propose, may_register_directly
from assets.classification import class_label
from assets.columns import BY_KEY
from assets.forms.migration import LevelsForm, ManyForm, UndoForm
from assets.handling import follows
from assets.ledger.migration_list import AT_ONCE, MigrationList, digest_of
from assets.migrating import GONE, confirm_many, confirm_one, plan_for
from assets.models import Asset, ChangeSet
from assets.models.change_set import ChangeKind
from assets.readings import note_reading
from assets.scheme_migration import Step
from assets.states import EDITABLE
from assets.values import text
from assets.views.finding import find_asset
from registry.base.verdict import Conflict
from registry.organization.access import holds, holds_anywhere
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission
from registry.organization.vocabulary import said
from registry.web.paging import beside, place_in
from registry.web.views import afterwards, command, form_page, page

RECENT = 5
NAMED = 30
SAME = "同じ名前の区分に移るため。"
PLACES = ("after", "before")
SAID = ("asset_no", "section", "description", "business", "pi", "pi_sensitive", "pi_mynumber", "class_reason")


@page
def index(request: StaffRequest) -> HttpResponse:
    """What is left, by proposal and asset by asset."""
    return _list_page(request, request.GET)


def _list_page(request: StaffRequest, query: QueryDict, many: ManyForm | None = None) -> HttpResponse:
    """The list as the query asks for it; `many` is what was chosen and typed when it was refused."""
    listing = MigrationList(request.user, query)
    shown = listing.page(**place_in(request))
    groups = [
        {"text": g.text, "reason": g.reason, "count": f"{g.count:,}", "current": g.key == listing.group, "url": url}
        for g in listing.groups
        for url in [_address(query, group=g.key)]
    ]
    current = next((group for group in listing.groups if group.key == listing.group), None)
    left = listing.left()
    context = {
        "left": left,
        "words": {name: f"{getattr(left, name):,}" for name in ("count", "total", "done", "under_way")},
        "filter": listing.filter,
        "filtered": bool(listing.filter.hidden()),
        "groups": groups,
        "group": current,
        "everything_url": _address(query),
        "entries": listing.rows(shown.rows),
        "many": many or ManyForm(),
        "hidden": [*listing.filter.hidden(), ("group", listing.group)],
        "at_once": AT_ONCE,
        "may_confirm": holds_anywhere(request.user, Permission.EDIT_ASSETS),
        "direct": holds_anywhere(request.user, Permission.REGISTER_ASSETS),
        "recent": _recent(request),
        "schemes": "、".join(dict.fromkeys(str(p.axes[1].scheme) for p in listing.plans if 1 in p.axes)),
        "class_label": class_label(asset.level_1 for asset in shown.rows if asset.level_1),
        **beside(request, shown),
    }
    return render(request, "assets/migration/index.html", context)


def _address(query: QueryDict, **changes: str) -> str:
    found = query.copy()
    for key in (*PLACES, "group", "csrfmiddlewaretoken", "chosen", "reason", "ending", "whole", "sure", "seen"):
        found.pop(key, None)
    for key, value in changes.items():
        found[key] = value
    return f"{reverse('assets:migration')}?{found.urlencode()}"


def _recent(request: StaffRequest) -> list[ChangeSet]:
    """The last confirmations of many that can still be taken back."""
    found = ChangeSet.objects.visible_to(request.user).filter(kind=ChangeKind.MIGRATION, undone_at__isnull=True)
    done = found.filter(undoes__isnull=True).annotate(size=Count("lines"))
    return list(done.newest_first()[:RECENT])


@form_page
def many(request: StaffRequest) -> HttpResponse:
    """Many at once: first what will happen in numbers, then, once sure, all of it or nothing."""
    if request.method != "POST":
        return redirect("assets:migration")
    form = ManyForm(request.POST)
    listing = MigrationList(request.user, request.POST)
    if not form.is_valid():
        return _list_page(request, request.POST, form)
    chosen = listing.ready() if form.cleaned_data["whole"] else form.cleaned_data["chosen"]
    directly = form.cleaned_data["ending"] == "register"
    if form.cleaned_data["sure"]:
        if form.cleaned_data["seen"] != digest_of(chosen):
            raise Conflict(GONE)
        confirm_many(chosen, reason=form.cleaned_data["reason"], by=request.user, directly=directly)
        return _done(request, len(chosen), directly=directly)
    return _ask(request, listing, form, chosen)


def _ask(request: StaffRequest, listing: MigrationList, form: ManyForm, chosen: dict[int, int]) -> HttpResponse:
    found = Asset.objects.visible_to(request.user).filter(pk__in=list(chosen)[:NAMED]).select_related("department")
    context = {
        "entries": list(found.order_by("number", "pk")),
        "more": max(len(chosen) - NAMED, 0),
        "count": f"{len(chosen):,}",
        "chosen": [] if form.cleaned_data["whole"] else form.chosen_raw,
        "hidden": [*listing.filter.hidden(), ("group", listing.group)],
        "whole": form.cleaned_data["whole"],
        "seen": digest_of(chosen),
        "ending": form.cleaned_data["ending"],
        "reason": form.cleaned_data["reason"],
    }
    if not chosen:
        form.add_error(None, said("まとめて確認できる{asset}がありません。しぼり込みを見直してください。"))
        return _list_page(request, request.POST, form)
    return render(request, "assets/migration/many.html", context)


def _done(request: StaffRequest, count: int, *, directly: bool) -> HttpResponse:
    left = MigrationList(request.user, QueryDict()).left()
    word = "新しい分類で登録しました" if directly else "新しい分類で申請しました"
    messages.success(request, f"{count:,}件を{word}。残りは{left.count:,}件です(うち申請中 {left.under_way:,}件)。")
    return redirect("assets:migration")


@form_page
def one(request: StaffRequest, pk: int) -> HttpResponse:
    """One asset: what it says, what is proposed level by level, and what the person chooses."""
    asset = find_asset(pk, for_user=request.user)
    plan, steps = plan_for(asset)
    if not holds(request.user, Permission.EDIT_ASSETS, asset.department_id):
        may_propose(request.user, asset).require()
    if plan is None:
        messages.info(request, f"「{asset}」の分類は、いまの分類体系の区分です。移行の確認は要りません。")
        return redirect(asset)
    if asset.open_proposal is not None and asset.open_proposal.state in EDITABLE:
        messages.info(request, "書きかけの内容があります。入力をつづけて、新しい区分を選んでください。")
        return redirect("assets:edit", asset.pk)
    may_propose(request.user, asset).require()
    proposed = {step.field: step.new for step in steps}
    form = LevelsForm(request.POST or None, axes=list(plan.axes.values()), proposed=proposed, reason=_reasons(steps))
    if request.method == "POST" and form.is_valid():
        return _confirm(request, asset, form)
    if asset.reads_recorded:
        afterwards(request, lambda: note_reading(asset, by=request.user))
    return render(request, "assets/migration/one.html", _one_context(request, asset, steps, form))


def _confirm(request: StaffRequest, asset: Asset, form: LevelsForm) -> HttpResponse:
    directly = request.POST.get("ending") == "register"
    if request.POST.get("version") != str(asset.version):
        raise Conflict(GONE)
    facts = {"reason": form.cleaned_data["reason"], "by": request.user, "directly": directly}
    confirm_one(asset, form.levels(), anew=form.cleaned_data["anew"], **facts)
    return _done(request, 1, directly=directly)


def _reasons(steps: list[Step]) -> str:
    return (
        "\n".join(dict.fromkeys(step.reason for step in steps if step.settled and step.changes and not step.alike))
        or SAME
    )


def _one_context(request: StaffRequest, asset: Asset, steps: list[Step], form: LevelsForm) -> dict[str, Any]:
    said = [{"label": BY_KEY[key].label, "value": text(asset, BY_KEY[key])} for key in SAID]
    return {
        "asset": asset,
        "facts": [fact for fact in said if fact["value"]],
        "steps": steps,
        "fields": [form[step.field] for step in steps if step.field in form.fields],
        "form": form,
        "keeps_handling": not follows(asset.handling, asset.levels),
        "handling": asset.handling,
        "direct": bool(may_register_directly(request.user, asset.department_id)),
        "class_label": class_label(asset.levels),
    }


@command
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back a confirmation of many, with a reason."""
    found = get_object_or_404(ChangeSet.objects.visible_to(request.user).filter(kind=ChangeKind.MIGRATION), pk=pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        messages.error(request, "取り消す理由を入力してください。")
        return redirect("assets:migration")
    try:
        bulk.undo(found, by=request.user, reason=form.cleaned_data["reason"])
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, f"{found.lines.count():,}件の移行を取り消しました。もとの分類に戻りました。")
    return redirect("assets:migration")
