"""Setting up a body: the profile that this installation serves."""

from typing import Any

from assets.scheme_editing import load_scheme
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import Body, Organ
from registry.organization.profiles.parts import Profile
from registry.organization.profiles.reading import read
from registry.organization.structure import create_organ


@in_turn()
def load_profile(key: str) -> tuple[Profile, bool]:
    """Make this installation serve the body of a profile; true when anything was new. A second body is refused."""
    profile = read(key)
    body = Body.objects.filter(pk=1).first()
    if body is not None and body.profile != key:
        raise ValueError(f"この環境は、すでに「{body.name}」のものです。別の団体には別のデータベースを使ってください。")
    load_scheme(profile.scheme, by=None)
    facts = _facts(profile)
    if body is not None:
        return profile, False
    body = Body(pk=1, profile=key, **facts)
    body.full_clean()
    body.save()
    for position, organ in enumerate(profile.organs, 1):
        made = Organ(code=organ.code, name=organ.name, head_title=organ.head_title, autonomous=organ.autonomous)
        made.position = position
        create_organ(made, by=None)
    record("body.loaded", body, by=None, changes=[("設定", "", key)])
    return profile, True


def _facts(profile: Profile) -> dict[str, Any]:
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
        "options": {key: setting.value for key, setting in profile.settings.items()},
    }
