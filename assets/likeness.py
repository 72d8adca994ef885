"""How near two names are, and when two spellings say the same: plain text, no database.

Measured on the five demonstration ledgers and 高松市's list of open data (113 names): of 10,277 pairs of different
things NEAR takes 4 for duplicates (0 of 369 within a 課) and finds 95 of 100 one-character slips and small additions.
At 0.6 the wrong ones are 17 (7 within a 課), at 0.8 one slip in five is missed. tests/assets/test_likeness.py measures it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from registry.base.text import fold

NEAR: Final = 0.7
SHORTEST: Final = 3  # characters: a shorter name is like another only when they are equal
_KANJI: Final = "[〇一二三四五六七八九十百]+"
_DIGITS: Final = re.compile(rf"[0-9]+|第{_KANJI}|{_KANJI}(?=号|期|年|月|課|係|部|種|次|回|館|庁)")
_LEGAL: Final = {
    "(株)": "株式会社",
    "(有)": "有限会社",
    "(合)": "合同会社",
    "(名)": "合名会社",
    "(資)": "合資会社",
    "(一社)": "一般社団法人",
    "(公社)": "公益社団法人",
    "(一財)": "一般財団法人",
    "(公財)": "公益財団法人",
    "(社)": "社団法人",
    "(財)": "財団法人",
    "(福)": "社会福祉法人",
    "(社福)": "社会福祉法人",
    "(学)": "学校法人",
    "(独)": "独立行政法人",
    "(特非)": "特定非営利活動法人",
}
_LONG_VOWEL: Final = re.compile(r"(?<=[ぁ-ゖ])[ー-]+(?![ぁ-ゖー])")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9])[ー-](?=[0-9])")
_BETWEEN: Final = re.compile(r"[・,、。.'\"_/|:;]+")


def pairs_of(text: str) -> frozenset[str]:
    """The bigrams of folded text."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def likeness(first: str, second: str) -> float:
    """How near two folded names are, 0 to 1 (Dice over bigrams); 0 when they differ in a number.

    「令和5年度」 and 「令和6年度」, 「第一」 and 「第二」 are different things however much else agrees.
    """
    if first == second:
        return 1.0
    if min(len(first), len(second)) < SHORTEST or _DIGITS.findall(first) != _DIGITS.findall(second):
        return 0.0
    return dice(pairs_of(first), pairs_of(second))


def dice(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of bigrams that two names have in common."""
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers in folded text, in their order."""
    return tuple(_DIGITS.findall(text))


def near_pairs(names: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """Keys of all pairs of folded names at least NEAR each other, but not equal.

    Two near names share one of their rarest bigrams (all but what their likeness allows to differ), so only names under
    the same rare bigram and with the same numbers are compared: no pair is missed, and few are looked at in vain.
    """
    found = {key: pairs_of(text) for key, text in names.items() if len(text) >= SHORTEST}
    numbers = {key: numbers_in(names[key]) for key in found}
    often = Counter(pair for pairs in found.values() for pair in pairs)
    under: dict[tuple[object, ...], list[int]] = {}
    for key in sorted(found, key=lambda key: len(found[key])):
        mine = found[key]
        least = len(mine) * NEAR / (2 - NEAR)  # bigrams that any near name must have in common with this one
        rare = sorted(mine, key=lambda pair: (often[pair], pair))[: len(mine) - int(least - 1e-9)]
        seen: set[int] = set()
        for pair in rare:
            for other in under.setdefault((pair, numbers[key]), []):
                if other not in seen:
                    seen.add(other)
                    if names[other] != names[key] and dice(mine, found[other]) >= NEAR:
                        yield other, key
            under[pair, numbers[key]].append(key)


def joined(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The keys of pairs, put together in groups wherever a chain of pairs leads from one to the other."""
    group_of: dict[int, list[int]] = {}
    for first, second in pairs:
        one, other = group_of.setdefault(first, [first]), group_of.setdefault(second, [second])
        if one is not other:
            one.extend(other)
            group_of.update(dict.fromkeys(other, one))
    return [sorted(group) for group in {id(group): group for group in group_of.values()}.values()]


def spelling_key(text: str) -> str:
    """What a text says however it is spelled: width, case, spaces, 旧字体, 「㈱」 or 「株式会社」, サーバ or サーバー."""
    key = fold(text)
    for short, whole in _LEGAL.items():
        key = key.replace(short, whole)
    return _BETWEEN.sub("", _LONG_VOWEL.sub("", _BETWEEN_DIGITS.sub("-", key))) or key
