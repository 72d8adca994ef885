"""The first settings in the browser: code, body, words, administrator. Nothing is set up before the last step."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assets.schemes import read_preset
from registry.organization.forms import TITLE, WORD
from registry.organization.login import record_login
from registry.organization.models import FirstRun
from registry.organization.profiles.reading import ProfileError, available, data_of
from registry.portal import first_run
from registry.portal.forms.first_run import (
    FILE,
    OWN,
    AdministratorForm,
    BodyForm,
    CodeForm,
    OrganFormSet,
    OwnBodyForm,
    WordsForm,
    words_of,
)
from registry.web.views import form_page

MARK = "first_run"
BACKEND = "django.contrib.auth.backends.ModelBackend"
OF_ONE_BODY = {"self", "resident"}  # words that a near body cannot lend
STEPS = (
    ("団体", "portal:first-run-body"),
    ("分類と用語", "portal:first-run-words"),
    ("管理者", "portal:first-run-administrator"),
    ("組織", ""),
    ("仕上げ", ""),
)
COPIED = "「{name}」の設定から写しました。自分の団体の規程で確かめてください。"
Step = Callable[[HttpRequest, FirstRun], HttpResponse]


def step_of_first_run(step: Step) -> Callable[[HttpRequest], HttpResponse]:
    """A step: open to who came in with the code and is still the one at it; the others are led to the door."""

    @wraps(step)
    def run(request: HttpRequest) -> HttpResponse:
        found = first_run.going_on(request.session.get(MARK, ""))
        if found is None:
            if request.session.pop(MARK, None):
                messages.warning(request, first_run.NOT_YOURS)
            return redirect("portal:first-run")
        return step(request, found)

    return run


@login_not_required
@form_page
def door(request: HttpRequest) -> HttpResponse:
    """The code from the terminal opens the first settings; who is at it already goes on where they were."""
    if going_on := first_run.going_on(request.session.get(MARK, "")):
        return redirect(_next(going_on))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mark, problem = first_run.enter(form.cleaned_data["code"])
        if mark:
            request.session.cycle_key()
            request.session[MARK] = mark
            return redirect("portal:first-run-body")
        form.add_error("code", problem)
    context = {"form": form, "issued": FirstRun.objects.exists()}
    return render(request, "portal/first_run/door.html", context)


@login_not_required
@form_page
@step_of_first_run
def body(request: HttpRequest, run: FirstRun) -> HttpResponse:
    """Step 1: which body; a body of its own is described on the next page."""
    form = BodyForm(request.POST or None, request.FILES or None, initial={"choice": run.draft.get("choice", "")})
    if request.method == "POST" and form.is_valid():
        choice = form.cleaned_data["choice"]
        if choice == OWN:
            return redirect(f"{reverse('portal:first-run-own')}?base={form.cleaned_data['base']}")
        first_run.decide(run.holder, form.data_of_file if choice == FILE else data_of(choice), choice)
        return redirect("portal:first-run-words")
    chosen = first_run.data_of(run)
    context = {
        "form": form,
        "steps": _steps(0, run),
        "chosen": chosen["name"] if chosen else "",
        "own": run.draft.get("choice") == OWN,
    }
    return render(request, "portal/first_run/body.html", context)


@login_not_required
@form_page
@step_of_first_run
def own(request: HttpRequest, run: FirstRun) -> HttpResponse:
    """Step 1, for a body that does not ship: name, kind, code and organs, beginning with those of a near one."""
    kept = first_run.data_of(run) if run.draft.get("choice") == OWN else None
    base = next((key for key, _ in available() if key == request.GET.get("base")), "")
    start = data_of(base) if base else kept
    if start is None:
        return redirect("portal:first-run-body")
    first = {key: start.get(key, "") for key in (("kind",) if base else ("name", "kind", "code"))}
    form = OwnBodyForm(request.POST or None, initial=first)
    organs: Any = OrganFormSet(request.POST or None, initial=start["organs"], prefix="organs")
    if request.method == "POST" and all([form.is_valid(), organs.is_valid()]):
        given = {**form.cleaned_data, "organs": organs.organs()}
        first_run.decide(run.holder, {**(_copied(start) if base else start), **given}, OWN)
        return redirect("portal:first-run-own" if "more" in request.POST else "portal:first-run-words")
    context = {"form": form, "organs": organs, "steps": _steps(0, run), "base": start["name"] if base else ""}
    return render(request, "portal/first_run/own.html", context)


@login_not_required
@form_page
@step_of_first_run
def words(request: HttpRequest, run: FirstRun) -> HttpResponse:
    """Step 2: how the body classifies and what it calls things, both as its profile proposes until changed here."""
    data = first_run.data_of(run)
    if data is None:
        return redirect("portal:first-run-body")
    form = WordsForm(request.POST or None, initial=words_of(data), unsure=data.get("words_to_confirm", {}))
    if request.method == "POST" and form.is_valid():
        first_run.decide(run.holder, _reviewed(data, form), run.draft["choice"], reviewed=True)
        return redirect("portal:first-run-administrator")
    context = {"form": form, "steps": _steps(1, run), "name": data["name"]}
    return render(request, "portal/first_run/words.html", context)


@login_not_required
@form_page
@step_of_first_run
def administrator(request: HttpRequest, run: FirstRun) -> HttpResponse:
    """Step 3: everything decided once more, and the first administrator; then the body is set up, all at once."""
    if not run.draft.get("reviewed"):
        return redirect(_next(run))
    form = AdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("username", "name", "password")}
        try:
            user = first_run.finish(run.holder, **given)
        except ProfileError as faulty:
            form.add_error(None, faulty.problems)
        else:
            del request.session[MARK]
            login(request, user, BACKEND)
            record_login(user)
            return redirect("portal:getting-ready-organization")
    context = {"form": form, "steps": _steps(2, run), "facts": _facts(run)}
    return render(request, "portal/first_run/administrator.html", context)


def _next(run: FirstRun) -> str:
    """The step where somebody goes on who comes back."""
    if "profile" not in run.draft:
        return "portal:first-run-body"
    return "portal:first-run-administrator" if run.draft.get("reviewed") else "portal:first-run-words"


def _steps(current: int, run: FirstRun) -> list[dict[str, str]]:
    """The steps; those one may go back or on to are links."""
    reached = [True, "profile" in run.draft, bool(run.draft.get("reviewed")), False, False]
    return [
        {
            "label": label,
            "state": "current" if at == current else "done" if at < current else "todo",
            "url": reverse(name) if reached[at] and at != current else "",
        }
        for at, (label, name) in enumerate(STEPS)
    ]


def _copied(start: dict[str, Any]) -> dict[str, Any]:
    """What a body of its own takes from a near one, all of it to be confirmed; clauses of others are not quoted."""
    note = COPIED.format(name=start["name"])
    unsure = {"confirmed": False, "note": note}
    words = {code: word for code, word in start.get("words", {}).items() if code not in OF_ONE_BODY}
    kept = {key: value for key, value in start.items() if key not in {"demo", "exclusions"}}
    return kept | {
        "key": OWN,
        "roles": [{**role, **unsure} for role in start.get("roles", ())],
        "decision": [{**step, **unsure} for step in start["decision"]],
        "documents": [{**document, **unsure} for document in start["documents"]],
        "settings": {code: {**setting, **unsure} for code, setting in start["settings"].items()},
        "words": words,
        "words_to_confirm": dict.fromkeys(words, note),
    }


def _reviewed(data: dict[str, Any], form: WordsForm) -> dict[str, Any]:
    """The profile with the scheme and words chosen; whoever changes a word stands behind it."""
    words, before = form.own(WORD), data.get("words", {})
    roles = {role["code"]: role for role in data.get("roles", ())}
    titles = form.own(TITLE)
    unsure = {
        code: why for code, why in data.get("words_to_confirm", {}).items() if words.get(code) == before.get(code)
    }
    return data | {
        "scheme": form.cleaned_data["scheme"],
        "words": words,
        "words_to_confirm": unsure,
        "roles": [
            roles[code] if roles.get(code, {}).get("title") == title else {"code": code, "title": title}
            for code, title in titles.items()
        ],
    }


def _facts(run: FirstRun) -> list[dict[str, str]]:
    """What will be set up, in words."""
    data = first_run.data_of(run) or {}
    organs = [f"{one['name']}{'(自律機関)' if one.get('autonomous') else ''}" for one in data["organs"]]
    return [
        {"label": "団体", "value": f"{data['name']}({data['kind']})"},
        {"label": "全国地方公共団体コード", "value": data.get("code") or "なし"},
        {"label": "機関", "value": "、".join(organs)},
        {"label": "分類体系", "value": read_preset(data["scheme"]).name},
        {"label": "標準と違う用語", "value": "、".join(data["words"].values()) or "なし"},
        {"label": "標準と違う役割の呼び名", "value": "、".join(role["title"] for role in data["roles"]) or "なし"},
    ]
