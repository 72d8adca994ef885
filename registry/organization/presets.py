"""The settings of the body, item by item: what the profile set, what that means in words, and who stands behind it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from registry.history.record import Act, record, record_many
from registry.history.turn import in_turn
from registry.organization import vocabulary
from registry.organization.access import may_build
from registry.organization.grants import project
from registry.organization.models import Body, Organ, Preset, PresetKind, User
from registry.organization.profiles.parts import DECISION_STEPS, SETTINGS, Profile
from registry.organization.vocabulary import DEFAULT_TITLES, DEFAULT_WORDS, said

TO_CONFIRM, CONFIRMED, IN_POLICY = "要確認", "確認済", "規程のとおり"


def keep(profile: Profile) -> int:
    """Keep what the profile says of every item it sets; items that are kept already stay as they are. How many are new."""
    kept = set(Preset.objects.values_list("kind", "code"))
    fresh = [preset for preset in _items(profile) if (preset.kind, preset.code) not in kept]
    Preset.objects.bulk_create(fresh)
    return len(fresh)


def standing(preset: Preset) -> str:
    """要確認, 確認済 or 規程のとおり."""
    if preset.confirmed_at:
        return CONFIRMED
    return IN_POLICY if preset.in_policy else TO_CONFIRM


def values(body: Body) -> dict[tuple[str, str], str]:
    """(kind, code) of every item → its value today, in words."""
    public = body.options.get("public_documents", [])
    organs = {
        organ.code: f"長: {organ.head_title or '—'}" + ("、自律機関" if organ.autonomous else "")
        for organ in Organ.objects.all()
    }
    by_kind: dict[str, Mapping[str, str]] = {
        PresetKind.ORGAN: organs,
        PresetKind.ROLE: {**DEFAULT_TITLES, **body.role_titles},
        PresetKind.WORD: {**DEFAULT_WORDS, **body.words},
        PresetKind.SETTING: {code: choice(code, value) for code, value in body.options.items() if code in SETTINGS},
        PresetKind.DECISION: {str(number): step["title"] for number, step in enumerate(body.decision_chain, 1)},
        PresetKind.DOCUMENT: {code: "公開" if code in public else "非公開" for code in DEFAULT_WORDS},
        PresetKind.EXCLUSION: {str(number): one["reason"] for number, one in enumerate(body.exclusions, 1)},
    }
    return {(kind, code): text for kind, texts in by_kind.items() for code, text in texts.items()}


def choice(code: str, value: Any) -> str:
    """A choice of a setting in words."""
    return said(SETTINGS[code][1].get(value, str(value)))


@in_turn()
def confirm(preset: Preset, *, by: User) -> Preset:
    """A person stands behind an item; ValidationError when nothing was left to confirm."""
    may_build(by).require()
    preset = Preset.objects.select_for_update(of=("self",)).get(pk=preset.pk)
    if standing(preset) != TO_CONFIRM:
        raise ValidationError(f"{preset}は、すでに確かめられています。")
    _confirm([preset], by)
    return preset


@in_turn()
def choose(preset: Preset, value: Any, *, by: User) -> None:
    """Another choice for a setting; whoever chooses stands behind it. ValueError for a value that is not on offer."""
    may_build(by).require()
    if preset.kind != PresetKind.SETTING or value not in SETTINGS[preset.code][1]:
        raise ValueError(f"not on offer: {preset.code} {value!r}")
    body = Body.objects.select_for_update().get(pk=1)
    before = choice(preset.code, body.options.get(preset.code))
    body.options[preset.code] = value
    body.save(update_fields=["options"])
    record("body.changed", body, by=by, changes=[(said(preset.label), before, choice(preset.code, value))])
    _confirm(Preset.objects.select_for_update(of=("self",)).filter(pk=preset.pk), by)
    project()
    vocabulary.forget()


@in_turn()
def change_words(body: Body, words: Mapping[str, str], titles: Mapping[str, str], *, by: User | None) -> Body:
    """Give words and role titles (by code) another form, '' for the standard one; each is its own line of history.

    Whoever renames stands behind the new word.
    """
    may_build(by).require()
    body = Body.objects.select_for_update().get(pk=body.pk)
    changes: list[tuple[str, str, str]] = []
    for kept, standard, fresh in ((body.words, DEFAULT_WORDS, words), (body.role_titles, DEFAULT_TITLES, titles)):
        for code, new in fresh.items():
            old = kept.pop(code, "")
            kept |= {code: new} if new else {}
            changes += [(standard[code], old or standard[code], new or standard[code])] if old != new else []
    if changes:
        body.save(update_fields=["words", "role_titles"])
        record("body.changed", body, by=by, changes=changes)
        if by is not None:
            rows = Preset.objects.select_for_update(of=("self",))
            _confirm(rows.filter(kind=PresetKind.WORD, code__in=words), by)
            _confirm(rows.filter(kind=PresetKind.ROLE, code__in=titles), by)
    vocabulary.forget()
    return body


def _confirm(presets: Any, by: User) -> None:
    changed = [preset for preset in presets if standing(preset) == TO_CONFIRM]
    for preset in changed:
        preset.confirmed_by, preset.confirmed_at = by, timezone.now()
        preset.save(update_fields=["confirmed_by", "confirmed_at"])
    acts = [Act("body.confirmed", preset, changes=[(said(preset.label), TO_CONFIRM, CONFIRMED)]) for preset in changed]
    if acts:
        record_many(acts, by=by)


def _items(profile: Profile) -> Iterator[Preset]:
    for organ in profile.organs:
        yield _item(PresetKind.ORGAN, organ.code, organ.name, organ.note, organ.confirmed)
    for role in profile.roles:
        yield _item(PresetKind.ROLE, role.code, DEFAULT_TITLES[role.code], role.note, role.confirmed)
    for code in profile.words:
        doubt = profile.words_to_confirm.get(code, "")
        yield _item(PresetKind.WORD, code, DEFAULT_WORDS[code], doubt, not doubt)
    for number, step in enumerate(profile.decision, 1):
        yield _item(PresetKind.DECISION, str(number), DECISION_STEPS[step.step], step.note, step.confirmed)
    for document in profile.documents:
        label = f"{{{document.code}}}の公開"
        yield _item(PresetKind.DOCUMENT, document.code, label, document.note, document.confirmed)
    for number, one in enumerate(profile.exclusions, 1):
        organ_name = next((organ.name for organ in profile.organs if organ.code == one.organ), one.organ)
        yield _item(PresetKind.EXCLUSION, str(number), organ_name, one.note, one.confirmed)
    for code, setting in profile.settings.items():
        yield _item(PresetKind.SETTING, code, SETTINGS[code][0], setting.note, setting.confirmed)


def _item(kind: str, code: str, label: str, note: str, confirmed: bool) -> Preset:
    return Preset(kind=kind, code=code, label=label, note=note, in_policy=confirmed)
