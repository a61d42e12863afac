"""What is said back: pure, from the conversation so far, the caller's words, the facts of the reader and the public cards that fit.

Danger and the wish for a person come before everything else, also before a card that would fit perfectly.
"""

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from liandong.knowledge.model import FoundCard
from liandong.surge.policy import SurgePolicy

Status = Literal["open", "handed_over", "filed", "solved"]
How = Literal["card", "ask", "again", "person", "danger", "failed", "switched_off", "file", "solved", "greeting"]
_NUMBERED = {"一": 1, "二": 2, "三": 3, "1": 1, "2": 2, "3": 3}
_PICK = re.compile(r"^\D{0,3}?第?([一二三123])(个|项|条|号)?[。,，.!！]?$")
SHORT = 14  # characters: what is longer asks something, whatever polite words stand in it
_ASKS = re.compile(r"怎么|吗|什么|哪|还想|还有|多少|几")
_ONLY_POLITE = re.compile(r"^[\W_]*(谢谢|好的|好|嗯|哦|行|再见)*[\W_]*$")


class ShownCard(Struct, frozen=True):
    """A card as it was shown: the caller sees what the answer rests on."""

    id: UUID
    number: str
    version: int
    title: str
    answer: str
    law: str = ""


class Turn(Struct, frozen=True, kw_only=True):
    """One thing said. `who`: caller or system. `how`: what kind of answer; `card`: what it rests on; `options`: what is asked back."""

    who: Literal["caller", "system"]
    at: datetime
    text: str
    how: How | None = None
    card: ShownCard | None = None
    options: list[str] = []


class Reply(Struct, frozen=True, kw_only=True):
    """What is said back and how the conversation stands then. `reason`: why a person is needed."""

    how: How
    text: str
    status: Status = "open"
    failures: int = 0
    card: ShownCard | None = None
    options: list[ShownCard] = []
    reason: str = ""


class Heard(Struct, frozen=True, kw_only=True):
    """What the caller said now. `danger`: the reader saw danger or violence in this or in everything that was said."""

    text: str
    danger: bool
    is_on: bool
    found: list[FoundCard]
    failures: int
    offered: list[ShownCard]
    last_card: ShownCard | None
    turns: int


def comes_first(heard: Heard, policy: SurgePolicy) -> Reply | None:
    """Where no card may answer: danger, the wish for a person, answering switched off, too long."""
    if heard.danger:
        return _hand_over("danger", policy.danger, "疑似险情")
    if _has(heard.text, policy.want_person):
        return _hand_over("person", policy.person, "来电人要求人工")
    if not heard.is_on:
        return _hand_over("switched_off", policy.switched_off, "自动应答已关闭")
    if heard.turns >= policy.most_turns:
        return _hand_over("failed", policy.failed, "对话过长")
    return None


def reply(heard: Heard, policy: SurgePolicy) -> Reply:
    """See the module. A wish to file goes before an answer; an answer is a card or nothing."""
    first = comes_first(heard, policy)
    if first is not None:
        return first
    short = len(heard.text) <= SHORT and not _ASKS.search(heard.text)
    if short and (heard.last_card or heard.offered) and _has(heard.text, policy.unsolved):
        return _failed(heard, policy)
    if _has(heard.text, policy.want_filing):
        return Reply(how="file", text=policy.filed, status="filed", failures=heard.failures, reason="来电人要求登记")
    if heard.last_card is not None and short and (_has(heard.text, policy.solved) or _ONLY_POLITE.match(heard.text)):
        return Reply(how="solved", text=policy.solved_text, status="solved", card=heard.last_card)
    picked = _picked(heard)
    if picked is not None:
        return _answer(picked, heard, policy)
    return _by_cards(heard, policy)


def afterwards(heard: Heard, reason: str, policy: SurgePolicy) -> Reply:
    """More words while a person is on the way: nothing is answered any more, and danger is heard all the same."""
    how: How = "danger" if heard.danger else "person"
    return _hand_over(how, policy.danger if heard.danger else policy.person, reason, heard.failures)


def shown(found: FoundCard) -> ShownCard:
    return ShownCard(found.id, found.number, found.version, found.title, found.answer, found.law)


def is_closing_word(text: str, policy: SurgePolicy) -> bool:
    """Nothing but “明白了，谢谢” or “不对”."""
    rest = text
    for word in (*policy.solved, *policy.unsolved, "好的"):
        rest = rest.replace(word, "")
    return not re.sub(r"[\W_]+", "", rest)


def _by_cards(heard: Heard, policy: SurgePolicy) -> Reply:
    near = [one for one in heard.found if one.score >= policy.unsure]
    if not near:
        return _failed(heard, policy)
    best, second = near[0], near[1] if len(near) > 1 else None
    if best.score >= policy.sure and (second is None or best.score - second.score >= policy.margin):
        return _answer(shown(best), heard, policy)
    options = [shown(one) for one in near[: policy.options]]
    lines = [f"{n}. {one.title}" for n, one in enumerate(options, 1)]
    return Reply(how="ask", text="\n".join((policy.ask, *lines)), failures=heard.failures, options=options)


def _answer(card: ShownCard, heard: Heard, policy: SurgePolicy) -> Reply:
    """The card's own words, with its title and number, and nothing else."""
    law = f"（依据：{card.law}）" if card.law else ""
    text = f"《{card.title}》{card.answer}{law}\n——知识卡片 {card.number} 第{card.version}版。{policy.more}"
    return Reply(how="card", text=text, failures=heard.failures, card=card)


def _failed(heard: Heard, policy: SurgePolicy) -> Reply:
    failures = heard.failures + 1
    if failures >= policy.failures:
        return _hand_over("failed", policy.failed, f"连续 {failures} 次没有答上", failures)
    return Reply(how="again", text=policy.again, failures=failures)


def _hand_over(how: How, text: str, reason: str, failures: int = 0) -> Reply:
    return Reply(how=how, text=text, status="handed_over", reason=reason, failures=failures)


def _picked(heard: Heard) -> ShownCard | None:
    match = _PICK.match(heard.text.strip()) if heard.offered else None
    number = _NUMBERED[match.group(1)] if match else 0
    return heard.offered[number - 1] if 1 <= number <= len(heard.offered) else None


def _has(text: str, words: list[str]) -> bool:
    plain = text.lower()
    return any(word in plain for word in words)
