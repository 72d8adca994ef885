"""What must happen to whom at every address: one table, written from the rules and not from the code.

Not visible is 404; visible but not allowed is 403; the wrong method is 405; not signed in leads to the login page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OUTSIDE = ("anonymous", "disabled")
INSIDE = ("stranger_clerk", "clerk", "manager", "reviewer", "auditor", "secretariat", "sysadmin")
PERSONS = (*OUTSIDE, *INSIDE)
LOGIN = "login"
BENCH_DOOR = "door of the bench"
FINE = "200 or 302"
Answer = int | str

EDITORS = frozenset({"stranger_clerk", "clerk", "manager", "secretariat"})
ATTACHERS = EDITORS | {"reviewer"}
CONFIRMERS = frozenset({"manager", "reviewer"})
EXPORTERS = EDITORS | {"reviewer", "auditor"}
READERS_OF_HISTORY = frozenset({"reviewer", "auditor", "secretariat"})
MANAGERS = frozenset({"secretariat", "sysadmin"})
HEADS = frozenset({"manager"})
WHOLE_BODY = frozenset({"reviewer", "auditor", "secretariat"})
SEES = {
    "own": WHOLE_BODY | {"clerk", "manager"},
    "foreign": WHOLE_BODY | {"stranger_clerk"},
    "secret": WHOLE_BODY | {"stranger_clerk"},
    "disposed": WHOLE_BODY | {"clerk", "manager"},
}
BROUGHT_BY = {"own": "clerk", "foreign": "stranger_clerk", "secret": "stranger_clerk", "disposed": "clerk"}

Refusal = Callable[[str, str], int]  # person, relation → 0 when nothing is in the way, else the status


def nobody_refused(person: str, relation: str) -> int:
    return 0


def only(persons: frozenset[str]) -> Refusal:
    """Open to these; the others see that it exists and may not."""
    return lambda person, relation: 0 if person in persons else 403


def visible(may: frozenset[str] = frozenset(INSIDE), but: str = "") -> Refusal:
    """404 where the object is not visible; 403 to who sees it without being among `may`, or in the relation `but`."""

    def refusal(person: str, relation: str) -> int:
        if person not in SEES[relation]:
            return 404
        return 0 if person in may and relation != but else 403

    return refusal


def author(person: str, relation: str) -> int:
    """A comment is withdrawn by who wrote it, and by nobody else who reads it."""
    if person not in SEES[relation]:
        return 404
    return 0 if person == BROUGHT_BY[relation] else 403


def own_import(person: str, relation: str) -> int:
    """An import is seen by who brought it; who can register nowhere is refused at the door, whatever the number."""
    if person not in EDITORS:
        return 403
    return 0 if person == BROUGHT_BY[relation] else 404


def own_change(person: str, relation: str) -> int:
    """A change of many is seen by who made it and by the 事務局; here that is the same person."""
    return 0 if person == "secretariat" else 404


def taken_back(person: str, relation: str) -> int:
    """Only the 事務局 puts back what is retired; what is in the ledger cannot be put back by anybody."""
    if person not in SEES[relation]:
        return 404
    return 0 if person == "secretariat" and relation == "disposed" else 403


def own(person: str, relation: str) -> int:
    """A view of one's own, a change one prepares: nobody else sees it."""
    return 0 if person == BROUGHT_BY[relation] else 404


def changed_at_once(person: str, relation: str) -> int:
    """What was changed at once is seen by who did it and by the 事務局."""
    return 0 if person in {BROUGHT_BY[relation], "secretariat"} else 404


@dataclass(frozen=True)
class Rule:
    """What an address answers to those who are let in, per method (405 where there is none), and who is not."""

    answers: Mapping[str, Answer]
    refusal: Refusal = nobody_refused
    data: Mapping[str, str] = field(default_factory=lambda: {"posted": "1"})
    by_relation: Mapping[str, Answer] = field(default_factory=dict)
    outside: Mapping[str, Answer] | None = None
    late: Refusal | None = None


def page(refusal: Refusal = nobody_refused, **more: Mapping[str, Answer]) -> Rule:
    return Rule({"GET": 200, "HEAD": 200}, refusal, **more)  # type: ignore[arg-type]


def form(refusal: Refusal = nobody_refused, *, get: int = 200, post: int = 200, closed: int = 0) -> Rule:
    """closed: the answer in the relation 'disposed' to those who are let in."""
    answers = {"GET": get, "HEAD": get, "POST": post}
    return Rule(answers, refusal, by_relation={"disposed": closed} if closed else {})


