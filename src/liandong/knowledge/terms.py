"""What a card is found by: pairs of characters, words in Latin letters, pairs of pinyin syllables, and initials.

Pairs need no dictionary, so a name, a road or a new word is found like any other. Sounds are rounded (zh = z, ang = an) so that what
was typed or heard wrong is found; what is written right ranks higher.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from liandong.knowledge.model import CardContent

_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z0-9]+")
_FILLER = re.compile(
    r"你好|您好|喂|请问一下|请问|我想问一下|我想问|想问一下|想问问|咨询一下|我想咨询|想咨询|问一下|麻烦|那个|这个|就是说|就是|一下|应该|到底|啊|呢|吧|呀|哦|嗯|呃|了吗|吗|的话|谢谢"
)
LONGEST = 300  # characters of a question that are looked at
MAX_INITIALS = 4


def clean(text: str) -> str:
    """One form for what is the same: width, case; what people say before they ask is left out, unless nothing else was said."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    asked = _FILLER.sub(" ", plain)
    return asked if _HAN.search(asked) or _LATIN.search(asked) else plain


def pairs_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters, and words in Latin letters or digits; `text` is clean."""
    return frozenset((*_pairs(_HAN.findall(text)), *_LATIN.findall(text)))


def _pairs(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        if len(run) == 1:
            yield run
        yield from (run[at : at + 2] for at in range(len(run) - 1))


def sounds_of(text: str) -> list[list[str]]:
    """The rounded syllables of each Chinese run of a clean text."""
    from pypinyin import lazy_pinyin  # a process that searches nothing never loads it

    return [[rounded(one) for one in lazy_pinyin(run)] for run in _HAN.findall(text)]


def rounded(syllable: str) -> str:
    """Sounds that are mixed up in speech and typing, made one: zh z, ch c, sh s, l n, ang an, eng en, ing in, v u."""
    for start, other in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n")):
        if syllable.startswith(start):
            syllable = other + syllable[len(start) :]
    if syllable.endswith("ng") and syllable[-3:-2] in ("a", "e", "i"):
        syllable = syllable[:-1]
    return syllable.replace("v", "u").replace("ü", "u")


def sound_pairs(runs: Iterable[list[str]]) -> frozenset[str]:
    found: set[str] = set()
    for run in runs:
        found.update(f"{one} {other}" for one, other in pairwise(run))
    return frozenset(found)


def initials_of(text: str) -> Iterator[str]:
    """Runs of two to four initials: gjj for 公积金. Latin letters and digits stand for themselves."""
    from pypinyin import lazy_pinyin

    for run in _HAN.findall(text):
        letters = "".join(one[0] for one in lazy_pinyin(run))
        for size in range(2, MAX_INITIALS + 1):
            yield from (letters[at : at + size] for at in range(len(letters) - size + 1))


@cache
def _syllables() -> frozenset[str]:
    from pypinyin import Style, pinyin_dict
    from pypinyin.style import convert

    marked = {one for text in pinyin_dict.pinyin_dict.values() for one in text.split(",")}
    plain = {convert(one, Style.NORMAL, strict=False) for one in marked}
    return frozenset(one for one in plain if one.isascii() and one.isalpha() and len(one) > 1) | {"a", "e", "o"}


def spelled(letters: str) -> list[str] | None:
    """Letters as pinyin syllables, the fewest that make them up; None where they are no pinyin."""
    best: list[list[str] | None] = [[]]
    known = _syllables()
    for end in range(1, min(len(letters), 60) + 1):
        ways = [(best[at], letters[at:end]) for at in range(max(0, end - 6), end)]
        found = [[*way, part] for way, part in ways if way is not None and part in known]
        best.append(min(found, key=len) if found else None)
    return best[-1] if len(letters) <= 60 else None


def terms_of_card(content: CardContent) -> frozenset[str]:
    """Every term that a card is found by; the first letter says of which kind."""
    title, asked = clean(content.title), [clean(one) for one in (*content.questions, *content.keywords)]
    terms = {f"t{one}" for one in pairs_of(title)} | {f"t{one}" for run in _HAN.findall(title) for one in run}
    terms |= {f"a{one}" for one in pairs_of(clean(content.answer)) | pairs_of(clean(content.law))}
    for text in (title, *asked):
        terms |= {f"w{one}" for one in pairs_of(text)}
        terms |= {f"p{one}" for one in sound_pairs(sounds_of(text))}
        terms |= {f"i{one}" for one in initials_of(text)}
    return frozenset(terms)


def sounds_text(content: CardContent) -> str:
    """The sounds of title and questions, a line each, so that ranking need not work them out again."""
    lines = ["|".join(" ".join(run) for run in sounds_of(clean(one))) for one in (content.title, *content.questions)]
    return "\n".join(lines)


def terms_of_query(text: str) -> dict[str, float]:
    """Term → weight of its kind; `text` is clean."""
    wanted: dict[str, float] = {}
    for one in pairs_of(text):
        wanted |= {f"t{one}": 2.0, f"w{one}": 1.5, f"a{one}": 0.5}
    runs = _HAN.findall(text)
    sounds = sounds_of(text)
    if not runs:
        letters = "".join(_LATIN.findall(text))
        if letters.isalpha() and letters:
            syllables = spelled(letters)
            sounds = [[rounded(one) for one in syllables]] if syllables else []
            if 2 <= len(letters) <= 12:
                wanted |= {f"i{one}": 0.8 for one in _grams(letters)}
    return wanted | dict.fromkeys((f"p{one}" for one in sound_pairs(sounds)), 0.7)


def _grams(letters: str) -> list[str]:
    size = min(len(letters), MAX_INITIALS)
    return [letters[at : at + size] for at in range(len(letters) - size + 1)]
