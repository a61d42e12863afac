"""How well a card fits a question: 0 to 1, by the wording of the card that fits best. Pure; the same for people and for answering by itself."""

from liandong.knowledge.model import CardContent
from liandong.knowledge.terms import _HAN, clean, initials_of, pairs_of, rounded, sound_pairs, sounds_of, spelled

SOUND = 0.85  # what only sounds alike counts less than what is written alike
INITIALS = 0.75


class Wanted:
    """A question, taken apart once for all the cards that it is compared with."""

    def __init__(self, text: str) -> None:
        self.text = clean(text)
        self.pairs = pairs_of(self.text)
        self.letters = "" if _HAN.search(self.text) else "".join(self.text.split())
        syllables = spelled(self.letters) if self.letters.isalpha() and self.letters.isascii() else None
        runs = [[rounded(one) for one in syllables]] if syllables else sounds_of(self.text)
        self.sounds = sound_pairs(runs)


def fit(wanted: Wanted, content: CardContent, sounds: str) -> tuple[float, str]:
    """The score and the wording it comes from. `sounds`: terms.sounds_text of the content."""
    best, said = 0.0, content.title
    lines = sounds.split("\n")
    for n, wording in enumerate((content.title, *content.questions)):
        pairs = pairs_of(clean(wording))
        score = _alike(wanted.pairs, pairs)
        if score < 0.99 and n < len(lines):
            heard = sound_pairs([run.split(" ") for run in lines[n].split("|")])
            score = max(score, SOUND * _alike(wanted.sounds, heard))
        if score > best:
            best, said = score, wording
    known = {clean(one).strip() for one in content.keywords}
    if wanted.text.strip() in known:
        best = max(best, 0.9)
    if best < INITIALS and 2 <= len(wanted.letters) <= 12 and wanted.letters.isalpha():
        best = max(best, INITIALS * _has_initials(wanted.letters, content))
    inside = _share(wanted.pairs, pairs_of(clean(content.answer)) | pairs_of(clean(" ".join(content.keywords))))
    return min(1.0, best + 0.15 * inside * (1 - best)), said


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the question the wording holds, and how much of both is shared: a short question fits a longer wording well."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return 0.6 * shared / len(one) + 0.4 * 2 * shared / (len(one) + len(other))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one) if one else 0.0


def _has_initials(letters: str, content: CardContent) -> float:
    wanted = letters[:4]
    texts = (content.title, *content.questions[:3], *content.keywords)
    return 1.0 if any(wanted in set(initials_of(clean(text))) for text in texts) else 0.0
