"""Weighs what was found: whose duty is it, seen from the receiving centre."""

from collections.abc import Iterator

from liandong.routing.matching import Match
from liandong.routing.model import Scope


class Evidence:
    """What one text says, sorted by what it speaks for."""

    def __init__(self) -> None:
        self.danger: list[Match] = []
        self.violence: list[Match] = []
        self.dispute: list[Match] = []
        self.livelihood: list[Match] = []
        self.stability: list[Match] = []
        self.neither: list[Match] = []
        self.weak_neither: list[Match] = []
        self.overlap: list[Match] = []
        self.frames: dict[str, Match] = {}
        self.police: list[Match] = []
        self.government: list[Match] = []
        self.items: dict[str, int] = {}

    def add_sign(self, says: str, match: Match) -> None:
        if says == "dispute":
            self.dispute.append(match)
        elif says == "livelihood":
            self.livelihood.append(match)
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

    def add_item(self, says: str, match: Match, *, police: bool) -> None:
        (self.police if police else self.government).append(match)
        self.items[says] = self.items.get(says, 0) + len(match.places)

    @property
    def violent_dispute(self) -> bool:
        """A quarrel, or the cause of one, together with a sign that it turns violent or extreme."""
        violent = any(_acts_of_people(match) for match in self.danger)
        return bool(self.dispute and (violent or self.violence)) or bool(self.livelihood and violent)

    def matches(self) -> Iterator[Match]:
        """Everything that counted, the gravest first."""
        yield from self.danger
        if self.violent_dispute:
            yield from self.violence
            yield from self.dispute
            yield from self.livelihood
        yield from self.stability
        yield from self.neither
        yield from self.weak_neither
        yield from self.overlap
        yield from self.police
        yield from self.government


VIOLENT_FAMILIES = ("danger.violence", "danger.threat", "danger.suicide", "danger.weapon", "danger.restraint")


def _acts_of_people(match: Match) -> bool:
    return match.pattern.says in VIOLENT_FAMILIES


def weigh_scope(evidence: Evidence, police_side: bool, long_text: bool) -> Scope:
    """Own, other, unclear or neither, from the items, overlaps and frames that were found."""
    police_duty, government_duty = (Scope.OWN, Scope.OTHER) if police_side else (Scope.OTHER, Scope.OWN)
    police, government = _weight(evidence.police), _weight(evidence.government)
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
    if {"proposal", "service"} & frames:
        return government_duty
    if "police_conduct" in frames:
        return police_duty
    if evidence.overlap:
        return Scope.UNCLEAR
    if police and government:
        return _mixed(police, government, police_duty, government_duty, long_text)
    if police:
        return police_duty
    return government_duty if government else Scope.OWN


def _mixed(police: int, government: int, police_duty: Scope, government_duty: Scope, long_text: bool) -> Scope:
    if long_text:
        return police_duty if police > 2 * government else government_duty
    if police >= 2 * government:
        return police_duty
    if government >= 2 * police:
        return government_duty
    return Scope.UNCLEAR


def _weight(matches: list[Match]) -> int:
    """Distinct words that speak for a side; a word that is part of a longer one counts once."""
    places = sorted({place for match in matches for place in match.places}, key=lambda p: (p[0], -p[1]))
    weight, reach = 0, -1
    for start, end in places:
        if end > reach:
            weight, reach = weight + 1, end
    return weight
