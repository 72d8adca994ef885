"""The form of an asset: a new entry, a draft that goes on, a change of what is registered."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assets.access import (
    may_edit,
    may_place,
    may_propose,
    may_register_directly,
    may_register_somewhere,
    may_take,
)
from assets.body_columns import columns_of_body
from assets.checking import gaiji_notice
from assets.classification import axes_in_force, class_label
from assets.editing import draft, propose_change, revise
from assets.forms.asset import AssetForm
from assets.forms.fields import own_departments
from assets.forms.guide import guide_panel
from assets.forms.steps import NoteForm
from assets.migrating import plan_for
from assets.models import Asset, Proposal
from assets.readings import note_reading
from assets.setting_apart import declare_apart
from assets.states import RETURN_BY_HEAD, RETURN_BY_REVIEWER, SUBMIT, WRITTEN_IN_THE_FORM, Kind, State
from assets.values import as_proposed, differences
from assets.views.finding import find_asset
from assets.views.likeness import likeness_of
from assets.views.steps import told
from assets.workflow import register_directly, submit
from registry.base.fiscal import wareki_moment
from registry.base.verdict import Conflict, Verdict
from registry.history.models import Entry
from registry.organization.access import holds
from registry.organization.models import Department, Post
from registry.organization.requests import StaffRequest
from registry.organization.roles import Permission, Role
from registry.organization.vocabulary import said
from registry.web.views import afterwards, form_page

RETURNS = [f"asset.{step.code}" for step in (RETURN_BY_HEAD, RETURN_BY_REVIEWER)]
MOVED_ON = "入力しているあいだに、この{asset}の申請が進みました。内容を見くらべて、もう一度保存してください。"


@form_page
def new(request: StaffRequest) -> HttpResponse:
    """Register something new: a draft at first, then an application."""
    may_register_somewhere(request.user).require()
    asset = Asset()
    start, own_organ = _start(request)
    axes = axes_in_force(_organ(request.POST["section"]) if "section" in request.POST else own_organ)
    form = AssetForm(request.POST or None, asset=asset, axes=axes, user=request.user, initial=start)
    return _form_page(request, asset, None, form)


@form_page
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on with a draft, mend what was returned, or propose a change of what is registered."""
    asset = find_asset(pk, for_user=request.user)
    proposal = asset.open_proposal
    if request.method != "POST" and proposal and proposal.kind not in WRITTEN_IN_THE_FORM:
        return redirect("assets:disposal" if proposal.kind == Kind.DISPOSAL else "assets:detail", pk)
    verdict = _may_change(request, asset, proposal)
    if request.method != "POST" or not holds(request.user, Permission.EDIT_ASSETS, asset.department_id):
        verdict.require()
    shown_now = as_proposed(asset, proposal.values if proposal else {})
    if request.method != "POST" and (asset.reads_recorded or shown_now.reads_recorded):
        afterwards(request, lambda: note_reading(asset, by=request.user))
    axes = axes_in_force(_organ(request.POST.get("section", "")) or shown_now.department.organ_id)
    form = AssetForm(request.POST or None, asset=shown_now, axes=axes, user=request.user)
    return _form_page(request, asset, proposal, form)


def _form_page(request: StaffRequest, asset: Asset, proposal: Proposal | None, form: AssetForm) -> HttpResponse:
    panel = guide_panel(request.POST, form.asset, form.axes)
    conflict: list[Any] = []
    act = request.POST.get("act", "save")
    if request.method == "POST" and act == "guide":
        form = panel.filled_in(form, request.user)
    elif (
        act != "similar"
        and request.method == "POST"
        and form.is_valid()
        and panel.agrees(form)
        and _goes_on(request, form, act)
    ):
        try:
            with transaction.atomic():
                saved = _save(request, asset, proposal, {**form.values(), "guide": panel.answers})
                _go_on(request, saved, act)
            if form.handling_filled:
                messages.info(request, "取扱制限は、選んだ区分に合わせて入れました。")
            if notice := gaiji_notice(saved.values, columns_of_body().texts):
                messages.warning(request, notice)
            return redirect(saved.asset)
        except ValidationError as problem:
            for sentence in problem.messages:
                form.add_error(None, sentence)
        except Conflict as problem:
            if asset.pk is None:
                messages.info(request, str(problem))
                return redirect("portal:home")
            asset, proposal, conflict = _overtaken(request, asset, form)
            form.add_error(None, str(problem))
    version = proposal.version if proposal else asset.version
    context = {
        "asset": asset if asset.pk else None,
        "proposal": proposal,
        "form": form,
        "sections": form.sections(),
        "details": form.details(),
        "guide": panel,
        "conflict": conflict,
        "migration": [step.words for step in plan_for(asset)[1] if step.changes] if asset.pk else [],
        "version": version,
        "returned": _returned(asset, proposal),
        "note": request.POST.get("note", ""),
        "reason": request.POST.get("reason", ""),
        "token": _token(request) or uuid.uuid4(),
        "may_register_directly": _direct(request, form),
        "class_label": class_label([*asset.levels, *form.asset.levels]),
        **likeness_of(form, asset, proposal, asked=act == "similar", by=request.user),
    }
    return render(request, "assets/form.html", context)


