"""Finds everything wrong in a profile beyond its shape: codes that name nothing, check digits, periods, doubles."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from registry.base.numbers import is_body_code
from registry.base.tables import doubles, item_place, unknown
from registry.organization.profiles.parts import (
    APPOINTMENT_KINDS,
    DECISION_STEPS,
    DOCUMENT_CODES,
    EXTRA_KINDS,
    EXTRA_SECTIONS,
    KINDS_WITH_CODE,
    KINDS_WITHOUT_CODE,
    SETTINGS,
    DemoPerson,
    Profile,
)
from registry.organization.roles import Role
from registry.organization.vocabulary import DEFAULT_WORDS

COLUMN_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEY = re.compile(r"[a-z0-9-]{1,40}")
LONGEST = {"name": 100, "head_title": 100, "title": 100, "code": 40, "listed_as": 40}
LONGEST_WORD = 60
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,29}")


def faults(profile: Profile, source: str, schemes: Collection[str] | None) -> Iterator[str]:
    """Every fault in the meaning of ``profile`` as a Japanese sentence naming ``source`` (the file) and the key."""
    yield from _body(profile, source, schemes)
    yield from _organs(profile, source)
    yield from _roles(profile, source)
    yield from _words_and_settings(profile, source)
    yield from _extra_columns(profile, source)
    yield from _departments(profile, source)
    yield from _posts(profile, source)
    yield from _people(profile, source)


def _body(profile: Profile, source: str, schemes: Collection[str] | None) -> Iterator[str]:
    yield from _blanks(source, profile, ("key", "name", "kind", "scheme"))
    if profile.key and not KEY.fullmatch(profile.key):
        yield f"{source} の「key」: 「{profile.key}」は使えません。英小文字・数字・「-」の40字までで書いてください。"
    yield from unknown(f"{source} の「kind」", "団体の種類", profile.kind, KINDS_WITH_CODE + KINDS_WITHOUT_CODE)
    if profile.code and not is_body_code(profile.code):
        yield (
            f"{source} の「code」: 団体コード「{profile.code}」は検査数字が合いません。"
            "検査数字を含む6桁の数字を確かめてください。"
        )
    if not profile.code and profile.kind in KINDS_WITH_CODE:
        yield f"{source} の「code」: {profile.kind}には団体コードが要ります。検査数字を含む6桁で書いてください。"
    if schemes is not None:
        yield from unknown(f"{source} の「scheme」", "分類体系", profile.scheme, sorted(schemes))


def _blanks(place: str, item: object, names: Iterable[str]) -> Iterator[str]:
    """What must not be blank, and what would not fit where it is kept."""
    for name in names:
        if not str(getattr(item, name)).strip():
            yield f"{place} の「{name}」が空です。入れてください。"
    for name, longest in LONGEST.items():
        if len(str(getattr(item, name, ""))) > longest:
            yield f"{place} の「{name}」が長すぎます。{longest}字までにしてください。"


def _organs(profile: Profile, source: str) -> Iterator[str]:
    organs = [organ.code for organ in profile.organs]
    if not organs:
        yield f"{source} の「organs」: 機関が一つもありません。一つ以上書いてください。"
    yield from doubles(f"{source} の「organs」", "機関のコード", organs)
    for number, organ in enumerate(profile.organs, 1):
        yield from _blanks(item_place(f"{source} の「organs」", number, organ), organ, ("code", "name"))
    yield from doubles(f"{source} の「organs」", "機関の名称", (organ.name for organ in profile.organs))
    departments = {department.code: department.organ for department in profile.demo.departments}
    for number, exclusion in enumerate(profile.exclusions, 1):
        place = item_place(f"{source} の「exclusions」", number, exclusion)
        yield from unknown(place, "機関", exclusion.organ, organs)
        if departments:
            yield from unknown(place, "部署", exclusion.department, departments)
        if departments.get(exclusion.department, exclusion.organ) != exclusion.organ:
            yield (
                f"{place}: 部署「{exclusion.department}」は機関「{exclusion.organ}」の部署ではありません。"
                "どちらかを直してください。"
            )


def _roles(profile: Profile, source: str) -> Iterator[str]:
    place = f"{source} の「roles」"
    yield from doubles(place, "役割", (role.code for role in profile.roles))
    for number, role in enumerate(profile.roles, 1):
        yield from unknown(item_place(place, number, role), "役割", role.code, Role.values)
        yield from _blanks(item_place(place, number, role), role, ("code", "title"))
    place = f"{source} の「decision」"
    for number, decision in enumerate(profile.decision, 1):
        yield from unknown(item_place(place, number, decision), "段階", decision.step, DECISION_STEPS)
        yield from unknown(item_place(place, number, decision), "役割", decision.role, Role.values)
    if not profile.decision:
        yield f"{place}: 決定の段階が一つもありません。一つ以上書いてください。"


def _words_and_settings(profile: Profile, source: str) -> Iterator[str]:
    for word, own in profile.words.items():
        if not own.strip() or len(own) > LONGEST_WORD:
            yield f"{source} の「words」 の「{word}」は、{LONGEST_WORD}字までの語を入れるか、行ごと削ってください。"
        yield from unknown(f"{source} の「words」", "用語", word, DEFAULT_WORDS)
    yield from doubles(f"{source} の「words」", "呼び方", {**DEFAULT_WORDS, **profile.words}.values())
    for word in profile.words_to_confirm:
        yield from unknown(f"{source} の「words_to_confirm」", "用語", word, profile.words)
    place = f"{source} の「documents」"
    yield from doubles(place, "文書", (document.code for document in profile.documents))
    for document in profile.documents:
        yield from unknown(place, "文書", document.code, DOCUMENT_CODES)
    place = f"{source} の「settings」"
    for code, setting in profile.settings.items():
        yield from unknown(place, "設定", code, SETTINGS)
        choices = SETTINGS[code][1] if code in SETTINGS else ()
        if choices and not any(type(setting.value) is type(one) and setting.value == one for one in choices):
            allowed = "、".join(str(one).lower() for one in choices)
            yield f"{place} の「{code}」: 値「{setting.value}」は使えません。{allowed} から選んでください。"
    for code in SETTINGS:
        if code not in profile.settings:
            yield f"{place} に「{code}」がありません。書き足してください。"


def _extra_columns(profile: Profile, source: str) -> Iterator[str]:
    place = f"{source} の「extra_columns」"
    yield from doubles(place, "独自項目のコード", (column.code for column in profile.extra_columns))
    yield from doubles(place, "項目名", (column.label for column in profile.extra_columns))
    for number, column in enumerate(profile.extra_columns, 1):
        here = item_place(place, number, column)
        if column.code and not COLUMN_CODE.fullmatch(column.code):
            yield f"{here}: コードは英小文字で始まる40字までの英小文字・数字・「_」で書いてください。"
        yield from unknown(here, "種類", column.kind, EXTRA_KINDS)
        yield from unknown(here, "置く場所", column.section, EXTRA_SECTIONS)
        if (column.kind == "choice") != bool(column.options):
            yield f"{here}: options は、種類が choice のときに、そのときだけ書いてください。"


def _departments(profile: Profile, source: str) -> Iterator[str]:
    place = f"{source} の「demo.departments」"
    organs = [organ.code for organ in profile.organs]
    if profile.demo.departments and profile.demo.valid_from == date.min:
        yield f"{source} の「demo」 に「valid_from」がありません。書き足してください。"
    yield from doubles(place, "部署のコード", (department.code for department in profile.demo.departments))
    above: dict[str, str] = {}
    for number, department in enumerate(profile.demo.departments, 1):
        here = item_place(place, number, department)
        yield from unknown(here, "機関", department.organ, organs)
        if department.parent and department.parent not in above:
            yield f"{here}: 上の部署「{department.parent}」が前にありません。コードを直すか、先に書いてください。"
        elif department.parent and above[department.parent] != department.organ:
            yield f"{here}: 上の部署「{department.parent}」と機関が違います。organ か parent を直してください。"
        above[department.code] = department.organ


def _posts(profile: Profile, source: str) -> Iterator[str]:
    place = f"{source} の「demo.posts」"
    departments = [department.code for department in profile.demo.departments]
    yield from doubles(place, "職のコード", (post.code for post in profile.demo.posts))
    yield from doubles(place, "部署と職名の組", (f"{post.department} {post.title}" for post in profile.demo.posts))
    for number, post in enumerate(profile.demo.posts, 1):
        here = item_place(place, number, post)
        yield from unknown(here, "部署", post.department, departments)
        for role in post.roles:
            yield from unknown(here, "役割", role, Role.values)


def _people(profile: Profile, source: str) -> Iterator[str]:
    place = f"{source} の「demo.people」"
    posts = [post.code for post in profile.demo.posts]
    yield from doubles(place, "利用者名", (person.username for person in profile.demo.people))
    for number, person in enumerate(profile.demo.people, 1):
        here = item_place(place, number, person)
        if person.username and not USERNAME.fullmatch(person.username):
            yield f"{here}: 利用者名は英小文字で始まる2〜30字の半角英小文字・数字・「. _ -」で書いてください。"
        if person.superuser and person.appointments:
            yield f"{here}: システム管理者は台帳の職に就けません。appointments を削ってください。"
        yield from _appointments(person, here, posts, profile.demo.valid_from)


def _appointments(person: DemoPerson, place: str, posts: Collection[str], founded: date) -> Iterator[str]:
    for appointment in person.appointments:
        yield from unknown(place, "職", appointment.post, posts)
        yield from unknown(place, "任用の種類", appointment.kind, APPOINTMENT_KINDS)
        if appointment.valid_from < founded:
            yield f"{place}: 職「{appointment.post}」の始まりが組織の日（{founded}）より前です。日付を直してください。"
        if appointment.valid_until and appointment.valid_until < appointment.valid_from:
            yield f"{place}: 職「{appointment.post}」の終わりの日が始まりの日より前です。日付を直してください。"