def late_form(refusal: Refusal, late: Refusal) -> Rule:
    """A form that shows what was typed to who posts it too late (`late`), instead of throwing it away with a 403."""
    return Rule({"GET": 200, "HEAD": 200, "POST": 200}, refusal, late=late)


def command(refusal: Refusal, answer: int = 302, closed: int = 0, **data: str) -> Rule:
    """closed: the answer in the relation 'disposed' to those who are let in."""
    return Rule({"POST": answer}, refusal, {"posted": "1", **data}, {"disposed": closed} if closed else {})


GONE = Rule(dict.fromkeys(METHODS, 404), outside=dict.fromkeys(METHODS, 404))  # once a body exists
HEALTH = {"GET": 200, "HEAD": 200}
LOGIN_FORM = {"GET": 200, "HEAD": 200, "POST": 200, "PUT": 200, "OPTIONS": 200}
TABLE: dict[str, Rule] = {
    "portal:home": page(),
    "portal:history": page(only(READERS_OF_HISTORY)),
    "portal:go-on": command(nobody_refused, 200),
    "portal:kept": form(get=302, post=302),
    "portal:health": page(outside=HEALTH),
    "portal:first-run": GONE,
    "portal:first-run-body": GONE,
    "portal:first-run-own": GONE,
    "portal:first-run-words": GONE,
    "portal:first-run-administrator": GONE,
    "portal:getting-ready": page(only(MANAGERS)),
    "portal:getting-ready-organization": form(only(MANAGERS)),
    "assets:index": page(),
    "assets:new": form(only(EDITORS)),
    "assets:detail": page(visible()),
    "assets:history": page(visible()),
    "assets:as-of": page(),
    "assets:as-of-export": command(only(EXPORTERS), query="day=2020-04-01"),
    "assets:asset-as-of": page(visible()),
    "assets:comparison": page(),
    "assets:comparison-export": command(only(EXPORTERS), query="since=2020-04-01&until=2020-04-02"),
    "assets:attach": form(visible(ATTACHERS)),
    "assets:attachment": page(visible()),
    "assets:attachment-remove": form(visible(ATTACHERS)),
    "assets:attachment-restore": command(visible(ATTACHERS), 409),
    "assets:comment": form(visible()),
    "assets:comment-confirm": command(visible(frozenset({"auditor"}))),
    "assets:comment-withdraw": command(author, 302),
    "assets:edit": late_form(visible(EDITORS, but="disposed"), late=visible(EDITORS)),
    "assets:step": command(visible(CONFIRMERS, but="disposed")),
    "assets:reviews": page(),
    "assets:review": page(visible()),
    "assets:decide": form(get=302),
    "assets:migration": page(),
    "assets:migrate-many": form(get=302),
    "assets:migrate": form(visible(EDITORS), get=302, post=302),
    "assets:migration-undo": command(own_change),
    "assets:export": command(only(EXPORTERS), 200),
    "assets:columns": page(),
    "assets:print": page(only(EXPORTERS)),
    "assets:views": page(),
    "assets:view-new": form(),
    "assets:view-edit": form(own, closed=404),
    "assets:view-overwrite": command(own, closed=404),
    "assets:view-delete": command(own, closed=404),
    "assets:view-restore": command(own, 409, closed=302),
    "assets:bulk-new": command(only(EDITORS)),
    "assets:bulk": form(own),
    "assets:bulk-preview": form(own, post=302),
    "assets:bulk-leave-out": command(own),
    "assets:bulk-apply": command(own, reason="新庁舎への移転"),
    "assets:changes": page(),
    "assets:change": page(changed_at_once),
    "assets:change-undo": command(changed_at_once),
    "assets:imports": page(only(EDITORS)),
    "assets:disposal": form(visible(EDITORS, but="disposed")),
    "assets:disposal-cancel": command(taken_back, 409, note="誤って廃棄したため"),
    "assets:disposals": page(),
    "assets:merge": form(visible(EDITORS, but="disposed")),
    "assets:merge-undo": command(taken_back, 409, note="別のものだったため"),
    "assets:similar": page(),
    "assets:use-instead": command(visible(EDITORS, but="disposed")),
    "assets:duplicates": page(),
    "assets:set-apart": command(only(EDITORS)),
    "assets:spelling": form(only(EDITORS), get=302, post=302),
    "assets:spelling-keep": command(only(EDITORS)),
    "assets:spelling-undo": command(own_change),
    "assets:import-new": form(only(EDITORS)),
    "assets:import-columns": form(own_import, closed=302),
    "assets:import-check": page(own_import),
    "assets:import-register": command(own_import, closed=409, reason="年度当初の取込"),
    "assets:import-discard": command(own_import, closed=409),
    "portal:jobs": page(),
    "portal:job": page(own),
    "portal:job-cancel": command(own, closed=409),
    "portal:reorganizations": form(only(MANAGERS), post=400),
    "portal:reorganization": page(only(MANAGERS)),
    "portal:reorganization-preview": page(only(MANAGERS)),
    "portal:reorganization-apply": command(only(MANAGERS), 409),
    "portal:reorganization-settle": command(only(MANAGERS)),
    "portal:reorganization-catch-up": command(only(MANAGERS)),
    "portal:reorganization-recall": command(only(MANAGERS), 409),
    "portal:reorganization-discard": command(only(MANAGERS)),
    "portal:reorganization-undo": command(only(MANAGERS), 409),
    "portal:reorganization-unit-new": form(only(MANAGERS), post=400),
    "portal:reorganization-unit": form(only(MANAGERS), post=400),
    "portal:reorganization-unit-remove": command(only(MANAGERS)),
    "portal:reorganization-department": form(only(MANAGERS), post=302),
    "organization:index": page(),
    "organization:vacancies": page(),
    "organization:absences": form(only(MANAGERS | HEADS), post=400),
    "organization:absence-end": command(only(MANAGERS | HEADS)),
    "organization:list-upload": form(only(MANAGERS), post=400),
    "organization:list": page(only(MANAGERS)),
    "organization:list-apply": command(only(MANAGERS), 409),
    "organization:list-discard": command(only(MANAGERS)),
    "login": Rule(dict.fromkeys(METHODS, 302), outside=LOGIN_FORM),
    "logout": Rule({"POST": 200, "OPTIONS": 200}),
    "password_change": Rule(LOGIN_FORM),
    "password_change_done": Rule({"GET": 200, "HEAD": 200, "OPTIONS": 200}),
}

