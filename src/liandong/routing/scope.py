"""Weighs what was found: whose duty is it, seen from the receiving centre."""

from collections.abc import Iterator, Set

from liandong.routing.matching import Match
from liandong.routing.model import Scope


class Evidence:
    """What one text says, sorted by what it speaks for."""

    def __init__(self) -> None:
        self.danger: list[Match] = []
        self.violence: list[Match] = []
        self.tension: list[Match] = []
        self.dispute: list[Match] = []
        self.livelihood: list[Match] = []
        self.stability: list[Match] = []
        self.neither: list[Match] = []
        self.weak_neither: list[Match] = []
        self.overlap: list[Match] = []
        self.frames: dict[str, Match] = {}
        self.police: list[Match] = []
        self.government: list[Match] = []
        self.mentioned: list[Match] = []
        self.items: dict[str, int] = {}

    def add_sign(self, says: str, match: Match) -> None:
        if says == "dispute":
            self.dispute.append(match)
        elif says == "livelihood":
            self.livelihood.append(match)
        elif says == "tension":
            self.tension.append(match)
        elif says == "violence":
            self.violence.append(match)
        elif says == "stability_lead":
            self.stability.append(match)
        else:
            self.danger.append(match)

    def add_frame(self, says: str, match: Match, *, weak: bool) -> None:
        """`weak`: a kind of "neither" that gives way to a duty of the government side."""
        kind, _, name = says.partition(".")
        if kind == "neither":
            (self.weak_neither if weak else self.neither).append(match)
        elif kind == "frame":
            self.frames.setdefault(name, match)
        else:
            self.overlap.append(match)

    def add_item(self, says: str, match: Match, *, police: bool, government: bool = False) -> None:
        """Neither `police` nor `government`: an item that is named, but weighs only through the danger itself."""
        if police:
            self.police.append(match)
        elif government:
            self.government.append(match)
        else:
            self.mentioned.append(match)
        self.items[says] = self.items.get(says, 0) + len(match.places)

    @property
    def violent_dispute(self) -> bool:
        """A quarrel, or the cause of one, together with a sign that it turns violent or extreme."""
        violent = bool(self.violence) or any(_acts_of_people(match) for match in self.danger)
        return (violent and bool(self.dispute or self.livelihood)) or bool(self.tension and self.dispute)

    def matches(self) -> Iterator[Match]:
        """Everything that counted, the gravest first."""
        yield from self.danger
        if self.violent_dispute:
            yield from self.violence
            yield from self.tension
            yield from self.dispute
            yield from self.livelihood
        yield from self.stability
        yield from self.neither
        yield from self.weak_neither
        yield from self.overlap
        yield from self.police
        yield from self.government
        if self.danger or self.stability or self.violent_dispute:
            yield from self.mentioned


VIOLENT_FAMILIES = ("danger.violence", "danger.threat", "danger.suicide", "danger.weapon", "danger.restraint")


def _acts_of_people(match: Match) -> bool:
    return match.pattern.says in VIOLENT_FAMILIES


def weigh_scope(evidence: Evidence, police_side: bool, long_text: bool) -> Scope:
    """Own, other, unclear or neither, from the items, overlaps and frames that were found."""
    police_duty, government_duty = (Scope.OWN, Scope.OTHER) if police_side else (Scope.OTHER, Scope.OWN)
    police = _weight(evidence.police, evidence.government)
    government = _weight(evidence.government, evidence.police)
    frames = evidence.frames.keys()
    if police_side and evidence.violent_dispute:
        return Scope.UNCLEAR if government or evidence.overlap or evidence.livelihood else Scope.OWN
    if evidence.neither and police <= 1:
        return Scope.NEITHER
    if evidence.weak_neither and not police and not government and not evidence.overlap:
        return Scope.NEITHER
    if "police_case" in frames:
        return police_duty
    if "praise" in frames:
        return Scope.OWN
    if _torn(frames, police_side, police > 0, government > 0):
        return Scope.UNCLEAR
    if {"proposal", "service"} & frames and police <= 1:
        return government_duty
    if "police_conduct" in frames:
        return police_duty
    if evidence.overlap and not (police > 1 and not government):
        return Scope.UNCLEAR
    if police and government:
        return _mixed(police, government, police_duty, government_duty, long_text)
    if police:
        return police_duty
    return government_duty if government else Scope.OWN


def _torn(frames: Set[str], police_side: bool, police: bool, government: bool) -> bool:
    """The caller was sent from one side to the other, or asks which of the two it is."""
    if {"torn_police", "torn_government"} <= frames:
        return True
    if "torn_ask" not in frames:
        return False
    own = "own_centre" in frames
    police_named = police or "agency_police" in frames or (police_side and own)
    return police_named and (government or "agency_government" in frames or (not police_side and own))


def _mixed(police: int, government: int, police_duty: Scope, government_duty: Scope, long_text: bool) -> Scope:
    """Words for both sides: an offence outweighs its surroundings; a letter needs more than a mention."""
    if long_text:
        return police_duty if police > 2 * government else government_duty
    if police >= government:
        return police_duty
    return government_duty if government >= 2 * police else Scope.UNCLEAR


def _weight(matches: list[Match], others: list[Match]) -> int:
    """Passages that speak for a side: overlapping ones count once, a piece of the other side's longer word not at all."""
    weight, reach = 0, -1
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        start, end = match.start, match.end
        if end <= reach or any(o.start <= start and end <= o.end and o.end - o.start > end - start for o in others):
            continue
        if start >= reach:
            weight += 1
        reach = max(reach, end)
    return weight
