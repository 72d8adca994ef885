"""Is this file fit to be kept as evidence? Size and name are judged here, the contents in the confined child."""

from contextlib import closing
from pathlib import PurePath

from django.conf import settings

from registry.base.numbers import find_my_numbers
from registry.files import kinds
from registry.files.evidence import TEXT
from registry.files.isolation import messages
from registry.files.limits import MEGABYTE
from registry.files.names import kept
from registry.files.refusal import Refused


def check_size(size: int) -> None:
    """Refuse what is empty or larger than the setting FILE_MEGABYTES allows."""
    most = settings.FILE_MEGABYTES
    if not size:
        raise Refused("ファイルが空(0バイト)です。元のファイルを確かめ、もう一度選んでください。")
    if size > most * MEGABYTE:
        raise Refused(
            f"大きさが{size / MEGABYTE:,.1f}MBあり、上限の{most}MBを超えています。分けるか、画質を下げて保存し直してください。"
        )


def check(data: bytes, filename: str) -> str:
    """Return the code of the kind a file is (see kinds.KINDS): its contents decide, and its name has to say the same.

    Raises Refused with a sentence that says what is wrong and what to do.
    """
    check_size(len(data))
    found = _by_content(data)
    name = kept(filename)
    fitting = [kinds.KINDS[code] for code in (kinds.TEXT if found == TEXT else (found,))]
    ending = PurePath(name).suffix.casefold()
    kind = next((kind for kind in fitting if ending in kind.endings), None)
    if kind is None:
        label, proposed = fitting[0].label, "か".join(f"「{kind.endings[0]}」" for kind in fitting)
        called = f"名前の終わりは「{ending}」です" if ending else "名前に終わり(拡張子)がありません"
        raise Refused(f"中身は{label}ですが、{called}。名前の終わりを{proposed}に直してください。")
    if find_my_numbers(name):
        raise Refused("名前に個人番号(マイナンバー)と思われる12桁の数字があります。番号のない名前に直してください。")
    return kind.code


def _by_content(data: bytes) -> str:
    with closing(messages("evidence", data)) as answers:
        return str(next(answer["kind"] for answer in answers if "kind" in answer))