def _save(request: StaffRequest, asset: Asset, proposal: Proposal | None, values: dict[str, Any]) -> Proposal:
    version = _whole(request.POST.get("version", ""))
    if asset.pk and not (verdict := _may_change(request, asset, proposal)):
        raise Conflict(f"{verdict.reason} 入力した内容は、下に残っています。必要なら写してください。")
    if asset.pk and request.POST.get("proposal", "") != (str(proposal.pk) if proposal else ""):
        raise Conflict(said(MOVED_ON))
    if proposal:
        return revise(proposal, values, version=version, by=request.user)
    if asset.pk:
        return propose_change(asset, values, base_version=version, by=request.user)
    return draft(values, by=request.user, token=_token(request))


def _may_change(request: StaffRequest, asset: Asset, proposal: Proposal | None) -> Verdict:
    return may_edit(request.user, proposal) if proposal else may_propose(request.user, asset)


def _goes_on(request: StaffRequest, form: AssetForm, act: str) -> bool:
    """What goes on from here needs the required columns and a department that exists and is in scope; said at the fields."""
    if act not in {"submit", "register"}:
        return True
    verdict = may_place(request.user, form.cleaned_data["section"])
    if not verdict:
        form.add_error("section", verdict.reason)
    return form.is_complete() and bool(verdict)


def _organ(section: str) -> int | None:
    """The organ of the 課 in the form: by its scheme the asset is classified."""
    return Department.objects.filter(pk=_whole(section)).values_list("organ_id", flat=True).first()


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _token(request: StaffRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return None


def _go_on(request: StaffRequest, proposal: Proposal, act: str) -> None:
    if act in {"submit", "register"} and request.POST.get("apart"):
        declare_apart(proposal, _reason(request, "apart_reason"), by=request.user)
    if act == "submit":
        may_take(request.user, proposal, SUBMIT).require()
        done = submit(proposal, by=request.user, note=_reason(request, "note"))
        messages.success(request, told(done, SUBMIT.code))
    elif act == "register":
        asset = register_directly(proposal, by=request.user, reason=_reason(request, "reason")).asset
        messages.success(request, f"「{asset}」を直接登録しました。資産番号は {asset.full_number} です。")
    else:
        messages.success(request, f"「{proposal.asset}」の下書きを保存しました。まだ申請していません。")


def _reason(request: StaffRequest, name: str) -> str:
    """The reason that goes with submitting or registering; ValidationError says what is wrong with it."""
    form = NoteForm({"note": request.POST.get(name, "")})
    if not form.is_valid():
        raise ValidationError([f"「{form['note'].label}」: {error}" for error in form.errors["note"]])
    return str(form.cleaned_data["note"])


def _overtaken(request: StaffRequest, asset: Asset, form: AssetForm) -> tuple[Asset, Proposal | None, list[Any]]:
    """What is there now, and how it differs from what was typed: the loser keeps the input and decides."""
    asset = find_asset(asset.pk, for_user=request.user)
    proposal = asset.open_proposal
    theirs = as_proposed(asset, proposal.values if proposal else {})
    return asset, proposal, differences(theirs, as_proposed(asset, form.values()))


def _returned(asset: Asset, proposal: Proposal | None) -> str:
    """Who returned it and when; '' when nobody did."""
    if proposal is None or proposal.state != State.RETURNED:
        return ""
    by = Entry.objects.about("asset", asset.pk).filter(act__in=RETURNS).order_by("-sequence").first()
    when = f"{by.actor_label}、{wareki_moment(timezone.localtime(by.at))}" if by else ""
    return f"差戻しのコメント({when})" if when else "差戻しのコメント"


def _start(request: StaffRequest) -> tuple[dict[str, Any], int | None]:
    """Where a new entry begins: the person's own department, the post that answers for it, and the organ they are in."""
    mine = dict(own_departments(request.user).values_list("pk", "organ_id"))
    for appointment in request.user.appointments_today:
        department = appointment.post.department
        if department.pk in mine:
            head = Post.objects.current().with_role(Role.MANAGER).filter(department=department).first()
            start = {"section": department.pk, "sec_manager": head.pk if head else None, "status": "active"}
            return start, mine[department.pk]
    return {"status": "active"}, None


def _direct(request: StaffRequest, form: AssetForm) -> bool:
    section = form["section"].value()
    return bool(may_register_directly(request.user, _whole(str(section or ""))))
