"""Run cards: for each kind of emergency who is called in which order, what is asked and done first, by when, what callers are told.

Data of a city (`data/run_cards.json`), with its version. A card with a hole is refused when it is loaded: a subtype without a card, a level
or a district at which nobody is called, a call without anybody standing in, an addressee that nobody knows.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from liandong.emergencies.due import later
from liandong.emergencies.lines import TaskGiven
from liandong.emergencies.policy import LEVELS, Code, EmergencyPolicy

UNIT = "unit:"
Minutes = Annotated[int, Meta(ge=1, le=24 * 60)]
Sentence = Annotated[str, Meta(min_length=2, max_length=500)]


class RunCall(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One who is called. `to`: a centre's code, or `unit:` and a unit's. `divisions`: only there; a call of the same key without
    divisions stands for everywhere else. `accept_minutes`: then the next of `substitutes` is called; `minutes`: to have it done.
    """

    key: Code
    to: str
    title: Sentence
    levels: Annotated[list[int], Meta(min_length=1)]
    accept_minutes: Minutes
    minutes: Minutes
    substitutes: list[str]
    order: Annotated[int, Meta(ge=1, le=20)] = 1
    divisions: list[str] = []
    check_in_minutes: Annotated[int, Meta(ge=0, le=24 * 60)] = 0


class RunCard(Struct, frozen=True, forbid_unknown_fields=True):
    """`ask`: the first questions; `first`: the first actions; `say`: sentences for callers."""

    code: Code
    zh: str
    en: str
    subtype: str
    ask: Annotated[list[Sentence], Meta(min_length=1)]
    first: Annotated[list[Sentence], Meta(min_length=1)]
    say: Annotated[list[Sentence], Meta(min_length=1)]
    calls: Annotated[list[RunCall], Meta(min_length=1)]

    def calls_for(self, level: int, division: str) -> list[RunCall]:
        """Who is called at this level in this division, in order; a call for the division goes before the one for everywhere."""
        fitting = [call for call in self.calls if level in call.levels and _is_for(call, division)]
        found: dict[str, RunCall] = {}
        for call in sorted(fitting, key=lambda one: not one.divisions):
            found.setdefault(call.key, call)
        return sorted(found.values(), key=lambda one: (one.order, one.key))


class RunCards(Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    cards: list[RunCard]

    def card(self, subtype: str) -> RunCard | None:
        return next((one for one in self.cards if one.subtype == subtype), None)

    def name(self, card: RunCard) -> str:
        return f"{card.code}@{self.version}"


def _is_for(call: RunCall, division: str) -> bool:
    return not call.divisions or any(division.startswith(one) for one in call.divisions)


def tasks_of(
    card: RunCard, *, level: int, division: str, centre: str, present: frozenset[str], now: datetime
) -> list[TaskGiven]:
    """The tasks of a card. Who has no node here is telephoned by the centre that declared: it holds the task."""
    return [
        TaskGiven(
            key=f"{card.code}/{call.key}",
            title=call.title,
            to=call.to,
            holder=call.to if call.to in present else centre,
            due_at=later(now, call.accept_minutes),
            order=call.order,
            substitutes=[one for one in call.substitutes if one != call.to and one in present],
            check_in_minutes=call.check_in_minutes,
            minutes=call.minutes,
        )
        for call in card.calls_for(level, division)
    ]


def holes(
    cards: RunCards, policy: EmergencyPolicy, centres: frozenset[str], knows_unit: Callable[[str], bool]
) -> list[str]:
    """What is missing or wrong, each in a sentence that names the card."""
    found = [f"类型 {one.code}（{one.zh}）没有处置卡" for one in policy.subtypes if cards.card(one.code) is None]
    known = {one.code for one in policy.subtypes}
    found += [f"处置卡 {card.code} 的类型 {card.subtype} 不存在" for card in cards.cards if card.subtype not in known]
    subtypes = [card.subtype for card in cards.cards]
    found += [f"类型 {one} 有两张处置卡" for one in sorted({s for s in subtypes if subtypes.count(s) > 1})]
    for card in cards.cards:
        found += [f"处置卡 {card.code}：{one}" for one in _holes_of(card, centres, knows_unit)]
    return found


def _holes_of(card: RunCard, centres: frozenset[str], knows_unit: Callable[[str], bool]) -> list[str]:
    found = []
    for call in card.calls:
        known = knows_unit(call.to.removeprefix(UNIT)) if call.to.startswith(UNIT) else call.to in centres
        found += [] if known else [f"“{call.key}”叫的 {call.to} 不在中心和单位目录中"]
        found += [] if call.substitutes else [f"“{call.key}”没有替补"]
        found += [f"“{call.key}”的替补 {one} 不是中心" for one in call.substitutes if one not in centres]
        found += [f"“{call.key}”的替补就是它自己"] if call.to in call.substitutes else []
        found += [f"“{call.key}”的等级 {one} 不存在" for one in call.levels if one not in LEVELS]
        if call.check_in_minutes and call.check_in_minutes < call.accept_minutes:
            found.append(f"“{call.key}”的报告间隔短于接受时限")
    everywhere = {call.key for call in card.calls if not call.divisions}
    found += [f"“{one.key}”只在个别区有人，其他区没有人" for one in card.calls if one.key not in everywhere]
    keys = [call.key for call in card.calls if not call.divisions]
    found += [f"“{key}”写了两次" for key in sorted({one for one in keys if keys.count(one) > 1})]
    called = {level: {call.key for call in card.calls if level in call.levels} for level in LEVELS}
    found += [f"{level} 级没有叫任何人" for level in LEVELS if not called[level]]
    for lower, higher in ((4, 3), (3, 2), (2, 1)):
        lost = called[lower] - called[higher]
        found += [f"{lower} 级叫“{one}”，更高的 {higher} 级却不叫" for one in sorted(lost)]
    return found


def load_run_cards(
    path: Path | None, policy: EmergencyPolicy, centres: frozenset[str], knows_unit: Callable[[str], bool]
) -> RunCards:
    """Raises ValueError naming the file and every hole."""
    where = str(path or "run_cards.json")
    raw = path.read_bytes() if path else files("liandong.emergencies").joinpath("data/run_cards.json").read_bytes()
    try:
        cards = msgspec.json.decode(raw, type=RunCards)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{where}：{error}") from error
    found = holes(cards, policy, centres, knows_unit)
    if found:
        raise ValueError(f"{where}：{'；'.join(found)}")
    return cards


@cache
def shipped_run_cards() -> RunCards:
    """As shipped, not compared with anybody's units."""
    raw = files("liandong.emergencies").joinpath("data/run_cards.json").read_bytes()
    return msgspec.json.decode(raw, type=RunCards)