READ_ONLY = frozenset({"organization/listimport", "organization/reorganization", "organization/succession"})
READ_ONLY |= frozenset({"history/entry", "axes/accessattempt"})
NOTHING_TO_ADD = READ_ONLY | {"organization/body", "organization/preset", "assets/axis"}
ADMIN_PAGES: dict[str, Mapping[str, Answer]] = {
    "index": dict.fromkeys(METHODS, 200),
    "app_list": dict.fromkeys(METHODS, 200),
    "login": dict.fromkeys(METHODS, 302),
    "logout": {"POST": 200, "OPTIONS": 200},
    "password_change": dict.fromkeys(METHODS, 302),
    "password_change_done": {"GET": 200, "HEAD": 200, "OPTIONS": 200},
    "autocomplete": {"GET": 403, "HEAD": 403, "OPTIONS": 200},
    "jsi18n": {"GET": 200, "HEAD": 200, "OPTIONS": 200},
    "view_on_site": dict.fromkeys(METHODS, 404),
    "admin/(?P<url>.*)$": dict.fromkeys(METHODS, 404),
}


def expected(name: str, route: str, method: str, person: str, relation: str) -> Answer:
    """The answer the rules demand; KeyError for an address nobody wrote a rule for."""
    if name.startswith("admin:"):
        return _on_the_bench(name.removeprefix("admin:"), route, method, person)
    rule = TABLE[name]
    if person in OUTSIDE:
        return LOGIN if rule.outside is None else rule.outside.get(method, 405)
    if method not in rule.answers:
        return 405
    refusal = rule.late if rule.late and method == "POST" else rule.refusal
    return refusal(person, relation) or rule.by_relation.get(relation, rule.answers[method])


def _on_the_bench(name: str, route: str, method: str, person: str) -> Answer:
    """The bench is for those who manage the organisation; nothing is deleted there, records are only read."""
    if person in OUTSIDE:
        return LOGIN
    if person not in MANAGERS:
        return {"login": 403, "logout": 302}.get(name, BENCH_DOOR)
    if name in ADMIN_PAGES:
        return ADMIN_PAGES[name].get(method, 405)
    model, kind = "/".join(route.split("/")[1:3]), name.rsplit("_", 1)[-1]
    kind = "object" if route.endswith("<path:object_id>/") else kind
    answers: dict[str, Answer] = {
        "changelist": 200,
        "export": 200,
        "add": 403 if model in NOTHING_TO_ADD else FINE,
        "change": 403 if method == "POST" and model in READ_ONLY else FINE,
        "delete": 403,
        "history": 200 if model == "history/entry" else 302,
        "object": 302,
    }
    return answers[kind]
