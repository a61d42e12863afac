"""The full reading of a message: whose matter, how urgent, of what class, who, when, where and what for.

Works without any learned model: then `class` is empty and everything else is read by words and weights. A model adds the class;
nothing that is learned ever lowers a danger that the words name.
"""

from functools import cache
from math import exp

from msgspec import Struct, field
from msgspec.structs import replace

from liandong.models.model import Classifier, Ground, Guess
from liandong.reading.danger import SAYS, DangerModel
from liandong.reading.elements import Elements, elements
from liandong.reading.places import FoundPlace, Gazetteer, default_gazetteer
from liandong.reading.sureness import is_sure
from liandong.routing.model import Facts, Span, Verdict
from liandong.routing.policy import default_policy
from liandong.routing.reader import default_reader
from liandong.routing.rules import decide_ownership
from liandong.routing.weighing import default_scales

LONGEST = 20_000
"""Characters that are read in full; of a longer text the beginning and the end, so that a danger told last is heard."""
TAIL = 4_000
UNSURE = 0.5
"""Below this probability the first class is shown as a proposal only: `class` stays empty, the honest I-don't-know."""
TYPES = (
    ("consultation", ("咨询", "请问", "想问", "如何办理", "怎么办理", "能否告知", "是否可以")),
    ("praise", ("表扬", "感谢信", "锦旗", "点赞")),
    ("report", ("举报", "揭发")),
    ("suggestion", ("建议", "提议")),
    ("complaint", ("投诉", "不满", "不作为", "乱收费", "态度恶劣")),
)


class Reading(Struct, frozen=True):
    """`danger` from 0 to 1; `type` is one of TYPES or `request`; `urgency` is `urgent` or `ordinary`; `place_code` is the finest
    division. `class_` is empty where no model reads or it is unsure; `classes` are its first three. `sure`: the verdict may go by itself.
    """

    class_: str = field(name="class")
    classes: tuple[Guess, ...]
    type: str
    urgency: str
    danger: float
    verdict: Verdict
    facts: Facts
    elements: Elements
    places: tuple[FoundPlace, ...]
    place_code: str
    spans: tuple[Span | Ground, ...]
    model: str = ""
    truncated: bool = False
    sure: bool = False


class FullReader:
    """`danger_model`: a learned one besides the words and weights; it may raise a reading to urgent, never lower it."""

    def __init__(
        self,
        classifier: Classifier | None = None,
        gazetteer: Gazetteer | None = None,
        danger_model: DangerModel | None = None,
    ):
        self._classifier = classifier
        self._danger_model = danger_model
        self._gazetteer = gazetteer or default_gazetteer()

    def read(self, text: str, centre: str) -> Reading:
        """Pure; may be called from many threads. Raises KeyError for a centre that is no party."""
        short = text if len(text) <= LONGEST else text[: LONGEST - TAIL]
        facts = default_reader().read(short, centre)
        if short is not text:
            facts = _raised(facts, default_reader().read(text[-TAIL:], centre), len(text) - TAIL)
        danger = _danger(short, facts)
        if self._danger_model:
            facts, danger = _heard(self._danger_model, short, facts, danger)
        verdict = decide_ownership(facts, default_policy())
        guesses, grounds = self._classifier.read(short) if self._classifier else ([], [])
        sure = guesses[0].name if guesses and guesses[0].probability >= UNSURE else ""
        places = tuple(self._gazetteer.find(short))
        return Reading(
            class_=sure,
            classes=tuple(guesses),
            type=type_of(short),
            urgency="urgent" if verdict.urgent else "ordinary",
            danger=danger,
            verdict=verdict,
            facts=facts,
            elements=elements(short),
            places=places,
            place_code=self._gazetteer.finest(places),
            spans=(*facts.spans, *grounds),
            model=f"{self._classifier.name}/{self._classifier.version}" if self._classifier else "",
            truncated=short is not text,
            sure=short is text and is_sure(verdict, danger, default_scales().weigh(short)),
        )


def read(text: str, centre: str) -> Reading:
    """The reading of words and weights alone, with which a node begins."""
    return _plain().read(text, centre)


def type_of(text: str) -> str:
    """By what the opening calls itself, else a request for help."""
    opening = text[:300]
    places = [(opening.find(word), name) for name, words in TYPES for word in words if word in opening]
    return min(places)[1] if places else "request"


def _danger(text: str, facts: Facts) -> float:
    """What the words name is at least 0.9, however calm the weights are; what only the weights say is their own share."""
    weighed = default_scales().weigh(text)
    score = max(weighed.opening["danger"], weighed.best["danger"] - (2.0 if weighed.long else 0.0))
    share = 1 / (1 + exp(-max(-30.0, min(30.0, score))))
    named = facts.danger or facts.violent_dispute or facts.stability_lead
    return round(max(share, 0.9) if named else share, 4)


def _heard(model: DangerModel, text: str, facts: Facts, danger: float) -> tuple[Facts, float]:
    """The danger model on top: where it rings, the facts become dangerous; where it is silent, nothing changes."""
    share, grounds = model.hear(text)
    if share < model.at:
        return facts, danger
    spans = tuple(Span(ground.start, ground.end, ground.text, SAYS) for ground in grounds)
    return replace(facts, danger=True, spans=(*facts.spans, *spans)), max(danger, round(share, 4))


def _raised(facts: Facts, end: Facts, offset: int) -> Facts:
    """Danger told at the very end of an endless text counts; everything else is read from its beginning."""
    if not (end.danger or end.violent_dispute) or facts.danger:
        return facts
    spans = tuple(replace(span, start=span.start + offset, end=span.end + offset) for span in end.spans)
    return replace(facts, danger=True, spans=(*facts.spans, *spans))


@cache
def _plain() -> FullReader:
    return FullReader()
