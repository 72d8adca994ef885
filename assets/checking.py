"""What must hold for what people type, on screen and in files alike: texts, numbers, places, periods."""

from collections.abc import Iterable, Mapping
from typing import Any

from assets.columns import Column, Kind
from registry.base.numbers import find_my_numbers
from registry.base.text import find_control_characters, find_gaiji

LONG_LIMIT = 4000
MOST = 2_000_000_000
# What a cell of a file means instead of saying it; nothing else can be called so.
CLEAR = "(削除)"
DITTO = frozenset({"〃", "同上", "″", "々", '"', "”"})


def text_problems(column: Column, value: str) -> list[str]:
    """What is wrong with a text: too long, control characters, a My Number. Sentences that say what to do."""
    limit = LONG_LIMIT if column.kind is Kind.LONG else column.max_length
    problems = []
    if len(value) > limit:
        problems.append(f"「{column.label}」は{limit:,}文字までです(いまは{len(value):,}文字)。短くしてください。")
    if found := find_control_characters(value):
        position, label = found[0]
        problems.append(
            f"「{column.label}」の{position + 1}文字目に使えない制御文字({label})があります。消して入れ直してください。"
        )
    if find_my_numbers(value):
        problems.append(
            f"「{column.label}」に個人番号(マイナンバー)と思われる12桁の数字があります。台帳には番号を書かないでください。"
        )
    return problems


def gaiji_notice(values: Mapping[str, Any], texts: Iterable[Column]) -> str:
    """Which of the text columns hold 外字 (DOMAIN §3: flagged, not refused); '' when none does."""
    labels = [column.label for column in texts if find_gaiji(str(values.get(column.key) or ""))]
    where = "」「".join(labels)
    return f"「{where}」に外字があります。ほかの端末では読めません。標準の文字に直すことを勧めます。" if labels else ""


def row_problems(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Rules across columns, for screen and file alike: key → sentences."""
    problems: dict[str, list[str]] = {}
    start, end = values.get("contract_from"), values.get("contract_term")
    if start and end and str(end) < str(start):
        problems["contract_term"] = ["契約期間の終了が開始より前です。日付を確かめてください。"]
    if values.get("deviation") and not str(values.get("deviation_reason") or "").strip():
        problems["deviation_reason"] = ["適用値の根拠を選んだときは、その理由も入れてください。"]
    if values.get("pi_mynumber") and values.get("pi") is False:
        problems["pi"] = ["特定個人情報が「有」なら、個人情報も「有」です。"]
    if values.get("pi_sensitive") and values.get("pi") is False:
        problems["pi"] = ["要配慮個人情報が「有」なら、個人情報も「有」です。"]
    return problems


def missing_sentence(labels: list[str]) -> str:
    """The sentence for required columns that are empty."""
    return f"申請には次の{len(labels)}項目が必要です: {'、'.join(labels)}。入力してから申請してください。"
