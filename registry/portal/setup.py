"""Setting up a body: the profile that this installation serves."""

from typing import Any

from assets.extra_editing import load_columns
from assets.scheme_editing import load_scheme, predecessors
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization import presets, vocabulary
from registry.organization.models import Body, Organ
from registry.organization.profiles.parts import Profile
from registry.organization.profiles.reading import read
from registry.organization.structure import create_organ


def load_profile(key: str) -> tuple[Profile, bool]:
    """Make this installation serve the body of a shipped profile; true when anything was new. A second body is refused."""
    profile = read(key)
    return profile, settle(profile)


@in_turn()
def settle(profile: Profile) -> bool:
    """Make this installation serve the body of a checked profile; true when it is new.

    Body, organs, scheme, words and where each setting comes from. ValueError for a second body.
    """
    body = Body.objects.filter(pk=1).first()
    if body is not None and body.profile != profile.key:
        raise ValueError(f"この環境は、すでに「{body.name}」のものです。別の団体には別のデータベースを使ってください。")
    for scheme in (*predecessors(profile.scheme), profile.scheme):
        load_scheme(scheme, by=None)
    if body is None:
        _found(profile)
    presets.keep(profile)
    return body is None


def _found(profile: Profile) -> None:
    body = Body(pk=1, profile=profile.key, **_facts(profile))
    body.full_clean()
    body.save()
    vocabulary.forget()
    for position, organ in enumerate(profile.organs, 1):
        made = Organ(code=organ.code, name=organ.name, head_title=organ.head_title, autonomous=organ.autonomous)
        made.position = position
        create_organ(made, by=None)
    load_columns(profile.extra_columns, by=None)
    record("body.loaded", body, by=None, changes=[("設定", "", profile.key)])


def _facts(profile: Profile) -> dict[str, Any]:
    settings = {key: setting.value for key, setting in profile.settings.items()}
    return {
        "name": profile.name,
        "kind": profile.kind,
        "code": profile.code,
        "words": dict(profile.words),
        "role_titles": {role.code: role.title for role in profile.roles},
        "decision_chain": [{"step": d.step, "role": d.role, "title": d.title} for d in profile.decision],
        "exclusions": [
            {"organ": e.organ, "department": e.department, "reason": e.reason, "listed_as": e.listed_as}
            for e in profile.exclusions
        ],
        "options": settings | {"public_documents": [d.code for d in profile.documents if d.public]},
    }
