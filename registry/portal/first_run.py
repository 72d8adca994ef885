"""The first settings: a code from the terminal opens them, one person goes through them, and at the end there is a body."""

import datetime as dt
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from registry.base.verdict import Conflict
from registry.history.record import record
from registry.history.turn import in_turn
from registry.organization.models import Body, FirstRun, User
from registry.organization.people import create_administrator
from registry.organization.profiles.parts import Profile
from registry.organization.profiles.reading import checked
from registry.portal.setup import settle

EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4
MOST_FAILURES, BLOCKED = 5, dt.timedelta(minutes=15)
LEFT_ALONE = dt.timedelta(minutes=30)
NOT_YOURS = "この画面での設定は終わっています。別の画面で設定コードが入れられ、そちらで設定を進めています。"
SET_UP = "この環境の設定は、すでに終わっています。ログインしてください。"


@in_turn()
def issue_code() -> str:
    """A new code for the first settings, told this once; an older one, and whoever came in with it, is out.

    What was decided so far stays. ValueError when the body is set up: then there is nothing to open.
    """
    if body := Body.objects.filter(pk=1).first():
        raise ValueError(f"「{body.name}」の設定は済んでいます。画面からログインしてください。")
    groups = ("".join(secrets.choice(EASY_TO_READ) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    code = "-".join(groups)
    fresh = {"code_hash": _hash(code), "failures": 0, "blocked_until": None, "holder": "", "seen_at": None}
    run, _ = FirstRun.objects.update_or_create(pk=1, defaults=fresh)
    record("first-run.code-issued", run, by=None)
    return code


@in_turn()
def enter(code: str) -> tuple[str, str]:
    """Come in with the code: (mark for the session, '') or ('', why not, in a sentence). Wrong codes are counted."""
    run, now = _locked(), timezone.now()
    if run is None:
        return "", "設定コードがまだありません。サーバーで setup_code を動かしてください。"
    if run.blocked_until and now < run.blocked_until:
        return (
            "",
            f"まちがいが続いたので止めています。{_clock(run.blocked_until)}を過ぎてから、もう一度入れてください。",
        )
    if not constant_time_compare(run.code_hash, _hash(code)):
        return "", _failed(run, now)
    if run.holder and run.seen_at and now < run.seen_at + LEFT_ALONE:
        return "", (
            f"いま、別の画面で設定を進めている人がいます(最後の操作 {_clock(run.seen_at)})。その人に任せてください。"
            f"代わるときは、最後の操作から{_minutes(LEFT_ALONE)}待つか、サーバーで setup_code をもう一度動かします。"
        )
    run.holder, run.seen_at, run.failures, run.blocked_until = secrets.token_urlsafe(32), now, 0, None
    run.save(update_fields=["holder", "seen_at", "failures", "blocked_until"])
    record("first-run.entered", run, by=None)
    return run.holder, ""


def going_on(mark: str) -> FirstRun | None:
    """The first settings as the holder of this mark sees them; None for everybody else."""
    run = FirstRun.objects.filter(pk=1).first()
    return run if run and mark and constant_time_compare(run.holder, mark) else None


@in_turn()
def decide(mark: str, profile: Mapping[str, Any], choice: str, *, reviewed: bool = False) -> None:
    """Keep the profile as it was decided in a step, which way was chosen, and whether its words were reviewed since.

    Conflict for who is not the one at it (any more).
    """
    run = _held_by(mark)
    policy = {**profile["policy"], "date": str(profile["policy"]["date"])}
    kept = {key: value for key, value in profile.items() if key != "demo"}
    run.draft = {"profile": {**kept, "policy": policy}, "choice": choice, "reviewed": reviewed}
    run.seen_at = timezone.now()
    run.save(update_fields=["draft", "seen_at"])


def data_of(run: FirstRun) -> dict[str, Any] | None:
    """The profile decided so far, as the tables of its file; None before the body was chosen."""
    data: dict[str, Any] | None = run.draft.get("profile")
    if data is None:
        return None
    return {**data, "policy": {**data["policy"], "date": dt.date.fromisoformat(data["policy"]["date"])}}


def profile_of(run: FirstRun) -> Profile | None:
    """The same as a profile, checked; raises ProfileError when it has faults."""
    data = data_of(run)
    return checked(data, data["name"]) if data else None


@in_turn()
def finish(mark: str, *, username: str, name: str, password: str) -> User:
    """Set up the body as decided, with its first administrator, all at once; the code is gone afterwards."""
    run = _held_by(mark)
    profile = profile_of(run)
    if profile is None:
        raise Conflict("団体がまだ決まっていません。はじめの段階に戻ってください。")
    if not settle(profile):
        raise Conflict(SET_UP)
    administrator = create_administrator(username, name, password)
    record("first-run.finished", run, by=administrator)
    run.delete()
    return administrator


def _locked() -> FirstRun | None:
    return FirstRun.objects.select_for_update().filter(pk=1).first()


def _held_by(mark: str) -> FirstRun:
    run = _locked()
    if run is None:
        raise Conflict(SET_UP)
    if not mark or not constant_time_compare(run.holder, mark):
        raise Conflict(NOT_YOURS)
    return run


def _failed(run: FirstRun, now: dt.datetime) -> str:
    run.failures += 1
    left = MOST_FAILURES - run.failures
    if left <= 0:
        run.failures, run.blocked_until = 0, now + BLOCKED
    run.save(update_fields=["failures", "blocked_until"])
    record("first-run.refused", run, by=None)
    if left > 0:
        return f"設定コードが違います。サーバーの画面に出ているとおりに入れてください(あと{left}回で{_minutes(BLOCKED)}止まります)。"
    return f"設定コードを続けて{MOST_FAILURES}回まちがえたので、{_minutes(BLOCKED)}止めます。コードを出し直せば、すぐに入れられます。"


def _hash(code: str) -> str:
    """The keyed hash of a code, however its letters were typed (width, case, hyphens, spaces)."""
    letters = "".join(letter for letter in unicodedata.normalize("NFKC", code).casefold() if letter.isalnum())
    return salted_hmac("registry.first_run", letters, algorithm="sha256").hexdigest()


def _minutes(span: dt.timedelta) -> str:
    return f"{span.seconds // 60}分"


def _clock(moment: dt.datetime) -> str:
    return timezone.localtime(moment).strftime("%H:%M")
